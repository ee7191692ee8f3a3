"""Row 7: SIR, SEIR and SIS on the power grid of the western USA, against an exact simulator."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from functools import cache
from random import Random

import numpy as np
from scipy.stats import ks_2samp

from annelid.validation import exact
from annelid.validation.check import Check
from annelid.validation.experiment import ROOT, Experiment, Result

SEEDS, LINK_D, INFECTIOUS_D, LATENT_D = 5, 1.0, 2.0, 1.0
SIS_END_D = 5.0
MANY = 100  # infections: by then an outbreak is out of its start
GRAPH = "graphs/power.csv.gz"
WHY = "so many are asked for"

COMMON = (f"network.file={GRAPH}", "record.every=1 d")
SIR = Experiment("graph-sir", "inputs/as-outbreak.toml", 2000, 100,
                 (*COMMON, "time.end=60 d", "worm.state.infectious.dwell.mean=2 d"),
                 why_fewer=WHY)
SEIR = Experiment("graph-seir", "inputs/as-outbreak.toml", 2000, 100,
                  (*COMMON, "time.end=90 d", "worm.preset=seir",
                   "worm.state.exposed.dwell.mean=1 d",
                   "worm.state.infectious.dwell.mean=2 d"), why_fewer=WHY)
SIS = Experiment("graph-sis", "inputs/as-outbreak.toml", 2000, 100,
                 (*COMMON, f"time.end={SIS_END_D:g} d", "worm.preset=sis",
                  "worm.state.infectious.dwell.mean=2 d"), why_fewer=WHY)


@cache
def links() -> exact.Links:
    with gzip.open(ROOT / "inputs" / GRAPH, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    edges = {tuple(sorted((int(a), int(b)))) for a, b, *_ in rows
             if a.strip().isdigit() and a != b}
    return exact.Links.of_edges(np.array(sorted(edges)))


@cache
def exact_outbreaks(name: str, number: int) -> list[np.ndarray]:
    """Infection times (d) of so many exact outbreaks, from seeds drawn anew for each."""
    random, scalar = np.random.default_rng(1), Random(1)
    out = []
    for _ in range(number):
        seeds = random.choice(links().num_hosts, SEEDS, replace=False)
        if name == SIS.name:
            times = exact.sis_infection_times(links(), seeds, INFECTIOUS_D, LINK_D, SIS_END_D,
                                              scalar)
        else:
            times = exact.infection_times(links(), seeds, INFECTIOUS_D, LINK_D,
                                          LATENT_D if name == SEIR.name else 0, random)
        out.append(times)
    return out


def outbreaks(result: Result) -> list[np.ndarray]:
    """Infection times (d) of each replicate."""
    events = result.events()
    starts = np.searchsorted(events["replicate"], np.arange(events["replicate"].max() + 2))
    times = events["time_us"] / 86400e6
    return [np.sort(times[a:b]) for a, b in zip(starts, starts[1:])]


def size(times: np.ndarray) -> float:
    return float(len(times))


def time_of(number: int) -> Callable[[np.ndarray], float]:
    """When so many have been infected; later than all that is finite where they never are."""
    return lambda times: float(times[number - 1]) if len(times) >= number else 1e9


def half_time(times: np.ndarray) -> float:
    """When half of all infections have happened."""
    return float(times[(len(times) - 1) // 2])


STATISTICS: dict[str, Callable[[np.ndarray], float]] = {
    "number infected": size, f"time of infection {MANY}": time_of(MANY),
    "time of half of the infections": half_time}


def samples(result: Result, statistic: Callable[[np.ndarray], float],
            ) -> tuple[np.ndarray, np.ndarray]:
    """Of annelid's outbreaks and of as many exact ones."""
    ours = outbreaks(result)
    theirs = exact_outbreaks(result.experiment.name, len(ours))
    return np.array([statistic(t) for t in ours]), np.array([statistic(t) for t in theirs])


def p_value(statistic: Callable[[np.ndarray], float]) -> Callable[[Result], np.ndarray]:
    """Of the two-sample test of Kolmogorov and Smirnov."""
    return lambda result: np.array([ks_2samp(*samples(result, statistic)).pvalue])


CHECKS = [Check(7, f"{model}: {name}, p of the KS test", experiment, "above 0.01",
                "D exact simulation, as many outbreaks", 0.01, 1, p_value(statistic), ".3f")
          for model, experiment in (("SIR", SIR), ("SEIR", SEIR), ("SIS", SIS))
          for name, statistic in STATISTICS.items()]
