"""The figure of a calibration: what is known of each parameter, and the curves that this gives."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from annelid.calibration.posterior import Posterior, number
from annelid.figures import style

BANDS = np.array([0.025, 0.25, 0.5, 0.75, 0.975])
PER_ROW = 3


def draw(posterior: Posterior) -> Figure:
    """Curves above, one panel a parameter below."""
    calibration = posterior.calibration
    count = len(calibration.parameters)
    rows = -(-count // PER_ROW)
    figure = Figure(figsize=(style.WIDTH_IN, 3.2 + 2.3 * rows))
    figure.suptitle(f"{calibration.title or calibration.name}: calibration", fontsize=11,
                    fontweight="bold", x=0.01, ha="left")
    last = posterior.last
    figure.supxlabel(
        f"{len(last.weights)} particles x {last.distances.shape[1]} replicates, "
        f"{last.number} generations, tolerance {last.tolerance:.3g}; median, 50 % and "
        f"95 % of curves, 90 % intervals of parameters; seed {calibration.seed}",
        fontsize=7.5, color="#555555", x=0.01, ha="left")
    columns = min(count, PER_ROW)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[1.5] + [1] * rows)
    _draw_curves(figure.add_subplot(grid[0, :]), posterior)
    for index in range(count):
        ax = figure.add_subplot(grid[1 + index // columns, index % columns])
        _draw_parameter(ax, posterior, index)
    return figure


def _draw_curves(ax: Axes, posterior: Posterior) -> None:
    observed = posterior.calibration.observed
    start = np.datetime64(posterior.calibration.start)
    times = start + (observed.elapsed_s * 1e6).astype("timedelta64[us]")
    levels = posterior.curve_quantiles(BANDS)
    ax.plot(times, levels[2], color=style.BLUE, label="calibrated, with 50 % and 95 % of outbreaks")
    for low, high, alpha in ((0, 4, 0.12), (1, 3, 0.25)):
        ax.fill_between(times, levels[low], levels[high], color=style.BLUE, alpha=alpha,
                        linewidth=0)
    ax.plot(times, observed.counts, "o", color=style.BLACK, markersize=3, label="observed")
    ax.set_ylabel(f"{observed.curve.replace('_', ' ').capitalize()} (real hosts)")
    ax.set_ylim(bottom=0)
    style.thousands(ax)
    style.time_axis(ax, times)
    ax.legend(loc="best")


def _draw_parameter(ax: Axes, posterior: Posterior, index: int) -> None:
    """A histogram over the range of the prior, with the interval below it."""
    parameter = posterior.calibration.parameters[index]
    values, weights = posterior.values[:, index], posterior.last.weights
    span = parameter.range
    low, high = span.low.number, span.high.si / span.low.factor
    edges = np.geomspace(low, high, 31) if span.scale == "log" else np.linspace(low, high, 31)
    ax.hist(values, edges, weights=weights, color=style.SKY, edgecolor="white", linewidth=0.3)
    interval = posterior.quantiles()[index]
    ax.axvline(interval[2], color=style.VERMILION, linewidth=1.4)
    for level in (interval[0], interval[-1]):
        ax.axvline(level, color=style.VERMILION, linewidth=1, linestyle="--")
    if span.scale == "log":
        ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)) if span.scale == "log"
                               else MaxNLocator(5))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ax.set_xlim(low, high)
    unit = f" ({span.low.unit})" if span.low.unit else ""
    ax.set_xlabel(parameter.path + unit, fontsize=8)
    ax.set_yticks([])
    ax.set_title(f"{number(interval[2])} [{number(interval[0])} to {number(interval[-1])}]",
                 fontsize=9)
