"""scripts/sweep: runs a study, goes on with one that was interrupted, gathers its results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from annelid.sweep.estimate import print_estimate
from annelid.sweep.folder import StudyFolder
from annelid.sweep.gather import Failure, gather
from annelid.sweep.local import Interrupted, num_jobs, run_points
from annelid.sweep.program import ProgramMissing, check_base, check_points
from annelid.sweep.progress import Progress
from annelid.sweep.slurm import SlurmProblem, refuse_beside_job, run_on_slurm
from annelid.sweep.study import ROOT, WHERE, Study, read_study
from annelid.sweep.toml_source import InputError
from annelid.text import display_path

BAD_INPUT, SOME_FAILED, UNAVAILABLE, NOT_WRITTEN, LATER = 2, 3, 69, 74, 75
MOST_TOLD = 10
EPILOG = """\
What is done is not run again: after Ctrl-C, a kill or a failure give the same
command.

examples:
  scripts/sweep inputs/studies/patching.toml --dry-run
  scripts/sweep inputs/studies/patching.toml
  scripts/sweep study.toml --jobs 8 --output results/mine
  scripts/sweep study.toml --where slurm

exit codes: 0 done; 2 bad input (nothing was written); 3 some points failed,
the others are gathered; 69 no program or SLURM; 74 not written; 75 stopped"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/sweep", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs a scenario at the points of a study and gathers all into study.h5\n"
        "(scripts/README.md has the keys of a study).")
    parser.add_argument("study", type=Path, metavar="STUDY.toml")
    parser.add_argument("--dry-run", action="store_true",
                        help="list the points, run one replicate of one, and say\n"
                        "what all would cost")
    parser.add_argument("--jobs", type=int, metavar="N", help="points that run at once; default: "
                        "as the study says, or one a core")
    parser.add_argument("--where", choices=WHERE, help="instead of what the study says")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder; default: results/<name of the study>")
    parser.add_argument("--force", action="store_true",
                        help="begin anew, replacing what is in the folder")
    options = parser.parse_args(arguments)
    if options.jobs is not None and options.jobs < 1:
        parser.error(f"--jobs = {options.jobs} (at least 1): try 1")
    return options


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    try:
        return sweep(options)
    except InputError as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    except (ProgramMissing, SlurmProblem) as fault:
        print(fault, file=sys.stderr)
        return UNAVAILABLE
    except Interrupted as how:
        print(f"{str(how) or 'Stopped.'} To go on: {again(options)}", file=sys.stderr)
        return LATER
    except KeyboardInterrupt:
        print("Stopped; nothing was started.", file=sys.stderr)
        return LATER
    except OSError as fault:
        print(f"{fault.filename or options.output or 'results'}: not written "
              f"({fault.strerror or fault}): make room, or give another --output", file=sys.stderr)
        return NOT_WRITTEN


def again(options: argparse.Namespace) -> str:
    """The command that goes on."""
    words = ["scripts/sweep", display_path(options.study)]
    for name in ("jobs", "where", "output"):
        if (value := getattr(options, name)) is not None:
            words += [f"--{name}", display_path(value) if name == "output" else str(value)]
    return " ".join(words)


def sweep(options: argparse.Namespace) -> int:
    study = read_study(options.study)
    folder = StudyFolder((options.output or ROOT / "results" / study.name).resolve(), study)
    jobs = options.jobs or study.jobs
    _refuse_uneven_rows(study)
    base = check_base(study)
    points = range(len(study.points))
    if options.dry_run:
        check_points(study, points)
        print_estimate(folder, num_jobs(jobs, study.ranks, study.threads), again(options))
        return 0
    folder.refuse_others(base, by_force=options.force)
    where = options.where or study.where
    if where == "local":
        refuse_beside_job(folder)
    effective = {} if options.force else {point: folder.effective(point) for point in points}
    effective |= check_points(study, [point for point in points if not effective.get(point)])
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.locked() as lock:
        if options.force:
            folder.clear()
        folder.write_plan(base, effective, ["--replicates", str(study.replicates), "--output",
                                            "run.h5", "--force", "--progress", "log"])
        left = [point for point in points if not folder.done(point)]
        progress = Progress(len(points), len(points) - len(left))
        say_start(folder, len(left))
        if where == "slurm":
            run_on_slurm(folder, left, jobs, progress)
        else:
            run_points(folder, left, num_jobs(jobs, study.ranks, study.threads), lock, progress)
        return finish(folder, gather(folder), options)


def _refuse_uneven_rows(study: Study) -> None:
    """All points have rows at the same times, or they have no time axis in common."""
    for key in ("record.every", "time.start"):
        for parameter in study.parameters:
            if parameter.path == key:
                raise InputError(study.source.fault(("parameter", key),
                                                    "all points need the same rows of time",
                                                    "set it in [settings]"))


def say_start(folder: StudyFolder, left: int) -> None:
    study = folder.study
    done = len(study.points) - left
    print(f"{study.source.name}: {len(study.points)} points x {study.replicates} replicates"
          + (f", {done} of them done before" if done else "") + f" -> {folder.name}",
          file=sys.stderr, flush=True)


def finish(folder: StudyFolder, failures: list[Failure], options: argparse.Namespace) -> int:
    """What came out, and what comes next."""
    gathered = display_path(folder.gathered)
    print(gathered)
    if not failures:
        print(f"Next: scripts/plot {gathered}", file=sys.stderr)
        return 0
    for failure in failures[:MOST_TOLD]:
        print(f"{failure}: see {display_path(folder.path / failure.log)}", file=sys.stderr)
    if len(failures) > MOST_TOLD:
        print(f"… and {len(failures) - MOST_TOLD} more: see `failures` in {gathered}",
              file=sys.stderr)
    print(f"Next: mend what failed, then {again(options)} runs those points again",
          file=sys.stderr)
    return SOME_FAILED
