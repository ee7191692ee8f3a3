"""Writes a small run file without the simulator: the format of results/FORMAT.md, made-up numbers.

The outbreak is a logistic curve of integers, cut into states, countries, sectors and vectors so
that all sums agree. Nothing in it is random but who infected whom, by a fixed seed.
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from synthetic_events import write_events, write_population

STATES = ["susceptible", "exposed", "infectious", "encrypted", "inert", "immune"]
COUNTRIES = {"US": ("United States", 0.30), "CN": ("China", 0.22), "RU": ("Russia", 0.15),
             "IN": ("India", 0.11), "DE": ("Germany", 0.08), "BR": ("Brazil", 0.06),
             "GB": ("United Kingdom", 0.05), "ZA": ("South Africa", 0.02),
             "LS": ("Lesotho", 0.008), "SG": ("Singapore", 0.002)}
SECTORS = {"home": 0.5, "government": 0.2, "health": 0.1, "manufacturing": 0.15,
           "energy_utilities": 0.05}
VECTORS = {"seed": 0.0, "internet": 0.35, "subnet": 0.6, "sweep_24": 0.05}
STEP_S = 600
QUANTILES = [0.025, 0.25, 0.5, 0.75, 0.975]
SCENARIO = """title = "A made-up outbreak"
seed = 1
[defence.kill_switch]
kind = "kill_switch"
time = "7.65 h"
[defence.too_late]
start = "30 d"
[worm.state.infectious]
disrupted = false
[worm.state.encrypted]
disrupted = true
"""
KILL_SWITCH_S = 7.65 * 3600


def write_run(path: Path, *, hosts: int = 1_000_000, hours: float = 24, replicates: int = 0,
              quantiles: bool = False, flat: bool = False, services: bool = True,
              final_rows: int | None = None, shift: int = 0) -> Path:
    """A run file at `path`.

    replicates: number of outbreaks on a leading axis; 0 for a single one without the axis.
    quantiles: the series as five quantiles of 20 outbreaks, in place of a replicate axis.
    flat: one country "--" and one sector "none".
    services: with series of outages (not of a flat world).
    final_rows: rows that an unfinished run has reached; the others are zero. None: finished.
    shift: infections added to the last row, to make two files differ.
    """
    if quantiles:
        replicates = 20
    time_s = np.arange(0, hours * 3600 + 1, STEP_S)
    ever = np.stack([_ever_infected(time_s, hosts, 1 + 0.1 * r) for r in range(max(replicates, 1))])
    ever[:, -1] += shift
    places = {"--": ("flat world", 1.0)} if flat else COUNTRIES
    sectors = {"none": 1.0} if flat else SECTORS
    counts = _states(ever, time_s, hosts)
    series = {
        "counts": (counts, ["time", "state"]),
        "country_counts": (_split(counts, [share for _, share in places.values()]),
                           ["time", "country", "state"]),
        "sector_counts": (_split(counts, list(sectors.values())), ["time", "sector", "state"]),
        "vector_infections": (_vectors(ever), ["time", "vector"]),
    }
    if services and not flat:
        series |= {name: (values, ["time", "country", "sector"])
                   for name, values in _outages(ever, time_s).items()}
    with h5py.File(path, "w", track_order=True) as file:
        _write_attributes(file, hosts, replicates, final_rows is None)
        write_scale(file, "time", time_s, units="seconds since 2017-05-12 07:24:00")
        for name, labels in (("state", STATES), ("country", list(places)),
                             ("sector", list(sectors)), ("vector", list(VECTORS))):
            write_scale(file, name, labels)
        names = file.create_dataset("country_name", data=[name for name, _ in places.values()],
                                    dtype=h5py.string_dtype())
        names.dims[0].attach_scale(file["country"])
        leading = ["quantile" if quantiles else "replicate"] * bool(replicates)
        if quantiles:
            write_scale(file, "quantile", np.array(QUANTILES))
        elif replicates:
            write_scale(file, "replicate", np.arange(replicates))
        for name, (values, dims) in series.items():
            if final_rows is not None:
                values[-1, final_rows:] = 0
            if quantiles:
                values = np.quantile(values, QUANTILES, axis=0)
            _write_series(file, name, values if replicates else values[0], leading + dims)
        _write_groups(file)
        write_population(file, hosts, [share for _, share in places.values()],
                         list(sectors.values()))
        write_events(file, hosts, time_s, ever, list(VECTORS.values()))
    return path


def _ever_infected(time_s: np.ndarray, hosts: int, pace: float) -> np.ndarray:
    """Hosts infected so far; integers of shape (time,)."""
    until = np.minimum(time_s, KILL_SWITCH_S + 0.004 * np.maximum(time_s - KILL_SWITCH_S, 0))
    most, seeds, rate = 0.02 * hosts, 10, pace * np.log(2) / 2400
    grown = most / (1 + (most / seeds - 1) * np.exp(-rate * until))
    return np.floor(grown + 0.5).astype(np.int64)


def _states(ever: np.ndarray, time_s: np.ndarray, hosts: int) -> np.ndarray:
    """Hosts by state; shape (replicate, time, state)."""
    inert = np.where(time_s > KILL_SWITCH_S, (ever - ever[:, :1]) // 50, 0)
    exposed = (ever - inert) // 20
    infectious = ((ever - inert - exposed) * np.exp(-time_s / 60000)).astype(np.int64)
    encrypted = ever - inert - exposed - infectious
    immune = np.full_like(ever, int(0.8 * hosts))
    return np.stack([hosts - ever - immune, exposed, infectious, encrypted, inert, immune], axis=-1)


def _split(counts: np.ndarray, shares: list[float]) -> np.ndarray:
    """Cuts counts (replicate, time, state) into parts (replicate, time, part, state)."""
    bounds = np.round(np.cumsum([0.0, *shares]) / sum(shares), 12)
    cumulative = np.floor(counts[:, :, None, :] * bounds[:, None] + 0.5).astype(np.int64)
    return np.diff(cumulative, axis=2)


def _vectors(ever: np.ndarray) -> np.ndarray:
    """Infections since the start by vector; shape (replicate, time, vector)."""
    parts = _split((ever - ever[:, :1])[:, :, None], list(VECTORS.values()))[..., 0]
    parts[..., 0] = ever[:, :1]
    return parts


def _outages(ever: np.ndarray, time_s: np.ndarray) -> dict[str, np.ndarray]:
    """Organisations out of service; shape (replicate, time, country, sector).

    Half of them come back in the end. Hospitals that are not out follow power, six hours after a
    twentieth of all infections that there will be.
    """
    business = [0.0 if name == "home" else share for name, share in SECTORS.items()]
    out = ever // 40 * 1000 // (1000 + time_s // 86)
    places = _split(out[:, :, None], [share for _, share in COUNTRIES.values()])
    own = _split(places.reshape(*out.shape[:1], -1, 1), business).reshape(
        *out.shape, len(COUNTRIES), len(SECTORS))
    dark = np.searchsorted(ever[0], ever[0, -1] // 20) + 6 * 3600 // STEP_S
    by_dependency = np.zeros_like(own)
    health = list(SECTORS).index("health")
    by_dependency[:, dark:, :, health] = 3 * own[:, dark - 1:dark, :, health]
    lost_s = np.zeros_like(own)
    lost_s[:, 1:] = np.cumsum((own + by_dependency)[:, :-1] * STEP_S, axis=1)
    return {"outages": own, "outages_by_dependency": by_dependency, "service_lost_s": lost_s}


def _write_attributes(file: h5py.File, hosts: int, replicates: int, complete: bool) -> None:
    file.attrs.update({
        "format": "annelid run", "format_version": "1.1", "complete": np.int64(complete),
        "title": "A made-up outbreak", "seed": np.int64(1),
        "replicates": np.int64(max(replicates, 1)), "hosts": np.int64(hosts),
        "real_hosts": 1.5e9, "real_hosts_per_host": 1.5e9 / hosts, "step_us": np.int64(1_000_000),
        "start": "2017-05-12 07:24:00", "version": "0.1.0", "git_commit": "none",
        "created": "2026-01-01 00:00:00", "ranks": np.int64(1), "threads": np.int64(2),
        "notes": ""})


def write_scale(file: h5py.File, name: str, values: object, **attributes: str) -> None:
    is_text = isinstance(values, list)
    scale = file.create_dataset(name, data=values, dtype=h5py.string_dtype() if is_text else None)
    scale.make_scale(name)
    scale.attrs.update(attributes)


def _write_series(file: h5py.File, name: str, values: np.ndarray, dims: list[str]) -> None:
    dataset = file.create_dataset(name, data=values)
    dataset.attrs["units"] = "modelled hosts"
    for axis, dim in enumerate(dims):
        dataset.dims[axis].attach_scale(file[dim])


def _write_groups(file: h5py.File) -> None:
    """Diagnostics, timings and the scenario."""
    for name in ("attempts", "scans_represented", "steps", "peak_memory_bytes"):
        file[f"diagnostics/{name}"] = np.int64(1000)
    file["timings/total_s"] = 1.0
    file["scenario"] = SCENARIO
