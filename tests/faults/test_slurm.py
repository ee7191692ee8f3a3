"""scripts/slurm/run.sbatch on a real SLURM: a job that is asked to stop queues itself again and goes
on from its checkpoint, until its run is the one that was never stopped."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import h5py
import pytest
from conftest import ENVIRONMENT, MPIEXEC, PROGRAM, PROJECT, Faults, assert_identical, in_long_form

sys.path.append(str(Path(__file__).resolve().parents[1] / "slurm_fixture"))
from slurm import Slurm, slurm  # noqa: E402, F401

pytestmark = pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")
TEMPLATE = PROJECT / "scripts" / "slurm" / "run.sbatch"


def submit(slurm: Slurm, faults: Faults, *sbatch: object) -> tuple[str, Path]:
    """A job by the template; its number and log."""
    environment = {key: value for key, value in ENVIRONMENT.items() if key.startswith("OMP")}
    log = faults.folder / "job.log"
    job = slurm.submit("--chdir", faults.folder, "--output", log, *sbatch, TEMPLATE,
                       faults.scenario(), "--output", "run.h5", "--progress", "off",
                       "--flush-every", "0.2", **environment, ANNELID_PROGRAM=PROGRAM)
    return job, log


def wait_for_flush(output: Path) -> None:
    begin = time.monotonic()
    while not output.exists() and time.monotonic() - begin < 60:
        time.sleep(0.02)


@pytest.mark.parametrize("to", [("--batch",),
                                pytest.param(("--full",), marks=in_long_form)])
def test_a_job_requeues_itself_until_it_is_done(to: tuple[str, ...], slurm: Slurm, faults: Faults,
                                                undisturbed: Path) -> None:
    """SIGUSR1 for the script alone, as `--signal=B:USR1@300` sends it, or for ranks as well."""
    job, log = submit(slurm, faults)
    wait_for_flush(faults.folder / "run.h5")
    slurm.call("scancel", "--signal=USR1", *to, job)
    done = slurm.wait(job, {"COMPLETED", "FAILED", "CANCELLED"})
    said = log.read_text()
    assert done["JobState"] == "COMPLETED", said
    assert done["Restarts"] == "1", said
    assert "SIGUSR1: stopping at " in said
    assert "go on with --restart" in said
    assert_identical(faults.folder / "run.h5", undisturbed)


@in_long_form
def test_the_time_limit(slurm: Slurm, faults: Faults) -> None:
    """SLURM itself asks, a minute before the end of the shortest job that there is."""
    faults.scenario().write_text(faults.scenario().read_text().replace("20 d", "20000 d")
                                 .replace('every = "1 h"', 'every = "10 d"'))
    job, log = submit(slurm, faults, "--time=2", "--signal=B:USR1@60")
    wait_for_flush(faults.folder / "run.h5")
    begin = time.monotonic()
    while slurm.show(job).get("Restarts") == "0" and time.monotonic() - begin < 120:
        time.sleep(0.5)
    assert slurm.show(job)["Restarts"] == "1", log.read_text()
    slurm.call("scancel", job)
    slurm.wait(job, {"CANCELLED"})
    assert "SIGUSR1: stopping at " in log.read_text()


@in_long_form
def test_scancel_leaves_a_run_file(slurm: Slurm, faults: Faults) -> None:
    """Told to end, ranks get SIGTERM and half a minute."""
    faults.scenario().write_text(faults.scenario().read_text().replace("20 d", "20000 d")
                                 .replace('every = "1 h"', 'every = "10 d"'))
    job, log = submit(slurm, faults)
    wait_for_flush(faults.folder / "run.h5")
    slurm.call("scancel", job)
    done = slurm.wait(job, {"CANCELLED"})
    assert done["Restarts"] == "0", log.read_text()
    with h5py.File(faults.folder / "run.h5") as file:
        assert file.attrs["complete"] == 0
        assert file["events/host"].size > 0
