"""scripts/report: one self-contained HTML page about one run, or several compared."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from annelid.report_page import data_of, page_of
from annelid.run_file import UNREADABLE, RunFileError, open_run
from annelid.study_file import is_study
from annelid.text import display_path

EXAMPLES = """\
examples:
  scripts/report results/wannacry/run.h5
  scripts/report before.h5 after.h5 --output compared.html

exit codes: 2 a file cannot be used, 69 node or npm is missing,
            74 the page was not written
"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/report", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Writes one HTML page about a run, finished or not: curves, a map that plays,\n"
                    "tables, who infected whom. Several runs are compared with the first.\n"
                    "The page needs no network and no other file.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="run file (HDF5)")
    parser.add_argument("--output", type=Path, metavar="PAGE.html",
                        help="the page; default: <run>-report.html beside the first run file, "
                             "where it replaces an earlier one")
    parser.add_argument("--force", action="store_true", help="replace the file --output names")
    # The template that scripts/report has made.
    parser.add_argument("--template", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


class OptionError(Exception):
    """A choice that would harm something; the text is `problem (why): advice`."""


def target_of(options: argparse.Namespace) -> Path:
    """Where the page goes; OptionError where something else is there."""
    if options.output is None:
        return options.files[0].parent / f"{options.files[0].stem}-report.html"
    target = options.output
    if target.is_dir():
        raise OptionError(f"{target} (a folder): name a file in it")
    if target.exists() and any(target.samefile(file) for file in options.files if file.exists()):
        raise OptionError(f"{target} (it is the run file): choose another --output")
    if target.exists() and not options.force:
        raise OptionError(f"{target} (the file exists): choose another --output or add --force")
    return target


def write(target: Path, page: str) -> None:
    """Under a temporary name first, so that no half page has the name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 2 where a file cannot be used, 74 where the page cannot be written."""
    options = parse_arguments(arguments)
    try:
        target = target_of(options)
        for file in filter(is_study, options.files):
            raise RunFileError(f"{file} (a study of many runs): give run files of its points, "
                               f"such as {file.parent / 'points' / '0000' / 'run.h5'}")
        runs = [open_run(file) for file in options.files]
        try:
            page = page_of(options.template, data_of(runs))
        except UNREADABLE as fault:
            names = ", ".join(map(str, options.files))
            raise RunFileError(f"{names}: no report ({fault or type(fault).__name__}): "
                               "see results/FORMAT.md") from fault
        write(target, page)
    except (RunFileError, OptionError) as fault:
        print(fault, file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"{target}: not written ({fault.strerror or fault}): give another --output",
              file=sys.stderr)
        return 74
    size_mb = target.stat().st_size / 1e6
    print(f"Report:     {display_path(target)} ({size_mb:.2g} MB), for a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
