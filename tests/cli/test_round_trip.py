"""What a scenario in full, a run file, a seed and a replicate promise: the same run again."""

from __future__ import annotations

import tomllib
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import FLAT, OWN_WORM, PROJECT, Annelid, differences

PATCHED = """
[defence."a patch. \\"quoted\\""]
kind = "patching"
start = "10 min"
duration = "0.5 h"
coverage = "35 %"
"""
TRIGGERED = """
[alliance.ours]
countries = ["--"]

[trigger."half \\"sick\\""]
kind = "count"
states = ["infectious"]
per = "country"
alliances = ["ours"]
share = "0.5 %"

[trigger.late]
kind = "time"
at = "12 min"

[trigger."late and sick"]
kind = "all"
of = ["late", 'half "sick"']

[defence.sharing]
kind = "alert_sharing"
alliance = "ours"
trigger = "late and sick"
delay = "90 s"

[defence.patches]
kind = "patching"
duration = "10 min"
trigger = "sharing"
delay = "0.5 min"
"""
# Values of every kind in a form of their own: a distribution, a list, odd units, a percentage.
ODD_SETS = ["worm.vector.scan.rate={distribution='normal', mean='358_000 /min', sd='7e5 /h'}",
            "worm.vector.scan.requires=['exposed', 'unpatched']", "seeds.time=0.1 min",
            "time.end=1801.000001 s", "worm.vector.scan.success=33.3 %", "record.every=100 ms"]

SCENARIOS = {
    "flat": (FLAT, []),
    "own worm": (OWN_WORM, ["record.transitions=true", "record.hosts=true"]),
    "patched": (FLAT + PATCHED, ["title=\"5 o'clock\\tand \\\"more\\\"\""]),
    "odd values": (FLAT, ODD_SETS),
    "triggered": (FLAT + TRIGGERED, []),
    "vendor and hours": (FLAT, [
        "seeds.hosts=0", "worm.vector.update={kind='supply_chain', clients={'--'='50 %'}, "
        "poll='30 min', schedule='poisson', live=['5 min to 50 min', '55 min to never']}",
        "hours={weekdays='00:10-12:00', weekends=1, holidays={'--'=['2017-01-02']}}",
        "hours.role.night={traits=['home', 'exposed'], jitter='10 min'}"]),
    "another step": (FLAT, ["time.step=0.7 s", "population.seed=3"]),
    "wannacry": ((PROJECT / "inputs" / "wannacry.toml").read_text(encoding="utf-8"),
                 ["population.hosts=1_000_000", "seeds.hosts=1000"]),
}


def run(annelid: Annelid, scenario: str, output: str, *options: object) -> Path:
    done = annelid("run", scenario, "--output", output, "--progress", "off", *options)
    assert done.returncode == 0, done.stderr
    return annelid.folder / output


def scenario_in(path: Path) -> str:
    with h5py.File(path) as file:
        return file["scenario"][()].decode()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenario_in_full_gives_the_same_run(annelid: Annelid, name: str):
    text, assignments = SCENARIOS[name]
    annelid.write(text)
    sets = [word for assignment in assignments for word in ("--set", assignment)]
    original = run(annelid, "x.toml", "original.h5", *sets, "--seed", "17")
    with h5py.File(original) as file:
        assert file["vector_infections"][-1].sum() > 10

    checked = annelid("check", "x.toml", *sets, "--set", "seed=17")
    assert checked.stderr == ""
    # The seed of the command line is a key like any other, before the first table.
    assert "seed = 17\n" in checked.stdout.split("[")[0]
    assert tomllib.loads(checked.stdout)["seed"] == 17
    assert scenario_in(original) == checked.stdout

    annelid.write(scenario_in(original), "full.toml")
    assert differences(original, run(annelid, "full.toml", "again.h5")) == []


def test_set_takes_the_same_forms_as_a_file(annelid: Annelid):
    annelid.write(FLAT.replace('"1 h"', '"90 min"').replace("10_000\n", "9000\n"))
    written = annelid("check", "x.toml").stdout
    annelid.write(FLAT)
    for end in ("90 min", "'1.5 h'"):
        told = annelid("check", "x.toml", f"--set=time.end={end}", "--set", "population.hosts=9e3")
        assert told.stdout == written


@pytest.fixture(scope="module")
def ensemble(runs: Annelid) -> Path:
    runs.write(FLAT)
    return run(runs, "x.toml", "ensemble.h5", "--replicates", "3")


def rows_of(file: h5py.File, replicate: int) -> dict[str, np.ndarray]:
    mine = file["events/replicate"][:] == replicate
    return {name: file["events"][name][:][mine]
            for name in ("replicate", "time_us", "host", "infector", "vector")}


def test_a_replicate_alone_is_that_of_the_ensemble(runs: Annelid, ensemble: Path):
    alone = run(runs, "x.toml", "alone.h5", "--replicate", "2")
    with h5py.File(ensemble) as many, h5py.File(alone) as one:
        assert list(many["replicate"]) == [0, 1, 2]
        for name in ("counts", "country_counts", "sector_counts", "vector_infections"):
            np.testing.assert_array_equal(many[name][2], one[name])
        for name in ("attempts", "scans_represented", "steps", "steps_skipped", "deferred"):
            np.testing.assert_array_equal(many["diagnostics"][name][2], one["diagnostics"][name])
        expected, found = rows_of(many, 2), rows_of(one, 2)
        assert len(found["host"]) == one["events/host"].shape[0] > 1000
        for name in expected:
            np.testing.assert_array_equal(expected[name], found[name])


def test_replicates_and_seeds_are_different_outbreaks(runs: Annelid, ensemble: Path):
    first = run(runs, "x.toml", "first.h5")
    other = run(runs, "x.toml", "other.h5", "--seed", "2")
    with h5py.File(ensemble) as many, h5py.File(first) as one, h5py.File(other) as two:
        np.testing.assert_array_equal(many["counts"][0], one["counts"])
        assert not np.array_equal(many["counts"][0], many["counts"][1])
        assert not np.array_equal(one["counts"], two["counts"])
        assert not np.array_equal(one["events/host"][:20], two["events/host"][:20])
        assert two.attrs["seed"] == 2
    same = run(runs, "x.toml", "same.h5", "--seed", "1")
    assert differences(first, same) == []
    assert differences(first, other) != []
