"""Disk full, file-size limit, read-only and vanished folders: told once, exit code 74, all ranks
end, and what was flushed before is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import MPIEXEC, Faults, Run, assert_prefix

RANKS = pytest.mark.parametrize("ranks", [1, 3] if MPIEXEC else [1])
# The first flush fits, the whole does not: what a process writes into one file, in blocks of 1 KiB.
LIMIT = 'ulimit -f 4000; exec "$@"'


def limited(rank: int | None = None) -> tuple[str, ...]:
    """A command that starts the program with the limit, on one rank or on all."""
    here = "true" if rank is None else f"(( ${{OMPI_COMM_WORLD_RANK:-0}} == {rank} ))"
    return ("bash", "-c", f'if {here}; then {LIMIT}; else exec "$@"; fi', "limited")


def assert_failed(run: Run, reason: str) -> None:
    assert run.wait() == 74, run.messages
    lines = run.messages.splitlines()
    assert len(lines) == 1, run.messages
    assert f": {reason})" in lines[0]
    assert "HDF5" not in run.messages and "MPI" not in run.messages


@pytest.fixture(params=["8m"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "annelid-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk takes a root who may")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@RANKS
def test_a_file_size_limit(ranks: int, faults: Faults, undisturbed: Path) -> None:
    """The signal SIGXFSZ would end the program without a word."""
    run = faults.start("--set", "time.end=6 d", ranks=ranks, flush_every=0.03, through=limited())
    assert_failed(run, "File too large")
    assert "what was flushed before can be read" in run.messages
    assert assert_prefix(run.output, undisturbed) > 0


@pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")
def test_a_limit_on_one_rank_that_writes_its_share(faults: Faults) -> None:
    """All ranks write hosts side by side; one of them cannot."""
    hosts = ("--set", "population.hosts=2_000_000", "--set", "record.hosts=true", "--set",
             "time.end=1 min")
    run = faults.start(*hosts, ranks=3, flush_every=60, through=limited(2))
    assert run.wait() == 74, run.messages
    # Open MPI has a line of its own for a write that fails.
    [line] = [line for line in run.messages.splitlines() if "mca_fbtl_posix" not in line]
    assert "/hosts/" in line and "make room" in line
    assert "HDF5-DIAG" not in run.messages
    assert not run.output.exists()


@RANKS
def test_a_full_disk(ranks: int, disk: Path, undisturbed: Path) -> None:
    run = Faults(disk).start(ranks=ranks, flush_every=0.02)
    assert_failed(run, "No space left on device")
    assert "what was flushed before can be read" in run.messages
    assert assert_prefix(run.output, undisturbed) > 0


@RANKS
def test_a_disk_that_is_read_only(ranks: int, disk: Path) -> None:
    faults = Faults(disk)
    faults.scenario()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for name in ("run.h5", "new/run.h5"):
        run = faults.start(ranks=ranks, name=name)
        assert_failed(run, "Read-only file system")
        assert "choose another --output" in run.messages


@RANKS
@pytest.mark.parametrize("disk", ["64m"], indirect=True)
def test_a_disk_that_becomes_read_only(ranks: int, disk: Path, undisturbed: Path) -> None:
    run = Faults(disk).start(ranks=ranks, flush_every=0.1)
    run.wait_until_flushed()
    while subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=False,
                         capture_output=True).returncode:
        pass  # busy while a file is open to be written
    assert_failed(run, "Read-only file system")
    assert assert_prefix(run.output, undisturbed) > 0


@RANKS
def test_a_folder_that_vanishes(ranks: int, faults: Faults, tmp_path: Path) -> None:
    run = faults.start(ranks=ranks, name="results/run.h5", flush_every=0.1)
    run.wait_until_flushed()
    while (tmp_path / "results").exists():
        shutil.rmtree(tmp_path / "results", ignore_errors=True)
    assert run.wait() == 74, run.messages
    [line] = run.messages.splitlines()
    assert "No such file or directory" in line
