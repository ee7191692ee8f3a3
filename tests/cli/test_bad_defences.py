"""Faults of triggers, alliances and alert sharing: file, line, key, value and remedy; and what is
allowed but can change nothing: a warning, exit code 0."""

from __future__ import annotations

import re

import pytest
from conftest import FLAT, MPIEXEC, WORLD, Annelid

# One of everything, and nothing wrong.
ALLIES = WORLD + """
[alliance.nato]
file = "world-2017/nato-2017.csv"

[alliance.baltic]
countries = ["EE", "LV", "LT"]

[trigger.encrypted]
kind = "count"
per = "country"
states = ["encrypted"]
share = 0.01
alliances = ["nato"]

[trigger.seen]
kind = "detections"
per = "country"
sensors = ["watch"]

[trigger.morning]
kind = "time"
at = "20 min"

[trigger.alarmed]
kind = "all"
of = ["encrypted", "seen", "morning"]

[defence.watch]
kind = "sensor"

[defence.sharing]
kind = "alert_sharing"
alliance = "nato"
trigger = "alarmed"

[defence.cut]
kind = "isolation"
trigger = "sharing"
"""

COUNTED = """
[trigger.sick]
kind = "count"
states = ["infectious"]

[defence.cut]
kind = "isolation"
trigger = "sick"
"""

