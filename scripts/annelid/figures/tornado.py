"""A tornado plot: how far an outcome goes where one parameter takes either end of its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from annelid.figures import style
from annelid.text import short_count


@dataclass(frozen=True)
class Swing:
    """label: of the parameter, with its range. low, high: the outcome at either end."""

    label: str
    low: float
    high: float


def draw(ax: Axes, base: float, swings: list[Swing], label: str, log: bool = False) -> None:
    """One bar a parameter from `base`, the outcome where none is changed; the first on top."""
    rows = np.arange(len(swings))[::-1]
    for side, colour, name in (("low", style.BLUE, "low end"),
                               ("high", style.VERMILION, "high end")):
        ends = np.array([getattr(swing, side) for swing in swings])
        ax.barh(rows, ends - base, left=base, height=0.62, color=colour, label=name, alpha=0.9)
    ax.axvline(base, color=style.BLACK, linewidth=0.9)
    ax.set_yticks(rows, [swing.label for swing in swings], fontsize=8)
    ax.set_ylim(-0.6, len(swings) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(label)
    if log:
        ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(short_count))
    if log:
        ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
