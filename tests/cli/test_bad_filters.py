"""Faults of defences that stop attempts, patch, or begin by a trigger: file, line, key, value, remedy."""

from __future__ import annotations

import pytest
from conftest import FLAT, WORLD, Annelid

FILTERS = FLAT + """
[worm.vector.update]
kind = "supply_chain"
client_share = 0.5
poll = "1 h"
live = ["10 min to 40 min"]

[defence.border]
kind = "port_filter"
at = "internet"

[defence.segments]
kind = "segmentation"
segment_hosts = 500

[defence.throttle]
kind = "throttling"
limit = "1 /s"

[defence.hygiene]
kind = "credential_hygiene"

[defence.recall]
kind = "update_revocation"
vectors = ["update"]

[defence.patches]
kind = "patching"
capacity = "10 /d"
""".replace("hosts = 5\n", "hosts = 0\n")

# Name: scenario, what to replace, by what, and what the program says of the line marked "# !".
CASES = {
    "filter at no edge": (
        FILTERS, '[defence.border]\nkind = "port_filter"\nat = "internet"',
        '[defence.border]  # !\nkind = "port_filter"',
        'defence.border.at (it is required): add at = "internet"'),
    "filter at an unknown edge": (
        FILTERS, 'at = "internet"', 'at = "subnet"  # !',
        'defence.border.at = "subnet" ("subnet" is not known here): use one of "internet", '
        '"country", "organisation"'),
    "filter in no direction": (
        FILTERS, 'at = "internet"', 'at = "internet"\ndirection = "up"  # !',
        'defence.border.direction = "up" ("up" is not known here): use one of "in", "out", "both"'),
    "filter of an unknown vector": (
        FILTERS, 'at = "internet"', 'at = "internet"\nvectors = ["scan", "mail"]  # !',
        'defence.border.vectors = ["scan", "mail"] (no worm has a vector mail): use scan, update'),
    "who complies with a filter": (
        FILTERS, 'at = "internet"', 'at = "internet"\ncomplies = "host"  # !',
        'defence.border.complies = "host" (unknown key): it belongs in [defence.throttle]'),
    "more than all comply": (
        FILTERS, 'at = "internet"', 'at = "internet"\ncompliance = 2  # !',
        "defence.border.compliance = 2 (it must be from 0 to 1): try 1"),
    "filter of an unknown country": (
        WORLD.replace('kind = "kill_switch"\ntime = "30 min"', 'kind = "port_filter"\nat = "country"'),
        'at = "country"', 'at = "country"\ncountries = ["DE", "XX"]  # !',
        'defence.kill_switch.countries = ["DE", "XX"] (the population has no XX): use ...'),
    "segments of no hosts": (
        FILTERS, "segment_hosts = 500", "segment_hosts = 0  # !",
        "defence.segments.segment_hosts = 0 (it must be at least 1): try 1"),
    "segments more than open": (
        FILTERS, "segment_hosts = 500", "segment_hosts = 500\nopenness = 1.1  # !",
        "defence.segments.openness = 1.1 (it must be from 0 to 1): try 0"),
    "throttling by nothing": (
        FILTERS, '[defence.throttle]\nkind = "throttling"\nlimit = "1 /s"',
        '[defence.throttle]  # !\nkind = "throttling"',
        'defence.throttle.limit (throttling has either a limit or a factor): write '
        'limit = "1 /s" or factor = 0.1'),
    "throttling by both": (
        FILTERS, 'limit = "1 /s"', 'limit = "1 /s"\nfactor = 0.5  # !',
        'defence.throttle.factor = 0.5 (throttling has a limit or a factor, not both): write '
        'limit = "1 /s" or factor = 0.1'),
    "throttling to less than nothing": (
        FILTERS, 'limit = "1 /s"', 'limit = "-1 /s"  # !',
        'defence.throttle.limit = "-1 /s" (a rate is not negative): try "25 /s"'),
    "throttling to a bare number": (
        FILTERS, 'limit = "1 /s"', "limit = 1  # !",
        'defence.throttle.limit = 1 (a rate needs a unit): write "1 /s" or one of /min, /h, /d'),
    "hygiene of more than all": (
        FILTERS, 'kind = "credential_hygiene"', 'kind = "credential_hygiene"\nshare = "101 %"  # !',
        'defence.hygiene.share = "101 %" (it must be from 0 to 1): try 1'),
    "revocation of what nobody hands out": (
        FILTERS, 'vectors = ["update"]', 'vectors = ["updates"]  # !',
        'defence.recall.vectors = ["updates"] (no worm has a vector updates): use scan, update'),
    "capacity of an unknown group": (
        FILTERS, 'capacity = "10 /d"', 'capacity = "10 /d"\nper = "sector"  # !',
        'defence.patches.per = "sector" ("sector" is not known here): use one of "organisation", '
        '"country", "world"'),
    "capacity and rate": (
        FILTERS, 'capacity = "10 /d"', 'rate = "1 /d"\ncapacity = "10 /d"  # !',
        'defence.patches.capacity = "10 /d" (patching has one of rate, duration and capacity): '
        'write rate = "0.02 /d", duration = "14 d" or capacity = "10 /d"'),
    "filter by a trigger that there is not": (
        FILTERS, 'at = "internet"', 'at = "internet"\ntrigger = "alert"  # !',
        'defence.border.trigger = "alert" (there is no [trigger.alert]): add the table '
        "[trigger.alert]"),
    "delay of nothing": (
        FILTERS, 'limit = "1 /s"', 'limit = "1 /s"\ndelay = "1 h"  # !',
        'defence.throttle.delay = "1 h" (it counts from a trigger, and there is none): use start, '
        "or name a trigger"),
    "kill switch at no time": (
        WORLD, '[defence.kill_switch]\nkind = "kill_switch"\ntime = "30 min"',
        '[defence.kill_switch]  # !\nkind = "kill_switch"',
        'defence.kill_switch.time (it begins at a time or by a trigger): add time = "10 min"'),
    "start of a kill switch": (
        WORLD, 'time = "30 min"', 'time = "30 min"\nstart = "1 h"  # !',
        'defence.kill_switch.start = "1 h" (unknown key): it belongs in [time]'),
}


