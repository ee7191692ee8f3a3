"""Sobol indices: which share of an outcome's variance is due to each parameter of a study.

    first order   S_i = V(E(y | x_i)) / V(y)            by x_i alone
    total         T_i = E(V(y | all but x_i)) / V(y)    by x_i with all its interactions

estimated from matrices A, B of N points each and AB_i, which is A with column i of B:

    S_i = mean(y_B (y_ABi - y_A)) / V,        T_i = mean((y_A - y_ABi)^2) / (2 V)

(Saltelli et al., Computer Physics Communications 2010, table 2 (b) and (f)), after y is centred.
Points lie in the order A, B, AB_1, … AB_d, N (d + 2) in all. What chance is left in y after the
mean over replicates adds to every T_i; common random numbers keep it small. Intervals are of the
bootstrap over the N base points.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

RESAMPLES = 1000


def sobol_indices(parameters: xr.DataArray, outcome: xr.DataArray, resamples: int = RESAMPLES,
                  seed: int = 0) -> xr.Dataset:
    """First-order and total indices; variables first, first_low, …, total_high of dims (parameter).

    parameters: dims (point, parameter) in that order of points. outcome: dims (point), any unit.
    ValueError: another order of points, an outcome that is missing at a point or never changes.
    """
    y = outcome.values.astype(float)
    names = [str(name) for name in parameters["parameter"].values]
    blocks = _blocks(parameters.transpose("point", "parameter").values, len(names))
    if not np.isfinite(y).all():
        raise ValueError(f"no Sobol indices (the outcome is missing at {(~np.isfinite(y)).sum()} "
                         "points): choose another outcome, or finish the sweep")
    if np.ptp(y) == 0:
        raise ValueError("no Sobol indices (the outcome is the same at every point): "
                         "choose another outcome")
    y = y.reshape(blocks, -1)
    base = y.shape[1]
    draws = np.random.default_rng(seed).integers(base, size=(resamples, base))
    estimate = _indices(y)
    boot = np.array([_indices(y[:, rows]) for rows in draws])
    low, high = np.nanquantile(boot, [0.025, 0.975], axis=0)
    found = {}
    for row, name in enumerate(("first", "total")):
        for suffix, values in (("", estimate), ("_low", low), ("_high", high)):
            found[name + suffix] = ("parameter", values[row], {"units": "1"})
    return xr.Dataset(found, {"parameter": names})


def _blocks(values: np.ndarray, num_parameters: int) -> int:
    """d + 2, if the points are A, B, AB_1, … AB_d."""
    blocks = num_parameters + 2
    if len(values) % blocks == 0 and len(values) > blocks:
        a, b, *mixed = values.reshape(blocks, -1, num_parameters)
        if all(np.array_equal(ab, np.where(np.arange(num_parameters) == i, b, a), equal_nan=True)
               for i, ab in enumerate(mixed)):
            return blocks
    raise ValueError(f"no Sobol indices (the {len(values)} points are not A, B, AB_1, … of "
                     f"{num_parameters} parameters): sweep with saltelli = true")


def _indices(y: np.ndarray) -> np.ndarray:
    """First-order and total indices, shape (2, parameter); y: shape (2 + parameter, base point)."""
    y = y - y[:2].mean()
    a, b, mixed = y[0], y[1], y[2:]
    variance = y[:2].var()
    if variance == 0:
        return np.full((2, len(mixed)), np.nan)
    first, total = (b * (mixed - a)).mean(axis=1), ((a - mixed) ** 2).mean(axis=1) / 2
    return np.stack([first, total]) / variance
