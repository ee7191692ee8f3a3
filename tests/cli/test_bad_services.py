"""Faults of [service] and its dependencies: file, line, key, value and remedy; exit code 2."""

from __future__ import annotations

import pytest
from conftest import FLAT, WORLD, Annelid

SERVED = WORLD + """
[service]
threshold = 0.5

[service.dependency.power]
on = "energy_utilities"
share = 0.3
backup = "8 h"

[service.dependency.lines]
on = "telecom_it"
of = ["finance", "government"]
"""
# The population's kind and size are the case's.
LINKED = """\
[population]
POPULATION

[network]
kind = "gnm"
edges = 2_000
partition = "hash"

[worm]
preset = "sir"
without = ["scan"]

[worm.state.removed]
disrupted = true

[worm.vector.link]
kind = "contact"
time = "10 min"

[service]
"""
SECTORS = ("use home, other, manufacturing, energy_utilities, retail_services, transport, telecom_it, "
           "finance, government, education, healthcare")

# Name: scenario, what to replace, by what, and what the program says of the line marked "# !".
CASES = {
    "threshold above 1": (
        SERVED, "threshold = 0.5", "threshold = 1.5  # !",
        "service.threshold = 1.5 (it must be from 0 to 1): try 0.5"),
    "threshold that nothing exceeds": (
        SERVED, "threshold = 0.5", "threshold = 1  # !",
        "service.threshold = 1 (more than this share has to be out, and never is): use 0.99 or less"),
    "negative share": (
        SERVED, "share = 0.3", "share = -0.1  # !",
        "service.dependency.power.share = -0.1 (it must be from 0 to 1): try 0.5"),
    "share that nothing exceeds": (
        SERVED, "share = 0.3", 'share = "100 %"  # !',
        'service.dependency.power.share = "100 %" (more than this share has to be out, and never '
        "is): use 0.99 or less"),
    "weight of zero": (
        SERVED, "threshold = 0.5", "server_weight = 0  # !",
        "service.server_weight = 0 (it must be from 1 to 1000000): try 5"),
    "fraction of a weight": (
        SERVED, "threshold = 0.5", "server_weight = 2.5  # !",
        "service.server_weight = 2.5 (it must be a whole number): try 3"),
    "unknown key": (
        SERVED, "threshold = 0.5", "treshold = 0.5  # !",
        "service.treshold = 0.5 (unknown key): did you mean `threshold`?"),
    "unknown key of a dependency": (
        SERVED, 'backup = "8 h"', 'backups = "8 h"  # !',
        'service.dependency.power.backups = "8 h" (unknown key): did you mean `backup`?'),
    "unknown table": (
        SERVED, "[service.dependency.lines]", "[service.dependencies.lines]  # !",
        "[service.dependencies] (unknown table): did you mean `dependency`?"),
    "no provider": (
        SERVED, '[service.dependency.lines]\non = "telecom_it"', "[service.dependency.lines]  # !",
        'service.dependency.lines.on (it is required): add on = "text"'),
    "unknown provider": (
        SERVED, 'on = "telecom_it"', 'on = "telecoms"  # !',
        f'service.dependency.lines.on = "telecoms" (the population has no telecoms): {SECTORS}'),
    "unknown dependent": (
        SERVED, '"finance", "government"]', '"finance", "banks"]  # !',
        'service.dependency.lines.of = ["finance", "banks"] (the population has no banks): '
        + SECTORS),
    "households as a provider": (
        SERVED, 'on = "telecom_it"', 'on = "home"  # !',
        'service.dependency.lines.on = "home" (households are no organisations): name other '
        "sectors"),
    "households as dependents": (
        SERVED, '"finance", "government"]', '"finance", "home"]  # !',
        'service.dependency.lines.of = ["finance", "home"] (households are no organisations): '
        "name other sectors"),
    "a sector that waits for itself": (
        SERVED, '"finance", "government"]', '"finance", "telecom_it"]  # !',
        'service.dependency.lines.of = ["finance", "telecom_it"] (a sector does not wait for '
        "itself): leave `on` out of it"),
    "nobody who needs it": (
        FLAT.replace('preset = "si"', 'preset = "si"\n\n[worm.state.infectious]\ndisrupted = true')
        + '\n[service.dependency.d]\non = "none"\n', 'on = "none"', 'on = "none"  # !',
        'service.dependency.d.on = "none" (no other sector is there to need it): leave the '
        "dependency out"),
    "backup without a unit": (
        SERVED, 'backup = "8 h"', "backup = 8  # !",
        'service.dependency.power.backup = 8 (a duration needs a unit): write "8 s" or one of us, '
        "ms, min, h, d, w"),
    "negative backup": (
        SERVED, 'backup = "8 h"', 'backup = "-8 h"  # !',
        'service.dependency.power.backup = "-8 h" (it must be from 0 s to 36525 d): try "0 s"'),
    "nothing is disrupted": (
        FLAT + "\n[service]\nthreshold = 0.5\n", "[service]", "[service]  # !",
        "[service] (no worm has a disrupted state, so nothing goes out of service): set disrupted = "
        "true in one, or leave the table out"),
    "organisations that a partition would cut": (
        LINKED.replace("POPULATION", 'kind = "flat"\nhosts = 1_000\norganisation_hosts = 2'),
        'partition = "hash"', 'partition = "hash"  # !',
        'network.partition = "hash" ([service] needs the hosts of an organisation on one rank): '
        'use partition = "block"'),
    "not a table": (
        WORLD, "[time]", "service = 3  # !\n\n[time]",
        "service = 3 (it must be a table): write [service] and its keys below"),
}


@pytest.mark.parametrize("name", CASES)
def test_says_where_what_and_what_to_do(annelid: Annelid, name: str):
    scenario, old, new, expected = CASES[name]
    assert scenario.count(old) == 1
    text = scenario.replace(old, new)
    annelid.write(text)
    [line] = [number for number, row in enumerate(text.split("\n"), start=1) if "# !" in row]
    told = annelid.refuses("run", "x.toml")
    assert told == f"x.toml:{line}: {expected}\n"


def test_a_sector_of_a_part_of_the_world(annelid: Annelid):
    """What is not kept cannot be depended on."""
    annelid.write(SERVED)
    part = ("population.sectors=['finance', 'government', 'energy_utilities']",
            "worm.without=['internet', 'sweep_24']")
    told = annelid.refuses("run", "x.toml", *(word for text in part for word in ("--set", text)))
    assert ('service.dependency.lines.on = "telecom_it" (the population has no telecom_it): use '
            "energy_utilities, finance, government\n") in told


def test_cycles_are_allowed(annelid: Annelid):
    annelid.write(SERVED + '\n[service.dependency.back]\non = "finance"\nof = ["telecom_it"]\n')
    checked = annelid("check", "x.toml")
    assert checked.returncode == 0, checked.stderr
    assert "[service.dependency.back]" in checked.stdout


@pytest.mark.parametrize("population", ['kind = "graph"\nhosts = 1_000',
                                        'kind = "flat"\nhosts = 1_000'])
def test_organisations_of_one_host_lie_anywhere(annelid: Annelid, population: str):
    annelid.write(LINKED.replace("POPULATION", population))
    checked = annelid("check", "x.toml")
    assert checked.returncode == 0, checked.stderr
