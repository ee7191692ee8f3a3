"""scripts/plot: draws the figures of a run file and prints where they are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from annelid.figures import KINDS, OF_ALL_WORMS
from annelid.figures.style import DPI
from annelid.run_file import Run, RunFileError, open_run
from annelid.text import display_path


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/plot", description="Draws the figures of a run file, finished or not.")
    parser.add_argument("file", type=Path, help="run file (HDF5)")
    parser.add_argument("--kind", choices=["all", *KINDS], default="all", help="which figure")
    parser.add_argument("--format", choices=["png", "svg", "pdf"], default="png")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder of the figures; default: beside the run file")
    return parser.parse_args(arguments)


def draw_figures(run: Run, kinds: dict[str, Callable[[Run], Figure | None]],
                 options: argparse.Namespace, folder: Path) -> None:
    """Writes the figures of a run, or of one of its worms, and prints where they are."""
    stem = options.file.stem + (f"-{run.worm}" if run.worm else "")
    for kind, draw in kinds.items():
        figure = draw(run)
        if figure is None:
            if options.kind != "all":
                print(f"{options.file}: no figure of {kind} (this run has nothing to show "
                      "there): try --kind all", file=sys.stderr)
            continue
        target = folder / f"{stem}-{kind}.{options.format}"
        figure.savefig(target, dpi=DPI)
        print(display_path(target))


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 where the file cannot be used."""
    options = parse_arguments(arguments)
    folder = options.output or options.file.parent
    kinds = KINDS if options.kind == "all" else {options.kind: KINDS[options.kind]}
    try:
        run = open_run(options.file)
        folder.mkdir(parents=True, exist_ok=True)
        for one in run.worms:
            draw_figures(one, {kind: draw for kind, draw in kinds.items()
                               if kind not in OF_ALL_WORMS}, options, folder)
        draw_figures(run, {kind: draw for kind, draw in kinds.items() if kind in OF_ALL_WORMS},
                     options, folder)
    except RunFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"{folder}: figures not written ({fault}): give another --output", file=sys.stderr)
        return 74
    return 0


if __name__ == "__main__":
    sys.exit(main())
