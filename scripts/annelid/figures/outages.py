"""Which organisations were out of service, when, and for how long altogether."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from annelid.figures import countries, style
from annelid.figures.bars import summarise
from annelid.run_file import Run
from annelid.services import has_services, hours_lost, out_of_service
from annelid.text import short_count

MOST_COLOURS = 7  # sectors beyond these are shown as one
MOST_BARS = 12
REST = "remaining sectors"


def draw(run: Run) -> Figure | None:
    """Organisations out by themselves and by dependency, stacked by sector; bars of hours lost."""
    if not has_services(run) or not out_of_service(run).any():
        return None
    panels = {"Out by themselves": run.series["outages"],
              "Out by dependency alone": run.series["outages_by_dependency"]}
    panels = {name: series for name, series in panels.items() if series.any()}
    bars = bars_to_show(run)
    most_bars = max((values.sizes[values.dims[-1]] for _, values, _ in bars), default=0)
    bars_in = 0.9 + 0.21 * most_bars if bars else 0.0
    upper_in = 0.5 + 2.0 * len(panels)
    figure = style.titled_figure(run, "organisations out of service", 0.6 + upper_in + bars_in)
    upper = figure
    if bars:
        upper, lower = figure.subfigures(2, 1, height_ratios=(upper_in, bars_in))
        axes = lower.subplots(1, len(bars), squeeze=False)[0]
        for ax, (label, values, names) in zip(axes, bars):
            draw_bars(ax, label, values, names)
    stacks = upper.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    draw_stacks(stacks, run, panels)
    return figure


def draw_stacks(axes: np.ndarray, run: Run, panels: dict[str, xr.DataArray]) -> None:
    """One panel a reason, sectors in the order of hours lost; the mean of replicates, which add up."""
    order = by_hours_lost(run)
    colours = style.colours_of(order)
    if len(order) > MOST_COLOURS:
        colours = style.colours_of(order[:MOST_COLOURS - 1]) | {REST: style.GREY}
    for ax, (name, series) in zip(axes, panels.items()):
        counts = series.sum("country")
        counts = counts.mean("replicate") if run.has_replicates else counts
        rest = [sector for sector in order if sector not in colours]
        heights = [counts.sel(sector=rest).sum("sector").values if sector == REST
                   else counts.sel(sector=sector).values for sector in colours]
        labels = [readable(sector) if run.has_sectors else "all organisations"
                  for sector in colours]
        ax.stackplot(counts["time"].values, heights, labels=labels, colors=list(colours.values()),
                     step="post", edgecolor="white", linewidth=0.3)
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        mean = ", mean" if run.has_replicates else ""
        ax.set_ylabel(f"{name}{mean}\n(modelled organisations)")
        style.thousands(ax)
        style.mark_milestones(ax, run, with_names=ax is axes[0])
    style.time_axis(axes[-1], run.series["time"].values)
    if run.has_sectors:
        style.legend_above(axes[0], axes[0], run, "Sector")
    axes[0].figure.align_ylabels(list(axes))


def by_hours_lost(run: Run) -> list[str]:
    """Sectors that lost service, most first."""
    lost = middle(hours_lost(run).sum("country"))
    order = [str(name) for name in lost["sector"].values[np.argsort(-lost.values, kind="stable")]]
    out = out_of_service(run)
    return [sector for sector in order if out.sel(sector=sector).any()]


def bars_to_show(run: Run) -> list[tuple[str, xr.DataArray, list[str]]]:
    """Hours lost by sector and by country, where there are several: what it is, values, names."""
    lost = hours_lost(run)
    found = []
    if run.has_sectors:
        sectors = by_hours_lost(run)
        found.append(("sector", lost.sum("country").sel(sector=sectors),
                      [readable(sector) for sector in sectors]))
    in_country = lost.sum("sector")
    order = np.argsort(-middle(in_country).values, kind="stable")
    order = order[middle(in_country).values[order] > 0][:MOST_BARS]
    if run.has_countries and len(order) > 1:
        found.append(("country", in_country.isel(country=order), countries.names_of(run, order)))
    return found


def draw_bars(ax: Axes, what: str, hours: xr.DataArray, names: list[str]) -> None:
    """One bar for each place, the first on top; whiskers span 95 % of the replicates."""
    rows = np.arange(len(names))
    values, whiskers = summarise(hours)
    ax.barh(rows, values, color=style.BLUE if what == "sector" else style.VERMILION, height=0.72,
            xerr=whiskers, error_kw={"elinewidth": 0.8, "capsize": 1.5})
    ax.set_yticks(rows, names)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlim(left=0)
    ax.invert_yaxis()
    ax.set_xlabel(f"Service lost by {what}\n(organisation-hours)")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(short_count))


def middle(values: xr.DataArray) -> xr.DataArray:
    """The median of replicates, or the values of a single run."""
    return values.median("replicate") if "replicate" in values.dims else values


def readable(sector: str) -> str:
    return sector.replace("_", " ")
