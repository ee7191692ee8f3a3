"""scripts/sweep: what it gathers, that it goes on after whatever stopped it, what it refuses."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from annelid.sweep import command
from annelid.sweep.folder import StudyFolder
from annelid.sweep.gather import gather
from annelid.sweep.study import read_study
from conftest import PROJECT, SCENARIO, STUDY, Bench


def test_gathers_what_the_runs_hold(bench: Bench) -> None:
    said = bench.sweep()
    assert said.startswith("study.toml: 4 points x 2 replicates -> out\n")
    assert said.endswith("Next: scripts/plot out/study.h5\n")
    with xr.open_dataset("out/study.h5", engine="h5netcdf") as study:
        assert study.counts.dims == ("point", "replicate", "time", "state")
        assert study.counts.dtype == np.int64 and study.counts.attrs["units"] == "hosts"
        assert study.vector_infections.dims == ("point", "replicate", "time", "vector")
        assert list(study.parameter.values) == ["worm.vector.scan.rate", "seeds.hosts"]
        assert np.allclose(study.parameter_value, [[0.02, 5], [0.02, 20], [0.05, 5], [0.05, 20]])
        assert list(study.parameter_unit.values) == ["s-1", "1"]
        assert study.parameter_text.values[3].tolist() == ["0.05 /s", "20"]
        assert study.attrs["format"] == "annelid study file" and study.attrs["complete"] == 1
        assert study.attrs["design"] == "grid" and study.attrs["hosts"] == 1000
        assert str(study.study.values) == STUDY
        assert "failures" not in h5py.File("out/study.h5")
        for point in range(4):
            with xr.open_dataset(f"out/points/{point:04d}/run.h5", engine="h5netcdf") as run:
                for name in ("counts", "country_counts", "sector_counts", "vector_infections"):
                    assert np.array_equal(study[name][point], run[name]), (point, name)
                assert np.array_equal(study.time, run.time)
        # More seeds and more scans, more infections: points are in their places.
        ever = study.vector_infections.isel(time=2).sum("vector").mean("replicate").values
        assert ever[0] < ever[1] < ever[3] and ever[0] < ever[2] < ever[3]


def test_points_have_random_numbers_in_common(bench: Bench) -> None:
    """A parameter that changes nothing leaves the results as they are, replicate by replicate."""
    bench.write(STUDY.split("[parameter")[0] + 'worm.vector.scan.rate = "0.02 /s"\n'
                '[parameter.title]\nvalues = ["one", "two"]\n')
    bench.sweep()
    with h5py.File("out/study.h5") as file:
        first, second = file["counts"][:]
        assert np.array_equal(first, second)
        assert not np.array_equal(first[0], first[1])
        assert np.isnan(file["parameter_value"][:]).all()


def test_what_is_done_is_not_run_again(bench: Bench) -> None:
    bench.sweep()
    files = sorted(Path("out/points").glob("*/run.h5"))
    before = {path: path.stat().st_mtime_ns for path in files}
    Path("out/points/0002/run.h5").unlink()
    assert "3 of them done before" in bench.sweep()
    changed = [path.parent.name for path in files if path.stat().st_mtime_ns != before[path]]
    assert changed == ["0002"]
    # One of another scenario is run again, too, be it as complete as it may.
    Path("out/points/0001/run.h5").write_bytes(Path("out/points/0000/run.h5").read_bytes())
    assert "3 of them done before" in bench.sweep()


@pytest.mark.parametrize("kill", [1, 2])
def test_killed_and_started_again(bench: Bench, whole: Path, kill: int) -> None:
    """kill -9 at a random moment, perhaps while runs or the gathering go on."""
    delay = random.Random(kill).uniform(0, 1.5)
    process = bench.start("--jobs", "1")
    begin = time.monotonic()
    while not (bench.folder / "out" / "points").exists() and time.monotonic() - begin < 60:
        time.sleep(0.01)
    time.sleep(delay)
    process.kill()
    process.communicate()
    bench.sweep()
    assert bench.differences(whole) == []


def test_a_request_to_stop(bench: Bench) -> None:
    """Runs end with the sweep, and it says how to go on."""
    bench.write(SCENARIO.replace("1_000", "1_000_000").replace("10_000", "10_000_000")
                .replace('"20 min"', '"10 d"'), "x.toml")
    process = bench.start("--jobs", "1")
    log = bench.folder / "out" / "points" / "0000" / "run.log"
    begin = time.monotonic()
    while not (log.exists() and log.stat().st_size) and time.monotonic() - begin < 60:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 75, said
    assert "Stopped. To go on: scripts/sweep study.toml --jobs 1 --output out" in said
    assert not (bench.folder / "out" / "study.h5").exists()
    descriptor = os.open("out/lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # no run is left that holds it
    os.close(descriptor)


def test_a_point_that_fails(bench: Bench, whole: Path,
                            failing: Callable[[str], None]) -> None:
    """It is told, the others are kept, and it is run again when what failed is mended."""
    failing('scan.rate="0.05 /s" --set seeds.hosts=5 ')
    said = bench.sweep(expect=3)
    assert "point 2 failed: exit code 70: the sky has fallen" in said
    assert "out/points/0002/run.log" in said
    with h5py.File("out/study.h5") as file, h5py.File(whole) as other:
        assert file.attrs["complete"] == 0
        assert file["failures/point"][:].tolist() == [2]
        assert file["failures/replicate"][:].tolist() == [-1]
        assert file["failures/reason"].asstr()[0] == "exit code 70: the sky has fallen"
        assert file["failures/log"].asstr()[0] == "points/0002/run.log"
        assert (file["counts"][2] == -1).all() and file["counts"].attrs["_FillValue"] == -1
        assert np.array_equal(file["counts"][3], other["counts"][3])
    with xr.open_dataset("out/study.h5", engine="h5netcdf") as study:
        assert study.counts[2].isnull().all() and study.counts[[0, 1, 3]].notnull().all()
    failing("")
    assert "3 of them done before" in bench.sweep()
    assert bench.differences(whole) == []


def test_a_replicate_that_fails(bench: Bench, whole: Path) -> None:
    """A run file that tells of it is gathered with what it has, and the point is run again."""
    bench.sweep()
    with h5py.File("out/points/0001/run.h5", "a") as file:
        file["failures/replicate"] = np.array([1], np.int32)
        file["failures/reason"] = ["the sky has fallen"]
        file["counts"][1] = -1
        file["counts"].attrs["_FillValue"] = np.int64(-1)
    [failure] = gather(StudyFolder(bench.folder / "out", read_study(Path("study.toml"))))
    assert str(failure) == "point 1, replicate 1, has no result (the sky has fallen)"
    with xr.open_dataset("out/study.h5", engine="h5netcdf") as study:
        assert study.attrs["complete"] == 0
        assert study.counts[1, 1].isnull().all() and study.counts[1, 0].notnull().all()
    assert "3 of them done before" in bench.sweep()
    assert bench.differences(whole) == []


def test_all_points_fail(bench: Bench, failing: Callable[[str], None]) -> None:
    failing("--replicates")
    bench.sweep(expect=3)
    with h5py.File("out/study.h5") as file:
        assert file["failures/point"][:].tolist() == [0, 1, 2, 3]


def test_a_dry_run_leaves_nothing(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(bench.folder.rglob("*"))
    assert command.main(["study.toml", "--output", "out", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "  0003  worm.vector.scan.rate = 0.05 /s, seeds.hosts = 20" in said
    assert "time  0:0" in said and "kB of runs" in said
    assert "Next: scripts/sweep study.toml --output out" in said
    assert sorted(bench.folder.rglob("*")) == before


def test_another_design_is_refused(bench: Bench) -> None:
    bench.sweep()
    before = {path: path.read_bytes() for path in bench.folder.rglob("*.*") if path.is_file()}
    bench.write(STUDY.replace("replicates = 2", "replicates = 3").replace("20]", "30]")
                .replace("seed = 7", "seed = 8"))
    said = bench.sweep(expect=2)
    remedy = "give another --output, or --force to replace what is there"
    assert said.split("\n")[:3] == [
        f"study.toml:2: replicates = 3 (in out it is 2): {remedy}",
        f"study.toml:6: settings.seed = 8 (in out it is 7): {remedy}",
        f'study.toml:12: parameter."seeds.hosts".values = [5, 30] (in out it is [5, 20]): {remedy}']
    bench.write()
    bench.write(SCENARIO.replace("hosts = 1_000", "hosts = 1_100"), "x.toml")
    assert ("study.toml:1: scenario = \"x.toml\" (in out it has `hosts = 1000`, now `hosts = 1100`)"
            in bench.sweep(expect=2))
    bench.write(SCENARIO, "x.toml")
    after = {path: path.read_bytes() for path in before}
    assert after == before
    bench.write(STUDY.replace("[5, 20]", "[5]"))
    bench.sweep("--force")
    assert sorted(path.name for path in Path("out/points").iterdir()) == ["0000", "0001"]
    # Where and how fast it is run is no part of the design.
    bench.write(STUDY.replace("[5, 20]", "[5]").replace("jobs = 2", "jobs = 1"))
    bench.sweep()


def test_something_else_in_the_folder(bench: Bench) -> None:
    (bench.folder / "out").mkdir()
    (bench.folder / "out" / "run.h5").write_text("mine")
    for options in ((), ("--force",)):
        assert "out: something else is there" in bench.sweep(*options, expect=2)


@pytest.mark.parametrize("before,after,fault", [
    ("seeds.hosts", "seeds.hostz",
     'study.toml:11: seeds.hostz = 5 (unknown key): did you mean `hosts`? [points 0, 2]'),
    ("seeds.hosts", "nonsense.key", "study.toml:11: [nonsense] (unknown table): known here: "),
    ("[5, 20]", "[]", 'study.toml:12: parameter."seeds.hosts".values = [] (there are none)'),
    ("[5, 20]", "[5, -1]", "study.toml:11: seeds.hosts = -1 (it must be from 0 to 1000000000)"),
    ("[5, 20]", "[5, 5]", "values = [5, 5] (one is there twice): give each once"),
    ("values = [5, 20]", "min = 20\nmax = 5\ncount = 3",
     'study.toml:13: parameter."seeds.hosts".max = 5 (it is below min): give more than 20'),
    ("values = [5, 20]", "min = 5\nmax = 5\ncount = 3", "max = 5 (the range is empty)"),
    ("values = [5, 20]", "min = 5\nmax = \"5 s\"\ncount = 3", 'max = "5 s" (min has the unit "")'),
    ("values = [5, 20]", "min = 0\nmax = 5\ncount = 3\nscale = \"log\"",
     "min = 0 (a logarithmic scale begins above 0)"),
    ("values = [5, 20]", "min = 5\nmax = 9", "count (it is required): give a whole number"),
    ('"seeds.hosts"', "seeds.hosts", "parameter.seeds (a path needs quotes): write it so: "),
    ("seed = 7", "seeds.hosts = 7", "seeds.hosts is a parameter as well): keep one of the two"),
    ("seed = 7", "seed = -7", "study.toml:6: seed = -7 (it must be at least 0)"),
    ("seed = 7", "record.every = 7", "study.toml:6: record.every = 7 (a duration needs a unit)"),
    ("seeds.hosts", "record.every", "all points need the same rows of time"),
    ("x.toml", "y.toml", 'study.toml:1: scenario = "y.toml" (there is no such file'),
    ('scenario = "x.toml"', "", "study.toml: scenario (it is required)"),
    ("replicates = 2", "replicates = 0", "study.toml:2: replicates = 0 (at least 1): try 1"),
    ("replicates = 2", "replicas = 2", "study.toml:2: replicas = 2 (unknown key): known here: "),
    ("replicates = 2", 'design = "star"', 'design = "star" (there is no such choice): use grid, '),
    ("replicates = 2", "saltelli = true", "saltelli = true (the design is grid)"),
    ("replicates = 2", 'design = "list"\npoints = 3', "points = 3 (a list has as many as"),
    ("replicates = 2", 'design = "sobol"\npoints = 4', ".min (it is required): give a number"),
    ("replicates = 2", "replicates = 2 = 3", "study.toml:2: no valid TOML"),
])
def test_bad_input(bench: Bench, before: str, after: str, fault: str) -> None:
    assert STUDY.count(before) >= 1
    lines = bench.refused(STUDY.replace(before, after, 1))
    assert any(fault in line for line in lines), lines


def test_every_fault_at_once_and_no_study(bench: Bench) -> None:
    lines = bench.refused(STUDY.replace("x.toml", "y.toml").replace("jobs", "jbs")
                          .replace("[5, 20]", "[]"))
    assert len(lines) == 3
    assert bench.sweep(study="none.toml", expect=2).startswith("none.toml: no such file")


def test_no_program(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNELID_PROGRAM", "/nowhere/annelid")
    assert "run scripts/setup annelid" in bench.sweep(expect=69)


def test_a_terminal_gets_one_line(bench: Bench) -> None:
    """That stays in its place; what is printed for other programs is the path alone."""
    terminal, theirs = pty.openpty()
    with subprocess.Popen([PROJECT / "scripts" / "sweep", "study.toml", "--output", "out"],
                          cwd=bench.folder, stderr=theirs, stdout=subprocess.PIPE,
                          text=True) as process:
        os.close(theirs)
        said = b""
        try:
            while block := os.read(terminal, 65536):
                said += block
        except OSError:
            pass  # how a terminal ends
        assert process.stdout is not None and process.stdout.read() == "out/study.h5\n"
    os.close(terminal)
    assert process.returncode == 0
    first, *states, last = re.split(r"[\r\n]+", said.decode().strip())
    assert first.startswith("study.toml: ") and last.startswith("Next: ")
    assert states[-1].strip() == "4 of 4 points done, 0 running"
    assert said.count(b"\n") == 3
