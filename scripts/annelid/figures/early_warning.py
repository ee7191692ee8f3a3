"""What network telescopes told while a worm grew: its rate and how many hosts have it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid import early_warning
from annelid.figures import style
from annelid.measures.growth import fit_growth
from annelid.run_file import Run, seconds_since_start


def draw(run: Run) -> Figure | None:
    """Estimated growth rate (95 % band) and infected hosts beside the truth.

    Of several replicates the first; None without a telescope that has seen enough.
    """
    names = early_warning.telescopes_of(run)
    seen = {name: early_warning.observe(run, name) for name in names}
    seen = {name: one for name, one in seen.items()
            if one.scans[-1] >= 10 * early_warning.FEWEST_COUNTS}
    if not seen:
        return None
    replicate = ", first replicate" if run.has_replicates else ""
    figure = style.titled_figure(run, f"early warning by telescopes{replicate}", 6.0)
    rates, hosts = figure.subplots(2, 1, sharex=True)
    colours = style.colours_of(list(seen))
    infected, open_hosts = early_warning.infected_in(run)
    times = run.series["time"].values
    rate = 3600 * fit_growth(seconds_since_start(times), infected, open_hosts).rate_per_s
    for name, observations in seen.items():
        intervals = observations.every(early_warning.choose_interval_s(observations))
        plot_rate(rates, times[0], early_warning.growth_from_scans(intervals), name, colours[name])
        corrected = early_warning.infected_from_sources(intervals)
        when = style.at(times[0], intervals.elapsed_s)
        hosts.plot(when, corrected, label=f"{name}, from sources", color=colours[name])
        hosts.plot(when, intervals.sources, color=colours[name],
                   linewidth=1, linestyle=":", label=f"{name}, sources seen")
    hosts.plot(times, infected, color=style.BLACK, linewidth=1, label="infected")
    if np.isfinite(rate):
        rates.axhline(rate, color=style.BLACK, linewidth=1, linestyle="--",
                      label=f"true rate, {rate:.3g} per hour")
        rates.set_ylim(0, 2 * rate)
    rates.set_ylabel("Growth rate per hour")
    hosts.set_ylabel("Modelled hosts")
    hosts.set_yscale("log")
    hosts.set_ylim(0.8, 2 * max(infected.max(), 1))
    style.thousands(hosts)
    style.real_hosts_axis(hosts, run)
    style.mark_milestones(rates, run)
    style.mark_milestones(hosts, run, with_names=False)
    style.time_axis(hosts, times)
    style.legend_above(rates, rates, run, "From scans, with 95 % band")
    hosts.legend(loc="lower right")
    figure.align_ylabels()
    return figure


def plot_rate(ax: Axes, start: np.datetime64, estimate: early_warning.Estimate, name: str,
              colour: str) -> None:
    """The estimate over time with its band of 95 %."""
    times = style.at(start, estimate.elapsed_s)
    rate, off = 3600 * estimate.rate_per_s, 1.96 * 3600 * estimate.sd_per_s
    ax.plot(times, rate, label=name, color=colour)
    ax.fill_between(times, rate - off, rate + off, color=colour, alpha=0.2, linewidth=0)
