"""Epidemic curves of a study, a panel for each of its points, on one scale."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.study_axes import Parameter, varying
from annelid.figures.sweep import is_grid, levels_of
from annelid.measures import infections
from annelid.study_file import Study

MOST_PANELS = 30


def draw(study: Study) -> Figure | None:
    """Medians with bands of 50 % and 95 %, arranged as the grid of the first two parameters.

    None where that is no grid, or one of more panels than can be read.
    """
    axes = varying(study)
    if not 1 <= len(axes) <= 2 or (len(axes) == 2 and not is_grid(axes[0], axes[1])):
        return None
    columns = levels_of(axes[0])
    rows = levels_of(axes[1])[::-1] if len(axes) == 2 else [""]
    if len(columns) * len(rows) > MOST_PANELS:
        return None
    curves = infections(study.data)
    begin = first_row(curves)
    figure = style.plain_figure(f"{study.title}: infections since the start",
                                style.study_caption(study, 0), 1.0 + 1.55 * len(rows))
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
    for (row, column), ax in np.ndenumerate(panels):
        point = point_at(axes, columns[column], rows[row])
        style.plot_series(ax, curves.isel(point=point, time=slice(begin, None), drop=True), "",
                          color=style.VERMILION)
        style.time_axis(ax, curves["time"].values[begin:])
        if (row, column) != (len(rows) - 1, len(columns) // 2):
            ax.set_xlabel("")
        ax.xaxis.get_major_locator().maxticks = dict.fromkeys(
            ax.xaxis.get_major_locator().maxticks, 4)
        if row == 0:
            ax.set_title(f"{named(axes[0])} {plain(columns[column])}", fontsize=8.5)
        if column == 0:
            ax.set_ylabel(f"{named(axes[1])}\n{plain(rows[row])}" if len(axes) == 2 else "",
                          fontsize=8.5)
            style.thousands(ax)
    panels[0, 0].set_ylim(bottom=0)
    figure.supylabel("Infections (modelled hosts)", fontsize=9)
    return figure


def first_row(curves: xr.DataArray) -> int:
    """One before the first infection anywhere: what lies before is the same everywhere."""
    begun = (curves.max([dim for dim in curves.dims if dim != "time"]) > 0).values
    return max(0, int(np.argmax(begun)) - 1)


def point_at(axes: list[Parameter], column: str, row: str) -> int:
    """The number of the point with these values, as given."""
    wanted = (column, row)[:len(axes)]
    return next(point for point, texts in enumerate(zip(*(axis.texts for axis in axes)))
                if texts == wanted)


def named(axis: Parameter) -> str:
    return ".".join(axis.path.split(".")[-2:])


def plain(text: str) -> str:
    return text.strip('"')
