"""Who infected whom: heat maps of infections between countries and between sectors."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.trees import tree_of_one_world
from annelid.measures import who_infected_whom
from annelid.run_file import Run
from annelid.text import short_count

MOST_PLACES = 14
REST = "all others"


def draw(run: Run) -> Figure | None:
    """None in a flat world, without events, or where nobody infected anybody."""
    axes = [axis for axis, there in (("country", run.has_countries), ("sector", run.has_sectors))
            if there]
    tree = tree_of_one_world(run)
    if not axes or tree is None or not (tree.infector >= 0).any():
        return None
    replicates = len(np.unique(tree.replicate))
    matrices = [largest(named(run, who_infected_whom(tree, run.path, axis) / replicates))
                for axis in axes]
    matrices = [matrix for matrix in matrices if matrix.shape[0] > 1]
    if not matrices:
        return None
    heights = [1.1 + 0.27 * matrix.shape[0] for matrix in matrices]
    figure = style.titled_figure(run, "who infected whom", 0.6 + sum(heights),
                                 "mean" if replicates > 1 else "the first alone")
    for ax, matrix in zip(figure.subplots(len(matrices), 1, squeeze=False,
                                          height_ratios=heights)[:, 0], matrices):
        draw_matrix(figure, ax, matrix)
    return figure


def named(run: Run, matrix: xr.DataArray) -> xr.DataArray:
    """With names of countries for their codes, and words for sectors."""
    axis = matrix.dims[1]
    if axis == "country" and "country_name" in run.series:
        names = [str(name) for name in run.series["country_name"].values]
    else:
        names = [str(name).replace("_", " ") for name in matrix[axis].values]
    return matrix.assign_coords({dim: names for dim in matrix.dims})


def largest(matrix: xr.DataArray) -> xr.DataArray:
    """The places with most infections by or of their hosts, most first, and one for the rest."""
    total = matrix.values.sum(axis=0) + matrix.values.sum(axis=1)
    order = np.argsort(-total, kind="stable")
    order = order[total[order] > 0]
    shown, rest = order[:MOST_PLACES], order[MOST_PLACES:]
    if len(rest) == 0:
        return matrix[shown, shown]
    group = np.zeros(matrix.shape[0], dtype=int)
    group[shown], group[rest] = np.arange(len(shown)), len(shown)
    used = np.concatenate([shown, rest])
    values = np.zeros((len(shown) + 1,) * 2)
    np.add.at(values, (group[used][:, None], group[used]), matrix.values[np.ix_(used, used)])
    names = [*matrix[matrix.dims[1]].values[shown], REST]
    return xr.DataArray(values, {dim: names for dim in matrix.dims}, matrix.dims)


def draw_matrix(figure: Figure, ax: Axes, matrix: xr.DataArray) -> None:
    """Infectors down, infected across; numbers in the cells, colour on a log scale."""
    values = matrix.values
    known = values[values > 0]
    norm = LogNorm(known.min(), max(known.max(), 10 * known.min()))
    image = ax.imshow(np.where(values > 0, values, np.nan), cmap="viridis_r", norm=norm,
                      aspect="auto")
    middle = np.sqrt(norm.vmin * norm.vmax)
    for (row, column), value in np.ndenumerate(values):
        if value > 0:
            ax.text(column, row, short_count(value).replace(" ", ""), ha="center", va="center",
                    fontsize=6, color="white" if value > middle else "black")
    names = list(matrix[matrix.dims[1]].values)
    ax.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0, labelsize=8)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    place = str(matrix.dims[1]).capitalize()
    ax.set_xlabel(f"{place} of the host infected")
    ax.set_ylabel(f"{place}\nof the infector")
    bar = figure.colorbar(image, ax=ax, aspect=25, pad=0.01)
    bar.set_label("Infections (modelled hosts)")
    style.thousands(bar.ax)
    bar.ax.minorticks_off()
