"""Who infected whom in the made-up outbreaks: times as their curves have them, else by chance."""

from __future__ import annotations

import h5py
import numpy as np

SEEDS = 10


def write_population(file: h5py.File, hosts: int, countries: list[float],
                     sectors: list[float]) -> None:
    """One cell for each country and sector, in proportion to their shares."""
    shares = np.outer(countries, sectors).ravel()
    edges = np.round(np.concatenate([[0], np.cumsum(shares) / shares.sum()]) * hosts)
    file["population/cell_first_host"] = edges.astype(np.int64)
    for name, place in (("country", np.repeat(np.arange(len(countries)), len(sectors))),
                        ("sector", np.tile(np.arange(len(sectors)), len(countries)))):
        file[f"population/cell_{name}"] = place.astype(np.int32)


def write_events(file: h5py.File, hosts: int, time_s: np.ndarray, ever: np.ndarray,
                 vectors: list[float]) -> None:
    """Every infection of `ever`, shape (replicate, time); infectors are mostly recent ones."""
    parts = [_outbreak(replicate, hosts, time_s, curve, vectors)
             for replicate, curve in enumerate(ever)]
    for name in parts[0]:
        file[f"events/{name}"] = np.concatenate([part[name] for part in parts])
        file[f"events/{name}"].attrs["units"] = "us" if name == "time_us" else "1"


def _outbreak(replicate: int, hosts: int, time_s: np.ndarray, ever: np.ndarray,
              vectors: list[float]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(replicate)
    rows = int(ever[-1])
    row = np.arange(rows)
    rising = np.flatnonzero(np.diff(ever, prepend=-1) > 0)
    times = np.interp(row, ever[rising], time_s[rising])
    times[:SEEDS] = 0
    host = rng.choice(hosts, rows, replace=False)
    parent = (row * rng.beta(3, 2, rows)).astype(int)
    is_seed = row < SEEDS
    return {"replicate": np.full(rows, replicate, np.int32),
            "time_us": (times * 1e6).astype(np.int64), "host": host.astype(np.int64),
            "worm": np.zeros(rows, np.uint8),
            "infector": np.where(is_seed, -1, host[parent]).astype(np.int64),
            "vector": np.where(is_seed, 0, rng.choice(len(vectors), rows, p=vectors)
                               ).astype(np.uint8)}
