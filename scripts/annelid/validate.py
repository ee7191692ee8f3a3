"""scripts/validate: runs what the validation page shows, and writes it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from annelid.figures.style import DPI
from annelid.run_file import RunFileError
from annelid.text import display_path
from annelid.validation import rows
from annelid.validation.check import Outcome, evaluate
from annelid.validation.experiment import ROOT, Experiment, Result, perform
from annelid.validation.page import page

PAGE = ROOT / "results" / "validation"


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/validate",
        description="Runs the experiments of the validation page (about half an hour on two "
                    "cores, 7 GB), holds them against theory and record and writes "
                    "results/validation.",
        epilog="Exit code 1: a verdict is not the one that is known.")
    parser.add_argument("--reduced", action="store_true",
                        help="few replicates in small worlds: a minute and a half. Prints, and "
                             "writes a page only with --output; its verdicts say little and are "
                             "not judged")
    parser.add_argument("--row", type=int, choices=sorted(rows.TITLES),
                        help="only this row; prints only, unless --output is given")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder of page and pictures; default: results/validation")
    parser.add_argument("--runs", type=Path, metavar="DIR",
                        default=ROOT / "results" / "validation-runs",
                        help="folder of the run files, replaced; default: results/validation-runs")
    parser.add_argument("--reuse", action="store_true",
                        help="take run files that are there already, for another look at them")
    parser.add_argument("--jobs", type=int, metavar="N",
                        default=min(2, len(os.sched_getaffinity(0))),
                        help="experiments at once, which share the cores; default: 2, or 1 on one "
                             "core")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 1 where a verdict is news; that of annelid where it fails."""
    options = parse_arguments(arguments)
    checks = [check for check in rows.CHECKS
              if options.row in (None, check.row) and (check.in_small or not options.reduced)]
    writes = options.output or not (options.reduced or options.row)
    pictures = [p for p in rows.PICTURES if options.row in (None, p.row)]
    experiments: dict[str, Experiment] = {check.experiment.name: check.experiment
                                          for check in checks}
    experiments |= {e.name: e for picture in pictures for e in picture.experiments
                    if e.in_small or not options.reduced}
    try:
        results = perform_all(experiments.values(), options)
        outcomes = [evaluate(check, results[check.experiment.name]) for check in checks]
        texts = {row: text(results) for row, text in rows.TEXTS.items()
                 if options.row in (None, row)}
    except subprocess.CalledProcessError as fault:
        return fault.returncode
    except RunFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    for outcome in outcomes:
        print(describe(outcome))
    if writes:
        folder = options.output or PAGE
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            picture.draw(results).savefig(folder / f"{picture.name}.png", dpi=0.75 * DPI)
        text = page(outcomes, pictures, rows.TITLES, texts, options.reduced)
        (folder / "README.md").write_text(text, encoding="utf-8")
        print(display_path(folder / "README.md"))
    else:
        print("\n".join(texts.values()))
    return 1 if not options.reduced and any(outcome.is_news for outcome in outcomes) else 0


def perform_all(experiments: Iterable[Experiment], options: argparse.Namespace,
                ) -> dict[str, Result]:
    """Results by name; a line for each experiment that is done."""
    begin, waiting = time.monotonic(), list(experiments)
    threads = max(1, len(os.sched_getaffinity(0)) // options.jobs)
    results: dict[str, Result] = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(perform, experiment, options.runs, options.reduced, options.reuse,
                               threads): experiment for experiment in waiting}
        try:
            for done in as_completed(running):
                results[running[done].name] = done.result()
                print(f"{time.monotonic() - begin:6.0f} s  {len(results)} of {len(waiting)}: "
                      f"{running[done].name}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def describe(outcome: Outcome) -> str:
    check = outcome.check
    news = f" (known: {check.known})" if outcome.is_news else ""
    return (f"{check.row}  {outcome.verdict}{news}: {check.what}: {outcome.reached}; "
            f"expected {check.expected}")


if __name__ == "__main__":
    sys.exit(main())
