"""Faults of [telescope.NAME]: file, line, key, value and remedy; exit code 2, nothing written."""

from __future__ import annotations

import pytest
from conftest import FLAT, OWN_WORM, Annelid

LIMITED = FLAT.replace('rate = "10_000 /s"', 'rate = "9 /s"\ntotal_rate_limit = "1e6 /s"')
NEAR = OWN_WORM.replace('[worm.vector.far]\nrate = "100 /s"\n', "")

# Name: scenario, the table that is added (its fault is on the line marked "# !"), what is said.
CASES = {
    "prefix too short": (
        FLAT, "[telescope.t]\nprefix = 0  # !",
        "telescope.t.prefix = 0 (it must be from 1 to 32): try 8"),
    "prefix too long": (
        FLAT, "[telescope.t]\nprefix = 33  # !",
        "telescope.t.prefix = 33 (it must be from 1 to 32): try 8"),
    "unknown key": (
        FLAT, "[telescope.t]\nprefx = 8  # !",
        "telescope.t.prefx = 8 (unknown key): did you mean `prefix`?"),
    "no table": (
        FLAT, "[telescope]\nprefix = 8  # !",
        "telescope.prefix = 8 (unknown key): only tables stand here"),
    "unknown worm": (
        FLAT, '[telescope.t]\nworm = "slammer"  # !',
        'telescope.t.worm = "slammer" (there is no worm of that name): name one of the run\'s'),
    "unknown vector": (
        FLAT, '[telescope.t]\nvectors = ["scan", "scam"]  # !',
        'telescope.t.vectors = ["scan", "scam"] (no worm has a vector "scam"): name vectors of the '
        "worms that it looks for"),
    "vector that it cannot see": (
        OWN_WORM, '[telescope.t]\nvectors = ["near"]  # !',
        'telescope.t.vectors = ["near"] ("near" does not probe random addresses of the Internet): '
        "name vectors of kind scan, scope internet, strategy random, no hit_list"),
    "nothing to see": (
        NEAR, "[telescope.t]  # !\nprefix = 8",
        "[telescope.t] (no vector probes random addresses of the Internet, so it would see "
        "nothing): leave it out"),
    "limit": (
        LIMITED, '[telescope.t]\nvectors = ["scan"]  # !',
        'telescope.t.vectors = ["scan"] (a telescope cannot watch a vector with total_rate_limit, '
        'as "scan" has): name others, or set worm.vector.scan.total_rate_limit = "0 /s"'),
    "no room": (
        FLAT.replace('rate = "10_000 /s"', 'rate = "10_000 /s"\naddresses = 70_000'),
        "[telescope.t]\nprefix = 16  # !",
        'telescope.t.prefix = 16 (vector "scan" probes 6e+04 addresses that no host has, fewer '
        "than the darknet's): use a longer prefix"),
}


@pytest.mark.parametrize("name", CASES)
def test_faults(annelid: Annelid, name: str):
    scenario, table, expected = CASES[name]
    text = f"{scenario}\n{table}\n"
    annelid.write(text)
    line = next(i for i, line in enumerate(text.split("\n"), 1) if line.endswith("# !"))
    assert annelid.refuses("check", "x.toml") == f"x.toml:{line}: {expected}\n"


def test_telescopes_are_in_the_scenario_in_full(annelid: Annelid):
    annelid.write(OWN_WORM + '\n[telescope."a b"]\nprefix = 14\n[telescope.a]\nvectors = ["far"]\n')
    done = annelid("check", "x.toml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith('\n[telescope.a]\nprefix = 8\nworm = ""\nvectors = ["far"]\n'
                                '\n[telescope."a b"]\nprefix = 14\nworm = ""\nvectors = []\n')
    annelid.write(done.stdout, "full.toml")
    assert annelid("check", "full.toml").stdout == done.stdout
