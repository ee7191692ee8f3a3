"""Numeric solutions of the models of theory that runs are held against."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import gammaln, polygamma

ADDRESSES = 2.0**32


def two_factor(hours: np.ndarray, beta: float, gamma: float, mu: float, seeds: float,
               ) -> np.ndarray:
    """Shares susceptible S, infectious I, patched Q and removed R; shape (4, time).

    dS/dt = -beta S I - mu S, dI/dt = beta S I - gamma I, dQ/dt = mu S, dR/dt = gamma I: the
    two-factor model (Zou, Gong and Towsley, CCS 2002) with patching at a rate mu (there mu S J,
    where J is the share ever infected) and without congestion (eta = 0). Rates per hour.
    """
    def slope(_: float, y: np.ndarray) -> list[float]:
        infection, patched, removed = beta * y[0] * y[1], mu * y[0], gamma * y[1]
        return [-infection - patched, infection - removed, patched, removed]
    return solve_ivp(slope, (hours[0], hours[-1]), [1 - seeds, seeds, 0, 0], t_eval=hours,
                     rtol=1e-9, atol=1e-12).y


def aawp(ticks: int, hosts: float, scans: float, death: float, seeds: float) -> np.ndarray:
    """Infected hosts at every tick, shape (ticks + 1,): AAWP (Chen, Gao and Kwiat, INFOCOM 2003).

    n(i+1) = (1 - d) n(i) + (N - n(i)) (1 - (1 - 1/2^32)^(s n(i))), without patching: s scans of a
    host and a chance d to be cleaned, each in a tick.
    """
    n = np.empty(ticks + 1)
    n[0] = seeds
    for i in range(ticks):
        missed = np.exp(scans * n[i] * np.log1p(-1 / ADDRESSES))
        n[i + 1] = (1 - death) * n[i] + (hosts - n[i]) * (1 - missed)
    return n


def borel_tanner(sizes: np.ndarray, offspring: float, seeds: int) -> np.ndarray:
    """P(total = size) of a branching process whose hosts infect Poisson(offspring) others.

    That is the limit of M scans a host, each a hit with a small chance: Binomial(M, V / 2^32)
    (Sellke, Shroff and Bagchi, IEEE TDSC 2008). Its mean is seeds / (1 - offspring).
    """
    n = np.maximum(sizes, seeds).astype(float)
    log_p = (np.log(seeds / n) - offspring * n + (n - seeds) * np.log(offspring * n)
             - gammaln(n - seeds + 1))
    return np.where(sizes >= seeds, np.exp(log_p), 0)


def extinction(offspring: float) -> float:
    """Chance that such a process from one host dies out: q = exp(offspring (q - 1))."""
    if offspring <= 1:
        return 1.0
    return float(brentq(lambda q: np.exp(offspring * (q - 1)) - q, 0, 1 - 1e-9))


def start_up_sd(seeds: int, hosts: int, growth: float) -> float:
    """Standard deviation of the time from `seeds` to `hosts` infected of a pure birth process.

    sqrt(psi1(seeds) - psi1(hosts)) / K with the trigamma function psi1: pi / sqrt(6) / K for one.
    """
    return float(np.sqrt(polygamma(1, seeds) - polygamma(1, hosts)) / growth)
