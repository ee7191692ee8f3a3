"""R(t) from the transmission tree, and the generation times behind it."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from annelid.figures import style
from annelid.figures.trees import tree_of, which_replicates
from annelid.measures import generation_times, reproduction_number
from annelid.measures.censoring import complete_before_s
from annelid.run_file import Run
from annelid.text import UNITS_S, long_duration

FEWEST_CASES = 10  # in a bin that is drawn
LONGEST = 0.99  # quantile of generation times where their axis ends
WIDE = 20  # times the median: from here on the axis is logarithmic
BINS = 40
TICKS_S = ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "0.1 s"), (1, "1 s"), (10, "10 s"),
           (60, "1 min"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (86400, "1 d"),
           (7 * 86400, "7 d"), (30 * 86400, "30 d"), (365 * 86400, "1 year"))


def draw(run: Run) -> Figure | None:
    """None where nobody infected anybody, or the run kept no events."""
    tree = tree_of(run)
    if tree is None or not (tree.parent >= 0).any():
        return None
    found = reproduction_number(tree)
    found = found.where(found["cases"] >= FEWEST_CASES)
    if not found["reproduction_number"].notnull().any():
        return None
    figure = style.titled_figure(run, "case reproduction number and generation times", 6.2,
                                 which_replicates(run))
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
    draw_reproduction(upper, found)
    shown = np.flatnonzero(found["reproduction_number"].notnull().values)
    width = np.timedelta64(int(found.attrs["width_s"]), "s")
    style.time_axis(upper, found["time"].values[shown[[0, -1]]] + [0 * width, width])
    style.mark_milestones(upper, run)
    upper.set_xlabel(upper.get_xlabel().replace("Time", "Time of the host's own infection"))
    before_s = complete_before_s(tree)
    times = generation_times(tree, before_s)
    if len(times) < FEWEST_CASES:
        times = generation_times(tree)
    draw_generations(lower, times.values)
    figure.align_ylabels()
    return figure


def draw_reproduction(ax: Axes, found: xr.Dataset) -> None:
    """R(t) with its interval in the middle of each bin; grey where the run's end cuts it off."""
    width = np.timedelta64(int(found.attrs["width_s"] * 1e6), "us")
    middles = found["time"].values + width // 2
    censored = (found["censored"] == 1).values
    ax.axhline(1, color=style.BLACK, linewidth=0.9, zorder=1.5)
    for rows, colour, label in (
            (~censored, style.BLUE, "infections by a host, mean with 95 % interval"),
            (censored, style.GREY, "cut off by the end of the run (less than 95 % seen)")):
        shown = rows & found["reproduction_number"].notnull().values
        if not shown.any():
            continue
        value = found["reproduction_number"].where(shown).values
        ax.plot(middles, value, color=colour, marker="o", markersize=3, label=label)
        ax.fill_between(middles, found["low"].where(shown).values,
                        found["high"].where(shown).values, color=colour, alpha=0.2, linewidth=0)
    top = float(np.nanquantile(found["high"].values, 0.98))
    ax.set_ylim(0, 1.15 * max(top, 1.2))
    ax.set_ylabel("R(t): infections caused\nby a host infected then")
    ax.legend(loc="upper right")


def draw_generations(ax: Axes, times_s: np.ndarray) -> None:
    """Histogram of the times of those who were followed, with mean and median; times_s: seconds."""
    first_s, median_s, last_s = np.quantile(times_s, [1 - LONGEST, 0.5, LONGEST])
    if last_s > WIDE * median_s:
        edges = np.geomspace(max(first_s, 1e-3 * median_s, 1e-6), times_s.max(), BINS + 1)
        ax.set_xscale("log")
        ticks = [(s, name) for s, name in TICKS_S if edges[0] <= s <= edges[-1]]
        ax.set_xticks([s for s, _ in ticks], [name for _, name in ticks])
        ax.minorticks_off()
        ax.set_xlabel("Generation time (log scale)")
    else:
        unit, scale = next(((unit, s) for unit, s in UNITS_S.items() if last_s >= 2 * s),
                           ("second", 1))
        edges = np.linspace(0, max(last_s, 1e-6), BINS + 1)
        ticks = MaxNLocator(8).tick_values(0, edges[-1] / scale)
        ax.set_xticks(ticks * scale, [f"{tick:g}" for tick in ticks])
        ax.set_xlabel(f"Generation time ({unit}s); the longest 1 % are beyond the axis")
    share = np.histogram(times_s, edges)[0] / len(times_s)
    ax.stairs(100 * share, edges, fill=True, color=style.ORANGE, alpha=0.75)
    for value, line, name in ((float(times_s.mean()), "--", "mean"), (median_s, ":", "median")):
        ax.axvline(value, color=style.BLACK, linewidth=1.2, linestyle=line,
                   label=f"{name} {long_duration(value)}")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 125 * share.max())
    ax.set_ylabel("Share of infections\nper bin (%)")
    ax.legend(loc="upper right", title=f"{len(times_s):,} infections")
