"""An observed curve from a CSV file: a column `time` and one of the curves below."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annelid.sweep.quantities import read_quantity
from annelid.sweep.toml_source import InputError
from annelid.text import display_path

CURVES = {"infected": "hosts infected at the time",
          "infections": "infections since the start",
          "new_infections": "infections since the row before, or since the start"}


@dataclass(frozen=True)
class Observed:
    """curve: one of CURVES. elapsed_s: seconds since the start of the scenario, increasing.
    counts: real hosts; both of shape (row,)."""

    curve: str
    elapsed_s: np.ndarray
    counts: np.ndarray


def read_observed(path: Path, start: str, end_s: float) -> Observed:
    """InputError with the line of each fault; times are "2 h", seconds, or dates (UTC)."""
    name = display_path(path)
    try:
        with open(path, encoding="utf-8", newline="") as file:
            lines = [row for row in csv.reader(file)]
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{name}: not readable ({fault}): give a CSV file") from None
    header = [word.strip() for word in lines[0]] if lines else []
    curves = [word for word in header if word in CURVES]
    if "time" not in header or len(curves) != 1:
        raise InputError(f"{name}:1: columns {', '.join(header) or 'missing'} (one is to be time "
                         f"and one of {', '.join(CURVES)}): name them in the first line")
    faults: list[str] = []
    rows: list[tuple[float, float]] = []
    for number, row in enumerate(lines[1:], start=2):
        if not any(word.strip() for word in row):
            continue
        fault = _read_row(row, header, curves[0], start, end_s, rows)
        if fault:
            faults.append(f"{name}:{number}: {','.join(row)} {fault}")
    if not faults and len(rows) < 3:
        faults.append(f"{name}: {len(rows)} rows (a curve needs 3): give more")
    if faults:
        raise InputError(faults[:20])
    times, counts = np.array(rows).T
    return Observed(curves[0], times, counts)


def _read_row(row: list[str], header: list[str], curve: str, start: str, end_s: float,
              rows: list[tuple[float, float]]) -> str:
    """Adds a row, or says what is wrong with it."""
    if len(row) != len(header):
        return f"({len(row)} values, {len(header)} columns): give one a column"
    cells = {name: cell.strip() for name, cell in zip(header, row)}
    time_s = elapsed(cells["time"], start)
    if time_s is None:
        return '(time is no time): write "2 h", seconds since the start, or "2001-07-19 12:00:00"'
    count = read_quantity(cells[curve])
    if count is None or count.unit or count.number < 0:
        return f"({curve} is no count): give a number of real hosts"
    if rows and time_s <= rows[-1][0]:
        return "(not later than the row before): give rows in order"
    if not 0 <= time_s <= end_s:
        return f"(the scenario goes from 0 to {end_s:g} s): leave it out, or change time.end"
    rows.append((time_s, count.number))
    return ""


def elapsed(text: str, start: str) -> float | None:
    """Seconds from `start` to a time as it is written; None where it is none."""
    quantity = read_quantity(text)
    if quantity is not None:
        return quantity.si if quantity.si_unit == "s" or not quantity.unit else None
    try:
        return float((np.datetime64(text) - np.datetime64(start)) / np.timedelta64(1, "s"))
    except ValueError:
        return None
