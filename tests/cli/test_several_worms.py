"""Scenarios with several worms: what is wrong with them, and what comes out."""

from __future__ import annotations

import h5py
import pytest
import xarray as xr
from annelid import plot
from annelid.run_file import open_run
from annelid.summary import summarise
from conftest import FLAT, Annelid, differences

PAIR = FLAT[:FLAT.index("[seeds]")] + """\
[[worm]]
name = "a"
preset = "si"

[worm.vector.scan]
rate = "10_000 /s"

[worm.seeds]
hosts = 5

[[worm]]
name = "b"
preset = "seir"

[worm.vector.scan]
rate = "5_000 /s"

[worm.state.exposed]
dwell = "1 min"

[worm.seeds]
time = "5 min"

[record]
every = "1 min"
"""

# Name: what to replace, by what, and what the program says of the line marked "# !".
CASES = {
    "no name": (
        '[[worm]]\nname = "b"', "[[worm]]  # !",
        '[[worm]] (it has no name): give each [[worm]] a name of its own, as in name = "a"'),
    "a name twice": (
        'name = "b"', 'name = "a"  # !',
        '[[worm]] (the name "a" is taken): give each [[worm]] a name of its own, as in name = "a"'),
    "a name with a slash": (
        'name = "b"', 'name = "b/c"  # !',
        'worm."b/c".name = "b/c" (names of draws are made with it and a slash): leave the / out'),
    "seeds of all": (
        "[record]", "[seeds]  # !\nhosts = 3\n\n[record]",
        "[seeds] (each of several worms has its own): write [worm.seeds] below each [[worm]]"),
    "unknown meeting": (
        'preset = "seir"', 'preset = "seir"\nmeeting = "fight"  # !',
        'worm.b.meeting = "fight" ("fight" is not known here): use one of "coexist", "exclude", '
        '"immunise"'),
    "unknown preset": (
        'preset = "seir"', 'preset = "sier"  # !',
        'worm.b.preset = "sier" ("sier" is not known here): did you mean "seir"?'),
    "unknown key": (
        'preset = "seir"', 'preset = "seir"\ncolour = 1  # !',
        "worm.b.colour = 1 (unknown key): known here: preset, without, name, "),
    "seeds too late": (
        'time = "5 min"', 'time = "2 h"  # !',
        'worm.b.seeds.time = "2 h" (the run is over by then): use a time before time.end'),
    "seeds of an unknown vector": (
        'time = "5 min"', 'vector = "sneeze"  # !',
        'worm.b.seeds.vector = "sneeze" (the worm has no such vector): name one of its vectors'),
    "more seeds than carriers": (
        'time = "5 min"', "hosts = 20_000  # !",
        "worm.b.seeds.hosts = 20000 (20000 modelled hosts, but only 10000 carry what vector b/scan "
        "requires): use fewer seeds or more population.hosts"),
    "kill switch of nobody": (
        "[record]", '[defence.switch]\nkind = "kill_switch"\ntime = "1 min"\nworm = "c"  # !\n\n'
        "[record]",
        'defence.switch.worm = "c" (there is no worm of that name): name one of the run\'s'),
    "kill switch of a worm without one": (
        "[record]", '[defence.switch]\nkind = "kill_switch"  # !\ntime = "1 min"\nworm = "b"\n\n'
        "[record]",
        'defence.switch.kind = "kill_switch" (the worm has no inert state): set worm.inert, or leave '
        "the defence out"),
}


@pytest.mark.parametrize("name", CASES)
def test_names_the_fault(annelid: Annelid, name: str):
    old, new, expected = CASES[name]
    assert PAIR.count(old) == 1
    text = PAIR.replace(old, new)
    annelid.write(text)
    line = next(number for number, written in enumerate(text.split("\n"), 1) if "# !" in written)
    assert annelid.refuses("run", "x.toml").startswith(f"x.toml:{line}: {expected}")


def test_a_limit_on_all_rates_needs_sources_that_stay(annelid: Annelid):
    text = PAIR.replace('preset = "seir"', 'preset = "seir"\nmeeting = "immunise"')
    text = text.replace('rate = "10_000 /s"', 'rate = "9 /s"\ntotal_rate_limit = "5 /s"')
    annelid.write(text)
    assert annelid.refuses("run", "x.toml") == (
        'x.toml:16: worm.a.vector.scan.total_rate_limit = "5 /s" (sources that another worm frees '
        'would count on): leave it out, or use meeting = "exclude" for the other worm\n')


