"""Faults of defences that find, cut off, clean and trace hosts: file, line, key, value, remedy."""

from __future__ import annotations

import pytest
from conftest import FLAT, WORLD, Annelid

CARE = FLAT + """
[defence.watch]
kind = "sensor"

[defence.cut]
kind = "isolation"

[defence.mend]
kind = "cleaning"
staff = 2

[defence.trace]
kind = "contact_tracing"
"""
WATCHED_WORLD = WORLD.replace('kind = "kill_switch"\ntime = "30 min"', 'kind = "sensor"')

TIMING = ("start, trigger, delay, duration, countries, alliances, sectors, traits, compliance, "
          "complies")

# Name: scenario, what to replace, by what, and what the program says of the line marked "# !".
CASES = {
    "unknown key of a sensor": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\ncovers = 0.5  # !',
        "defence.watch.covers = 0.5 (unknown key): known here: kind, coverage, "
        "coverage_by_country, coverage_by_sector, sees, after, false_negatives, false_alarm_rate, "
        + TIMING),
    "coverage above 1": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\ncoverage = 1.5  # !',
        "defence.watch.coverage = 1.5 (it must be from 0 to 1): try 1"),
    "coverage of a country above 1": (
        WATCHED_WORLD, 'kind = "sensor"',
        'kind = "sensor"\ncoverage_by_country = { UA = 3 }  # !',
        "defence.kill_switch.coverage_by_country.UA = 3 (it must be from 0 to 1): try 0.5"),
    "coverage of an unknown country": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\ncoverage_by_country = { UA = 0.3 }  # !',
        "defence.watch.coverage_by_country.UA = 0.3 (the population has no UA): use --"),
    "coverage of an unknown sector": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\ncoverage_by_sector = { zoo = 0.3 }  # !',
        "defence.watch.coverage_by_sector.zoo = 0.3 (the population has no zoo): use none"),
    "sensor that sees the unseen": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\nsees = "exposed"  # !',
        'defence.watch.sees = "exposed" ("exposed" is not known here): use one of "infected", '
        '"infectious", "disrupted"'),
    "detection after a bare number": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\nafter = 60  # !',
        'defence.watch.after = 60 (a duration needs a unit): write "60 s" or one of us, ms, min, '
        "h, d, w"),
    "detection that nothing can be drawn from": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\n'
        'after = { distribution = "lognormal", mean = "1 s", sd = "5000 s" }  # !',
        'defence.watch.after = { distribution = "lognormal", mean = "1 s", sd = "5000 s" } '
        "(lognormal distribution: sd = 5000 must be at most 1000 times the mean of 1): give sd and "
        "mean in the same unit"),
    "more misses than infections": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\nfalse_negatives = "120 %"  # !',
        'defence.watch.false_negatives = "120 %" (it must be from 0 to 1): try 0'),
    "negative false alarms": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\nfalse_alarm_rate = "-1 /d"  # !',
        'defence.watch.false_alarm_rate = "-1 /d" (it must be from 0 /s to 1 /s): try "0 /s"'),
    "sensor by a trigger that there is not": (
        CARE, 'kind = "sensor"', 'kind = "sensor"\ntrigger = "alert"  # !',
        'defence.watch.trigger = "alert" (there is no [trigger.alert]): add the table '
        "[trigger.alert]"),
    "isolation for no time": (
        CARE, 'kind = "isolation"', 'kind = "isolation"\nlasts = "0 s"  # !',
        'defence.cut.lasts = "0 s" (a duration is positive): try "never"'),
    "isolation before the detection": (
        CARE, 'kind = "isolation"', 'kind = "isolation"\nafter = "-1 h"  # !',
        'defence.cut.after = "-1 h" (a duration is not negative): try "30 min"'),
    "isolation elsewhere": (
        CARE, 'kind = "isolation"', 'kind = "isolation"\nsectors = ["zoo"]  # !',
        'defence.cut.sectors = ["zoo"] (the population has no zoo): use none'),
    "nobody cleans": (
        CARE, "staff = 2", "staff = 0  # !",
        "defence.mend.staff = 0 (nobody cleans): write staff = 2 or hosts_per_staff = 100"),
    "staff of two minds": (
        CARE, "staff = 2", "staff = 2  # !\nhosts_per_staff = 100",
        "defence.mend.staff = 2 (hosts_per_staff says how many there are): leave out one"),
    "part of a person": (
        CARE, "staff = 2", "staff = 0.5  # !",
        "defence.mend.staff = 0.5 (it must be a whole number): try 1"),
    "negative staff": (
        CARE, "staff = 2", "staff = -2  # !",
        "defence.mend.staff = -2 (it must be from 0 to 1000000000): try 0"),
    "work of text": (
        CARE, "staff = 2", 'staff = 2\nwork = "long"  # !',
        'defence.mend.work = "long" (a duration is a number and a unit): try "10 min"'),
    "delay without a trigger": (
        CARE, "staff = 2", 'staff = 2\ndelay = "1 h"  # !',
        'defence.mend.delay = "1 h" (it counts from a trigger, and there is none): use start, or '
        "name a trigger"),
    "tracing of nobody": (
        CARE, 'kind = "contact_tracing"',
        'kind = "contact_tracing"\nforward = false\nbackward = false  # !',
        "defence.trace.backward = false (it would trace nobody): use forward or backward, or both"),
    "tracing more than there is": (
        CARE, 'kind = "contact_tracing"', 'kind = "contact_tracing"\nsuccess = 2  # !',
        "defence.trace.success = 2 (it must be from 0 to 1): try 0.5"),
    "tracing for an alliance that there is not": (
        CARE, 'kind = "contact_tracing"', 'kind = "contact_tracing"\nalliances = ["nato"]  # !',
        'defence.trace.alliances = ["nato"] (there is no [alliance.nato]): add the table '
        "[alliance.nato]"),
}


