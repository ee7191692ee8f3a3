"""scripts/collective-defence: does defending together help? Runs the cases and writes the page."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from annelid.figures.style import DPI
from annelid.run_file import RunFileError
from annelid.studies import collective_cases as cases
from annelid.studies import collective_figures as figures
from annelid.studies.collective_measures import Measured
from annelid.studies.collective_page import page
from annelid.text import display_path
from annelid.validation.experiment import ROOT, perform

PAGE = ROOT / "results" / "collective-defence"
FIGURES = {"averted": figures.draw_averted, "curves": figures.draw_curves,
           "allies": figures.draw_allies}
REDUCED_REPLICATES = 2


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/collective-defence",
        description="Runs WannaCry and NotPetya against 29 allies that defend themselves not at "
                    "all, each for itself, or together, with the same seeds; writes a page with "
                    "tables and figures (about 25 minutes on two cores).")
    parser.add_argument("--reduced", action="store_true",
                        help="small worlds, few cases and replicates, half a minute: shows that "
                             "all works and nothing else; the page goes beside the runs")
    parser.add_argument("--replicates", type=int, metavar="N", help="of each case; default: 30")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder of page and figures; default: results/collective-defence")
    parser.add_argument("--runs", type=Path, metavar="DIR",
                        default=ROOT / "results" / "collective-defence-runs",
                        help="folder of the run files, replaced; default: "
                             "results/collective-defence-runs")
    parser.add_argument("--reuse", action="store_true",
                        help="take run files that are there already, for another look at them")
    options = parser.parse_args(arguments)
    if options.replicates is not None and options.replicates < 1:
        parser.error(f"--replicates {options.replicates}: give at least 1")
    return options


def run_all(outbreak: cases.Outbreak, options: argparse.Namespace) -> dict[str, Measured]:
    """By the key of the case, and of the sweep where it is one."""
    replicates = options.replicates or (REDUCED_REPLICATES if options.reduced
                                        else cases.REPLICATES)
    wanted = [(case, None) for case in outbreak.cases]
    wanted += [(case, sweep) for sweep in outbreak.sweeps
               for case in (cases.ALONE, sweep.shared)]
    measured = {}
    for case, sweep in wanted:
        fewer = min(replicates, cases.SWEEP_REPLICATES) if sweep else replicates
        experiment = outbreak.experiment(case, fewer, sweep)
        result = perform(experiment, options.runs, options.reduced, options.reuse)
        measured[case.key + (f"-{sweep.key}" if sweep else "")] = Measured(result)
    return measured


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 2 for a run file that cannot be used; that of annelid where it fails."""
    options = parse_arguments(arguments)
    outbreaks = cases.reduced(cases.OUTBREAKS) if options.reduced else cases.OUTBREAKS
    try:
        results = {outbreak.title: run_all(outbreak, options) for outbreak in outbreaks}
    except subprocess.CalledProcessError as fault:
        return fault.returncode
    except RunFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    folder = options.output or (options.runs if options.reduced else PAGE)
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        draw(outbreaks, results).savefig(folder / f"{name}.png", dpi=0.75 * DPI)
    replicates = len(results[outbreaks[0].title]["none"].infected)
    text = page(outbreaks, results, replicates, options.reduced)
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(display_path(folder / "README.md"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
