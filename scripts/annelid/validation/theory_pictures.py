"""Pictures of rows 7 and 8: distributions beside exact ones, models beside their solutions."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import gammaln

from annelid.figures import style
from annelid.validation import graphs, solutions, theory
from annelid.validation.experiment import Result
from annelid.validation.measures import minutes_to
from annelid.validation.outbreak_pictures import THEORY, draw_band, heading
from annelid.validation.picture import Picture

MODELS = {"SIR": graphs.SIR, "SEIR": graphs.SEIR, "SIS": graphs.SIS}


def draw_steps(ax: Axes, values: np.ndarray, label: str, **line: object) -> None:
    """Share of outbreaks at or below each value; those without a value never get there."""
    inside = np.sort(values[values < 1e8])
    ax.plot(inside, np.arange(1, len(inside) + 1) / len(values), label=label, **line)


def draw_exact(results: dict[str, Result]) -> Figure:
    first = results[graphs.SIR.name]
    figure = style.plain_figure(
        "Outbreaks on the power grid: annelid and an exact simulator",
        f"4,941 hosts, {first.infected.sizes['replicate']:,} outbreaks each; seed 1; "
        f"annelid {first.run.attributes.get('version', '?')}", 4.4)
    axes = figure.subplots(2, 3)
    for column, (model, experiment) in enumerate(MODELS.items()):
        result = results[experiment.name]
        for ax, name in zip(axes[:, column], list(graphs.STATISTICS)[:2]):
            ours, theirs = graphs.samples(result, graphs.STATISTICS[name])
            draw_steps(ax, ours, "annelid", color=style.BLUE, linewidth=2.4)
            draw_steps(ax, theirs, "exact", **THEORY)
            ax.set_xlabel(name.capitalize() + ("" if name == "number infected" else " (d)"))
            ax.set_ylim(0, 1)
        heading(axes[0, column], model)
    axes[0, 0].legend()
    axes[0, 0].set_ylabel("Share of outbreaks")
    axes[1, 0].set_ylabel("Share of outbreaks")
    return figure


def draw_two_factor(ax: Axes, result: Result) -> None:
    solved = theory.solved_two_factor(result.hours)
    for state, row, colour in (("susceptible", 0, style.SKY), ("infectious", 1, style.VERMILION),
                               ("immune", 2, style.GREEN), ("removed", 3, style.BLUE)):
        name = "patched" if state == "immune" else state
        share = 100 * result.counts.sel(state=state).values / result.run.hosts
        draw_band(ax, result.hours, share, name, colour)
        ax.plot(result.hours, 100 * solved[row], **THEORY)
    ax.set_xlabel("Hours")
    ax.set_ylabel("% of hosts")
    ax.legend(fontsize=7.5)
    heading(ax, "Two-factor model")


def draw_aawp(ax: Axes, result: Result) -> None:
    share = 100 * result.counts.sel(state="infectious").values / result.run.hosts
    draw_band(ax, 60 * result.minutes, share, "annelid", style.VERMILION)
    solved = 100 * theory.solved_aawp() / theory.AAWP_HOSTS
    ax.plot(np.arange(len(solved)), solved, label="AAWP", **THEORY)
    ax.set_xlabel("Seconds")
    ax.set_ylabel("% of hosts infected")
    ax.legend()
    heading(ax, "AAWP")


def draw_branching(ax: Axes, result: Result) -> None:
    sizes = np.arange(500)
    law = solutions.borel_tanner(sizes, theory.OFFSPRING, theory.BRANCHING_SEEDS)
    found = np.array([(theory.total(result) > size).mean() for size in sizes])
    ax.plot(sizes, np.where(found > 0, found, np.nan), color=style.BLUE, linewidth=2.4,
            label="annelid")
    ax.plot(sizes, 1 - np.cumsum(law), label="Borel and Tanner", **THEORY)
    ax.set_yscale("log")
    ax.set_ylim(1e-4, 1.3)
    ax.set_xlim(0, 400)
    ax.set_xlabel("Hosts infected in all")
    ax.set_ylabel("Share of outbreaks above")
    ax.legend()
    heading(ax, "10,000 scans a host, 10 seeds")


def draw_start_up(ax: Axes, results: dict[str, Result]) -> None:
    """The time to n infected is -log of a gamma variable of shape seeds, over K, and a constant."""
    grid = np.linspace(20, 260, 400)
    for experiment, seeds, colour in ((theory.ONE, 1, style.BLUE), (theory.TEN, 10, style.ORANGE)):
        found = minutes_to(theory.EARLY)(results[experiment.name])
        ax.hist(found, bins=np.arange(20, 300, 6), density=True, color=colour, alpha=0.55,
                label=f"{seeds} seed{'s' if seeds > 1 else ''}")
        per_min = theory.GROWTH / 60
        z = theory.EARLY * np.exp(-per_min * grid)
        density = per_min * np.exp(seeds * np.log(z) - z - gammaln(seeds))
        ax.plot(grid, density, **THEORY)
    ax.set_xlabel("Minutes to 300 infected")
    ax.set_ylabel("Density per min")
    ax.legend()
    heading(ax, "Start-up noise")


def draw_theory(results: dict[str, Result]) -> Figure:
    first = results[theory.TWO_FACTOR.name]
    figure = style.plain_figure(
        "Models of theory (dashed) and annelid",
        f"median and range of 95 % of replicates; seed 1; annelid "
        f"{first.run.attributes.get('version', '?')}", 5.4)
    axes = figure.subplots(2, 2)
    draw_two_factor(axes[0, 0], first)
    draw_aawp(axes[0, 1], results[theory.AAWP.name])
    draw_branching(axes[1, 0], results[theory.BELOW.name])
    draw_start_up(axes[1, 1], results)
    return figure


PICTURES = [
    Picture(7, "exact", draw_exact, tuple(MODELS.values()),
            "Distributions over outbreaks of the number infected and of the time of the hundredth "
            "infection."),
    Picture(8, "theory", draw_theory, (theory.TWO_FACTOR, theory.AAWP, theory.BELOW, theory.ONE,
                                       theory.TEN),
            "Two-factor model, AAWP, the law of Borel and Tanner, and the noise of the start."),
]
