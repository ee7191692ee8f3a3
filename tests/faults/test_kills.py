"""kill -9 of one rank or of all at any moment, inside a flush too: the run file opens and is the
beginning of the undisturbed one. ANNELID_FAULTS_KILLS says how often (default 10)."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import h5py
import pytest
from conftest import MPIEXEC, Faults, Run, assert_identical, assert_prefix, send

KILLS = int(os.environ.get("ANNELID_FAULTS_KILLS", "10"))
needs_ranks = pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")


def kill(run: Run, rank: int | None) -> int:
    """kill -9 of a rank, or of all; the exit code."""
    if rank is None or run.ranks == 1:
        run.kill_all()
    else:
        send(run.pid_of(rank), signal.SIGKILL)
    return run.wait(60)


@needs_ranks
@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_leaves_what_was_flushed(number: int, faults: Faults, undisturbed: Path) -> None:
    """A restart, on any ranks, completes it."""
    chance = random.Random(number)
    ranks = chance.choice((1, 2, 3))
    # Every second run does little else than flush, so that most kills come inside a flush; some
    # write a checkpoint at every other flush.
    flush_every = chance.choice((0.1, 1e-6))
    checkpoint_every = chance.choice((10, 1000))
    run = faults.start("--checkpoint-every", f"{checkpoint_every} steps", ranks=ranks,
                       flush_every=flush_every)
    run.wait_until_flushed(chance.randrange(1, 10))
    time.sleep(chance.uniform(0, 0.3))
    rank = chance.choice([None, *range(ranks)])
    if run.process.poll() is None and kill(run, rank) != 0:
        assert assert_prefix(run.output, undisturbed) > 0
        again = faults.start(*faults.from_checkpoint(), ranks=chance.choice((1, 2, 3)),
                             flush_every=60)
        assert again.wait() == 0, again.messages
    assert_identical(run.output, undisturbed)
    left = {path.name for path in faults.folder.iterdir() if "checkpoint" not in path.name}
    assert left == {"scenario.toml", "run.h5"}


def test_the_loss_is_no_older_than_the_flush_interval(faults: Faults) -> None:
    """The file of a killed run was written within the interval, and a moment for the flush itself."""
    flush_every = 0.5
    run = faults.start("--set", "time.end=2000 d", flush_every=flush_every)
    run.wait_until_flushed(2)
    for _ in range(20):
        age = time.time() - run.output.stat().st_mtime
        assert age < flush_every + 1.5
        time.sleep(0.1)
    run.kill_all()
    run.wait()


def test_can_be_read_while_the_run_goes_on(faults: Faults, undisturbed: Path) -> None:
    run = faults.start(flush_every=0.05)
    run.wait_until_flushed()
    sizes = []
    while run.process.poll() is None:
        try:
            sizes.append(assert_prefix(run.output, undisturbed))
        except (AssertionError, OSError):
            # The run ended meanwhile: all is in one file now.
            with h5py.File(run.output) as file:
                if file.attrs["complete"] == 1:
                    break
            raise
    assert run.wait() == 0, run.messages
    assert_identical(run.output, undisturbed)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) >= 3


def test_nothing_is_overwritten_without_force(faults: Faults) -> None:
    run = faults.start("--set", "time.end=2000 d")
    run.wait_until_flushed(2)
    run.kill_all()
    run.wait()
    before = {path: path.read_bytes() for path in faults.folder.rglob("*.h5")}
    again = faults.start()
    assert again.wait() == 2
    assert "(the file exists): choose another --output or add --force" in again.messages
    assert {path: path.read_bytes() for path in faults.folder.rglob("*.h5")} == before
