"""Partial rank correlation: how strongly an outcome rises or falls with each parameter of a study.

PRCC of x_i and y is the correlation of what is left of their ranks after linear regression on the
ranks of all other parameters (Marino, Hogue, Ray and Kirschner, Journal of Theoretical Biology
2008). With P the inverse of the matrix of correlations of all ranks, it is

    PRCC_i = - P_iy / sqrt(P_ii P_yy)

from -1 to 1. It wants an outcome that is monotonic in each parameter, and points that cover the
space (Latin hypercube, Sobol sequence, grid). Intervals are of the bootstrap over points (Efron
1979: percentiles of 2.5 and 97.5 % of resampled studies).
"""

from __future__ import annotations

import numpy as np
import scipy
import xarray as xr

RESAMPLES = 1000


def partial_rank_correlation(parameters: xr.DataArray, outcome: xr.DataArray,
                             resamples: int = RESAMPLES, seed: int = 0) -> xr.Dataset:
    """PRCC of every parameter that varies; variables prcc, low, high of dims (parameter), no unit.

    parameters: dims (point, parameter), as parameter_value of a study. outcome: dims (point), such
        as a mean over replicates; points with NaN in either are left out.
    seed: of the bootstrap. ValueError: fewer points than parameters + 3, or nothing varies.
    """
    x, y, names = usable_points(parameters, outcome)
    if len(y) < len(names) + 3:
        raise ValueError(f"no rank correlation ({len(y)} points for {len(names)} parameters): "
                         f"sweep {len(names) + 3} points or more")
    draws = np.random.default_rng(seed).integers(len(y), size=(resamples, len(y)))
    estimate = _prcc(x, y)
    boot = np.array([_prcc(x[rows], y[rows]) for rows in draws])
    boot = boot[np.isfinite(boot).all(axis=1)]
    low, high = (np.quantile(boot, [0.025, 0.975], axis=0) if len(boot) else
                 np.full((2, len(names)), np.nan))
    return xr.Dataset({name: ("parameter", values, {"units": "1"}) for name, values in
                       (("prcc", estimate), ("low", low), ("high", high))}, {"parameter": names})


def usable_points(parameters: xr.DataArray, outcome: xr.DataArray) -> tuple[
        np.ndarray, np.ndarray, list[str]]:
    """Values of the parameters that vary, (point, parameter); the outcome, (point); their names."""
    values = parameters.transpose("point", "parameter").values
    y = outcome.values.astype(float)
    numbers = ~np.isnan(values).all(axis=0)
    known = np.isfinite(y) & np.isfinite(values[:, numbers]).all(axis=1)
    varies = numbers & (known.sum() > 1)
    varies[varies] = np.ptp(values[known][:, varies], axis=0) > 0
    if not varies.any() or np.ptp(y[known]) == 0:
        raise ValueError("no sensitivity (no parameter that is a number varies, or the outcome is "
                         "the same at every point): sweep other values")
    names = [str(name) for name in parameters["parameter"].values[varies]]
    return values[known][:, varies], y[known], names


def _prcc(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """NaN where ranks are collinear, as in a resample that has one value of a parameter only."""
    ranks = scipy.stats.rankdata(np.column_stack([x, y]), axis=0)
    if (np.ptp(ranks, axis=0) == 0).any():
        return np.full(x.shape[1], np.nan)
    correlation = np.corrcoef(ranks, rowvar=False)
    if np.linalg.cond(correlation) > 1e12:
        return np.full(x.shape[1], np.nan)
    precision = np.linalg.inv(correlation)
    return -precision[:-1, -1] / np.sqrt(np.diag(precision)[:-1] * precision[-1, -1])
