"""How numbers, times and paths are written for people."""

from __future__ import annotations

import os

import numpy as np
import xarray as xr

from annelid.measures.curves import quantiles

UNITS_S = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


def short_count(value: float, _position: int | None = None) -> str:
    """1,500,000 as 1.5 M; also the signature of a tick formatter."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def full_count(value: float, _position: int | None = None) -> str:
    """12000 as 12,000; also the signature of a tick formatter."""
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:g}"


def percent(part: float, whole: float) -> str:
    """Share of a whole: 12.3 %, 0.45 %, < 0.01 %."""
    share = 100 * part / whole
    return "< 0.01 %" if 0 < share < 0.01 else f"{share:.3g} %"


def spread(values: xr.DataArray, form: str = ",.0f") -> str:
    """One number, or the median of replicates with the range of 95 % of them.

    values: dims ([replicate]), or (quantile) where a file has quantiles in place of replicates.
    """
    if "replicate" not in values.dims and "quantile" not in values.dims:
        return format(float(values), form)
    low, middle, high = (float(x) for x in quantiles(values, [0.025, 0.5, 0.975]))
    return f"{format(middle, form)} [{format(low, form)} to {format(high, form)}]"


def clock(time: np.datetime64) -> str:
    """2017-05-12 07:24 UTC, with seconds where they are not zero."""
    seconds = str(time.astype("datetime64[s]")).replace("T", " ")
    return (seconds[:-3] if seconds.endswith(":00") else seconds) + " UTC"


def display_path(path: str | os.PathLike[str]) -> str:
    """The path as a person in the current folder would type it."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith("..") else relative


def long_duration(seconds: float) -> str:
    """23.3 minutes: three digits in the longest unit that gives one or more."""
    return next((f"{seconds / s:.3g} {unit}{'' if seconds / s == 1 else 's'}"
                 for unit, s in UNITS_S.items() if seconds >= s), f"{seconds:.3g} seconds")
