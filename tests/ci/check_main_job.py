"""Checks the run file and the figures of the main job, the last step of .ci/run.

Usage: scripts/lib/python tests/ci/check_main_job.py RUN.h5
Ends with `N passed, N failed`; exit code 1 where anything failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from annelid.run_file import Run, open_run

HOSTS = 10_000_000
# What this world has to show; it has neither telescopes nor services.
FIGURES = ("curve", "incidence", "countries", "sectors", "vectors")
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
FEWEST_BYTES = 10_000  # an empty figure is smaller


def is_complete(run: Run, _: dict[str, np.ndarray]) -> None:
    """The run is finished and as large as it was asked to be."""
    assert run.complete, "complete is not 1"
    assert run.hosts == HOSTS, f"hosts = {run.hosts:,}"


def sums_agree(run: Run, _: dict[str, np.ndarray]) -> None:
    """Every host is in one state, country and sector at each time."""
    counts = run.series["counts"]
    assert (counts >= 0).all(), "negative counts"
    assert (counts.sum("state") == run.hosts).all(), "states do not sum to hosts"
    for axis in ("country", "sector"):
        assert (run.series[f"{axis}_counts"].sum(axis) == counts).all(), f"{axis}_counts differ"


def spreads(run: Run, _: dict[str, np.ndarray]) -> None:
    """Hosts beyond the seeds were infected, and infections never become fewer."""
    infections = run.series["vector_infections"]
    assert (infections.diff("time") >= 0).all(), "cumulative infections decrease"
    final = infections.isel(time=-1)
    assert final.drop_sel(vector="seed").sum() > 0, "no infections beyond the seeds"


def events_agree(run: Run, events: dict[str, np.ndarray]) -> None:
    """There is one event for each infection, by the same vector."""
    names = run.series["vector"].values
    for index, name in enumerate(names):
        in_series = int(run.series["vector_infections"].isel(time=-1, vector=index))
        in_events = int((events["vector"] == index).sum())
        assert in_series == in_events, f"{name}: {in_series} in the series, {in_events} events"


def events_are_sorted(_: Run, events: dict[str, np.ndarray]) -> None:
    """Events are in the order replicate, time, host, worm."""
    keys = [events[name] for name in ("worm", "host", "time_us", "replicate")]
    assert (np.lexsort(keys) == np.arange(len(keys[0]))).all(), "not sorted"


def infectors_came_first(_: Run, events: dict[str, np.ndarray]) -> None:
    """A seed has no infector; any other infector was infected before its target."""
    seeds = events["infector"] < 0
    assert ((events["vector"] == 0) == seeds).all(), "seeds and infectors do not match"
    order = np.argsort(events["host"], kind="stable")  # stable: the first infection comes first
    hosts = events["host"][order]
    found = np.searchsorted(hosts, events["infector"][~seeds])
    found = np.minimum(found, len(hosts) - 1)
    assert (hosts[found] == events["infector"][~seeds]).all(), "an infector was never infected"
    earlier = events["time_us"][order][found] <= events["time_us"][~seeds]
    assert earlier.all(), f"{(~earlier).sum()} infectors were infected after their target"


def figures_exist(run: Run, _: dict[str, np.ndarray]) -> None:
    """All figures lie beside the file and are whole PNG pictures."""
    for kind in FIGURES:
        picture = run.path.with_name(f"{run.path.stem}-{kind}.png").read_bytes()
        whole = picture.startswith(PNG_START) and picture.endswith(PNG_END)
        assert whole and len(picture) >= FEWEST_BYTES, f"{kind}: no whole picture"


CHECKS: tuple[Callable[[Run, dict[str, np.ndarray]], None], ...] = (
    is_complete, sums_agree, spreads, events_agree, events_are_sorted, infectors_came_first,
    figures_exist)


def read_events(path: Path) -> dict[str, np.ndarray]:
    """The columns of /events, each of shape (event,)."""
    with h5py.File(path, "r") as file:
        return {name: file[f"events/{name}"][:]
                for name in ("replicate", "time_us", "host", "worm", "infector", "vector")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    path = parser.parse_args().file
    run, events = open_run(path), read_events(path)
    failed = 0
    for check in CHECKS:
        try:
            check(run, events)
            print(f"ok    {check.__doc__}")
        except (AssertionError, OSError, KeyError) as fault:
            failed += 1
            print(f"FAIL  {check.__doc__} {fault}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