def test_the_scenario_itself_is_sound(annelid: Annelid):
    annelid.write(FILTERS)
    done = annelid("check", "x.toml")
    assert done.returncode == 0, done.stderr
    # What it prints is a scenario, and the same.
    annelid.write(done.stdout, "printed.toml")
    again = annelid("check", "printed.toml")
    assert again.returncode == 0, again.stderr
    assert again.stdout == done.stdout


@pytest.mark.parametrize("name", CASES)
def test_one_fault(annelid: Annelid, name: str):
    scenario, old, new, expected = CASES[name]
    assert scenario.count(old) == 1
    text = scenario.replace(old, new)
    annelid.write(text)
    [line] = [n for n, row in enumerate(text.split("\n"), start=1) if "# !" in row]
    told = annelid.refuses("check", "x.toml")
    if expected.endswith("..."):
        assert told.startswith(f"x.toml:{line}: {expected[:-3]}"), told
        assert told.count("\n") == 1
    else:
        assert told == f"x.toml:{line}: {expected}\n"


def test_reports_all_faults_at_once(annelid: Annelid):
    text = FILTERS.replace('at = "internet"', 'at = "internet"\nsectors = ["zoo"]')
    text = text.replace("segment_hosts = 500", "segment_hosts = -1")
    text = text.replace('limit = "1 /s"', "")
    annelid.write(text)
    faults = annelid.refuses("run", "x.toml").rstrip("\n").split("\n")
    assert {fault.split()[1] for fault in faults} == {
        "defence.border.sectors", "defence.segments.segment_hosts", "defence.throttle.limit"}


def test_all_of_them_run_together(annelid: Annelid):
    annelid.write(FILTERS)
    done = annelid("run", "x.toml", "--output", "x.h5")
    assert done.returncode == 0, done.stderr
