"""Offspring distribution: how many infections each infected host causes, and how unequally.

    P(x) = Gamma(x + k) / (x! Gamma(k)) (R / (R + k))^x (k / (R + k))^k

is the negative binomial distribution with mean R and dispersion k: variance R + R^2 / k. The
smaller k, the more a few hosts do it all; k = 1 is what exponential infectious periods at a
constant rate give, k = infinity a Poisson distribution (Lloyd-Smith, Schreiber, Kopp and Getz,
Nature 2005). The maximum likelihood R is the mean, whatever k; k maximises the likelihood at this
R, and its interval is where twice the logarithm is within 3.84 of the maximum (profile likelihood,
95 %).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from annelid.measures.censoring import complete_before_s
from annelid.transmission import TransmissionTree

LOG_K = (np.log(1e-4), np.log(1e4))  # what is searched; beyond, it cannot be told from the bound
MOST_TOLD = 1.9207  # half of the 0.95 quantile of chi-squared with one degree of freedom


@dataclass(frozen=True)
class Offspring:
    """Infections caused by each of `cases` hosts.

    histogram: hosts that caused 0, 1, 2, … infections. mean with its 95 % interval (1.96 standard
    errors). k with its 95 % interval; infinity: not more unequal than Poisson.
    share_of_top_fifth: of all infections, by the fifth of the hosts that caused most.
    before_s: only hosts infected before this time count, seconds since the start.
    censored: no host was followed for long enough, so all count, and their infections are too few.
    """

    cases: int
    histogram: np.ndarray
    mean: float
    mean_low: float
    mean_high: float
    k: float
    k_low: float
    k_high: float
    share_of_top_fifth: float
    before_s: float
    censored: bool


def offspring_distribution(tree: TransmissionTree, before_s: float | None = None) -> Offspring:
    """The distribution over hosts infected before `before_s`, seeds included.

    before_s: default: the time from which on the end of the run cuts off more than 5 % of what a
        host causes; the end itself where fewer than 2 hosts were infected before that.
    ValueError: fewer than 2 hosts.
    """
    censored = False
    if before_s is None:
        before_s = complete_before_s(tree)
        if (tree.time_s < before_s).sum() < 2:
            before_s, censored = float(np.nextafter(tree.end_s, np.inf)), True
    caused = tree.offspring[tree.time_s < before_s]
    if len(caused) < 2:
        raise ValueError(f"no offspring distribution ({len(caused)} hosts were infected before "
                         f"{before_s:g} s): take a later time")
    histogram = np.bincount(caused)
    mean = float(caused.mean())
    error = 1.96 * float(caused.std(ddof=1)) / np.sqrt(len(caused))
    return Offspring(len(caused), histogram, mean, max(mean - error, 0), mean + error,
                     *fit_dispersion(histogram), _share_of_top_fifth(histogram), float(before_s),
                     censored)


def fit_dispersion(histogram: np.ndarray) -> tuple[float, float, float]:
    """k and its 95 % interval from the hosts that caused 0, 1, 2, … infections; NaN for none."""
    caused = np.flatnonzero(histogram)
    hosts = histogram[caused]
    mean = float((hosts * caused).sum() / hosts.sum())
    if mean == 0:
        return np.nan, np.nan, np.nan

    def loss(log_k: float) -> float:
        k = np.exp(log_k)
        terms = (scipy.special.gammaln(caused + k) - scipy.special.gammaln(k)
                 - (caused + k) * np.log1p(mean / k) + caused * (np.log(mean) - log_k))
        return -float((hosts * terms).sum())

    low, high = LOG_K
    best = float(scipy.optimize.minimize_scalar(loss, bounds=LOG_K, method="bounded",
                                          options={"xatol": 1e-6}).x)
    if loss(high) <= loss(best):
        best = high
    edge = loss(best) + MOST_TOLD

    def crossing(bound: float) -> float:
        if loss(bound) <= edge:
            return np.inf if bound == high else 0.0
        ends = sorted((best, bound))
        return float(np.exp(scipy.optimize.brentq(lambda x: loss(x) - edge, *ends)))

    return (np.inf if best == high else float(np.exp(best))), crossing(low), crossing(high)


def _share_of_top_fifth(histogram: np.ndarray) -> float:
    """Hosts that caused equally many share what is left of the fifth."""
    caused = np.arange(len(histogram))
    total = float((histogram * caused).sum())
    if total == 0:
        return float("nan")
    upper = np.cumsum(histogram[::-1])
    within = np.diff(np.minimum(upper, 0.2 * upper[-1]), prepend=0)
    return float((within * caused[::-1]).sum() / total)
