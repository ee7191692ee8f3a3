"""Writes a small study file without a sweep: few parameters, outcomes in closed form."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from scipy.stats import qmc
from synthetic_run import SCENARIO, write_scale

HOSTS = 10_000
TIME_S = np.arange(0, 24 * 3600 + 1, 1800.0)
# Name, least and most, text of a value.
PARAMETERS = (("worm.vector.scan.rate", 5.0, 45.0, "{:.6g} /s"),
              ("defence.patching.start", 3600.0, 18 * 3600.0, "{:.6g} s"),
              ("defence.kill_switch.reach", 0.0, 1.0, "{:.6g}"))


def write_study(path: Path, *, design: str = "grid", saltelli: bool = False, samples: int = 32,
                replicates: int = 10, parameters: int = 2, seed: int = 1) -> Path:
    """Logistic outbreaks that grow with the rate until patching starts; reach does nothing.

    samples: points of a sampled design, base points of a Saltelli design; a grid has 3 × 4.
    """
    unit = _design(design, saltelli, samples, parameters, seed)
    bounds = np.array([(low, high) for _, low, high, _ in PARAMETERS[:parameters]])
    values = bounds[:, 0] + unit * np.diff(bounds, axis=1)[:, 0]
    counts, by_vector = _outbreaks(values, replicates, seed)
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs.update({
            "format": "annelid study file", "format_version": "1.0", "design": design,
            "seed": np.int64(seed), "saltelli": np.int64(saltelli), "title": "A made-up study",
            "hosts": np.int64(HOSTS), "real_hosts_per_host": 1.0, "version": "0.1.0"})
        write_scale(file, "point", np.arange(len(values)))
        write_scale(file, "parameter", [name for name, *_ in PARAMETERS[:parameters]])
        write_scale(file, "replicate", np.arange(replicates))
        write_scale(file, "time", TIME_S, units="seconds since 2017-05-12 07:24:00")
        write_scale(file, "state", ["susceptible", "infectious", "immune"])
        write_scale(file, "vector", ["seed", "scan"])
        text = [[form.format(value) for value, (*_, form) in zip(row, PARAMETERS)]
                for row in values]
        for name, data, dims in (
                ("parameter_value", values, ("point", "parameter")),
                ("parameter_text", np.array(text, dtype=object), ("point", "parameter")),
                ("counts", counts, ("point", "replicate", "time", "state")),
                ("vector_infections", by_vector, ("point", "replicate", "time", "vector"))):
            is_text = data.dtype == object
            dataset = file.create_dataset(name, data=data,
                                          dtype=h5py.string_dtype() if is_text else None)
            if not is_text:
                dataset.attrs["units"] = "1" if name == "parameter_value" else "hosts"
            for axis, dim in enumerate(dims):
                dataset.dims[axis].attach_scale(file[dim])
        file["study"] = f'scenario = "x.toml"\ndesign = "{design}"\n'
        file["scenario"] = SCENARIO
    return path


def _design(design: str, saltelli: bool, samples: int, parameters: int, seed: int) -> np.ndarray:
    """Points in the unit cube."""
    if design == "grid":
        axes = [np.linspace(0, 1, 3 + i) for i in range(parameters)]
        return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
    if not saltelli:
        return qmc.LatinHypercube(parameters, seed=seed).random(samples)
    both = qmc.Sobol(2 * parameters, seed=seed).random(samples)
    a, b = both[:, :parameters], both[:, parameters:]
    mixed = [np.where(np.arange(parameters) == i, b, a) for i in range(parameters)]
    return np.concatenate([a, b, *mixed])


def _outbreaks(values: np.ndarray, replicates: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """counts and vector_infections; replicate r is a little faster or slower at every point."""
    pace = np.exp(np.random.default_rng(seed).normal(0, 0.1, replicates))
    rate_per_s = values[:, 0] * 1e-5
    until = values[:, 1] if values.shape[1] > 1 else np.full(len(values), TIME_S[-1])
    grown_s = np.minimum(TIME_S, until[:, None])
    odds = 10 / HOSTS * np.exp(rate_per_s[:, None, None] * pace[:, None] * grown_s[:, None, :])
    ever = np.floor(HOSTS * odds / (1 + odds)).astype(np.int64)
    ever[..., 0] = 10
    counts = np.stack([HOSTS - ever, ever, np.zeros_like(ever)], axis=-1)
    return counts, np.stack([np.full_like(ever, 10), np.maximum(ever - 10, 0)], axis=-1)