# Name: scenario, what to replace, by what, and what the program says of the line marked "# !".
CASES = {
    "unknown trigger": (
        ALLIES, 'trigger = "sharing"', 'trigger = "shares"  # !',
        'defence.cut.trigger = "shares" (there is no [trigger.shares]): use alarmed, encrypted, '
        "morning, seen, sharing"),
    "trigger where there are none": (
        FLAT + '\n[defence.cut]\nkind = "isolation"\ntrigger = "x"\n', 'trigger = "x"',
        'trigger = "x"  # !',
        'defence.cut.trigger = "x" (there is no [trigger.x]): add the table [trigger.x]'),
    "unknown kind of trigger": (
        ALLIES, 'kind = "time"', 'kind = "weather"  # !',
        'trigger.morning.kind = "weather" ("weather" is not known here): use one of "time", "count", '
        '"detections", "outages", "scans", "all", "any", "none"'),
    "unknown key of a trigger": (
        ALLIES, 'at = "20 min"', 'at = "20 min"\nhour = 1  # !',
        "trigger.morning.hour = 1 (unknown key): known here: kind, at"),
    "time that is missing": (
        ALLIES.replace('at = "20 min"\n', ""), "[trigger.morning]", "[trigger.morning]  # !",
        'trigger.morning.at (it is required): add at = "10 min"'),
    "unknown state": (
        ALLIES, 'states = ["encrypted"]', 'states = ["encrypted", "dead"]  # !',
        'trigger.encrypted.states = ["encrypted", "dead"] (dead is no state that an infection '
        "leads to: hosts that were never infected are not counted): use some of exposed, "
        "infectious, encrypted, inert"),
    "state of the never infected": (
        ALLIES, 'states = ["encrypted"]', 'states = ["susceptible"]  # !',
        'trigger.encrypted.states = ["susceptible"] (susceptible is no state that an infection '
        "leads to: hosts that were never infected are not counted): use some of exposed, "
        "infectious, encrypted, inert"),
    "immune hosts": (
        FLAT + COUNTED, 'states = ["infectious"]', 'states = ["immune"]  # !',
        'trigger.sick.states = ["immune"] (immune is no state that an infection leads to: hosts '
        "that were never infected are not counted): use some of infectious"),
    "no state": (
        FLAT + COUNTED, 'states = ["infectious"]', "states = []  # !",
        "trigger.sick.states = [] (no state is counted): use some of infectious"),
    "unknown worm": (
        FLAT + COUNTED, 'states = ["infectious"]', 'states = ["infectious"]\nworm = "x"  # !',
        'trigger.sick.worm = "x" (there is no worm of that name): name one of the run\'s'),
    "count of nothing": (
        FLAT + COUNTED, 'states = ["infectious"]', 'states = ["infectious"]\nat_least = 0  # !',
        "trigger.sick.at_least = 0 (it must be from 1 to 1000000000000000): try 1"),
    "share above 1": (
        ALLIES, "share = 0.01", "share = 1.01  # !",
        "trigger.encrypted.share = 1.01 (it must be from 0 to 1): try 0"),
    "share below 0": (
        ALLIES, "share = 0.01", 'share = "-1 %"  # !',
        'trigger.encrypted.share = "-1 %" (it must be from 0 to 1): try 0'),
    "unknown group": (
        FLAT + COUNTED, 'kind = "count"', 'kind = "count"\nper = "host"  # !',
        'trigger.sick.per = "host" ("host" is not known here): use one of "world", "country", '
        '"sector", "organisation"'),
    "unknown country of a trigger": (
        FLAT + COUNTED, 'kind = "count"', 'kind = "count"\ncountries = ["DE"]  # !',
        'trigger.sick.countries = ["DE"] (the population has no DE): use --'),
    "unknown sector of a trigger": (
        FLAT + COUNTED, 'kind = "count"', 'kind = "count"\nsectors = ["zoo"]  # !',
        'trigger.sick.sectors = ["zoo"] (the population has no zoo): use none'),
    "unknown alliance of a trigger": (
        ALLIES, 'alliances = ["nato"]', 'alliances = ["otan"]  # !',
        'trigger.encrypted.alliances = ["otan"] (there is no [alliance.otan]): use baltic, nato'),
    "unknown alliance of a defence": (
        ALLIES, 'trigger = "sharing"', 'trigger = "sharing"\nalliances = ["otan"]  # !',
        'defence.cut.alliances = ["otan"] (there is no [alliance.otan]): use baltic, nato'),
    "unknown sensor": (
        ALLIES, 'sensors = ["watch"]', 'sensors = ["look"]  # !',
        'trigger.seen.sensors = ["look"] (there is no [defence.look]): use watch'),
    "sensor that detects nothing": (
        ALLIES, 'sensors = ["watch"]', 'sensors = ["kill_switch"]  # !',
        'trigger.seen.sensors = ["kill_switch"] ([defence.kill_switch] detects no hosts): use '
        "watch"),
    "unknown telescope": (
        ALLIES, 'kind = "time"\nat = "20 min"',
        'kind = "scans"\ntelescope = "ucsd"  # !',
        'trigger.morning.telescope = "ucsd" (there is no [telescope.ucsd]): add the table '
        "[telescope.ucsd]"),
    "combination of nothing": (
        ALLIES, 'of = ["encrypted", "seen", "morning"]', "of = []  # !",
        "trigger.alarmed.of = [] (it combines nothing): name the triggers that it combines"),
    "combination of what there is not": (
        ALLIES, 'of = ["encrypted", "seen", "morning"]', 'of = ["noon"]  # !',
        'trigger.alarmed.of = ["noon"] (there is no [trigger.noon]): use alarmed, encrypted, '
        "morning, seen, sharing"),
    "trigger that looks at itself": (
        ALLIES, 'of = ["encrypted", "seen", "morning"]', 'of = ["encrypted", "alarmed"]  # !',
        'trigger.alarmed.of = ["encrypted", "alarmed"] (it looks at itself: alarmed -> alarmed): '
        "leave one of them out"),
    "circle by way of alerts": (
        ALLIES, 'of = ["encrypted", "seen", "morning"]', 'of = ["encrypted", "sharing"]  # !',
        'trigger.alarmed.of = ["encrypted", "sharing"] (it looks at itself: alarmed -> sharing -> '
        "alarmed): leave one of them out"),
    "countries and sectors": (
        ALLIES.replace('kind = "detections"\nper = "country"',
                       'kind = "detections"\nper = "sector"'),
        'of = ["encrypted", "seen", "morning"]', 'of = ["encrypted", "seen"]  # !',
        'trigger.alarmed.of = ["encrypted", "seen"] (one is per country and one per sector, and '
        "neither holds the other): use the same `per` in both"),
    "alerts of no country": (
        ALLIES, 'trigger = "alarmed"', 'trigger = "morning"  # !',
        'defence.sharing.trigger = "morning" (countries raise alerts, and it is per world): name a '
        'trigger with per = "country"'),
    "organisations in which nothing happens": (
        ALLIES.replace('kind = "detections"\nper = "country"',
                       'kind = "detections"\nper = "organisation"').replace(
            'trigger = "alarmed"', 'trigger = "encrypted"').replace(
            'trigger = "sharing"', 'trigger = "alarmed"').replace('kind = "all"', 'kind = "none"'),
        'of = ["encrypted", "seen", "morning"]', 'of = ["seen", "morning"]  # !',
        'trigger.alarmed.of = ["seen", "morning"] (it would be true of organisations in which '
        'nothing has happened): combine it by "all" with a trigger that counts something in an '
        "organisation"),
    "a trigger and a defence of one name": (
        ALLIES.replace("[trigger.seen]", "[trigger.sharing]").replace('"seen", ', ""),
        "[trigger.sharing]", "[trigger.sharing]  # !",
        "[trigger.sharing] (a defence of kind alert_sharing has that name, and is a trigger too): "
        "rename one of them"),
    "sharing in no alliance": (
        ALLIES, 'alliance = "nato"\n', 'alliance = "seato"  # !\n',
        'defence.sharing.alliance = "seato" (there is no [alliance.seato]): use baltic, nato'),
    "sharing without an alliance": (
        ALLIES.replace('alliance = "nato"\n', ""), "[defence.sharing]", "[defence.sharing]  # !",
        'defence.sharing.alliance (it is required): add alliance = "text"'),
    "compliance above 1": (
        ALLIES, 'alliance = "nato"\n', 'alliance = "nato"\ncompliance = 2  # !\n',
        "defence.sharing.compliance = 2 (it must be from 0 to 1): try 1"),
    "alliance of nobody": (
        ALLIES, 'countries = ["EE", "LV", "LT"]', "countries = []  # !",
        'alliance.baltic.countries = [] (an alliance has members): write countries = ["EE", "LV"] '
        'or file = "world-2017/nato-2017.csv"'),
    "member that there is not": (
        ALLIES, 'countries = ["EE", "LV", "LT"]', 'countries = ["EE", "XX"]  # !',
        'alliance.baltic.countries = ["EE", "XX"] (the population has no XX): use AD, AE, AF, AG, '
        "AI, AL, AM, AO, AQ, AR, AS, AT, AU, AW, AX, AZ, BA, BB, BD, BE, … (250 in all)"),
    "member twice": (
        ALLIES, 'countries = ["EE", "LV", "LT"]', 'countries = ["EE", "LV", "EE"]  # !',
        'alliance.baltic.countries = ["EE", "LV", "EE"] (EE is named twice): name each member '
        "once"),
    "alliance that is in no file": (
        ALLIES, 'file = "world-2017/nato-2017.csv"', 'file = "nato.csv"  # !',
        'alliance.nato.file = "nato.csv" (no such file beside the scenario or in inputs/): use '
        'file = "world-2017/nato-2017.csv"'),
    "alliance of two sources": (
        ALLIES, 'file = "world-2017/nato-2017.csv"',
        'countries = ["US"]\nfile = "world-2017/nato-2017.csv"  # !',
        'alliance.nato.file = "world-2017/nato-2017.csv" (an alliance has countries or a file, not '
        "both): leave one out"),
}

