"""scripts/validate: runs what the validation page shows, and writes it."""

from __future__ import annotations

import argparse
import subprocess
import sys
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
        description="Runs the experiments of the validation page (about a quarter of an hour on "
                    "two cores), holds them against the record and writes results/validation.",
        epilog="Exit code 1: a verdict is not the one that is known.")
    parser.add_argument("--reduced", action="store_true",
                        help="fewer replicates, smaller worlds: a few seconds; prints only")
    parser.add_argument("--row", type=int, choices=sorted(rows.TITLES),
                        help="only this row; prints only, unless --output is given")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder of page and pictures; default: results/validation")
    parser.add_argument("--runs", type=Path, metavar="DIR",
                        default=ROOT / "results" / "validation-runs",
                        help="folder of the run files, replaced; default: results/validation-runs")
    parser.add_argument("--reuse", action="store_true",
                        help="take run files that are there already, for another look at them")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 1 where a verdict is news; that of annelid where it fails."""
    options = parse_arguments(arguments)
    checks = [check for check in rows.CHECKS
              if options.row in (None, check.row) and (check.in_small or not options.reduced)]
    writes = options.output or not (options.reduced or options.row)
    pictures = [p for p in rows.PICTURES if writes and options.row in (None, p.row)]
    experiments: dict[str, Experiment] = {check.experiment.name: check.experiment
                                          for check in checks}
    experiments |= {e.name: e for picture in pictures for e in picture.experiments}
    try:
        results: dict[str, Result] = {}
        for name, experiment in experiments.items():
            results[name] = perform(experiment, options.runs, options.reduced, options.reuse)
        outcomes = [evaluate(check, results[check.experiment.name]) for check in checks]
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
        (folder / "README.md").write_text(page(outcomes, pictures, rows.TITLES), encoding="utf-8")
        print(display_path(folder / "README.md"))
    return 1 if any(outcome.is_news for outcome in outcomes) else 0


def describe(outcome: Outcome) -> str:
    check = outcome.check
    news = f" (known: {check.known})" if outcome.is_news else ""
    return (f"{check.row}  {outcome.verdict}{news}: {check.what}: {outcome.reached}; "
            f"expected {check.expected}")


if __name__ == "__main__":
    sys.exit(main())
