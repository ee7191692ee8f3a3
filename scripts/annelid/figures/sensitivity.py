"""Which parameters of a study matter: Sobol indices where its design allows, else PRCC."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.study_axes import short_names
from annelid.measures import partial_rank_correlation, sobol_indices
from annelid.measures.outcomes import OUTCOMES
from annelid.study_file import Study


def draw(study: Study, outcome: str = "infections") -> Figure:
    """Of the mean over replicates. ValueError: why the study has no sensitivity to show."""
    values = OUTCOMES[outcome].of(study.data).mean("replicate")
    parameters = study.data["parameter_value"]
    sobol = study.design == "sobol" and bool(study.attributes.get("saltelli", 0))
    found = (sobol_indices if sobol else partial_rank_correlation)(parameters, values)
    strength = found["total" if sobol else "prcc"]
    found = found.isel(parameter=np.argsort(abs(strength.values)))
    what = "Sobol indices" if sobol else "partial rank correlation"
    figure = style.plain_figure(
        f"{study.title}: {what} of {OUTCOMES[outcome].name}",
        style.study_caption(study, 0, "mean") + "; bars: 95 % bootstrap intervals",
        1.6 + 0.42 * found.sizes["parameter"])
    ax = figure.subplots()
    if sobol:
        draw_sobol(ax, found)
    else:
        draw_correlation(ax, found)
    rows = np.arange(found.sizes["parameter"])
    ax.set_yticks(rows, short_names([str(name) for name in found["parameter"].values]))
    ax.set_ylim(-0.6, rows[-1] + 0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    return figure


def draw_correlation(ax: Axes, found: xr.Dataset) -> None:
    """-1 to 1; 0 in the middle."""
    rows = np.arange(found.sizes["parameter"])
    colours = np.where(found["prcc"].values > 0, style.VERMILION, style.BLUE)
    for row, colour in zip(rows, colours):
        draw_interval(ax, row, found.isel(parameter=row)[["low", "prcc", "high"]], colour, "o")
    ax.axvline(0, color=style.BLACK, linewidth=0.9)
    ax.set_xlim(-1.03, 1.03)
    ax.set_xlabel("Partial rank correlation (blue lowers the outcome, red raises it)")


def draw_sobol(ax: Axes, found: xr.Dataset) -> None:
    """First-order and total index of each parameter."""
    for name, colour, marker, off, label in (
            ("total", style.VERMILION, "s", -0.13, "total: with all interactions"),
            ("first", style.BLUE, "o", 0.13, "first order: by itself")):
        for row in range(found.sizes["parameter"]):
            draw_interval(ax, row + off, found.isel(parameter=row)[
                [f"{name}_low", name, f"{name}_high"]], colour, marker, label if row == 0 else None)
    ax.axvline(0, color=style.BLACK, linewidth=0.9)
    ax.set_xlim(min(-0.05, float(found["first_low"].min()) - 0.02),
                max(1.02, float(found["total_high"].max()) + 0.02))
    ax.set_xlabel("Share of the outcome's variance")
    ax.legend(loc="lower right")


def draw_interval(ax: Axes, row: float, found: xr.Dataset, colour: str, marker: str,
                  label: str | None = None) -> None:
    """found: low end, estimate and high end, in this order."""
    low, middle, high = (float(value) for value in found.data_vars.values())
    ax.plot([low, high], [row, row], color=colour, linewidth=1.6)
    ax.plot(middle, row, marker=marker, color=colour, markersize=6, linestyle="none", label=label)
