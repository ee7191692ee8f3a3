"""The transmission tree of a run: every infection, and the infection that it came from.

A parent is found by the key (replicate, worm, host) of the infector and by time, since a host may
be infected again: it is that host's latest infection before the child's. All is done on whole
columns: 10^7 infections take some 5 s of processor and 1.1 GB.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

import h5py
import numpy as np
import xarray as xr

from annelid.run_file import UNREADABLE, RunFileError, open_run

NOBODY = -1


@dataclass(frozen=True)
class TransmissionTree:
    """Infections in the order of replicate, time, host, worm; every array has shape (infection,).

    replicate: number of the outbreak.
    time_s: seconds since the start of the run.
    host, infector: numbers of hosts; infector is -1 where nobody infected it.
    worm: index of the worm. vector: index into `vectors`, 0 for seeds.
    end_s: seconds since the start until which infections were recorded.
    hosts: hosts of the world, which are numbered from 0.
    """

    replicate: np.ndarray
    time_s: np.ndarray
    host: np.ndarray
    infector: np.ndarray
    worm: np.ndarray
    vector: np.ndarray
    end_s: float
    hosts: int
    start: np.datetime64
    vectors: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.host)

    @cached_property
    def parent(self) -> np.ndarray:
        """Row of each infector's infection that led to this one; -1 where nobody infected it."""
        return find_parents(self.replicate, self.time_s, self.host, self.infector, self.worm)

    @cached_property
    def offspring(self) -> np.ndarray:
        """Infections that each infection led to until `end_s`; int64."""
        known = self.parent[self.parent != NOBODY]
        return np.bincount(known, minlength=len(self))

    @cached_property
    def generation_time_s(self) -> np.ndarray:
        """Seconds from the infection of the infector to this one; NaN where nobody infected it."""
        times = self.time_s - self.time_s[self.parent]
        times[self.parent == NOBODY] = np.nan
        return times

    def select(self, rows: np.ndarray) -> TransmissionTree:
        """Only some infections (a mask or increasing rows); children of others have no parent."""
        columns = {name: getattr(self, name)[rows]
                   for name in ("replicate", "time_s", "host", "infector", "worm", "vector")}
        return TransmissionTree(**columns, end_s=self.end_s, hosts=self.hosts, start=self.start,
                                vectors=self.vectors)


def find_parents(replicate: np.ndarray, time_s: np.ndarray, host: np.ndarray, infector: np.ndarray,
                 worm: np.ndarray) -> np.ndarray:
    """Row of each infector's latest infection, -1 for none; rows in order of replicate and time."""
    rows = len(host)
    if rows == 0:
        return np.empty(0, dtype=np.int64)
    lane = replicate.astype(np.int64) * (int(worm.max()) + 1) + worm
    lanes = int(lane.max()) + 1
    if (int(host.max()) + 1) * lanes * rows >= 2**63:
        raise OverflowError(f"no transmission tree ({rows:,} infections of {lanes:,} replicates "
                            "are too many at once): take one replicate after the other")
    # Host, replicate and row as one integer, so that one search finds all three.
    own = (host.astype(np.int64) * lanes + lane) * rows + np.arange(rows)
    own.sort()
    asked = (infector.astype(np.int64) * lanes + lane) * rows
    asked += _last_at_that_time(replicate, time_s)
    # The last of the infector's rows that is not after the child's. Searched in order, which is
    # five times as fast with 10^7 rows: neighbouring searches touch the same memory.
    order = np.argsort(asked)
    candidate = np.empty_like(own)
    candidate[order] = own[np.searchsorted(own, asked[order], side="right") - 1]
    found = (infector != NOBODY) & (candidate // rows == asked // rows)
    return np.where(found, candidate % rows, NOBODY)


def _last_at_that_time(replicate: np.ndarray, time_s: np.ndarray) -> np.ndarray:
    """For each row, the last one of its replicate with its time."""
    rows = len(time_s)
    ends = np.flatnonzero((np.diff(time_s) != 0) | (np.diff(replicate) != 0))
    lengths = np.diff(np.concatenate([[-1], ends, [rows - 1]]))
    return np.repeat(np.concatenate([ends, [rows - 1]]), lengths)


def transmission_tree(source: str | os.PathLike[str] | xr.Dataset,
                      replicate: int | None = None, worm: int | None = None) -> TransmissionTree:
    """The infections of a run file or of annelid.open's Dataset; of all replicates by default.

    RunFileError: the run kept no events (`record.events = false`), or has none of that replicate.
    """
    path = source.encoding["source"] if isinstance(source, xr.Dataset) else os.fspath(source)
    run = open_run(path)
    columns = _read_columns(path, replicate)
    rows = (columns["host"] >= 0)  # what an unfinished run has lost reads as -1
    if worm is not None:
        rows &= columns["worm"] == worm
    if not rows.all():
        columns = {name: values[rows] for name, values in columns.items()}
    times = run.series["time"].values
    start = np.datetime64(str(run.attributes["start"]).replace(" ", "T"), "us")
    return TransmissionTree(
        replicate=columns["replicate"], time_s=columns["time_us"] / 1e6, host=columns["host"],
        infector=columns["infector"], worm=columns["worm"], vector=columns["vector"],
        end_s=float((times[-1] - start) / np.timedelta64(1, "s")), hosts=run.hosts, start=start,
        vectors=tuple(str(name) for name in run.series["vector"].values))


def _read_columns(path: str, replicate: int | None) -> dict[str, np.ndarray]:
    try:
        with h5py.File(path, "r") as file:
            if "events/host" not in file:
                raise RunFileError(f"{path}: no transmission tree (the run kept no events): "
                                   "run it with record.events = true")
            events = file["events"]
            number = events["replicate"][:]
            rows = slice(None)
            if replicate is not None:
                rows = slice(*np.searchsorted(number, [replicate, replicate + 1]))
            return {"replicate": number[rows]} | {name: events[name][rows] for name in
                                                  ("time_us", "host", "infector", "worm", "vector")}
    except UNREADABLE as fault:
        raise RunFileError(f"{path}: /events is not readable ({fault}): "
                           "see results/FORMAT.md") from fault
