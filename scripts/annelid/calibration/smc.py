"""Approximate Bayesian computation by sequential Monte Carlo with adaptive tolerances and kernels.

The algorithm of Del Moral, Doucet and Jasra, "An adaptive sequential Monte Carlo method for
approximate Bayesian computation", Statistics and Computing 22 (2012):

1. Particles are drawn from the prior, and each is simulated M times (replicates), which gives M
   distances from the observation.
2. Its weight is its share of replicates within the tolerance eps. The next eps is the one at
   which the effective sample size falls to the share `keep` of what it was.
3. Where that size is less than half of the particles, these are drawn anew by their weights.
4. Each particle makes one step of a Markov chain that leaves the posterior at eps unchanged: a
   normal proposal with twice the covariance of the weighted particles (Beaumont et al. 2009), taken
   with probability min(1, share of replicates within eps there / share here) inside the prior.
5. From 2, until a number of generations is over or too few steps are taken.

The prior is uniform on the unit cube: parameters are mapped to it on their own scales. All random
numbers come from one generator in one order, so the result does not depend on how many simulations
run at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

# places (particle, parameter) and seeds (particle,) to distances (particle, replicate)
Simulate = Callable[[np.ndarray, np.ndarray], np.ndarray]

KERNEL_SCALE = 2.0
MOST_SEED = 2**31


@dataclass(frozen=True)
class Options:
    """keep: share of the effective sample size that a generation keeps. least_moves: a generation
    in which a smaller share of particles moved is the last."""

    particles: int = 200
    generations: int = 12
    keep: float = 0.5
    least_moves: float = 0.05


@dataclass(frozen=True)
class Population:
    """Weighted particles of one generation.

    places: from 0 to 1, shape (particle, parameter). seeds: that they were simulated with.
    distances: shape (particle, replicate). weights: sum to 1.
    """

    number: int
    tolerance: float
    places: np.ndarray
    seeds: np.ndarray
    distances: np.ndarray
    weights: np.ndarray
    moved: float

    @property
    def effective_size(self) -> float:
        return effective_size(self.weights)


def generations(simulate: Simulate, parameters: int, options: Options,
                random: np.random.Generator) -> Iterator[Population]:
    """The prior as generation 0, then one after the other; the last is the posterior."""
    places = random.random((options.particles, parameters))
    seeds = random.integers(1, MOST_SEED, options.particles)
    weights = np.full(options.particles, 1 / options.particles)
    now = Population(0, np.inf, places, seeds, simulate(places, seeds), weights, 1.0)
    yield now
    while now.number < options.generations:
        tolerance, weights = next_tolerance(now, options.keep)
        if not tolerance < now.tolerance:
            return
        now = _move(_reweighted(now, tolerance, weights, random), simulate, random)
        yield now
        if now.moved < options.least_moves:
            return


def hits(distances: np.ndarray, tolerance: float) -> np.ndarray:
    """Share of replicates within the tolerance; shape (particle,)."""
    return np.mean(distances <= tolerance, axis=1)


def effective_size(weights: np.ndarray) -> float:
    return float(1 / np.sum(weights**2)) if weights.sum() > 0 else 0.0


def next_tolerance(now: Population, keep: float) -> tuple[float, np.ndarray]:
    """The smallest distance at which the effective size is at least `keep` of what it is, with the
    weights there."""
    before = hits(now.distances, now.tolerance)
    target = keep * now.effective_size
    candidates = np.unique(now.distances[now.distances <= now.tolerance])
    low, high = 0, len(candidates) - 1
    best = now.tolerance, now.weights
    while low <= high:
        middle = (low + high) // 2
        share = np.divide(hits(now.distances, candidates[middle]), before,
                          out=np.zeros_like(before), where=before > 0)
        weights = now.weights * share
        weights = weights / weights.sum() if weights.sum() > 0 else weights
        if effective_size(weights) >= target:
            best = float(candidates[middle]), weights
            high = middle - 1
        else:
            low = middle + 1
    return best


def _reweighted(now: Population, tolerance: float, weights: np.ndarray,
                random: np.random.Generator) -> Population:
    """At the new tolerance; drawn anew (systematically) where few particles carry the weight."""
    count = len(weights)
    chosen = np.arange(count)
    if effective_size(weights) < count / 2:
        at = (random.random() + np.arange(count)) / count
        chosen = np.minimum(np.searchsorted(np.cumsum(weights), at), count - 1)
        weights = np.full(count, 1 / count)
    return Population(now.number + 1, tolerance, now.places[chosen], now.seeds[chosen],
                      now.distances[chosen], weights, 0.0)


def _move(now: Population, simulate: Simulate, random: np.random.Generator) -> Population:
    """One step of each particle that has weight."""
    count, parameters = now.places.shape
    covariance = np.atleast_2d(np.cov(now.places.T, aweights=now.weights, ddof=0))
    steps = random.multivariate_normal(np.zeros(parameters), KERNEL_SCALE * covariance, count)
    seeds = random.integers(1, MOST_SEED, count)
    luck = random.random(count)
    proposed = now.places + steps
    tried = np.flatnonzero(np.all((proposed >= 0) & (proposed <= 1), axis=1) & (now.weights > 0))
    distances = simulate(proposed[tried], seeds[tried])
    ratio = hits(distances, now.tolerance) / hits(now.distances[tried], now.tolerance)
    taken = tried[luck[tried] < ratio]
    places, new_seeds, new_distances = (now.places.copy(), now.seeds.copy(), now.distances.copy())
    places[taken], new_seeds[taken] = proposed[taken], seeds[taken]
    new_distances[taken] = distances[luck[tried] < ratio]
    alive = max(1, int(np.sum(now.weights > 0)))
    return Population(now.number, now.tolerance, places, new_seeds, new_distances, now.weights,
                      len(taken) / alive)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of weighted values, each in the middle of its weight; shape of `levels`."""
    order = np.argsort(values)
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(levels, middle, values[order])
