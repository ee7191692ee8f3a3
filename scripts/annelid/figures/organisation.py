"""The transmission tree inside one organisation, drawn along time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.trees import tree_of_one_world
from annelid.measures.mixing import places
from annelid.organisations import Organisations, organisations_of
from annelid.run_file import Run, RunFileError, scenario_text
from annelid.transmission import NOBODY, TransmissionTree

LARGEST_MARKS = 5.0


def draw(run: Run, host: int | None = None) -> Figure | None:
    """The organisation that `host` is in; default: the one with most infections (first replicate).

    None where the run kept no events, or no organisation has two infections.
    ProgramError: the program, which knows the organisations, is not there or refuses the scenario.
    RunFileError: no such host, or its organisation has no infection.
    """
    tree = tree_of_one_world(run)
    if tree is None:
        return None
    tree = tree.select(tree.replicate == tree.replicate[0])
    layout = organisations_of(scenario_text(run.series))
    rows, first, size = choose(run, tree, layout, host)
    if host is None and len(rows) < 2:
        return None
    country, sector = (str(run.series[axis].values[places(run.path, axis)(np.array([first]))[0]])
                       for axis in ("country", "sector"))
    where = f" ({sector.replace('_', ' ')}, {country})" if run.has_countries else ""
    height_in = float(np.clip(2.2 + 0.02 * len(rows), 3.6, 8))
    figure = style.titled_figure(run, f"spread inside an organisation{where}", height_in,
                                 "the first alone")
    ax = figure.subplots()
    draw_tree(ax, tree, rows)
    style.mark_milestones(ax, run)
    ax.set_ylabel(f"{len(rows):,} infections of {size:,} hosts\n(from number {first:,} on)")
    return figure


def choose(run: Run, tree: TransmissionTree, layout: Organisations, host: int | None) -> tuple[
        np.ndarray, int, int]:
    """Rows of its infections, its first host and its size."""
    if host is not None and not 0 <= host < run.hosts:
        raise RunFileError(f"--organisation {host} (hosts are numbered 0 to {run.hosts - 1:,}): "
                           "leave it out for the organisation with most infections")
    first_host = layout.first_host_of(tree.host)
    if host is None:
        firsts, number = np.unique(first_host, return_counts=True)
        first = int(firsts[number.argmax()])
    else:
        first = int(layout.first_host_of(np.array([host]))[0])
    rows = np.flatnonzero(first_host == first)
    if len(rows) == 0:
        raise RunFileError(f"--organisation {host} (nobody was infected in it): leave it out for "
                           "the organisation with most infections")
    return rows, first, layout.size_of(first)


def draw_tree(ax: Axes, tree: TransmissionTree, rows: np.ndarray) -> None:
    """A line for each host from its infection to the last that it caused here; branches between."""
    parent = local_parents(tree, rows)
    level = levels(parent)
    times = date2num(style.at(tree.start, tree.time_s[rows]))
    last = times.copy()
    has_parent = parent != NOBODY
    np.maximum.at(last, parent[has_parent], times[has_parent])
    thin = float(np.clip(60 / len(rows), 0.25, 1.0))
    stays = np.stack([np.column_stack([times, level]), np.column_stack([last, level])], axis=1)
    ax.add_collection(LineCollection(stays, colors=style.GREY, linewidths=thin))
    colours = style.colours_of(list(tree.vectors), {"seed": style.BLACK})
    colour = np.array([colours[name] for name in tree.vectors])[tree.vector[rows]]
    branches = np.stack([np.column_stack([times, level[parent]]),
                         np.column_stack([times, level])], axis=1)[has_parent]
    ax.add_collection(LineCollection(branches, colors=colour[has_parent], linewidths=thin))
    size = float(np.clip(400 / len(rows), 0.8, LARGEST_MARKS))
    for index, name in enumerate(tree.vectors):
        for inside, marker, where in ((True, "o", "inside"), (False, "D", "from outside")):
            here = (tree.vector[rows] == index) & (has_parent == inside)
            if here.any():
                ax.plot(times[here], level[here], marker=marker, linestyle="none",
                        markersize=size if inside else size + 2, color=colours[name],
                        label=f"{name}{'' if name == 'seed' else ', ' + where}, {here.sum():,}",
                        zorder=3)
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)
    ax.set_ylim(len(rows), -1)
    spread(ax, tree, rows)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.05), ncols=3, title="Vector, infections",
              alignment="left", borderaxespad=0, markerscale=4 / max(size, 1))


def spread(ax: Axes, tree: TransmissionTree, rows: np.ndarray) -> None:
    """The time axis from the first infection here to the last, with some room."""
    first_s, last_s = float(tree.time_s[rows[0]]), float(tree.time_s[rows[-1]])
    room_s = max(0.04 * (last_s - first_s), 1.0)
    style.time_axis(ax, style.at(tree.start, np.array([first_s - room_s, last_s + room_s])))


def local_parents(tree: TransmissionTree, rows: np.ndarray) -> np.ndarray:
    """Index among `rows` of each one's parent; -1 where it came from outside."""
    parent = tree.parent[rows]
    place = np.minimum(np.searchsorted(rows, parent), len(rows) - 1)
    return np.where(rows[place] == parent, place, NOBODY)


def levels(parent: np.ndarray) -> np.ndarray:
    """A line for each infection so that branches do not cross: depth first, latest child next."""
    children: list[list[int]] = [[] for _ in parent]
    for child, by in enumerate(parent):
        if by != NOBODY:
            children[by].append(child)
    level = np.empty(len(parent))
    stack = [row for row in range(len(parent) - 1, -1, -1) if parent[row] == NOBODY]
    for place in range(len(parent)):
        row = stack.pop()
        level[row] = place
        stack += children[row]
    return level
