"""Defences compared: epidemic curves of several cases, and what each averts against the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.study_axes import short_names, varying
from annelid.measures import infections
from annelid.run_file import Run, RunFileError
from annelid.studies.paired import Interval, averted, averted_unpaired
from annelid.study_file import Study

MOST_CASES = len(style.CYCLE)


@dataclass(frozen=True)
class Case:
    """name: in the legend. curve: infections since the start, dims ([replicate,] time). seed: of
    replicate 0; cases with one seed share their draws. hosts: of the world."""

    name: str
    curve: xr.DataArray
    seed: object
    hosts: int

    @property
    def final(self) -> np.ndarray:
        """Infections at the end, one a replicate."""
        return np.atleast_1d(self.curve.isel(time=-1).values).astype(float)

    @property
    def replicates(self) -> list[int]:
        return list(self.curve["replicate"].values) if "replicate" in self.curve.dims else [0]


def draw(cases: list[Case], title: str) -> Figure:
    """Curves with bands above; below, infections averted against the first case, with intervals.

    RunFileError: more cases than colours that can be told apart.
    """
    if len(cases) > MOST_CASES:
        raise RunFileError(f"{len(cases)} cases (of more than {MOST_CASES} nobody can tell the "
                           "colours apart): compare fewer")
    figure = style.plain_figure(title, caption(cases), 4.2 + 0.45 * len(cases))
    upper, lower = figure.subplots(2, 1, height_ratios=(3.2, 0.3 + 0.45 * (len(cases) - 1)))
    colours = style.colours_of([str(index) for index in range(len(cases))])
    for index, case in enumerate(cases):
        style.plot_series(upper, case.curve, case.name, color=colours[str(index)],
                          linestyle=style.LINE_STYLES[index % len(style.LINE_STYLES)])
    upper.set_ylim(bottom=0)
    upper.set_ylabel("Infections since the start\n(modelled hosts)")
    style.thousands(upper)
    times = np.concatenate([case.curve["time"].values[[0, -1]] for case in cases])
    style.time_axis(upper, np.array([times.min(), times.max()]))
    width_in = sum(0.5 + 0.075 * len(case.name) for case in cases)
    upper.legend(loc="lower left", bbox_to_anchor=(0, 1.01), borderaxespad=0, alignment="left",
                 ncols=len(cases) if width_in < style.WIDTH_IN - 1 else 1)
    draw_averted(lower, cases, list(colours.values()))
    return figure


def draw_averted(ax: Axes, cases: list[Case], colours: list[str]) -> None:
    """Mean differences with their 95 % intervals."""
    first = cases[0]
    for row, case in enumerate(cases[1:]):
        found = difference(first, case)
        if np.isfinite(found.low):
            ax.plot([found.low, found.high], [row, row], color=colours[row + 1], linewidth=2)
        ax.plot(found.mean, row, "o", color=colours[row + 1], markersize=6)
        share = 100 * found.mean / max(np.nanmean(first.final), 1)
        ax.annotate(f"{found.text()}; {share:,.3g} %" if abs(share) < 1000 else found.text(),
                    (found.mean, row), xytext=(0, 7), fontsize=7.5,
                    textcoords="offset points", ha="center", va="bottom")
    ax.axvline(0, color=style.BLACK, linewidth=0.9)
    ax.set_yticks(range(len(cases) - 1), [shortened(case.name) for case in cases[1:]])
    ax.set_ylim(len(cases) - 1.5, -0.8)
    ax.margins(x=0.15)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    style.thousands(ax, "x")
    how = "paired by seed" if all(are_paired(first, case) for case in cases[1:]) else "unpaired"
    interval = f" with 95 % interval, {how}" if len(first.final) > 1 else ""
    ax.set_xlabel(f"Infections averted against {shortened(first.name)}: mean{interval}")


def difference(first: Case, other: Case) -> Interval:
    """Infections of `first` less those of `other`; replicates that failed (NaN) are left out."""
    known, others_known = np.isfinite(first.final), np.isfinite(other.final)
    if are_paired(first, other):
        both = known & others_known
        return averted(first.final[both], other.final[both])
    return averted_unpaired(first.final[known], other.final[others_known])


def are_paired(first: Case, other: Case) -> bool:
    """Replicates have the same seeds, so that they share all draws but those that differ."""
    return first.seed == other.seed and first.replicates == other.replicates and (
        first.hosts == other.hosts)


def shortened(name: str) -> str:
    return name if len(name) <= 34 else name[:32] + "…"


def caption(cases: list[Case]) -> str:
    replicates = {len(case.final) for case in cases}
    parts = [f"{cases[0].hosts:,} modelled hosts" if len({case.hosts for case in cases}) == 1
             else "worlds of different sizes"]
    if replicates != {1}:
        number = "–".join(f"{n}" for n in sorted({min(replicates), max(replicates)}))
        parts.append(f"{number} replicates each: {style.MEDIAN}")
    seeds = {str(case.seed) for case in cases}
    parts.append(f"seed {seeds.pop()}" if len(seeds) == 1 else "different seeds")
    return "; ".join(parts)


def cases_of_runs(runs: list[Run]) -> list[Case]:
    """A case each; named by titles, or by files where titles are the same."""
    titles = [run.title for run in runs]
    distinct = len(set(titles)) == len(titles)
    names = titles if distinct else different_parts([run.path for run in runs])
    return [Case(name, infections(run.series), run.attributes.get("seed"), run.hosts)
            for name, run in zip(names, runs)]


def different_parts(paths: list[Path]) -> list[str]:
    """File names without ending, or folders where all files have one name."""
    stems = [path.stem for path in paths]
    if len(set(stems)) == len(stems):
        return stems
    return [path.resolve().parent.name + ("" if len(set(stems)) == 1 else f"/{path.stem}")
            for path in paths]


def cases_of_study(study: Study) -> list[Case]:
    """A case for each point, named by what varies."""
    axes = varying(study)
    names = short_names([axis.path for axis in axes])
    curves = infections(study.data)
    return [Case(", ".join(f"{name} {axis.texts[point]}".replace('"', "")
                           for name, axis in zip(names, axes)) or f"point {point}",
                 curves.isel(point=point, drop=True), study.attributes.get("seed"),
                 int(study.attributes.get("hosts", study.data["counts"].isel(
                     point=point, replicate=0, time=0).sum())))
            for point in range(study.data.sizes["point"])]
