"""How hosts were reached: infections by vector over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.run_file import SEED, Run
from annelid.text import percent


def draw(run: Run) -> Figure | None:
    """Above, new infections stacked by vector; below, all since the start on a log scale."""
    cumulative = run.series["vector_infections"]
    vectors = [name for name in cumulative["vector"].values
               if float(cumulative.sel(vector=name).max()) > 0]
    if not vectors:
        return None
    colours = style.colours_of(vectors, {SEED: style.GREY})
    figure = style.titled_figure(run, "infections by vector", 6.0)
    new, since_start = figure.subplots(2, 1, sharex=True)
    draw_new(new, run, vectors, colours)
    draw_since_start(since_start, run, vectors, colours)
    style.mark_milestones(new, run)
    style.mark_milestones(since_start, run, with_names=False)
    style.time_axis(since_start, run.series["time"].values)
    style.legend_above(new, since_start, run, "Vector, share of all infections at the end")
    figure.align_ylabels()
    return figure


def draw_new(ax: Axes, run: Run, vectors: list[str], colours: dict[str, str]) -> None:
    """Stacked bars of new infections; the mean of replicates, since only means add up."""
    incidence = run.incidence()
    per_bin = incidence.per_bin
    if run.has_replicates:
        per_bin = per_bin.mean("replicate")
    width = np.timedelta64(incidence.width_s, "s")
    below = np.zeros(per_bin.sizes["time"])
    for vector in vectors:
        if vector == SEED:
            continue
        height = per_bin.sel(vector=vector).values
        ax.bar(per_bin["time"].values, height, width=width, bottom=below, align="edge",
               color=colours[vector])
        below += height
    mean = ", mean" if run.has_replicates else ""
    ax.set_ylabel(f"New infections per {incidence.unit}{mean}\n(modelled hosts)")
    style.thousands(ax)
    style.real_hosts_axis(ax, run)


def draw_since_start(ax: Axes, run: Run, vectors: list[str], colours: dict[str, str]) -> None:
    """Infections since the start, each vector with its final share in the legend."""
    cumulative = run.series["vector_infections"]
    final = cumulative.isel(time=-1)
    if run.has_replicates:
        final = final.mean("replicate")
    for index, vector in enumerate(vectors):
        share = percent(float(final.sel(vector=vector)), float(final.sum()))
        style.plot_series(ax, cumulative.sel(vector=vector), f"{vector}, {share}",
                          color=colours[vector],
                          linestyle=style.LINE_STYLES[index % len(style.LINE_STYLES)])
    ax.set_yscale("log")
    ax.set_ylim(bottom=0.8)
    ax.set_ylabel("Infections since the start\n(modelled hosts)")
    style.thousands(ax)
    style.real_hosts_axis(ax, run)
