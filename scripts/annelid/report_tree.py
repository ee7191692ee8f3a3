"""Who infected whom between countries: first introductions and flows, from the events of a run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import h5py
import numpy as np

from annelid.run_file import Run

ROWS_AT_ONCE = 4_000_000
OUTSIDE = -1  # no infector: the outbreak started there, or an update brought it
MOST_IN_MATRIX = 12


@dataclass
class Flows:
    """What the events of one worm in one outbreak add up to.

    matrix: infections, shape (from, to) of countries.
    outside: infections without an infector, by country.
    first_us, parent: of the first infection in each country, its time and the country it came
        from (OUTSIDE: none); time -1 where there was no infection.
    """

    matrix: np.ndarray
    outside: np.ndarray
    first_us: np.ndarray
    parent: np.ndarray


def count_flows(file: h5py.File, countries: int, replicate: int, worm: int | None) -> Flows:
    """Reads the events of `replicate`, part by part; they are sorted by replicate and time."""
    events, cells = file["events"], file["population"]
    first_host, cell_country = cells["cell_first_host"][:], cells["cell_country"][:]
    flows = Flows(np.zeros((countries, countries), np.int64), np.zeros(countries, np.int64),
                  np.full(countries, -1, np.int64), np.full(countries, OUTSIDE, np.int64))
    begin = bisect_left(events["replicate"], replicate)
    end = bisect_right(events["replicate"], replicate)
    for at in range(begin, end, ROWS_AT_ONCE):
        part = {name: events[name][at:min(at + ROWS_AT_ONCE, end)]
                for name in ("time_us", "host", "infector", "worm")}
        kept = part["host"] >= 0  # rows of lost parts read as -1
        if worm is not None:
            kept &= part["worm"] == worm
        host, infector = part["host"][kept], part["infector"][kept]
        to = cell_country[np.searchsorted(first_host, host, side="right") - 1]
        come_from = np.where(infector < 0, OUTSIDE, cell_country[
            np.searchsorted(first_host, np.maximum(infector, 0), side="right") - 1])
        _add(flows, part["time_us"][kept], come_from, to)
    return flows


def _add(flows: Flows, time_us: np.ndarray, come_from: np.ndarray, to: np.ndarray) -> None:
    """Adds infections, which are in order of time."""
    countries = len(flows.outside)
    inside = come_from != OUTSIDE
    pairs = come_from[inside].astype(np.int64) * countries + to[inside]
    flows.matrix += np.bincount(pairs, minlength=countries**2).reshape(countries, countries)
    flows.outside += np.bincount(to[~inside], minlength=countries)
    reached, first = np.unique(to, return_index=True)
    new = flows.first_us[reached] < 0
    flows.first_us[reached[new]] = time_us[first[new]]
    flows.parent[reached[new]] = come_from[first[new]]


def transmission_of(run: Run, worm: int | None) -> dict[str, object]:
    """Tree of first introductions and matrix of flows, or {"none": why there is neither}."""
    if not run.has_countries:
        return {"none": "This world has no countries, so there is nothing between them."}
    with h5py.File(run.path) as file:
        if "events" not in file or "population" not in file:
            return {"none": "The run file has no events (record.events was off), so nobody knows "
                            "who infected whom."}
        replicate = int(run.series["replicate"].values[0]) if run.has_replicates else 0
        if len(file["events/replicate"]):
            replicate = max(replicate, int(file["events/replicate"][0]))
        flows = count_flows(file, run.series.sizes["country"], replicate, worm)
    if not flows.outside.any() and not flows.matrix.any():
        return {"none": "Nobody was infected."}
    return {"replicate": replicate if int(run.attributes.get("replicates", 1)) > 1 else None,
            "tree": _tree(run, flows), **_matrix(run, flows)}


def _tree(run: Run, flows: Flows) -> list[list[object]]:
    """[country, the country it came from or null, seconds] of first infections, in order."""
    codes = run.series["country"].values.tolist()
    reached = np.flatnonzero(flows.first_us >= 0)
    order = reached[np.argsort(flows.first_us[reached], kind="stable")]
    return [[codes[index], codes[flows.parent[index]] if flows.parent[index] >= 0 else None,
             round(float(flows.first_us[index]) / 1e6, 1)] for index in order]


def _matrix(run: Run, flows: Flows) -> dict[str, object]:
    """Infections between the countries with most of them; the rest in one row and column."""
    codes = run.series["country"].values
    sizes = flows.matrix.sum(0) + flows.matrix.sum(1) + flows.outside
    order = np.argsort(-sizes, kind="stable")
    chosen = order[:MOST_IN_MATRIX][sizes[order[:MOST_IN_MATRIX]] > 0]
    group = np.full(len(codes), len(chosen))
    group[chosen] = np.arange(len(chosen))
    total = np.zeros((len(chosen) + 1, len(chosen) + 1), np.int64)
    np.add.at(total, (group[:, None], group[None, :]), flows.matrix)
    outside = np.bincount(group, flows.outside, len(chosen) + 1).astype(np.int64)
    within = int(np.trace(flows.matrix))
    return {"codes": codes[chosen].tolist(), "matrix": total.tolist(), "outside": outside.tolist(),
            "within": within, "all": int(flows.matrix.sum())}