# Name: scenario, what to replace, by what, and what `check` warns of on the line marked "# !".
WARNINGS = {
    "more hosts than there are": (
        FLAT + COUNTED, 'kind = "count"', 'kind = "count"\nat_least = 10_001  # !',
        "trigger.sick.at_least = 10001 (it can never fire: there are 10000 modelled hosts): use "
        "fewer, or share"),
    "a time after the end": (
        ALLIES, 'at = "20 min"', 'at = "3 h"  # !',
        'trigger.morning.at = "3 h" (it can never fire: the run is over by then): use a time '
        "before time.end"),
    "detections where nothing detects": (
        FLAT + COUNTED, 'kind = "count"\nstates = ["infectious"]', 'kind = "detections"  # !',
        'trigger.sick.kind = "detections" (it can never fire: no defence detects hosts): add a '
        "defence of kind sensor"),
    "outages that nobody counts": (
        FLAT + COUNTED, 'kind = "count"\nstates = ["infectious"]', 'kind = "outages"  # !',
        'trigger.sick.kind = "outages" (it can never fire: there is no [service]): say in '
        "[service] when an organisation is out of service"),
    "a trigger that nothing names": (
        ALLIES, 'of = ["encrypted", "seen", "morning"]',
        'of = ["encrypted", "seen", "morning"]\n[trigger.idle]  # !\nkind = "time"\nat = 0',
        "[trigger.idle] (no defence names it as its trigger: it changes nothing): write trigger = "
        '"idle" in a defence, or leave it out'),
    "alerts that nobody heeds": (
        ALLIES.replace('trigger = "sharing"', 'start = "1 h"'), "[defence.sharing]",
        "[defence.sharing]  # !",
        "[defence.sharing] (no defence names it as its trigger: it changes nothing): write "
        'trigger = "sharing" in a defence, or leave it out'),
    "an alliance of elsewhere": (
        ALLIES.replace("hosts = 1_000_000\n", 'hosts = 1_000_000\ncountries = ["UA", "US"]\n')
        .replace('preset = "wannacry"',
                 'preset = "wannacry"\nwithout = ["internet", "neighbourhood"]\n[worm.vector.near]\n'
                 'scope = "organisation"\nrate = "1 /s"'),
        'countries = ["EE", "LV", "LT"]', 'countries = ["EE", "LV", "LT"]  # !',
        'alliance.baltic.countries = ["EE", "LV", "LT"] (the population has none of its members): '
        "see population.countries"),
}


