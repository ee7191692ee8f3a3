"""What a study would cost, from one replicate at one of its points."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py

from annelid.sweep.folder import StudyFolder
from annelid.sweep.local import environment
from annelid.sweep.program import program
from annelid.sweep.progress import duration
from annelid.sweep.toml_source import InputError, as_text

MOST_LISTED = 100


def print_estimate(folder: StudyFolder, jobs: int, command: str) -> None:
    """Lists the points, runs a replicate of the middle one in a temporary folder, and reckons."""
    study = folder.study
    print(f"{len(study.points)} points ({study.design}) x {study.replicates} replicates of "
          f"{study.scenario.name}")
    for number, values in list(enumerate(study.points))[:MOST_LISTED]:
        print(f"  {number:04d}  " + ", ".join(f"{one.path} = {as_text(value)}"
                                              for one, value in zip(study.parameters, values)))
    if len(study.points) > MOST_LISTED:
        print(f"  … and {len(study.points) - MOST_LISTED} more")
    middle = len(study.points) // 2
    print(f"Running one replicate at point {middle:04d} …", file=sys.stderr, flush=True)
    seconds, point_bytes, series_bytes = measure(folder, middle)
    total = seconds * len(study.points)
    print(f"\nEstimated from one replicate at point {middle:04d}; points may differ:\n"
          f"  time  {duration(total)} on one job, {duration(total / min(jobs, len(study.points)))}"
          f" on {jobs}\n"
          f"  disk  {size(point_bytes * len(study.points))} of runs, at most "
          f"{size(series_bytes * len(study.points))} of study.h5\n"
          f"Nothing was kept. Next: {command}")


def measure(folder: StudyFolder, point: int) -> tuple[float, float, float]:
    """Seconds, bytes of its run file and bytes of its series in memory for all replicates of a
    point. Building the world counts once, all else once a replicate."""
    study = folder.study
    with tempfile.TemporaryDirectory(prefix="annelid-sweep-") as temporary:
        output = Path(temporary) / "run.h5"
        mpi = ["mpirun", "--quiet", "--bind-to", "none", "-np", str(study.ranks)]
        begin = time.monotonic()
        done = subprocess.run([*(mpi if study.ranks > 1 else []), program(), "run",
                               str(study.scenario), *study.options(point), "--output", str(output),
                               "--progress", "off"], text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, env=environment(study.threads))
        seconds = time.monotonic() - begin
        if done.returncode != 0:
            raise InputError(f"point {point:04d} does not run (exit code {done.returncode}): "
                             f"{done.stderr.strip()}")
        with h5py.File(output) as file:
            again = float(file["timings/simulate_s"][()] + file["timings/output_s"][()])
            stored, series = [], []
            file.visititems(lambda name, item: stored.append(item.id.get_storage_size())
                            if isinstance(item, h5py.Dataset) else None)
            series = [item.nbytes for item in file.values()
                      if isinstance(item, h5py.Dataset) and item.ndim > 1]
        more = study.replicates - 1
        return (seconds + more * again, output.stat().st_size + more * sum(stored),
                sum(series) * study.replicates)


def size(num_bytes: float) -> str:
    """1.2 MB, 3.4 GB."""
    for unit in ("B", "kB", "MB"):
        if num_bytes < 1000:
            return f"{num_bytes:.3g} {unit}"
        num_bytes /= 1000
    return f"{num_bytes:.3g} GB"
