"""Who infected whom, between countries or between sectors: the next-generation counts of a run.

    M[i, j] = infections of hosts in j by hosts in i

(Diekmann, Heesterbeek and Metz, Journal of Mathematical Biology 1990, have the matrix per infector:
divide a row by the infected hosts of its place.) Where targets are drawn at random, M[i, j] is in
proportion to the infected of i times the hosts at risk in j.
"""

from __future__ import annotations

import os

import h5py
import numpy as np
import xarray as xr

from annelid.run_file import UNREADABLE, Run, RunFileError, open_run
from annelid.transmission import NOBODY, TransmissionTree

AXES = ("country", "sector")


def who_infected_whom(tree: TransmissionTree, source: str | os.PathLike[str] | xr.Dataset,
                      by: str = "country") -> xr.DataArray:
    """Infections between places, dims (infector_`by`, `by`); hosts, of all replicates of `tree`.

    source: the run file of the tree, or its Dataset. by: "country" or "sector". Infections by
    nobody (seeds, poisoned updates) are not in it. ValueError: another `by`, or replicates in
    worlds of their own (`population.redraw`), of which the file has the first.
    """
    if by not in AXES:
        raise ValueError(f"by = {by!r} (places are countries or sectors): try \"country\"")
    path = source.encoding["source"] if isinstance(source, xr.Dataset) else source
    run = open_run(path)
    if not same_world(run, tree):
        raise ValueError("no places of hosts (population.redraw gives each replicate a world, and the "
                         "file has the first): take replicate 0 alone")
    labels = [str(name) for name in run.series[by].values]
    known = tree.infector != NOBODY
    place = places(path, by)
    pairs = place(tree.infector[known]) * len(labels) + place(tree.host[known])
    matrix = np.bincount(pairs, minlength=len(labels) ** 2).reshape(len(labels), len(labels))
    return xr.DataArray(matrix, {f"infector_{by}": labels, by: labels}, [f"infector_{by}", by],
                        attrs={"units": "hosts", "long_name": "infections"})


def same_world(run: Run, tree: TransmissionTree) -> bool:
    """True where all of the tree took place in the one population that the run file tells of."""
    redraw = bool(run.scenario.get("population", {}).get("redraw", False))
    return not redraw or not tree.replicate.any()


def places(path: str | os.PathLike[str], by: str) -> _Places:
    """A function from numbers of hosts to the indices of their countries or sectors."""
    try:
        with h5py.File(path, "r") as file:
            return _Places(file["population/cell_first_host"][:],
                           file[f"population/cell_{by}"][:].astype(np.int64))
    except UNREADABLE as fault:
        raise RunFileError(f"{os.fspath(path)}: /population is not readable ({fault}): "
                           "see results/FORMAT.md") from fault


class _Places:
    """Cells of consecutive hosts, and where each cell is."""

    def __init__(self, first_host: np.ndarray, place: np.ndarray) -> None:
        self.first_host, self.place = first_host, place

    def __call__(self, hosts: np.ndarray) -> np.ndarray:
        """Index of the place of each host; int64, same shape."""
        return self.place[np.searchsorted(self.first_host, hosts, side="right") - 1]
