"""Pictures of rows 1 to 5: scanning worms beside theory and record."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.validation import uniform, wannacry
from annelid.validation.experiment import Result
from annelid.validation.measures import doubling_s
from annelid.validation.picture import Picture

THEORY = {"color": style.BLACK, "linestyle": "--", "linewidth": 1.3}


def logistic(hours: np.ndarray, growth: float, half: float) -> np.ndarray:
    return 1 / (1 + np.exp(-growth * (hours - half)))


def draw_band(ax: Axes, x: np.ndarray, values: np.ndarray, label: str, colour: str) -> None:
    """Median of replicates, shape (replicate, x), with their range of 95 %."""
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975], axis=0)
    ax.plot(x, middle, color=colour, label=label)
    ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)


def heading(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", fontsize=9, fontweight="bold")


def panels(result: Result, what: str, replicates: str = "median and range of 95 %",
           height_in: float = 3.2) -> tuple[Figure, Axes, Axes]:
    figure = style.titled_figure(result.run, what, height_in, replicates)
    left, right = figure.subplots(1, 2)
    return figure, left, right


def draw_simple(results: dict[str, Result]) -> Figure:
    result = results[uniform.SIMPLE.name]
    figure, left, right = panels(result, "against the logistic equation")
    seeds = result.infected_share[0, 0]
    theory = logistic(result.hours, uniform.SIMPLE_PER_H,
                      np.log(1 / seeds - 1) / uniform.SIMPLE_PER_H)
    draw_band(left, result.hours, 100 * result.infected_share, "annelid", style.BLUE)
    left.plot(result.hours, 100 * theory, label="theory", **THEORY)
    left.set_xlabel("Hours")
    left.set_ylabel("% of hosts infected")
    left.legend()
    heading(left, "Epidemic curve")
    found = uniform.growth_over(uniform.SIMPLE_PER_H)(result)
    right.hist(found, bins=15, color=style.BLUE, alpha=0.8)
    right.axvspan(0.98, 1.02, color=style.ORANGE, alpha=0.2, linewidth=0)
    right.axvline(1, **THEORY)
    right.set_xlabel("K over theory (orange: range for the mean)")
    right.set_ylabel("Replicates")
    heading(right, "Growth rate")
    return figure


def draw_weaver(results: dict[str, Result]) -> Figure:
    slow, fast = results[uniform.WEAVER.name], results[uniform.FAST.name]
    figure, left, right = panels(slow, "one seed", "every one of them")
    for row in 100 * slow.infected_share:
        left.plot(slow.hours, row, color=style.BLUE, alpha=0.25, linewidth=0.7)
    left.plot(slow.hours, 100 * logistic(slow.hours, 2.515, 5.25), label="theory, mean T",
              **THEORY)
    left.plot(slow.hours, 100 * logistic(slow.hours, 2.6, 5.52), color=style.ORANGE,
              label="published")
    left.set_xlabel("Hours")
    left.set_ylabel("% of hosts infected")
    left.set_xlim(2, 9)
    left.legend(loc="lower right")
    heading(left, "10 scans/s")
    left_share = 1 - fast.infected_share
    for row in 100 * left_share:
        right.plot(60 * fast.hours, np.where(row > 0, row, np.nan), color=style.BLUE, alpha=0.25,
                   linewidth=0.7)
    right.axhline(0.01, **THEORY)
    right.axvspan(60 * 0.86, 60 * 0.92, color=style.ORANGE, alpha=0.3, linewidth=0)
    right.set_yscale("log")
    right.set_xlim(10, 75)
    right.set_xlabel("Minutes (orange: mean of 99.99 %)")
    right.set_ylabel("% of hosts not infected")
    heading(right, "100 scans/s")
    return figure


def draw_code_red(results: dict[str, Result]) -> Figure:
    result = results[uniform.CODE_RED.name]
    figure, left, right = panels(result, "against the record")
    hours = 10 + result.hours
    draw_band(left, hours, result.infected.values / 1000, "annelid", style.BLUE)
    left.plot(hours, 359.104 * logistic(hours, 1.8, 15.86), color=style.ORANGE,
              label="record: K = 1.8 per h")
    left.set_xlabel("Hour of the day (UTC)")
    left.set_ylabel("Thousand hosts infected")
    left.legend(loc="center right", fontsize=7.5)
    heading(left, "Hosts")
    draw_band(right, hours[1:], np.diff(result.infected.values, axis=1), "annelid", style.BLUE)
    right.axhspan(2000, 2900, color=style.ORANGE, alpha=0.25, linewidth=0)
    right.set_xlabel("Hour of the day (orange: the peak)")
    right.set_ylabel("New hosts per minute")
    style.thousands(right)
    heading(right, "Incidence")
    return figure


def draw_slammer(results: dict[str, Result]) -> Figure:
    first = results[uniform.SLAMMER.name]
    figure, left, right = panels(first, "against the record")
    for experiment, colour, name in ((uniform.SLAMMER, style.BLUE, "4,700 scans/s"),
                                     (uniform.SLOWER, style.VERMILION, "4,000 scans/s")):
        result = results[experiment.name]
        draw_band(left, result.minutes, result.infected.values, name, colour)
        right.hist(doubling_s(100, 5000)(result), bins=15, color=colour, alpha=0.6, label=name)
    left.axhline(0.9 * first.run.hosts, color=style.ORANGE, linestyle=":")
    left.axvline(10, color=style.ORANGE)
    left.text(9.8, 2000, "record: over 90 %\n(dotted) by then", ha="right", fontsize=8)
    left.set_yscale("log")
    left.set_xlim(0, 11)
    left.set_xlabel("Minutes")
    left.set_ylabel("Hosts infected")
    style.thousands(left)
    left.legend(loc="lower center")
    heading(left, "Hosts")
    right.axvspan(7.5, 9.5, color=style.ORANGE, alpha=0.2, linewidth=0)
    right.set_xlabel("Doubling time (s; orange: the record)")
    right.set_ylabel("Replicates")
    right.legend(loc="upper right")
    right.set_ylim(0, 26)
    heading(right, "From 100 to 5,000 infected")
    return figure


def draw_wannacry(results: dict[str, Result]) -> Figure:
    world, lan = results[wannacry.WORLD.name], results[wannacry.LAN.name]
    figure, left, right = panels(world, "until after the switch", "every one of them")
    factor = world.run.real_hosts_per_host
    for row in wannacry.disrupted(world) * factor:
        left.plot(world.hours, np.where(row > 0, row, np.nan), color=style.BLUE, alpha=0.4,
                  linewidth=0.8)
    switch = wannacry.SWITCH_MIN / 60
    left.plot([switch, switch], [1e5, 5e5], color=style.ORANGE, linewidth=5)
    left.text(switch + 0.2, 1000, "the switch;\norange: the record", fontsize=8)
    left.axvline(switch, **THEORY)
    left.set_yscale("log")
    left.set_ylim(5, 4e6)
    left.set_xlabel("Hours since 07:24 UTC")
    left.set_ylabel("Real hosts disrupted")
    style.thousands(left)
    heading(left, "The world")
    for row in lan.infected.values:
        right.plot(60 * lan.minutes, row, color=style.BLUE, alpha=0.25, linewidth=0.7)
    right.plot([0, 100, 100], [17, 17, 1], color=style.ORANGE, linewidth=2)
    right.text(102, 8, "record: at most\n16 in 100 s", fontsize=8)
    right.set_xlim(0, 300)
    right.set_xlabel("Seconds since the first host")
    right.set_ylabel("Hosts infected, of 50")
    heading(right, f"A LAN ({lan.infected.sizes['replicate']} replicates)")
    return figure


PICTURES = [
    Picture(1, "simple-epidemic", draw_simple, (uniform.SIMPLE,),
            "The simple epidemic by uniform scanning, and its growth rate."),
    Picture(2, "weaver", draw_weaver, (uniform.WEAVER, uniform.FAST),
            "Weaver's run at 10 and at 100 scans/s; each line is a replicate."),
    Picture(3, "code-red-v2", draw_code_red, (uniform.CODE_RED,),
            "Code Red v2 on 19 July 2001."),
    Picture(4, "slammer", draw_slammer, (uniform.SLAMMER, uniform.SLOWER),
            "SQL Slammer with the derived and with the recalled rate."),
    Picture(5, "wannacry", draw_wannacry, (wannacry.WORLD, wannacry.LAN),
            "WannaCry on 12 May 2017: disrupted hosts of the world, and a LAN of 50 hosts."),
]