def marked(text: str) -> int:
    [line] = [n for n, line in enumerate(text.split("\n"), start=1) if "# !" in line]
    return line


def changed(case: tuple[str, str, str, str]) -> tuple[str, str]:
    """The scenario, and what is said of it."""
    scenario, old, new, expected = case
    assert scenario.count(old) == 1
    text = scenario.replace(old, new)
    return text, f"x.toml:{marked(text)}: {expected}\n"


@pytest.mark.parametrize("scenario", [ALLIES, FLAT + COUNTED])
def test_nothing_is_wrong_where_nothing_is_changed(annelid: Annelid, scenario: str):
    annelid.write(scenario)
    done = annelid("check", "x.toml")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", CASES)
def test_says_where_what_and_what_to_do(annelid: Annelid, name: str):
    text, expected = changed(CASES[name])
    annelid.write(text)
    assert annelid.refuses("check", "x.toml") == expected


@pytest.mark.parametrize("name", WARNINGS)
def test_warns_of_what_changes_nothing(annelid: Annelid, name: str):
    text, expected = changed(WARNINGS[name])
    annelid.write(text)
    done = annelid("check", "x.toml")
    assert (done.returncode, done.stderr) == (0, "warning: " + expected)
    # The scenario in full is no worse.
    annelid.write(done.stdout, "full.toml")
    again = annelid("check", "full.toml")
    assert again.returncode == 0
    assert again.stdout == done.stdout
    assert again.stderr.count("warning: ") == 1


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
def test_ranks_warn_once(annelid: Annelid):
    text, expected = changed(WARNINGS["detections where nothing detects"])
    annelid.write(text)
    done = annelid("run", "x.toml", "--progress", "log", ranks=2)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning: " + expected) == 1


def test_a_scope_without_hosts_shows_once_the_world_is_there(annelid: Annelid):
    """60 modelled hosts are in Estonia, and none in the other country."""
    annelid.write(WORLD + """
[trigger.few]
kind = "count"
states = ["encrypted"]
countries = ["EE"]
at_least = 100_000  # !

[defence.cut]
kind = "isolation"
trigger = "few"
""")
    assert annelid("check", "x.toml").stderr == ""
    line = marked((annelid.folder / "x.toml").read_text(encoding="utf-8"))
    done = annelid("run", "x.toml", "--set", "time.end=2.5 h", "--progress", "log")
    assert done.returncode == 0, done.stderr
    assert re.search(rf"^warning: x\.toml:{line}: trigger\.few\.at_least = 100000 \(it can never "
                     r"fire: \d+ modelled hosts are in its scope\): widen the scope, or use fewer$",
                     done.stderr, flags=re.MULTILINE)


@pytest.mark.parametrize("row, expected", [
    ("", "x.csv:3: malformed table (too few columns in this row)"),
    ('"EE,Estonia,2004', "x.csv:3: malformed table (a quote is not closed)"),
    (",Estonia,2004", 'x.csv:3: country = "" (a member has a code)'),
])
def test_a_malformed_list_of_members(annelid: Annelid, row: str, expected: str):
    annelid.write(FLAT + '[alliance.x]\nfile = "x.csv"\n')
    annelid.write("country,name,joined\n--,Everywhere,1949\n" + (row or "EE") + "\n", "x.csv")
    assert annelid.refuses("check", "x.toml").startswith(expected)


def test_one_mistake_is_one_message(annelid: Annelid):
    """What cannot be read is not held against the rest."""
    for old, new in {'kind = "detections"': 'kind = "smoke"',
                     'kind = "alert_sharing"': 'kind = "sharing"',
                     'share = 0.01': "share = 2",
                     'file = "world-2017/nato-2017.csv"': "file = 5",
                     'kind = "sensor"': 'kind = "nose"'}.items():
        assert ALLIES.count(old) == 1
        annelid.write(ALLIES.replace(old, new))
        assert annelid.refuses("check", "x.toml").count("\n") == 1


@pytest.mark.parametrize("place", ["", "beside"])
def test_the_effective_scenario_names_the_members(annelid: Annelid, place: str):
    text = ALLIES
    if place:
        annelid.write("country,name,joined\nUS,United States,1949\n", "mine.csv")
        text = text.replace("world-2017/nato-2017.csv", "mine.csv")
    annelid.write(text)
    full = annelid("check", "x.toml").stdout
    [members] = re.findall(r"\[alliance\.nato\]\ncountries = \[(.*)\]\n", full)
    assert len(members.split(", ")) == (1 if place else 29)
    annelid.write(full, "full.toml")
    assert annelid("check", "full.toml").stdout == full
