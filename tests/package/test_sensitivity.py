"""Rank correlations and Sobol indices of functions that have known ones."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from scipy.stats import qmc
from synthetic_study import _design

from annelid.measures import partial_rank_correlation, sobol_indices


def study(values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, {"parameter": [f"x{i + 1}" for i in range(values.shape[1])]},
                        ["point", "parameter"])


def test_sobol_indices_of_ishigami():
    """Ishigami and Homma (1990), a = 7, b = 0.1: the values that every paper on it gives."""
    x = 2 * np.pi * _design("sobol", True, 2**12, 3, 1) - np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = sobol_indices(study(x), xr.DataArray(y, dims="point"), resamples=200)
    assert found["first"].values == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert found["total"].values == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    for name in ("first", "total"):
        assert (found[f"{name}_low"] < found[name]).all()
        assert (found[name] < found[f"{name}_high"]).all()


def test_sobol_wants_its_order_of_points():
    x = _design("sobol", True, 512, 2, 1)
    y = xr.DataArray(x.sum(axis=1), dims="point")
    assert sobol_indices(study(x), y, 10)["first"].sum() == pytest.approx(1, abs=0.15)
    with pytest.raises(ValueError, match="saltelli = true"):
        sobol_indices(study(np.roll(x, 1, axis=0)), y)
    with pytest.raises(ValueError, match="missing at 1 points"):
        sobol_indices(study(x), y.where(np.arange(len(y)) > 0))


def test_rank_correlation_is_that_of_residuals():
    """Against the definition: two regressions, one correlation."""
    x = qmc.LatinHypercube(3, seed=2).random(200)
    y = np.exp(3 * x[:, 0]) - x[:, 1] + np.random.default_rng(2).normal(0, 0.5, 200)
    found = partial_rank_correlation(study(x), xr.DataArray(y, dims="point"), resamples=300)
    ranks = stats.rankdata(np.column_stack([x, y]), axis=0)
    for i in range(3):
        others = np.column_stack([np.ones(200), np.delete(ranks[:, :3], i, axis=1)])
        left = [column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
                for column in (ranks[:, i], ranks[:, 3])]
        assert float(found["prcc"][i]) == pytest.approx(np.corrcoef(left)[0, 1])
    assert found["prcc"][0] > 0.9 and found["prcc"][1] < -0.3
    assert found["low"][2] < 0 < found["high"][2]
    assert ((found["low"] <= found["prcc"]) & (found["prcc"] <= found["high"])).all()


def test_parameters_that_do_not_vary_are_left_out():
    x = np.column_stack([np.arange(20.0), np.full(20, 3.0), np.full(20, np.nan)])
    y = xr.DataArray(np.arange(20.0) ** 2, dims="point")
    assert list(partial_rank_correlation(study(x), y, 10)["parameter"].values) == ["x1"]
    with pytest.raises(ValueError, match="varies"):
        partial_rank_correlation(study(x[:, 1:]), y)
    with pytest.raises(ValueError, match="3 points"):
        partial_rank_correlation(study(x[:3]), y[:3])
