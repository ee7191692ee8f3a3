"""The templates in scripts/slurm/ and sweeps as array jobs, on a real SLURM. The one that requeues
itself is in tests/faults/test_slurm.py."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from annelid.sweep import slurm as sweep_on_slurm
from conftest import MPIEXEC, PROGRAM, PROJECT, STUDY, Bench
from slurm import Slurm, slurm  # noqa: F401

TEMPLATES = PROJECT / "scripts" / "slurm"
ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_WAIT_POLICY": "passive"}


@pytest.fixture
def cluster(slurm: Slurm, monkeypatch: pytest.MonkeyPatch) -> Slurm:  # noqa: F811
    """Commands of this process go to it, too."""
    for name, value in (ENVIRONMENT | {"SLURM_CONF": slurm.environment["SLURM_CONF"]}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sweep_on_slurm, "POLL_S", 0.3)
    return slurm


@pytest.mark.skipif(not MPIEXEC, reason="annelid is built without MPI")
def test_single_job_and_ensemble(cluster: Slurm, bench: Bench) -> None:
    """Both at once, each on two ranks."""
    jobs = {}
    for name, words in (("single", ()), ("ensemble", ("3",))):
        jobs[name] = cluster.submit(
            "--chdir", bench.folder, "--output", f"{name}.log", TEMPLATES / f"{name}.sbatch",
            *words, "x.toml", "--set", "worm.vector.scan.rate=0.05 /s", "--output", f"{name}.h5",
            "--progress", "off", **ENVIRONMENT, ANNELID_PROGRAM=PROGRAM)
    for name, job in jobs.items():
        done = cluster.wait(job, {"COMPLETED", "FAILED", "CANCELLED"})
        said = Path(f"{name}.log").read_text()
        assert done["JobState"] == "COMPLETED", said
        assert "Next: scripts/" in said
    with h5py.File("single.h5") as single, h5py.File("ensemble.h5") as ensemble:
        assert single.attrs["ranks"] == ensemble.attrs["ranks"] == 2
        assert ensemble["counts"].shape[0] == 3 and "events" not in ensemble
        assert (ensemble["counts"][0] == single["counts"][:]).all()


def test_a_sweep_as_an_array_job(cluster: Slurm, bench: Bench, whole: Path,
                                 failing: Callable[[str], None]) -> None:
    """More points than tasks; one fails, is told, and alone runs again; the file is the one that
    a local sweep gathers."""
    failing('scan.rate="0.05 /s" --set seeds.hosts=5 ')
    bench.write(STUDY + '\n[slurm]\noptions = ["--time=10"]\n')
    said = bench.sweep("--where", "slurm", expect=3)
    assert "; Ctrl-C leaves it running, scancel " in said
    assert "point 2 has no result (exit code 70: the sky has fallen)" in said
    failing("")
    assert "3 of them done before" in bench.sweep("--where", "slurm")
    [log] = Path("out").glob("slurm-*_3.log")
    assert log.read_text() == ""
    [difference] = bench.differences(whole)
    assert difference.startswith("/study: ")  # [slurm]


def test_the_job_goes_on_without_the_sweep(cluster: Slurm, bench: Bench, whole: Path) -> None:
    """Ctrl-C leaves the job; the next sweep follows it instead of submitting another."""
    process = bench.start("--where", "slurm")
    note = bench.folder / "out" / "slurm_job"
    begin = time.monotonic()
    while not note.exists() and time.monotonic() - begin < 60:
        time.sleep(0.02)
    job = note.read_text().strip()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 75, said
    assert f"SLURM job {job} goes on (scancel {job} ends it). To go on: scripts/sweep" in said
    if cluster.call("squeue", "--noheader"):
        assert f"SLURM job {job} still has points" in bench.sweep(expect=2)
    bench.sweep("--where", "slurm")
    assert bench.differences(whole) == []
    assert {log.name.split("_")[0] for log in Path("out").glob("slurm-*")} == {f"slurm-{job}"}


def test_slurm_refuses(cluster: Slurm, bench: Bench) -> None:
    bench.write(STUDY + '\n[slurm]\noptions = ["--partition=none"]\n')
    said = bench.sweep("--where", "slurm", expect=69)
    assert "invalid partition" in said and "see [slurm] options of the study" in said


def test_no_slurm(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = bench.sweep("--where", "slurm", expect=69)
    assert "sbatch: no such command (this machine has no SLURM): load its module" in said
