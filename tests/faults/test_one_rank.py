"""What one rank meets ends the whole job within seconds: told once, with the rank, non-zero."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from conftest import ENVIRONMENT, MOST_SECONDS, MPIEXEC, PROJECT, send, under_mpi

FAILS = os.environ.get("ANNELID_FAULT_PROGRAM",
                       str(PROJECT / "build" / "tests" / "one_rank_fails"))
pytestmark = pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")

CASES = {
    "exception": (70, "annelid: internal fault on rank 2: this rank has lost its way"),
    "memory": (70, "annelid: out of memory on rank 2: use fewer hosts or more ranks"),
    "thread": (70, "annelid: internal fault on rank 2: a thread of this rank has lost its way"),
    "hdf5": (2, "annelid: only on rank 2: no-such-file.h5 (cannot open it: "),
    "output": (74, "annelid: only on rank 2: no-such-folder/file.h5 (cannot create it: "),
}


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(under_mpi(4, FAILS, *arguments), env=ENVIRONMENT, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.parametrize("kind", CASES)
def test_ends_all(kind: str) -> None:
    code, message = CASES[kind]
    job = start(kind, 2)
    assert job.stdout is not None and job.stdout.readline() == "ready\n"
    begin = time.monotonic()
    _, errors = job.communicate(timeout=MOST_SECONDS)
    assert time.monotonic() - begin < 15
    assert job.returncode == code, errors
    told = [line for line in errors.splitlines() if "annelid" in line]
    assert len(told) == 1, errors
    assert told[0].startswith(message)
    assert "HDF5-DIAG" not in errors


@pytest.mark.parametrize("kind", ["hdf5", "output"])
def test_what_all_meet_is_told_by_one(kind: str) -> None:
    job = start(kind, "all")
    _, errors = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == CASES[kind][0]
    assert len(errors.splitlines()) == 1, errors
    assert errors.startswith("no-such-")
    assert "rank" not in errors


def test_a_team_of_one_outlives_its_replicate() -> None:
    """Other teams hear nothing of it, and it goes on with the next."""
    job = start("exception", 2, 1)
    told, errors = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == 0, errors
    lines = sorted(told.splitlines())
    assert [line for line in lines if line.startswith("rank 2")] == [
        "rank 2: fine", "rank 2: internal fault on rank 2: this rank has lost its way"]
    assert lines.count("rank 0: fine") == 2


def test_a_team_outlives_what_all_of_it_meet() -> None:
    job = start("hdf5", "all", 2)
    told, errors = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == 0, errors
    for rank in (0, 2):
        lines = sorted(line for line in told.splitlines() if line.startswith(f"rank {rank}"))
        assert lines[0] == f"rank {rank}: fine"
        assert lines[1].startswith(f"rank {rank}: no-such-file.h5 (cannot open it")


def test_what_one_of_a_team_meets_ends_all() -> None:
    job = start("exception", 2, 2)
    _, errors = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == 70, errors
    assert "annelid: only on rank 2: internal fault on rank 2: this rank has lost its way" in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(number: signal.Signals) -> None:
    """However long the rank would go on, and whatever it does: it never looks for a signal. One
    request that comes twice, as from a batch system and mpirun, is no second one."""
    job = subprocess.Popen([FAILS, "deaf", "0"], env=ENVIRONMENT, text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, start_new_session=True)
    assert job.stdout is not None and job.stdout.readline() == "ready\n"
    for pause in (1.0, 2.0):
        send(job.pid, number)
        time.sleep(pause)
        assert job.poll() is None
    send(job.pid, number)
    job.communicate(timeout=5)
    assert job.returncode == -number
