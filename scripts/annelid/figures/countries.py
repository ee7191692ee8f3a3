"""Where the hosts are that the outbreak reached: a map, and bars for the countries hit most."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.path import Path

from annelid.figures import style, world_map
from annelid.figures.bars import draw_number_and_share
from annelid.run_file import Run
from annelid.text import clock

MOST_BARS = 20
MOST_BARS_BELOW_MAP = 12
NO_INFECTION = "#DCDCDC"


def draw(run: Run) -> Figure | None:
    """Infected hosts by country at the end; without shapes on the machine, the bars alone."""
    if not run.has_countries:
        return None
    infected, hosts = run.infected_at_end("country"), run.hosts_in("country")
    middle = infected.median("replicate") if run.has_replicates else infected
    shapes = world_map.country_paths(set(middle["country"].values[middle.values > 0]))
    num_bars = min(MOST_BARS_BELOW_MAP if shapes else MOST_BARS, int((middle > 0).sum()))
    if num_bars == 0:
        return None
    order = middle.argsort().values[::-1][:num_bars]
    bars_in = 1.0 + 0.2 * num_bars
    when = clock(run.series["time"].values[-1])
    figure = style.titled_figure(run, f"infected hosts by country, {when}",
                                 bars_in + (4.2 if shapes else 0.6))
    if shapes:
        upper, lower = figure.subfigures(2, 1, height_ratios=(3.9, bars_in))
        draw_map(upper, middle, shapes)
    else:
        lower = figure
    left, right = lower.subplots(1, 2)
    draw_number_and_share(left, right, run, infected.isel(country=order),
                          hosts.isel(country=order), names_of(run, order))
    return figure


def names_of(run: Run, order: np.ndarray) -> list[str]:
    """Names of the countries at the indices `order`, their codes where the file has no names."""
    source = "country_name" if "country_name" in run.series else "country"
    return [str(name) for name in run.series[source].values[order]]


def draw_map(figure: Figure, infected: xr.DataArray, shapes: dict[str, Path]) -> None:
    """Fills each country by its number of infected hosts; log scale, equal areas.

    infected: modelled hosts, dims (country).
    """
    ax: Axes = figure.subplots()
    ax.set_axis_off()
    ax.set_aspect("equal")
    number = dict(zip(infected["country"].values, infected.values))
    # The lightest colour at the power of ten below the least, so that few large values still differ.
    least = 10 ** np.floor(np.log10(float(infected.where(infected > 0).min())))
    norm = LogNorm(least, max(10 * least, float(infected.max())))
    colours = colormaps["viridis_r"]
    fills = [colours(norm(number[code])) if number.get(code, 0) > 0 else NO_INFECTION
             for code in shapes]
    ax.add_collection(PathCollection(list(shapes.values()), facecolors=fills, edgecolors="white",
                                     linewidths=0.2, transform=ax.transData))
    points = np.concatenate([path.vertices for path in shapes.values()])
    ax.update_datalim(points)
    ax.margins(0.01)
    ax.autoscale_view()
    bar = figure.colorbar(ScalarMappable(norm, colours), ax=ax, orientation="horizontal",
                          shrink=0.5, aspect=40, pad=0.01)
    bar.set_label("Infected modelled hosts (grey: none)")
    style.thousands(bar.ax, "x")
