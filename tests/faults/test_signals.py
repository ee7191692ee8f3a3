"""Signals that ask a run to stop: the run file is closed, exit code 75, a message that says so."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import h5py
import pytest
from conftest import MPIEXEC, Faults, Run, assert_identical, assert_prefix, send

needs_ranks = pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")
ENDLESS = ("--set", "time.end=20000 d", "--set", "record.every=10 d")


def assert_stopped(run: Run, number: signal.Signals, undisturbed: Path) -> None:
    """It says once what has become of it; what it wrote is the beginning of the whole."""
    assert run.messages.count(f"{number.name}: stopping at ") == 1, run.messages
    assert "is not complete and can be read; go on with --restart " in run.messages
    assert "fault" not in run.messages
    assert assert_prefix(run.output, undisturbed) > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_one_rank_alone(number: signal.Signals, faults: Faults, undisturbed: Path) -> None:
    run = faults.start(flush_every=0.1)
    run.wait_until_flushed()
    send(run.process.pid, number)
    assert run.wait() == 75, run.messages
    assert_stopped(run, number, undisturbed)


@needs_ranks
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
@pytest.mark.parametrize("rank", [0, 2])
def test_one_rank_of_four(number: signal.Signals, rank: int, faults: Faults,
                          undisturbed: Path) -> None:
    run = faults.start(ranks=4, flush_every=0.2)
    run.wait_until_flushed()
    send(run.pid_of(rank), number)
    assert run.wait() == 75, run.messages
    assert_stopped(run, number, undisturbed)
    if rank == 2:
        again = faults.start(*faults.from_checkpoint(), ranks=3, flush_every=60)
        assert again.wait() == 0, again.messages
        assert_identical(run.output, undisturbed)


@needs_ranks
def test_mpirun_passes_usr1_on(faults: Faults, undisturbed: Path) -> None:
    run = faults.start(ranks=2, flush_every=0.2)
    run.wait_until_flushed()
    send(run.process.pid, signal.SIGUSR1)
    assert run.wait() == 75, run.messages
    assert_stopped(run, signal.SIGUSR1, undisturbed)


@needs_ranks
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_mpirun_leaves_a_second(number: signal.Signals, faults: Faults,
                                undisturbed: Path) -> None:
    """It sends SIGTERM a second later, whatever it gets, kills after another, and does not return
    the exit code of its ranks."""
    run = faults.start(*ENDLESS, ranks=2, flush_every=0.2)
    run.wait_until_flushed()
    begin = time.monotonic()
    send(run.process.pid, number)
    assert run.wait() != 0
    assert time.monotonic() - begin < 20
    if "stopped: " in run.messages:
        assert "SIGTERM: stopping at " in run.messages
    with h5py.File(run.output) as file:
        assert file.attrs["complete"] == 0
        assert file["events/host"].size > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP])
def test_scripts_run(number: signal.Signals, faults: Faults, undisturbed: Path) -> None:
    """Whatever it gets, ranks have all the time that they need."""
    run = faults.start_by_script(flush_every=0.2)
    run.wait_until_flushed()
    send(run.process.pid, number)
    assert run.wait() == 75, run.messages
    assert_stopped(run, signal.SIGUSR1, undisturbed)
