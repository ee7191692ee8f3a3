"""The program as a sweep calls it: what a scenario comes to at each point, and its faults."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from annelid.sweep.study import ROOT, Study, setting_keys
from annelid.sweep.toml_source import InputError, Source

MOST_FAULTS = 20
MANY = 100  # points whose check takes a while
BY_OPTION = "--set: "


def program() -> str:
    return os.path.abspath(os.environ.get("ANNELID_PROGRAM", ROOT / "build" / "annelid"))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def check(scenario: Path, options: list[str]) -> tuple[str, list[str]]:
    """The effective scenario and no fault, or "" and the faults."""
    try:
        done = subprocess.run([program(), "check", str(scenario), *options], text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "OMP_NUM_THREADS": "1"})
    except OSError as fault:
        raise ProgramMissing(f"{program()}: the program does not start ({fault.strerror}): run "
                             "scripts/setup annelid, or name it in ANNELID_PROGRAM") from fault
    if done.returncode == 0:
        return done.stdout, []
    lines = done.stderr.strip().split("\n")
    return "", lines if done.returncode == 2 else [f"annelid check: exit code {done.returncode} "
                                                   f"({lines[-1]}): see scripts/setup"]


class ProgramMissing(Exception):
    """There is no program to run."""


def check_points(study: Study, points: Iterable[int]) -> dict[int, str]:
    """Effective scenarios by point; InputError with the line of the study for each fault."""
    points = list(points)
    if len(points) >= MANY:
        print(f"checking {len(points)} points", file=sys.stderr, flush=True)
    with ThreadPoolExecutor(cores()) as pool:
        results = list(pool.map(lambda point: check(study.scenario, study.options(point)), points))
    at: dict[str, list[int]] = {}
    for point, (_, faults) in zip(points, results):
        for fault in faults:
            at.setdefault(locate(study.source, list(study.settings),
                                 [one.path for one in study.parameters], fault), []).append(point)
    if at:
        raise InputError(_with_points(at, len(points)))
    return {point: text for point, (text, _) in zip(points, results)}


def check_base(study: Study) -> str:
    """The effective scenario before any parameter is set; faults there may be mended by them."""
    return check(study.scenario, study.base_options())[0] or check(study.scenario, [])[0]


def locate(source: Source, settings: list[str], parameters: list[str], fault: str) -> str:
    """A fault of `--set` with the line that the option comes from."""
    if not fault.startswith(BY_OPTION):
        return fault
    fault = fault.removeprefix(BY_OPTION)
    key = re.split(r" = | \(", fault)[0].strip("[]")
    for path in (*parameters, *settings):
        if path == key or path.startswith(key + ".") or key.startswith(path + "."):
            if path in parameters:
                where = source.where("parameter", path)
            else:
                where = source.where(*setting_keys(source, path))
            return f"{where}: {fault}"
    return f"{source.name}: {fault}"


def _with_points(at: dict[str, list[int]], num_points: int) -> list[str]:
    lines = []
    for fault, points in at.items():
        if len(points) < num_points:
            some = ", ".join(map(str, points[:3])) + (", …" if len(points) > 3 else "")
            fault += f" [point{'s' if len(points) > 1 else ''} {some}]"
        lines.append(fault)
    if len(lines) > MOST_FAULTS:
        lines[MOST_FAULTS:] = [f"… and {len(lines) - MOST_FAULTS} more faults"]
    return lines


