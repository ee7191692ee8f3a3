"""Growth rate and doubling time of an outbreak, with the interval that its own chance leaves.

In the simple epidemic (random scanning, SI) infections I of N hosts at risk follow

    logit(I / N) = K t + constant,        doubling time = log(2) / K while I << N,

(Staniford, Paxson and Weaver, USENIX Security 2002; `model="log"` is N = infinity). Chance adds up:
logit is a random walk with drift K whose steps have variance K dt / w, w = I (1 - I / N), since
infections come as a Poisson process of rate K w. Least squares on its steps, weighted by 1 /
variance, is therefore efficient, while a line through the points would take their common wandering
for precision:

    K = sum(w dlogit) / sum(w dt),        se(K) = K sqrt(phi / infections in the window)

With w dt = dI / K along the curve this is infections over host-time at risk, the maximum likelihood
estimator of a birth process (Keiding, Annals of Statistics 1975). phi >= 1 is the variance of the
steps over the one expected, in BLOCKS blocks of equal weight: where hosts infect in bursts or after
a latent period, or the curve is no simple epidemic, the interval widens. It is Student's t.

Window: rows with at least 100 infections (or 1 % of the hosts at risk where that is less) and no
more than 10 % of the hosts at risk (5 % for `log`), nor of all infections that there ever are,
since a worm may reach fewer than are at risk, and defences end growth. What saturates within the
window biases the rate down by up to 5 %, as in SIR and SEIR outbreaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
import xarray as xr

from annelid.measures.curves import at_risk, infections
from annelid.run_file import seconds_since_start

FEWEST_HOSTS = 100
LATEST_SHARE = {"logit": 0.10, "log": 0.05}
LATEST_PART = 0.10
BLOCKS = 20
FEWEST_ROWS = 4


@dataclass(frozen=True)
class Growth:
    """A fitted growth rate; NaN everywhere where the window has fewer than 4 rows or no growth.

    rate_per_s with its 95 % interval low_per_s to high_per_s; first_s, last_s: the window, seconds
    since the first row; level: the fitted infections at first_s; num_infections: those in it.
    """

    rate_per_s: float
    low_per_s: float
    high_per_s: float
    first_s: float
    last_s: float
    level: float
    num_infections: float

    @property
    def doubling_time_s(self) -> float:
        return float(np.log(2) / self.rate_per_s)


NO_GROWTH = Growth(*[np.nan] * 7)


def growth_window(infected: np.ndarray, hosts: float, model: str = "logit") -> np.ndarray:
    """Mask of the rows that are fitted by default; infected: since the start, shape (time,)."""
    latest = min(LATEST_SHARE[model] * hosts, LATEST_PART * infected[-1])
    return (infected >= min(FEWEST_HOSTS, 0.01 * hosts)) & (infected <= latest)


def fit_growth(elapsed_s: np.ndarray, infected: np.ndarray, hosts: float, model: str = "logit",
               window_s: tuple[float, float] | None = None) -> Growth:
    """The growth rate of one outbreak.

    elapsed_s: seconds, shape (time,). infected: infections since the start, shape (time,).
    hosts: N, those at risk. window_s: from and to, instead of the window above.
    """
    if window_s is None:
        rows = growth_window(infected, hosts, model)
    else:
        rows = (elapsed_s >= window_s[0]) & (elapsed_s <= window_s[1]) & (infected > 0)
        rows &= (infected < hosts) | (model == "log")
    t, i = elapsed_s[rows].astype(float), infected[rows].astype(float)
    if len(t) < FEWEST_ROWS or i[0] == i[-1]:
        return NO_GROWTH
    share = 1 - i / hosts if model == "logit" else np.ones(len(i))
    step, dt = np.diff(np.log(i / share)), np.diff(t)
    # Host-time at risk over dt: the mean of w along the curve is dI / dlogit.
    weight = np.divide(np.diff(i), step, out=(i * share)[:-1].copy(), where=step > 0)
    rate = float((weight * step).sum() / (weight * dt).sum())
    half = _half_interval(weight, step, dt, rate)
    last = weight * dt
    middle = float((last * (np.log(i / share)[:-1] - rate * t[:-1])).sum() / last.sum())
    odds = np.exp(middle + rate * t[0])
    level = odds / (1 + odds / hosts) if model == "logit" else odds
    return Growth(rate, rate - half, rate + half, t[0], t[-1], float(level), float(i[-1] - i[0]))


def _half_interval(weight: np.ndarray, step: np.ndarray, dt: np.ndarray, rate: float) -> float:
    """Half of the 95 % interval of the rate."""
    expected = rate * weight * dt
    block = np.minimum((np.cumsum(expected) / expected.sum() * BLOCKS).astype(int), BLOCKS - 1)
    residual = np.bincount(block, weight * (step - rate * dt))
    variance = np.bincount(block, expected)
    used = variance > 0
    degrees = max(int(used.sum()) - 1, 1)
    phi = max(1.0, float((residual[used] ** 2 / variance[used]).sum()) / degrees)
    return float(scipy.special.stdtrit(degrees, 0.975) * rate * np.sqrt(phi / expected.sum()))


def growth_rate(run: xr.Dataset, model: str = "logit",
                window_s: tuple[float, float] | None = None) -> xr.Dataset:
    """Growth of each replicate (and point of a study): variables of dims ([point,] [replicate]).

    rate_per_s, low_per_s, high_per_s (95 %), doubling_time_s, first_s, last_s, level (hosts) and
    num_infections as in `Growth`. NaN where an outbreak did not grow.
    """
    total = infections(run).transpose(..., "time")
    leading = total.dims[:-1]
    risk = at_risk(run).broadcast_like(total.isel(time=0)).transpose(*leading)
    elapsed_s = seconds_since_start(run["time"].values)
    names = ("rate_per_s", "low_per_s", "high_per_s", "doubling_time_s", "first_s", "last_s",
             "level", "num_infections")
    found = np.full((len(names), *risk.shape), np.nan)
    for place in np.ndindex(risk.shape):
        growth = fit_growth(elapsed_s, total.values[place], float(risk.values[place]), model,
                            window_s)
        found[(slice(None), *place)] = [getattr(growth, name) for name in names]
    units = {"level": "hosts", "num_infections": "hosts"}
    return xr.Dataset(
        {name: (leading, values, {"units": units.get(name, "s-1" if "per_s" in name else "s")})
         for name, values in zip(names, found)},
        {dim: total[dim] for dim in leading if dim in total.coords})
