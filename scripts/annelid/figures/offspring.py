"""How unequally hosts infect: the offspring distribution, with negative binomials fitted."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.special import gammaln

from annelid.figures import style
from annelid.figures.trees import tree_of, which_replicates
from annelid.measures.censoring import complete_before_s
from annelid.measures.offspring import Offspring, offspring_distribution
from annelid.run_file import Run
from annelid.transmission import TransmissionTree

EARLY = 0.1  # of all infections: those of the growing outbreak, before targets run out
FEWEST_HOSTS = 30
MOST_BINS = 60
WIDE = 100  # infections: from here on the axis is that of log(1 + number)


def draw(run: Run) -> Figure | None:
    """None where too few hosts were infected, or nobody infected anybody."""
    tree = tree_of(run)
    if tree is None or len(tree) < FEWEST_HOSTS or not tree.offspring.any():
        return None
    figure = style.titled_figure(run, "infections caused by each infected host", 4.6,
                                 which_replicates(run))
    ax = figure.subplots()
    whole = offspring_distribution(tree)
    early_s = min(early_before_s(tree), complete_before_s(tree))
    if (tree.time_s < early_s).sum() >= FEWEST_HOSTS:
        draw_one(ax, offspring_distribution(tree, early_s), style.VERMILION, "o",
                 f"among the first {EARLY:.0%} of all")
    draw_one(ax, whole, style.BLUE, "s", "all, cut off by the end of the run" if whole.censored
             else "all that were followed")
    ax.set_yscale("log")
    ax.set_xlabel("Infections caused by a host")
    ax.set_ylabel("Share of hosts (%)")
    ax.set_ylim(0.5 * 100 / whole.cases, 200)
    if len(whole.histogram) > WIDE:
        ax.set_xscale("function", functions=(np.log1p, np.expm1))
        ax.set_xticks([n for n in (0, 1, 2, 4, 10, 30, 100, 300, 1000, 3000, 10_000, 100_000)
                       if n < len(whole.histogram)])
        ax.minorticks_off()
        style.thousands(ax, "x")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlim(-0.5, len(whole.histogram))
    style.thousands(ax)
    ax.legend(loc="upper right", title="Hosts, with the negative binomial fitted", alignment="left")
    return figure


def early_before_s(tree: TransmissionTree) -> float:
    """When the first tenth of the infections had happened, in the replicate that was first."""
    ends = [np.quantile(tree.time_s[tree.replicate == r], EARLY) for r in np.unique(tree.replicate)]
    return float(np.min(ends))


def draw_one(ax: Axes, found: Offspring, colour: str, marker: str, who: str) -> None:
    """Points for what was counted, in bins where numbers are large; a line for the fit."""
    number, share = binned(found.histogram)
    interval = f"{found.k_low:.2g} to {found.k_high:.2g}"
    ax.plot(number[share > 0], 100 * share[share > 0], marker=marker, markersize=4,
            linestyle="none", color=colour, label=f"{who} ({found.cases:,})\nR = {found.mean:.3g} "
            f"({found.mean_low:.3g} to {found.mean_high:.3g}), k = {found.k:.2g} ({interval}); "
            f"a fifth of them\ncaused {100 * found.share_of_top_fifth:.3g} % of the infections")
    if np.isfinite(found.k) and found.mean > 0:
        x = np.arange(0, len(found.histogram) + 1)
        log_p = (gammaln(x + found.k) - gammaln(x + 1) - gammaln(found.k)
                 - (x + found.k) * np.log1p(found.mean / found.k)
                 + x * np.log(found.mean / found.k))
        ax.plot(x, 100 * np.exp(log_p), color=colour, linewidth=1.2)


def binned(histogram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle of at most 60 bins, and the share of hosts per number of infections there."""
    edges = np.unique(np.concatenate([np.arange(20), np.geomspace(20, max(len(histogram), 21),
                                                                   MOST_BINS - 20).astype(int)]))
    edges = edges[edges <= len(histogram)]
    edges = np.append(edges, len(histogram)) if edges[-1] < len(histogram) else edges
    widths = np.diff(edges)
    sums = np.add.reduceat(histogram, edges[:-1])
    return edges[:-1] + (widths - 1) / 2, sums / widths / histogram.sum()
