"""What all figures share: colours, fonts, the time axis, the scale of real hosts, captions."""

from __future__ import annotations

import textwrap

import matplotlib
import matplotlib.dates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from annelid.measures.curves import quantiles
from annelid.run_file import Run
from annelid.study_file import Study
from annelid.text import clock, full_count, short_count

# Okabe and Ito (2008): eight colours that people with any colour vision can tell apart.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
GREY = "#999999"
CYCLE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
STATE_COLOURS = {"susceptible": SKY, "exposed": ORANGE, "infectious": VERMILION,
                 "encrypted": BLACK, "removed": BLACK, "inert": GREEN, "immune": GREY}
LINE_STYLES = ("-", "--", "-.", ":")

WIDTH_IN = 7.2  # two columns of most journals
TITLE_LETTERS = 80  # that fit into a line
DPI = 200
MEDIAN = "median, 50 % and 95 % ranges"

matplotlib.rcParams.update({
    "font.size": 9, "axes.titlesize": 11, "axes.labelsize": 9, "legend.fontsize": 8.5,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": "#E4E4E4", "grid.linewidth": 0.6,
    "legend.framealpha": 0.85, "legend.edgecolor": "none", "lines.linewidth": 1.8,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none", "pdf.fonttype": 42,
})


def colours_of(names: list[str], fixed: dict[str, str] | None = None) -> dict[str, str]:
    """A colour for each name: the fixed one where there is one, else the next that is free."""
    fixed = fixed or {}
    free = [colour for colour in CYCLE
            if colour not in {fixed[name] for name in names if name in fixed}] or list(CYCLE)
    chosen: dict[str, str] = {}
    for name in names:
        chosen[name] = fixed.get(name) or free[(len(chosen)) % len(free)]
    return chosen


def plot_series(ax: Axes, series: xr.DataArray, label: str, **line: object) -> None:
    """A line over time; with replicates the median and its 50 % and 95 % bands.

    series: dims ([replicate,] time), or (quantile, time) of a file of quantiles.
    """
    times = series["time"].values
    if "replicate" not in series.dims and "quantile" not in series.dims:
        ax.plot(times, series.values, label=label, **line)
        return
    levels = quantiles(series).transpose("quantile", "time").values
    ax.plot(times, levels[2], label=label, **line)
    for low, high, alpha in ((0, 4, 0.10), (1, 3, 0.20)):
        ax.fill_between(times, levels[low], levels[high], color=line.get("color"), alpha=alpha,
                        linewidth=0)


def at(start: np.datetime64, elapsed_s: np.ndarray) -> np.ndarray:
    """UTC times of seconds since `start`; same shape."""
    return start + (elapsed_s * 1e6).astype("timedelta64[us]")


def time_axis(ax: Axes, times: np.ndarray) -> None:
    """Labels the x axis in UTC, as short as the span of `times` (datetime64) allows."""
    locator = matplotlib.dates.AutoDateLocator(minticks=4, maxticks=9)
    formatter = matplotlib.dates.ConciseDateFormatter(
        locator, formats=["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
        zero_formats=["", "%Y", "%b", "%d %b", "%d %b\n%H:%M", "%H:%M"],
        offset_formats=[""] * 6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)
    ax.set_xlim(times[0], times[-1])
    first, last = (str(time.astype("datetime64[D]")) for time in (times[0], times[-1]))
    ax.set_xlabel(f"Time (UTC), {first}" + (f" to {last}" if last != first else ""))


def legend_above(ax: Axes, source: Axes, run: Run, title: str) -> None:
    """The legend of `source` as rows above `ax`, where it hides no data, nor names of defences."""
    handles, labels = source.get_legend_handles_labels()
    width_in = sum(0.5 + 0.075 * len(label) for label in labels)
    rows = int(np.ceil(width_in / (WIDTH_IN - 1.4)))
    ax.legend(handles, labels, title=title, alignment="left", ncols=-(-len(labels) // rows),
              loc="lower left", bbox_to_anchor=(0, 1.1 if run.milestones else 1.01),
              borderaxespad=0, borderpad=0.2, handlelength=2.6)


def mark_milestones(ax: Axes, run: Run, with_names: bool = True) -> None:
    """A thin line where each defence begins, with its name above the panel, if that is shown."""
    first, last = ax.get_xlim()
    for time, name in run.milestones:
        if not first <= matplotlib.dates.date2num(time) <= last:
            continue
        ax.axvline(time, color="#555555", linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5)
        if with_names:
            ax.annotate(name, (time, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                        textcoords="offset points", fontsize=8, color="#555555", ha="center")


def thousands(ax: Axes, axis: str = "y") -> None:
    """Counts on an axis as 12,000 and not 1.2e4."""
    getattr(ax, f"{axis}axis").set_major_formatter(FuncFormatter(full_count))


def real_hosts_axis(ax: Axes, run: Run, label: str = "Real hosts", axis: str = "y") -> None:
    """A second scale opposite to `axis` that counts real hosts, where they differ."""
    factor = run.real_hosts_per_host
    if factor == 1:
        return
    scale = (lambda x: x * factor, lambda x: x / factor)
    second = (ax.secondary_yaxis("right", functions=scale) if axis == "y"
              else ax.secondary_xaxis("top", functions=scale))
    second.spines[:].set_visible(False)
    getattr(second, f"set_{axis}label")(label)
    second.tick_params(labelsize=8)
    getattr(second, f"{axis}axis").set_major_formatter(FuncFormatter(short_count))


def titled_figure(run: Run, what: str, height_in: float, replicates: str = MEDIAN) -> Figure:
    """An empty figure with a title, and below it what the reader must know to use it.

    replicates: what is shown of them.
    """
    return plain_figure(f"{run.title}: {what}", caption(run, replicates), height_in)


def plain_figure(title: str, below: str, height_in: float) -> Figure:
    """An empty figure with a title, and a line of small text below."""
    figure = Figure(figsize=(WIDTH_IN, height_in))
    figure.suptitle(textwrap.fill(title, TITLE_LETTERS), fontsize=11, fontweight="bold", x=0.01,
                    ha="left")
    figure.supxlabel(below, fontsize=7.5, color="#555555", x=0.01, ha="left")
    return figure


def caption(run: Run, replicates: str = MEDIAN) -> str:
    """Scale, seed and version of a run in one line."""
    parts = [f"{run.hosts:,} modelled hosts"]
    if run.real_hosts_per_host != 1:
        parts[0] += f", each standing for {run.real_hosts_per_host:.4g} real ones"
    if run.has_replicates or run.has_quantiles:
        parts.append(f"{run.num_replicates} replicates: {replicates}")
    parts.append(f"seed {run.attributes.get('seed', '?')}")
    parts.append(f"annelid {run.attributes.get('version', '?')}")
    if not run.complete:
        parts.append(f"UNFINISHED RUN up to {clock(run.series['time'].values[-1])}")
    return "; ".join(parts)


def study_caption(study: Study, put_together: int = 0, replicates: str = "median") -> str:
    """Size, design and seed of a study in one line.

    put_together: parameters that vary without being an axis.
    """
    sizes = study.data.sizes
    parts = [f"{sizes['point']:,} points × {sizes['replicate']} replicates ({replicates})",
             f"design {study.design.replace('_', ' ')}",
             f"seed {study.attributes.get('seed', '?')}",
             f"annelid {study.attributes.get('version', '?')}"]
    if put_together > 0:
        others = "other parameter varies" if put_together == 1 else "other parameters vary"
        parts.append(f"{put_together} {others} within")
    return "; ".join(parts)
