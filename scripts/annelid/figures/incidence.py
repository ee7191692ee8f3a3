"""New infections per hour, or per whatever unit of time suits the length of the run."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.run_file import Run
from annelid.text import clock


def draw(run: Run) -> Figure | None:
    """Bars for one outbreak, the median with bands for several."""
    incidence = run.incidence()
    total = incidence.total
    width = np.timedelta64(incidence.width_s, "s")
    figure = style.titled_figure(run, f"new infections per {incidence.unit}", 3.6)
    ax = figure.subplots()
    if run.has_replicates:
        middles = total.assign_coords(time=total["time"].values + width // 2)
        style.plot_series(ax, middles, "median", color=style.VERMILION)
    else:
        ax.bar(total["time"].values, total.values, width=width, align="edge",
               color=style.VERMILION, edgecolor="white", linewidth=0.4)
        mark_peak(ax, total, incidence.unit)
    ax.margins(y=0.12)
    ax.set_ylim(bottom=0)
    ax.set_ylabel(f"Modelled hosts per {incidence.unit}")
    style.thousands(ax)
    style.real_hosts_axis(ax, run, f"Real hosts per {incidence.unit}")
    style.mark_milestones(ax, run)
    style.time_axis(ax, run.series["time"].values)
    return figure


def mark_peak(ax: Axes, total: xr.DataArray, unit: str) -> None:
    """Writes the highest bar's value and time above it; total: modelled hosts, dims (time)."""
    peak = int(total.argmax("time"))
    time, value = total["time"].values[peak], float(total.values[peak])
    if value <= 0:
        return
    late = peak > total.sizes["time"] / 2
    ax.annotate(f"peak {value:,.0f} per {unit}, from {clock(time)}", (time, value),
                xytext=(6 if late else 0, 4), textcoords="offset points", fontsize=8,
                ha="right" if late else "left", va="bottom",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
