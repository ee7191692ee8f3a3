"""Outbreaks by chance whose measures are known: simple epidemics, and branching processes."""

from __future__ import annotations

import numpy as np

from annelid.transmission import NOBODY, TransmissionTree


def simple_epidemic(rate_per_s: float, hosts: int, seeds: int, rows_s: np.ndarray,
                    rng: np.random.Generator) -> np.ndarray:
    """Infections at `rows_s` of an exact SI outbreak: the n-th comes after exponential times."""
    before = np.arange(seeds, hosts)
    gaps_s = rng.exponential(1 / (rate_per_s * before * (1 - before / hosts)))
    return seeds + np.searchsorted(np.cumsum(gaps_s), rows_s, side="right")


def branching_tree(reproduction: float, mean_period_s: float, generations: int, seeds: int,
                   rng: np.random.Generator, end_s: float = np.inf,
                   period: str = "exponential") -> TransmissionTree:
    """Hosts infect at a constant rate for a period of this distribution, and nobody runs out.

    With exponential periods offspring is geometric (k = 1), with fixed ones Poisson; the generation
    time has the mean E(period^2) / (2 E(period)).
    """
    times, infectors, host = [np.zeros(seeds)], [np.full(seeds, NOBODY)], np.arange(seeds)
    known = seeds
    for _ in range(generations):
        periods_s = (rng.exponential(mean_period_s, len(host)) if period == "exponential"
                     else np.full(len(host), mean_period_s))
        caused = rng.poisson(reproduction / mean_period_s * periods_s)
        born_s = (np.repeat(times[-1], caused)
                  + rng.random(caused.sum()) * np.repeat(periods_s, caused))
        recorded = born_s < end_s
        times.append(born_s[recorded])
        infectors.append(np.repeat(host, caused)[recorded])
        host = known + np.arange(recorded.sum())
        known += len(host)
    time_s, infector = np.concatenate(times), np.concatenate(infectors)
    order = np.argsort(time_s, kind="stable")
    end_s = end_s if np.isfinite(end_s) else float(time_s.max()) + 1e6
    return TransmissionTree(
        replicate=np.zeros(known, np.int32), time_s=time_s[order], host=np.arange(known)[order],
        infector=infector[order], worm=np.zeros(known, np.uint8),
        vector=(infector[order] >= 0).astype(np.uint8), end_s=end_s, hosts=known,
        start=np.datetime64("2017-05-12T07:24:00", "us"), vectors=("seed", "scan"))