def test_more_worms_than_a_host_can_have(annelid: Annelid):
    worms = "".join(f'[[worm]]\nname = "{i}"\npreset = "si"\n' for i in range(9))
    annelid.write(FLAT[:FLAT.index("[seeds]")] + worms)
    assert annelid.refuses("run", "x.toml") == (
        "x.toml:10: [worm] (a run has 1 to 8 worms): write fewer [[worm]]\n")


def test_a_set_key_names_a_worm(annelid: Annelid):
    annelid.write(PAIR)
    done = annelid("run", "x.toml", "--set", "worm.b.meeting=exclude", "--set",
                   "worm.a.seeds.hosts=7", "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    with h5py.File(annelid.folder / "x.h5") as file:
        assert file["counts"][0, 0, 1] == 7
        assert 'meeting = "exclude"' in file["scenario"].asstr()[()]
    assert annelid.refuses("run", "x.toml", "--set", "worm.c.meeting=exclude") == (
        '--set: "worm.c.meeting=exclude" (no worm has that name): name one of a, b\n')


def test_the_run_file_has_an_axis_of_worms(annelid: Annelid):
    annelid.write(PAIR)
    done = annelid("run", "x.toml", "--set", "record.hosts=true", "--set",
                   "record.transitions=true", "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    with xr.open_dataset(annelid.folder / "x.h5", engine="h5netcdf") as run:
        assert run.counts.dims == ("time", "worm", "state")
        assert list(run.worm.values) == ["a", "b"]
        assert set(run.state.values) == {"susceptible", "infectious", "exposed", "removed", "immune"}
        assert (run.counts.sum("state") == 10_000).all()
        assert (run.counts.sel(worm="a", state="exposed") == 0).all()
        at_start = run.vector_infections.sel(vector="seed").isel(time=[0, 4, 5])
        assert at_start.values.tolist() == [[5, 0], [5, 0], [5, 10]]
        last = run.counts.isel(time=-1)
    with h5py.File(annelid.folder / "x.h5") as file:
        states = list(file["state"].asstr()[:])
        for worm, name in enumerate("ab"):
            for state, number in enumerate(states):
                assert ((file["hosts/state"][worm] == state).sum()
                        == int(last.sel(worm=name, state=number))), (name, number)
    text = annelid("info", "x.h5").stdout
    assert "\n  a\n    infectious  " in text and "\n  b\n    " in text


def test_summary_and_plots_show_each_worm(annelid: Annelid):
    annelid.write(PAIR)
    done = annelid("run", "x.toml", "--replicates", 3, "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    run = open_run(annelid.folder / "x.h5")
    a, b = run.worms
    assert list(a.series.state.values) == ["susceptible", "infectious", "immune"]
    assert b.infected_states == ["exposed", "infectious", "removed"]
    assert list(b.series.vector.values) == ["seed", "scan"]
    text = summarise(run)
    assert [line for line in text if line.startswith("Worm")] == ["Worm a", "Worm b"]
    assert sum(line.startswith("Infections:") for line in text) == 2
    assert plot.main([str(annelid.folder / "x.h5"), "--kind", "curve"]) == 0
    assert {"x-a-curve.png", "x-b-curve.png"} <= annelid.contents().keys()


def test_the_scenario_in_full_is_the_same_run(annelid: Annelid):
    annelid.write(PAIR.replace('preset = "seir"', 'preset = "seir"\nmeeting = "immunise"'))
    full = annelid("check", "x.toml").stdout
    annelid.write(full, "full.toml")
    for name in ("x", "full"):
        done = annelid("run", f"{name}.toml", "--output", f"{name}.h5")
        assert done.returncode == 0, done.stderr
    assert differences(annelid.folder / "x.h5", annelid.folder / "full.h5") == []


def test_a_worm_with_a_name_is_the_same_among_others(annelid: Annelid):
    """Common random numbers: what coexists with another is as alone."""
    annelid.write(PAIR)
    one = PAIR[:PAIR.index('[[worm]]\nname = "b"')] + PAIR[PAIR.index("[record]"):]
    annelid.write(one, "one.toml")
    for name in ("x", "one"):
        done = annelid("run", f"{name}.toml", "--set", "time.step=1 s", "--output", f"{name}.h5")
        assert done.returncode == 0, done.stderr
    with h5py.File(annelid.folder / "x.h5") as both, h5py.File(annelid.folder / "one.h5") as alone:
        assert "worm" not in alone
        of_a = both["events/worm"][:] == 0
        assert of_a.sum() > 1000
        for column in ("time_us", "host", "infector"):
            assert (both[f"events/{column}"][:][of_a] == alone[f"events/{column}"][:]).all()
