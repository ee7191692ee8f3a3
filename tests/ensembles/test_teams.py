"""Replicate r is the same, bit for bit, whichever team of ranks plays it, and as a run of its own;
one that fails loses none of the others."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from annelid.compare import compare
from annelid.run_file import open_run
from conftest import ENVIRONMENT, MPIEXEC, PROGRAM, command, run

REPLICATES = 5
CASES = {
    "sis": ["inputs/sir-flat.toml", "--set", "worm.preset=sis", "--set", "population.hosts=5000",
            "--set", "worm.vector.scan.rate=300 /s", "--set", "time.end=1 d",
            "--set", "record.transitions=true"],
    # A population and a network that all replicates share, and defences that triggers start.
    "links": ["inputs/as-outbreak.toml", "--set", "time.step=1 h", "--set", "time.end=4 d",
              "--set", "defence.watch={kind='sensor', coverage=0.2, after='1 h'}",
              "--set", "defence.patches={kind='patching', rate='2 /d', trigger='seen'}",
              "--set", "trigger.seen={kind='detections', at_least=20}"],
    # Each replicate in a world of its own.
    "redraw": ["inputs/sir-flat.toml", "--set", "worm.without=['scan']",
               "--set", "worm.vector.link={kind='contact', time='1 h'}",
               "--set", "network={kind='watts_strogatz', neighbours=8, rewire=0.1}",
               "--set", "population={kind='graph', hosts=1000, redraw=true}"],
}
# Ranks, size of the teams. Flushes as often as teams can meet: after each round of replicates.
LAYOUTS = [(1, 1, 60), (2, 1, 60), (2, 2, 60), (3, 1, 1e-3), (4, 2, 1e-3), (4, 1, 60)]


ROWS = ("events", "transitions", "defence_starts")


def results(path: Path, replicate: int | None) -> dict[str, np.ndarray]:
    """All results of one replicate of an ensemble; with None, of a run of one replicate."""
    of = () if replicate is None else (replicate,)
    with h5py.File(path) as file:
        found = {name: item[of] for name, item in file.items()
                 if isinstance(item, h5py.Dataset) and item.ndim > 1}
        for group in ("diagnostics", "network"):
            found |= {f"{group}/{name}": item[of] for name, item in file.get(group, {}).items()
                      if name != "kind" and "memory" not in name}
        for group in ROWS:
            columns = file.get(group, {})
            if columns:
                numbers = columns["replicate"][...]
                rows = slice(None) if replicate is None else numbers == replicate
                found |= {f"{group}/{name}": item[...][rows] for name, item in columns.items()
                          if not h5py.h5ds.is_scale(item.id)}
    return found


@pytest.mark.parametrize("name", CASES)
def test_same_result_in_any_teams(name: str, tmp_path: Path) -> None:
    layouts = LAYOUTS if MPIEXEC else LAYOUTS[:1]
    files = []
    for ranks, team, flush in layouts:
        files.append(tmp_path / f"{ranks}-{team}.h5")
        run(*CASES[name], "--replicates", REPLICATES, "--team-size", team, "--output", files[-1],
            "--flush-every", flush, "--progress", "off", ranks=ranks)
        assert not files[-1].with_name(files[-1].name + ".parts").exists()
    for file, layout in zip(files[1:], layouts[1:]):
        with h5py.File(files[0]) as one, h5py.File(file) as other:
            assert compare(one, other) == [], layout
            assert one["events/host"].size > 1000
    for index in (0, REPLICATES - 1):
        alone = tmp_path / f"alone-{index}.h5"
        run(*CASES[name], "--replicate", index, "--output", alone, "--progress", "off")
        ours, theirs = results(files[0], index), results(alone, None)
        assert {"counts", "events/infector", "diagnostics/steps"} <= set(theirs) == set(ours)
        for path, values in theirs.items():
            np.testing.assert_array_equal(ours[path], values, path)


# Hosts are drawn anew, and in some worlds, the first among them, fewer than 490 can be infected.
SOME_FAIL = ["inputs/sir-flat.toml", "--set", "population={kind='internet', hosts=2000, "
             "real_hosts=2000, redraw=true}", "--set", "worm.vector.scan.requires=['unpatched']",
             "--set", "seeds.hosts=490", "--set", "time.end=1 h"]


@pytest.mark.parametrize("ranks, team", [(1, 1), (2, 1), (4, 2)])
def test_a_replicate_that_fails_loses_no_other(ranks: int, team: int, tmp_path: Path) -> None:
    if ranks > 1 and not MPIEXEC:
        pytest.skip("built without MPI")
    file = tmp_path / "run.h5"
    told = run(*SOME_FAIL, "--replicates", 12, "--team-size", team, "--output", file,
               ranks=ranks, code=3)
    with xr.open_dataset(file, engine="h5netcdf", group="failures") as failures:
        failed = failures["replicate"].values.tolist()
        reasons, logs = list(failures["reason"].values), list(failures["log"].values)
    assert 0 in failed and len(failed) < 12
    assert failed == sorted(failed)
    assert f"{len(failed)} of 12 replicates failed" in told
    for number, reason, log in zip(failed, reasons, logs):
        assert "seeds.hosts = 490 (" in reason
        assert f"replicate {number} failed: {reason}" in told
        assert "on rank" in log
    with h5py.File(file) as data:
        assert data.attrs["complete"] == 1
        assert (data["counts"][failed] == -1).all()
        assert (data["diagnostics/attempts"][failed] == -1).all()
        kept = np.setdiff1d(np.arange(12), failed)
        assert (data["counts"][kept].sum(axis=-1) == 2000).all()
        assert set(data["events/replicate"][...]) == set(kept)
    assert open_run(file).series["replicate"].values.tolist() == kept.tolist()
    told = subprocess.run([PROGRAM, "info", file], capture_output=True, text=True).stdout
    assert f"{len(kept)} of 12 finished" in told and f"replicates: {failed[0]}, " in told
    alone = tmp_path / "alone.h5"
    run(*SOME_FAIL, "--replicate", kept[-1], "--output", alone)
    with h5py.File(file) as data, h5py.File(alone) as one:
        np.testing.assert_array_equal(data["counts"][kept[-1]], one["counts"])
    bands = tmp_path / "bands.h5"
    run(*SOME_FAIL, "--replicates", 12, "--team-size", team, "--output", bands, "--quantiles",
        ranks=ranks, code=3)
    with h5py.File(file) as data, h5py.File(bands) as other:
        np.testing.assert_array_equal(other["counts"][2], np.median(data["counts"][kept], axis=0))
        assert other["failures/replicate"][...].tolist() == failed


def test_failures_outlive_a_restart(tmp_path: Path) -> None:
    """One team on all ranks makes checkpoints, which know what has failed before them."""
    plain, again = tmp_path / "plain.h5", tmp_path / "again.h5"
    run(*SOME_FAIL, "--replicates", 7, "--output", plain, "--checkpoint-every", "1 steps", code=3)
    run(*SOME_FAIL, "--replicates", 7, "--output", again, "--restart",
        tmp_path / "plain.checkpoint.h5", code=3, ranks=2 if MPIEXEC else 1)
    with h5py.File(plain) as one, h5py.File(again) as other:
        assert compare(one, other) == []
        assert one["failures/log"][...].tolist() == other["failures/log"][...].tolist()


def test_where_all_fail_the_run_fails(tmp_path: Path) -> None:
    told = run(*SOME_FAIL, "--set", "seeds.hosts=1999", "--replicates", 3, "--output",
               tmp_path / "run.h5", code=2)
    assert not (tmp_path / "run.h5").exists()
    assert "seeds.hosts = 1999" in told and "476 carry" in told


@pytest.mark.skipif(not MPIEXEC, reason="built without MPI")
def test_a_signal_leaves_what_is_finished(tmp_path: Path) -> None:
    """Teams make no checkpoint; the file is whole and says that it is incomplete."""
    file = tmp_path / "run.h5"
    job = subprocess.Popen(
        command("inputs/code-red-v2.toml", "--replicates", 1000, "--team-size", 1, "--output", file,
                "--set", "population.hosts=100_000", "--set", "record.events=false",
                "--flush-every", 0.2, ranks=2),
        env=ENVIRONMENT, text=True, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2])
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    job.send_signal(signal.SIGUSR1)
    _, told = job.communicate(timeout=60)
    assert "of 1000 replicates and can be read" in told
    assert job.returncode == 75, told
    with h5py.File(file) as data:
        assert data.attrs["complete"] == 0
        last = data["counts"][:, -1].sum(axis=-1)
        assert (last == 100_000).sum() >= 2
        assert set(last) <= {-3, 100_000}
