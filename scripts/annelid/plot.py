"""scripts/plot: draws the figures of run files and study files and prints where they are."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from annelid.figures import (COMPARE, KINDS, OF_ALL_WORMS, OF_QUANTILES, STUDY_KINDS, compare,
                             organisation, panels, sensitivity, sweep)
from annelid.figures.style import DPI
from annelid.measures.outcomes import OUTCOMES
from annelid.run_file import Run, RunFileError, open_run
from annelid.running import ProgramError
from annelid.study_file import Study, is_study, open_study
from annelid.text import display_path

EPILOG = """Examples:
  scripts/plot results/wannacry/run.h5
  scripts/plot run.h5 --kind organisation --organisation 715708
  scripts/plot none.h5 patched.h5 --kind compare
  scripts/plot results/study/study.h5 --kind sweep --outcome attack_rate
"""
ALL = "all"
Drawing = Callable[..., Figure | None]


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    lists = {"Kinds of a run file": [ALL, *KINDS], "of a study file": [ALL, *STUDY_KINDS, COMPARE],
             "of several run files": [COMPARE], "Outcomes": OUTCOMES}
    parser = argparse.ArgumentParser(
        prog="scripts/plot", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Draws the figures of a run file, finished or not, of a study file, or of\n"
                    "several run files that it compares.",
        epilog="\n".join(textwrap.fill(f"{name}: {', '.join(words)}", 78, subsequent_indent="  ")
                         for name, words in lists.items()) + "\n\n" + EPILOG)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE",
                        help="run file, several run files, or a study file (HDF5)")
    parser.add_argument("--kind", choices=[ALL, *KINDS, *STUDY_KINDS, COMPARE], default=ALL,
                        metavar="KIND", help="which figure; default: all of them")
    parser.add_argument("--format", choices=["png", "svg", "pdf"], default="png")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder of the figures; default: beside the file")
    parser.add_argument("--organisation", type=int, metavar="HOST",
                        help="the organisation with this host; default: most infections")
    parser.add_argument("--outcome", choices=OUTCOMES, default="infections", metavar="NAME",
                        help="what figures of a study show; default: infections")
    parser.add_argument("--parameters", nargs="+", metavar="PATH",
                        help="one or two parameters of a study as axes of its sweep")
    return parser.parse_args(arguments)


class Output:
    """Where the figures go, and what is said about them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder = options.output or options.files[0].parent

    def save(self, figure: Figure, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{name}.{self.options.format}"
        figure.savefig(target, dpi=DPI)
        print(display_path(target))

    def nothing(self, kind: str, why: str) -> None:
        """Says that a figure is not there, if it was asked for."""
        self.fault(f"no figure of {kind} ({why}): try --kind all")

    def fault(self, text: str) -> None:
        """Says why a figure is not there, if it was asked for."""
        if self.options.kind != ALL:
            print(f"{self.options.files[0]}: {text}", file=sys.stderr)

    def wanted(self, kinds: dict[str, Drawing]) -> Iterator[tuple[str, Drawing]]:
        """Of these kinds those that were asked for."""
        return ((kind, draw) for kind, draw in kinds.items() if self.options.kind in (ALL, kind))


def draw_run(run: Run, output: Output) -> None:
    """The figures of a run and of each of its worms."""
    kinds: dict[str, Drawing] = KINDS | {
        "organisation": partial(organisation.draw, host=output.options.organisation)}
    for one in run.worms:
        draw_kinds(one, {kind: kinds[kind] for kind in kinds if kind not in OF_ALL_WORMS}, output)
    draw_kinds(run, {kind: kinds[kind] for kind in OF_ALL_WORMS}, output)


def draw_kinds(run: Run, kinds: dict[str, Drawing], output: Output) -> None:
    """Writes the figures of a run, or of one of its worms."""
    stem = output.options.files[0].stem + (f"-{run.worm}" if run.worm else "")
    for kind, draw in output.wanted(kinds):
        if run.has_quantiles and kind not in OF_QUANTILES:
            output.nothing(kind, "the file has quantiles in place of replicates")
            continue
        try:
            figure = draw(run)
        except ProgramError as fault:
            output.fault(str(fault).splitlines()[0])
            continue
        if figure is None:
            output.nothing(kind, "this run has nothing to show there")
        else:
            output.save(figure, f"{stem}-{kind}")


def draw_study(study: Study, output: Output) -> None:
    """The figures of a study; those that it has no points for are left out."""
    options, stem = output.options, output.options.files[0].stem
    kinds: dict[str, Drawing] = {
        "sweep": partial(sweep.draw, outcome=options.outcome, names=options.parameters),
        "panels": panels.draw,
        "sensitivity": partial(sensitivity.draw, outcome=options.outcome), COMPARE: draw_points}
    for kind, draw in output.wanted(kinds):
        try:
            figure = draw(study)
        except ValueError as fault:
            output.fault(str(fault))
            continue
        if figure is None:
            output.nothing(kind, "no parameter varies, or too many points do")
        else:
            output.save(figure, f"{stem}-{kind}")


def draw_points(study: Study) -> Figure | None:
    """The points of a small study compared."""
    if not 2 <= study.data.sizes["point"] <= compare.MOST_CASES:
        return None
    return compare.draw(compare.cases_of_study(study), f"{study.title}: points compared")


def draw_several(files: list[Path], output: Output) -> None:
    """Several runs compared; RunFileError where they cannot be."""
    if output.options.kind not in (ALL, COMPARE):
        raise RunFileError(f"--kind {output.options.kind} (it is of one file, here are "
                           f"{len(files)}): leave it out to compare them")
    studies = [path for path in files if is_study(path)]
    if studies:
        raise RunFileError(f"{studies[0]}: a study file (compare takes run files, or one study "
                           "alone): leave it out")
    runs = [open_run(path) for path in files]
    if any("worm" in run.series.dims for run in runs):
        raise RunFileError("several worms (compare shows one): give runs of one worm each")
    figure = compare.draw(compare.cases_of_runs(runs), "Infections compared")
    output.save(figure, "-".join(dict.fromkeys(path.stem for path in files)) + f"-{COMPARE}")


def draw_files(options: argparse.Namespace) -> None:
    """Every figure that was asked for."""
    output, path = Output(options), options.files[0]
    if len(options.files) > 1:
        draw_several(options.files, output)
        return
    study = is_study(path)
    if options.kind in KINDS and study or options.kind in STUDY_KINDS and not study:
        raise RunFileError(f"--kind {options.kind} (it is not of a {'study' if study else 'run'} "
                           "file): see scripts/plot --help")
    if study:
        draw_study(open_study(path), output)
        print(f"Next: scripts/report {display_path(path.parent)}/points/NNNN/run.h5 … compares some "
              "of its points on a page", file=sys.stderr)
    elif options.kind == COMPARE:
        raise RunFileError(f"--kind {COMPARE} (one run file has nothing beside it): give two or "
                           "more run files, or a study file")
    else:
        draw_run(open_run(path), output)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 where the file cannot be used."""
    options = parse_arguments(arguments)
    try:
        draw_files(options)
    except (RunFileError, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"{options.output or options.files[0].parent}: figures not written ({fault}): give "
              "another --output", file=sys.stderr)
        return 74
    return 0


if __name__ == "__main__":
    sys.exit(main())
