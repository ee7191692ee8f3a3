"""scripts/compare: says where the results of two run files differ.

Compared: every dataset with its dimensions, attributes and text, and the root attributes. Left out
is what may differ between two runs of one scenario: timings, memory, how ranks share the network,
and who ran, or failed at, what where.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

LEFT_OUT_DATASETS = ("timings/", "partition/", "diagnostics/peak_memory_bytes",
                     "diagnostics/peak_memory_largest_bytes", "failures/log")
LEFT_OUT_ROOT_ATTRIBUTES = {"created", "git_commit", "version", "ranks", "threads",
                            "team_size"}
# How HDF5 and netCDF tie axes to datasets; the axes themselves are compared as datasets.
BOOKKEEPING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_NCProperties",
               "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict"}
BLOCK_VALUES = 4_000_000


def compare(a: h5py.File, b: h5py.File) -> list[str]:
    """One line for each difference; empty where the results are identical."""
    lines = list(compare_attributes("file", a.attrs, b.attrs, LEFT_OUT_ROOT_ATTRIBUTES))
    names_a, names_b = datasets(a), datasets(b)
    for name in sorted(names_a | names_b):
        if name not in names_b:
            lines.append(f"/{name}: only in the first file")
        elif name not in names_a:
            lines.append(f"/{name}: only in the second file")
        else:
            lines += compare_datasets(name, a[name], b[name])
            lines += compare_attributes(f"/{name}", a[name].attrs, b[name].attrs, BOOKKEEPING)
    return lines


def datasets(file: h5py.File) -> set[str]:
    """Paths of all datasets that hold results."""
    found: set[str] = set()

    def visit(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith(LEFT_OUT_DATASETS):
            found.add(name)

    file.visititems(visit)
    return found


def compare_attributes(where: str, a: h5py.AttributeManager, b: h5py.AttributeManager,
                       left_out: set[str]) -> Iterator[str]:
    """Attributes of one place, apart from `left_out` and the bookkeeping of axes."""
    for name in sorted((set(a) | set(b)) - left_out - BOOKKEEPING):
        one, two = (text(side[name]) if name in side else "missing" for side in (a, b))
        if one != two:
            yield f"{where}: attribute {name}: {one} | {two}"


def compare_datasets(name: str, a: h5py.Dataset, b: h5py.Dataset) -> list[str]:
    """At most one line: shapes, types, or the first of the values that differ."""
    if a.shape != b.shape:
        return [f"/{name}: shape {a.shape} | {b.shape}"]
    if a.dtype != b.dtype:
        return [f"/{name}: type {a.dtype} | {b.dtype}"]
    if a.shape == ():
        return compare_scalars(name, a[()], b[()])
    first, count = None, 0
    rows = max(1, BLOCK_VALUES // max(1, int(np.prod(a.shape[1:]))))
    for start in range(0, a.shape[0], rows):
        one, two = a[start:start + rows], b[start:start + rows]
        where = np.argwhere(different(one, two))
        if len(where) and first is None:
            index = tuple(int(i) for i in where[0])
            first = ((index[0] + start, *index[1:]), one[index], two[index])
        count += len(where)
    if first is None:
        return []
    index, one, two = first
    return [f"/{name}: {count:,} of {a.size:,} values differ; first at {place(a, index)}: "
            f"{text(one)} | {text(two)}"]


def compare_scalars(name: str, one: object, two: object) -> list[str]:
    """A single number, or a text, of which the first line that differs is shown."""
    if text(one) == text(two):
        return []
    lines_one, lines_two = text(one).split("\n"), text(two).split("\n")
    for number, pair in enumerate(zip(lines_one, lines_two), start=1):
        if pair[0] != pair[1]:
            at = f"line {number}: " if len(lines_one) > 1 else ""
            return [f"/{name}: {at}{pair[0]} | {pair[1]}"]
    return [f"/{name}: {len(lines_one)} lines | {len(lines_two)} lines"]


def different(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Mask of the values that differ; two NaN are equal. Same shape."""
    mask = np.asarray(one != two)
    if np.issubdtype(one.dtype, np.floating):
        mask &= ~(np.isnan(one) & np.isnan(two))
    return mask


def place(dataset: h5py.Dataset, index: tuple[int, ...]) -> str:
    """An index with the coordinates of its axes: [3, 1], time = 1800 s, state = exposed."""
    coordinates = []
    for axis, position in zip(dataset.dims, index):
        if len(axis) and axis[0].shape and position < axis[0].shape[0]:
            label = axis[0].name.rsplit("/", 1)[-1]
            unit = " s" if text(axis[0].attrs.get("units", "")).startswith("seconds") else ""
            coordinates.append(f"{label} = {text(axis[0][position])}{unit}")
    return ", ".join([str(list(index)), *coordinates])


def text(value: object) -> str:
    """A value of an attribute or dataset as it is printed."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, np.ndarray):
        return "\n".join(text(part) for part in value.reshape(-1))
    return str(value)


def open_file(path: Path) -> h5py.File:
    file = h5py.File(path, "r")
    if "format_version" not in file.attrs:
        raise OSError("it has no format_version, so it is no run file")
    return file


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 identical, 1 different, 2 a file cannot be read."""
    parser = argparse.ArgumentParser(
        prog="scripts/compare", description="Says where the results of two run files differ. "
        "Exit code 0: identical, 1: different, 2: a file cannot be read.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args(arguments)
    files = []
    for path in (options.first, options.second):
        try:
            files.append(open_file(path))
        except OSError as fault:
            print(f"{path}: not readable ({fault}): give a run file of annelid", file=sys.stderr)
            return 2
    lines = compare(*files)
    print("\n".join(lines) if lines
          else f"identical: {len(datasets(files[0]))} datasets and the attributes of the scenario")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
