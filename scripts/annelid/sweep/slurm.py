"""Runs points as an array job of SLURM (scripts/slurm/array.sbatch) and waits for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

from annelid.sweep.folder import StudyFolder, write_whole
from annelid.sweep.local import Interrupted, StopRequest
from annelid.sweep.program import program
from annelid.sweep.progress import Progress
from annelid.sweep.study import ROOT
from annelid.sweep.toml_source import InputError

TEMPLATE = ROOT / "scripts" / "slurm" / "array.sbatch"
POLL_S = 5.0
MOST_TASKS = 1000  # MaxArraySize is 1001 unless a site says otherwise; a task takes several points


class SlurmProblem(Exception):
    """SLURM is not there, or does not take the job."""


def call(*words: str) -> str:
    """What a command of SLURM prints; SlurmProblem where it fails."""
    if not shutil.which(words[0]):
        raise SlurmProblem(f"{words[0]}: no such command (this machine has no SLURM): load its "
                           "module, or give --where local")
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise SlurmProblem(f"{words[0]}: {done.stderr.strip()} (SLURM refuses): see [slurm] "
                           "options of the study")
    return done.stdout.strip()


def run_on_slurm(folder: StudyFolder, points: list[int], jobs: int | None,
                 progress: Progress) -> None:
    """Submits the points, or follows the job of an earlier sweep that still has them. Interrupted
    where a signal came: the job goes on."""
    if not points:
        return
    note = folder.path / "slurm_job"
    job = note.read_text(encoding="utf-8").strip() if note.is_file() else ""
    if not job or not task_states(job):
        job = submit(folder, points, jobs)
        write_whole(note, f"{job}\n")
        progress.say(f"SLURM job {job}; Ctrl-C leaves it running, scancel {job} ends it")
    else:
        progress.say(f"SLURM job {job} of an earlier sweep goes on")
    follow(folder, job, points, progress)
    note.unlink(missing_ok=True)


def refuse_beside_job(folder: StudyFolder) -> None:
    """InputError where a job of this study has points left: a local sweep would run them as well."""
    note = folder.path / "slurm_job"
    job = note.read_text(encoding="utf-8").strip() if note.is_file() else ""
    if job and shutil.which("squeue") and task_states(job):
        raise InputError(f"{folder.name}: SLURM job {job} still has points of this study (none was "
                         f"started here): give --where slurm, or scancel {job}")


def submit(folder: StudyFolder, points: list[int], jobs: int | None) -> str:
    """The number of a new array job for these points."""
    study = folder.study
    for point in points:
        (folder.point(point) / "exit_code").unlink(missing_ok=True)
    write_whole(folder.path / "tasks", "".join(f"{point:04d}\n" for point in points))
    array = f"--array=0-{min(len(points), MOST_TASKS) - 1}" + (f"%{jobs}" if jobs else "")
    os.environ["ANNELID_PROGRAM"] = program()
    return call("sbatch", "--parsable", array, f"--job-name={study.name}",
                f"--ntasks={study.ranks}", f"--cpus-per-task={study.threads}",
                f"--output={folder.path}/slurm-%A_%a.log", *study.slurm_options, str(TEMPLATE),
                str(folder.path)).split(";")[0]


def task_states(job: str) -> list[str]:
    """States of the tasks of a job that have not ended; none where SLURM has forgotten it."""
    try:
        return call("squeue", "--noheader", "--array", "--format=%T", f"--jobs={job}").split()
    except SlurmProblem as problem:
        if "Invalid job id" in str(problem):
            return []
        raise


def follow(folder: StudyFolder, job: str, points: list[int], progress: Progress) -> None:
    """Until no task is left."""
    with StopRequest() as stop:
        told: set[int] = set()
        while states := task_states(job):
            ended = [p for p in points if (folder.point(p) / "exit_code").is_file()]
            failed = [p for p in ended if folder.exit_code(p) != 0]
            for point in failed:
                if point not in told:
                    progress.say(f"point {point} failed: {folder.reason(point)}")
                    told.add(point)
            progress.show(progress.before + len(ended) - len(failed), states.count("RUNNING"),
                          len(failed))
            until = time.monotonic() + POLL_S
            while time.monotonic() < until and not stop.count:
                time.sleep(min(0.1, POLL_S))
            if stop.count:
                progress.end()
                raise Interrupted(f"SLURM job {job} goes on (scancel {job} ends it).")
    progress.end()
