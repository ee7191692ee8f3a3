"""What a calibration found: particles with weights, kept in posterior.h5."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from annelid.calibration.calibration import Calibration
from annelid.calibration.smc import Population, weighted_quantile
from annelid.sweep.quantities import Quantity, read_quantity
from annelid.sweep.study import ROOT

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])  # 90 % and 50 % intervals and the median


@dataclass(frozen=True)
class Posterior:
    """values: of each particle in the unit of the parameter's range, shape (particle, parameter).
    curves: real hosts, shape (particle, row): one replicate of each. history: all generations."""

    calibration: Calibration
    history: list[Population]
    values: np.ndarray
    curves: np.ndarray

    @property
    def last(self) -> Population:
        return self.history[-1]

    @property
    def units(self) -> list[str]:
        return [one.range.low.unit for one in self.calibration.parameters]

    def quantiles(self) -> np.ndarray:
        """Shape (parameter, LEVELS)."""
        return np.array([weighted_quantile(column, self.last.weights, LEVELS)
                         for column in self.values.T])

    def curve_quantiles(self, levels: np.ndarray) -> np.ndarray:
        """Shape (level, row)."""
        return np.array([weighted_quantile(column, self.last.weights, levels)
                         for column in self.curves.T]).T


def number(value: float) -> str:
    """For people: 10,870 and 5.967."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def values_of(calibration: Calibration, places: np.ndarray) -> np.ndarray:
    """Numbers in the units of the ranges; shape of `places`."""
    def in_unit(value: object, low: Quantity) -> float:
        return (read_quantity(value) or Quantity(np.nan)).si / low.factor
    return np.array([[in_unit(one.range.at(float(share)), one.range.low)
                      for one, share in zip(calibration.parameters, place)] for place in places])


def write_posterior(posterior: Posterior, path: Path) -> None:
    """A netCDF-4 file that xarray opens; written beside its place and renamed."""
    calibration, last = posterior.calibration, posterior.last
    observed = calibration.observed
    time_axis = {"units": f"seconds since {calibration.start}", "long_name": "time of the row"}
    dataset = xr.Dataset(
        {"value": (("particle", "parameter"), posterior.values,
                   {"long_name": "value of the parameter, in its unit"}),
         "unit": ("parameter", posterior.units, {"long_name": "unit of the parameter's values"}),
         "weight": ("particle", last.weights, {"long_name": "weight of the particle",
                                               "units": "1"}),
         "seed": ("particle", last.seeds, {"long_name": "seed of the particle's replicates",
                                           "units": "1"}),
         "distance": (("particle", "replicate"), last.distances,
                      {"long_name": "distance from the observed curve", "units": "1"}),
         "curve": (("particle", "time"), posterior.curves,
                   {"long_name": f"{observed.curve} of one replicate", "units": "hosts"}),
         "observed": ("time", observed.counts,
                      {"long_name": f"{observed.curve}, observed", "units": "hosts"}),
         "tolerance": ("generation", [one.tolerance for one in posterior.history],
                       {"long_name": "largest distance that is accepted", "units": "1"}),
         "effective_size": ("generation", [one.effective_size for one in posterior.history],
                            {"long_name": "effective number of particles", "units": "1"}),
         "moved": ("generation", [one.moved for one in posterior.history],
                   {"long_name": "share of particles that moved", "units": "1"}),
         "calibration": ((), calibration.source.text, {"media_type": "application/toml"})},
        {"particle": np.arange(len(last.weights)),
         "parameter": [one.path for one in calibration.parameters],
         "replicate": np.arange(last.distances.shape[1]),
         "generation": [one.number for one in posterior.history],
         "time": ("time", observed.elapsed_s, time_axis)},
        {"format": "annelid posterior file", "format_version": "1.0",
         "title": calibration.title or calibration.name, "seed": calibration.seed,
         "method": "ABC-SMC, Del Moral, Doucet and Jasra (2012)",
         "scenario": os.path.relpath(calibration.scenario, ROOT),
         "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
    beside = path.with_name(f".{path.name}.new")
    dataset.to_netcdf(beside, engine="h5netcdf")
    beside.replace(path)
