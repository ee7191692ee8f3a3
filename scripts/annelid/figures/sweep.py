"""What a sweep came to: an outcome over one parameter or two."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from annelid.figures import style
from annelid.figures.study_axes import Parameter, varying
from annelid.measures.curves import LEVELS
from annelid.measures.outcomes import OUTCOMES
from annelid.run_file import RunFileError
from annelid.study_file import Study
from annelid.text import short_count

MOST_CELLS = 400  # that still have a number in them
LARGE_CELLS = 40  # that have the range too


def draw(study: Study, outcome: str = "infections",
         names: list[str] | None = None) -> Figure | None:
    """A heat map of medians over the first two parameters that vary, or a line over the only one.

    names: one or two other parameters; what else varies is put together. None where nothing varies.
    RunFileError: no such parameter.
    """
    axes = varying(study)
    if names:
        known = {axis.path: axis for axis in axes}
        missing = [name for name in names if name not in known]
        if missing:
            raise RunFileError(f"--parameters {missing[0]} (it does not vary in {study.path}): "
                               f"choose among {', '.join(known)}")
        axes = [known[name] for name in names]
    rest = len(varying(study)) - len(axes[:2])
    if not axes:
        return None
    values = OUTCOMES[outcome].of(study.data).transpose("point", "replicate")
    figure = style.plain_figure(f"{study.title}: {OUTCOMES[outcome].name} by parameter",
                                style.study_caption(study, rest), 4.4)
    ax = figure.subplots()
    if len(axes) == 1:
        draw_line(ax, axes[0], values, OUTCOMES[outcome].label)
    elif is_grid(axes[0], axes[1]):
        draw_cells(figure, ax, axes[0], axes[1], values, OUTCOMES[outcome].label)
    else:
        draw_points(figure, ax, axes[0], axes[1], values, OUTCOMES[outcome].label)
    return figure


def levels_of(axis: Parameter) -> list[str]:
    """Its different values as given, in the order of numbers, or of the study."""
    texts = list(dict.fromkeys(axis.texts))
    if axis.is_number:
        texts.sort(key=lambda text: axis.values[axis.texts.index(text)])
    return texts


def is_grid(x: Parameter, y: Parameter) -> bool:
    """Every value of one with every one of the other."""
    return len(set(zip(x.texts, y.texts))) == len(set(x.texts)) * len(set(y.texts)) <= 2500


def draw_line(ax: Axes, axis: Parameter, values: xr.DataArray, label: str) -> None:
    """Median with the ranges of 50 % and 95 % of all replicates at each value."""
    texts = levels_of(axis)
    bands = np.array([np.nanquantile(values.values[[text == one for one in axis.texts]], LEVELS)
                      for text in texts]).T
    x = (np.array([axis.values[axis.texts.index(text)] for text in texts]) if axis.is_number
         else np.arange(len(texts)))
    for low, high, alpha in ((0, 4, 0.10), (1, 3, 0.20)):
        ax.fill_between(x, bands[low], bands[high], color=style.VERMILION, alpha=alpha, linewidth=0)
    ax.plot(x, bands[2], color=style.VERMILION, marker="o", markersize=4)
    if not axis.is_number:
        ax.set_xticks(x, [text.strip('"') for text in texts])
    ax.set_ylim(bottom=0)
    ax.set_xlabel(axis.label)
    ax.set_ylabel(label)
    style.thousands(ax)


def draw_cells(figure: Figure, ax: Axes, x: Parameter, y: Parameter, values: xr.DataArray,
               label: str) -> None:
    """The median in each cell, with the range of 95 % where there is room."""
    columns, rows = levels_of(x), levels_of(y)
    bands = np.full((3, len(rows), len(columns)), np.nan)
    of_x, of_y = np.array(x.texts), np.array(y.texts)
    for row, column in np.ndindex(bands.shape[1:]):
        here = values.values[(of_x == columns[column]) & (of_y == rows[row])]
        if np.isfinite(here).any():
            bands[:, row, column] = np.nanquantile(here, [0.025, 0.5, 0.975])
    image = ax.imshow(bands[1], origin="lower", aspect="auto", cmap="viridis_r")
    if bands[1].size <= MOST_CELLS:
        write_numbers(ax, bands, image.norm)
    for axis, parameter, texts in (("x", x, columns), ("y", y, rows)):
        unit = parameter.label.removeprefix(parameter.path).strip(" ()")
        labels = [text.strip('"').removesuffix(f" {unit}") for text in texts]
        getattr(ax, f"set_{axis}ticks")(range(len(texts)), labels)
        getattr(ax, f"set_{axis}label")(parameter.label)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=ax, pad=0.02)
    label_bar(bar, label)


def label_bar(bar: Colorbar, label: str) -> None:
    bar.set_label(f"{label}, median")
    if bar.mappable.get_clim()[1] >= 1000:
        style.thousands(bar.ax)


def write_numbers(ax: Axes, bands: np.ndarray, norm: Normalize) -> None:
    """Median, and below it the range of 95 %; black on light cells, white on dark ones."""
    for (row, column), middle in np.ndenumerate(bands[1]):
        if not np.isfinite(middle):
            ax.text(column, row, "none", ha="center", va="center", fontsize=7, color=style.GREY)
            continue
        low, high = bands[0, row, column], bands[2, row, column]
        text = short_count(middle)
        if bands[1].size <= LARGE_CELLS and high > low:
            text += f"\n{short_count(low)} to {short_count(high)}"
        ax.text(column, row, text, ha="center", va="center", fontsize=7,
                color="white" if norm(middle) > 0.55 else "black")


def draw_points(figure: Figure, ax: Axes, x: Parameter, y: Parameter, values: xr.DataArray,
                label: str) -> None:
    """A point for each of a sampled design, coloured by its median."""
    middle = values.median("replicate").values
    known = np.isfinite(middle)
    image = ax.scatter(x.values[known], y.values[known], c=middle[known], cmap="viridis_r", s=26,
                       edgecolors=style.GREY, linewidths=0.4)
    ax.plot(x.values[~known], y.values[~known], "x", color=style.GREY, markersize=4)
    ax.set_xlabel(x.label)
    ax.set_ylabel(y.label)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(6))
    bar = figure.colorbar(image, ax=ax, pad=0.02)
    label_bar(bar, label)
