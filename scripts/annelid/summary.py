"""scripts/summary: what happened in a run, in a few lines of words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from annelid import measures
from annelid.run_file import Run, RunFileError, open_run
from annelid.services import has_services, hours_lost, out_of_service
from annelid.text import clock, display_path, percent, spread

MOST_COUNTRIES = 5


def summarise(run: Run) -> list[str]:
    """The lines of the summary."""
    lines = [describe_title(run), describe_time(run), describe_hosts(run)]
    for one in run.worms:
        lines.append(f"Worm {one.worm}" if one.worm else "")
        lines += describe_spread(one)
    lines.append(describe_outages(run))
    lines += [f"Note:       {note}" for note in str(run.attributes.get("notes", "")).splitlines()]
    lines.append(describe_file(run))
    return [line for line in lines if line]


def describe_spread(run: Run) -> list[str]:
    """What one worm did; of quantiles only what needs no sum of several series."""
    if run.has_quantiles:
        return [describe_infections(run), describe_states(run)]
    lines = [describe_infections(run), describe_peak(run), describe_states(run),
             describe_disrupted(run), describe_vectors(run)]
    return [*lines, describe_countries(run)] if run.has_countries else lines


def describe_title(run: Run) -> str:
    replicates = (f", {run.num_replicates} replicates: medians [range of 95 %]"
                  if run.has_replicates or run.has_quantiles else "")
    return f"{run.title} (seed {run.attributes.get('seed', '?')}{replicates})"


def describe_time(run: Run) -> str:
    times = run.series["time"].values
    hours = (times[-1] - times[0]) / np.timedelta64(1, "h")
    span = f"{hours / 24:.3g} days" if hours >= 48 else (
        f"{hours:.3g} hours" if hours >= 2 else f"{hours * 60:.3g} minutes")
    state = "" if run.complete else ", UNFINISHED"
    return f"Start:      {clock(times[0])}, {span} simulated{state}"


def describe_hosts(run: Run) -> str:
    text = f"Hosts:      {run.hosts:,} modelled"
    if run.real_hosts_per_host != 1:
        real = run.hosts * run.real_hosts_per_host
        text += f" for {real:,.0f} real ones (1 stands for {run.real_hosts_per_host:.4g})"
    return text


def describe_infections(run: Run) -> str:
    try:
        infections = measures.infections(run.series).isel(time=-1)
    except ValueError:
        return ""  # quantiles of several vectors have no sum
    text = f"Infections: {spread(infections)} modelled"
    if run.real_hosts_per_host != 1:
        text += f", that is {spread(infections * run.real_hosts_per_host)} real"
    return text + f"; {spread(100 * infections / run.hosts, '.3g')} % of all hosts"


def describe_peak(run: Run) -> str:
    if run.series.sizes["time"] < 2:
        return ""
    incidence = run.incidence()
    highest = incidence.total.max("time")
    middle = (incidence.total.median("replicate") if run.has_replicates else incidence.total)
    if float(highest.max()) <= 0:
        return ""
    when = clock(middle["time"].values[int(middle.argmax("time"))])
    return f"Peak:       {spread(highest)} new infections per {incidence.unit}, from {when}"


def describe_states(run: Run) -> str:
    last = run.series["counts"].isel(time=-1)
    parts = [f"{spread(last.sel(state=state))} {state}" for state in run.infected_states
             if float(last.sel(state=state).max()) > 0]
    return "At the end: " + ", ".join(parts) if parts else ""


def describe_disrupted(run: Run) -> str:
    disrupted = run.disrupted
    peak = disrupted.max("time")
    if float(peak.max()) <= 0:
        return ""
    middle = disrupted.median("replicate") if run.has_replicates else disrupted
    when = clock(middle["time"].values[int(middle.argmax("time"))])
    return (f"Out of use: {spread(peak)} hosts at most, at {when}; "
            f"{spread(disrupted.isel(time=-1))} at the end")


def describe_vectors(run: Run) -> str:
    final = run.series["vector_infections"].isel(time=-1)
    final = final.mean("replicate") if run.has_replicates else final
    total = float(final.sum())
    if total == 0:
        return ""
    order = final.argsort().values[::-1]
    parts = [f"{final['vector'].values[index]} {percent(final.values[index], total)}"
             for index in order if final.values[index] > 0]
    return "By vector:  " + ", ".join(parts)


def describe_countries(run: Run) -> str:
    infected = run.infected_at_end("country")
    infected = infected.median("replicate") if run.has_replicates else infected
    total = float(infected.sum())
    if total == 0:
        return ""
    names = run.series["country_name" if "country_name" in run.series else "country"].values
    order = infected.argsort().values[::-1][:MOST_COUNTRIES]
    parts = [f"{names[index]} {percent(infected.values[index], total)}"
             for index in order if infected.values[index] > 0]
    reached = int((infected > 0).sum())
    return f"Countries:  {reached} reached; most infected hosts in " + ", ".join(parts)


def describe_outages(run: Run) -> str:
    if not has_services(run) or run.has_quantiles:
        return ""
    out = out_of_service(run).sum(["country", "sector"])
    peak = out.max("time")
    if float(peak.max()) <= 0:
        return "Outages:    no organisation was out of service"
    middle = out.median("replicate") if run.has_replicates else out
    at = int(middle.argmax("time"))
    dependent = run.series["outages_by_dependency"].isel(time=at).sum(["country", "sector"])
    others = f", {spread(dependent)} of them by dependency alone" if dependent.any() else ""
    hours = hours_lost(run).sum(["country", "sector"])
    return (f"Outages:    {spread(peak)} organisations out of service at most, at "
            f"{clock(middle['time'].values[at])}{others}; "
            f"{spread(hours)} organisation-hours of service lost")


def describe_file(run: Run) -> str:
    return f"Run file:   {display_path(run.path)}"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 where the file cannot be used."""
    parser = argparse.ArgumentParser(
        prog="scripts/summary", description="Says in words what happened in a run.")
    parser.add_argument("file", type=Path, help="run file (HDF5), finished or not")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(summarise(open_run(options.file))))
    except RunFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
