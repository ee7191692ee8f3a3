"""Two panels of bars side by side: how many hosts are infected, and which share of them."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from annelid.figures import style
from annelid.run_file import Run
from annelid.text import short_count


def draw_number_and_share(left: Axes, right: Axes, run: Run, infected: xr.DataArray,
                          hosts: xr.DataArray, names: list[str]) -> None:
    """One bar for each place, the first on top; whiskers span 95 % of the replicates.

    infected, hosts: modelled hosts, dims ([replicate,] place).
    """
    rows = np.arange(len(names))
    share = 100 * infected / hosts.where(hosts > 0)
    for ax, values, colour in ((left, infected, style.VERMILION), (right, share, style.BLUE)):
        middle, whiskers = summarise(values)
        ax.barh(rows, middle, color=colour, height=0.72, xerr=whiskers,
                error_kw={"elinewidth": 0.8, "capsize": 1.5})
        ax.set_yticks(rows, names)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
        ax.set_xlim(left=0)
    left.invert_yaxis()
    right.sharey(left)
    right.tick_params(labelleft=False)
    left.set_xlabel("Infected modelled hosts")
    right.set_xlabel("Infected, % of all hosts there")
    left.xaxis.set_major_locator(MaxNLocator(5))
    right.xaxis.set_major_locator(MaxNLocator(4))
    if left.get_xlim()[1] >= 100_000:
        left.xaxis.set_major_formatter(FuncFormatter(short_count))
    else:
        style.thousands(left, "x")
    style.real_hosts_axis(left, run, axis="x")


def summarise(values: xr.DataArray) -> tuple[np.ndarray, np.ndarray | None]:
    """Middle of the bars, and the reach of their whiskers below and above it, shape (2, place)."""
    if "replicate" not in values.dims:
        return values.fillna(0).values, None
    low, middle, high = values.fillna(0).quantile([0.025, 0.5, 0.975], dim="replicate").values
    return middle, np.stack([middle - low, high - middle])