@pytest.mark.parametrize("name", CASES)
def test_says_where_what_and_what_to_do(annelid: Annelid, name: str):
    scenario, old, new, expected = CASES[name]
    assert scenario.count(old) == 1
    text = scenario.replace(old, new)
    annelid.write(text)
    [line] = [n for n, row in enumerate(text.split("\n"), start=1) if "# !" in row]
    for command in ("run", "check"):
        assert annelid.refuses(command, "x.toml") == f"x.toml:{line}: {expected}\n"


def test_reports_all_faults_at_once(annelid: Annelid):
    text = CARE.replace('kind = "sensor"', 'kind = "sensor"\ncoverage = 7')
    text = text.replace('kind = "isolation"', 'kind = "isolation"\ncountries = ["XX"]')
    text = text.replace("staff = 2", "")
    annelid.write(text)
    faults = annelid.refuses("run", "x.toml").rstrip("\n").split("\n")
    assert {fault.split()[1] for fault in faults} == {
        "defence.watch.coverage", "defence.cut.countries", "defence.mend.staff"}


def test_what_is_right_is_read_and_printed(annelid: Annelid):
    """The effective scenario is a valid file, and says the same."""
    annelid.write(CARE.replace('kind = "sensor"', """\
kind = "sensor"
coverage_by_sector = { none = 0.5 }
after = { distribution = "gamma", mean = "10 min", shape = 2 }
false_alarm_rate = "1 /d"
"""))
    effective = annelid("check", "x.toml").stdout
    annelid.write(effective)
    assert annelid("check", "x.toml").stdout == effective
    assert "coverage_by_sector = { none = 0.5 }" in effective
    listed = annelid("list", "defences").stdout
    for kind in ("sensor", "isolation", "cleaning", "contact_tracing"):
        assert f'{kind} ([defence.NAME] kind = "{kind}")\n' in listed
