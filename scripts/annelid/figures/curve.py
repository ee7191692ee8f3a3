"""The epidemic curve: how many hosts are in each state over time."""

from __future__ import annotations

import xarray as xr
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.run_file import Run

# States of hosts that were never infected are left out where they would flatten all others.
DWARFING = 8


def draw(run: Run) -> Figure | None:
    """Two panels on one time axis: linear for the size of things, logarithmic for the growth."""
    states = states_to_show(run)
    colours = style.colours_of(states, style.STATE_COLOURS)
    figure = style.titled_figure(run, "hosts by state", 6.0)
    linear, log = figure.subplots(2, 1, sharex=True)
    for ax in (linear, log):
        for index, state in enumerate(states):
            style.plot_series(ax, run.series["counts"].sel(state=state), state,
                              color=colours[state],
                              linestyle=style.LINE_STYLES[index % len(style.LINE_STYLES)])
        ax.set_ylabel("Modelled hosts")
    linear.set_ylim(bottom=0)
    log.set_yscale("log")
    log.set_ylim(bottom=0.8)
    for ax in (linear, log):
        style.thousands(ax)
        style.real_hosts_axis(ax, run)
    style.mark_milestones(linear, run)
    style.mark_milestones(log, run, with_names=False)
    style.time_axis(log, run.series["time"].values)
    style.legend_above(linear, linear, run, "State")
    figure.align_ylabels()
    return figure


def states_to_show(run: Run) -> list[str]:
    """Infected states, and the others too unless they are far more numerous; empty ones never."""
    peak: xr.DataArray = run.series["counts"].max(
        [dim for dim in run.series["counts"].dims if dim != "state"])
    infected = run.infected_states
    highest = max(float(peak.sel(state=infected).max()), 1.0) if infected else float(peak.max())
    return [state for state in peak["state"].values
            if float(peak.sel(state=state)) > 0
            and (state in infected or float(peak.sel(state=state)) <= DWARFING * highest)]
