"""R(t) from the transmission tree, and the generation times behind it."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.growth import UNITS_S, duration
from annelid.figures.trees import tree_of, which_replicates
from annelid.measures import generation_times, reproduction_number
from annelid.measures.censoring import complete_before_s
from annelid.run_file import Run

FEWEST_CASES = 10  # in a bin that is drawn
LONGEST = 0.99  # quantile of generation times where their axis ends


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
    style.mark_milestones(upper, run)
    style.time_axis(upper, run.series["time"].values)
    upper.set_xlabel(upper.get_xlabel().replace("Time", "Time of the host's own infection"))
    before_s = complete_before_s(tree)
    times = generation_times(tree, before_s)
    if len(times) < FEWEST_CASES:
        times = generation_times(tree)
    draw_generations(lower, times.values)
    figure.align_ylabels()
    return figure


def draw_reproduction(ax: Axes, found: xr.Dataset) -> None:
    """R(t) with its interval in the middle of each bin; grey where the end of the run cuts it off."""
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
    """Histogram of the times of those who were followed, with mean and median."""
    last_s = float(np.quantile(times_s, LONGEST))
    unit, scale = next(((unit, s) for unit, s in UNITS_S.items() if last_s >= 2 * s), ("second", 1))
    edges = np.linspace(0, max(last_s, 1e-6), 41) / scale
    share = np.histogram(times_s / scale, edges)[0] / len(times_s)
    ax.stairs(100 * share, edges, fill=True, color=style.ORANGE, alpha=0.75)
    mean, median = float(times_s.mean()), float(np.median(times_s))
    for value, line, name in ((mean, "--", "mean"), (median, ":", "median")):
        ax.axvline(value / scale, color=style.BLACK, linewidth=1.2, linestyle=line,
                   label=f"{name} {duration(value)}")
    ax.set_xlim(0, edges[-1])
    ax.set_ylim(bottom=0)
    beyond = 100 * float((times_s > last_s).mean())
    ax.set_xlabel(f"Generation time ({unit}s); {beyond:.2g} % are longer" if beyond > 0 else
                  f"Generation time ({unit}s)")
    ax.set_ylabel("Share of infections\nper bin (%)")
    ax.legend(loc="upper right", title=f"{len(times_s):,} infections")
