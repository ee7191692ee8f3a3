"""What a study varies: values, or a range between two quantities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from annelid.sweep.quantities import Quantity, read_quantity
from annelid.sweep.toml_source import Reader, Source

SCALES = ("linear", "log")


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; on the scale "log" equal ratios count the same."""

    low: Quantity
    high: Quantity
    scale: str = "linear"
    integer: bool = False

    def at(self, share: float) -> Any:
        """The value of a scenario at a share of the way, 0 to 1."""
        low, high = self.low.si, self.high.si
        if self.scale == "log":
            si = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        else:
            si = low + share * (high - low)
        return self.low.with_si(min(max(si, low), high), self.integer)

    def evenly(self, count: int) -> list[Any]:
        return [self.at(share) for share in np.linspace(0, 1, count)]


@dataclass(frozen=True)
class Parameter:
    """A path as in `--set`, and its values, or the range that they are drawn from."""

    path: str
    values: tuple[Any, ...] = ()
    range: Range | None = None


def read_parameters(source: Source, faults: list[str], ranges_only: bool,
                    counted: bool = False) -> list[Parameter]:
    """The tables [parameter."PATH"].

    ranges_only: each is a range, from which a design draws.
    counted: a range says by `count` into how many values it is cut.
    """
    tables = source.table.get("parameter")
    if not isinstance(tables, dict) or not tables:
        faults.append(source.fault(("parameter",), "nothing is varied",
                                   'add [parameter."population.hosts"] with `values`'))
        return []
    found = []
    for path, table in tables.items():
        if not isinstance(table, dict):
            faults.append(source.fault(("parameter", path), "it is no table",
                                       f'write [parameter."{path}"] with `values`'))
            continue
        reader = Reader(source, faults, ("parameter", path))
        if any(isinstance(inner, dict) for inner in table.values()):
            faults.append(source.fault(("parameter", path), "a path needs quotes",
                                       'write it so: [parameter."worm.vector.scan.rate"]'))
            continue
        if "values" in table and not ranges_only:
            found.append(_read_values(reader, path))
        else:
            found.append(_read_range(reader, path, counted))
        reader.finish()
    return found


def _read_values(reader: Reader, path: str) -> Parameter:
    values = reader.take("values", list, [])
    if values == [] and isinstance(reader.table["values"], list):
        reader.fault("values", "there are none", "give at least one")
    if any(values.count(value) > 1 for value in values) and reader.source.table.get(
            "design", "grid") == "grid":
        reader.fault("values", "one is there twice", "give each once")
    return Parameter(path, values=tuple(values))


def _read_range(reader: Reader, path: str, counted: bool) -> Parameter:
    scale = reader.choose("scale", SCALES, "linear")
    integer = reader.take("integer", bool, False)
    count = reader.take("count", int, least=2) if counted else 0
    ends = []
    for key in ("min", "max"):
        reader.known.append(key)
        quantity = read_quantity(reader.table.get(key))
        if quantity is None:
            why = "it is no quantity" if key in reader.table else "it is required"
            reader.fault(key, why, 'give a number, with its unit in quotes: 0.5, "10 /s", "2 d"')
        ends.append(quantity)
    low, high = ends
    if low is None or high is None:
        return Parameter(path)
    if low.si_unit != high.si_unit:
        reader.fault("max", f'min has the unit "{low.unit}"', "give both in units of one kind")
    elif low.si >= high.si:
        why = "the range is empty" if low.si == high.si else "it is below min"
        reader.fault("max", why, f"give more than {as_quantity(reader.table['min'])}")
    elif scale == "log" and low.si <= 0:
        reader.fault("min", "a logarithmic scale begins above 0", 'give more, or scale = "linear"')
    else:
        span = Range(low, high, scale, integer)
        return Parameter(path, tuple(span.evenly(count)) if count else (), span)
    return Parameter(path)


def as_quantity(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
