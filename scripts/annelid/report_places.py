"""Countries and sectors in a report: what the map plays, and what the tables list."""

from __future__ import annotations

import h5py
import numpy as np

from annelid.report_series import MIDDLE, has_quantiles, plain, thinned
from annelid.run_file import Run, seconds_since_start

MOST_FRAMES = 300
RANGE = (0.025, 0.975)


def infected_in(run: Run, axis: str, rows: np.ndarray) -> np.ndarray:
    """Infected hosts per `axis` at `rows`; shape (outbreak, row, place), one outbreak of quantiles.

    Read outbreak by outbreak: the whole series of a large ensemble may not fit into memory.
    """
    counts = run.series[f"{axis}_counts"].isel(time=rows).sel(state=run.infected_states)
    if has_quantiles(run):
        counts = counts.sel(quantile=MIDDLE, method="nearest", drop=True)
    if "replicate" not in counts.dims:
        counts = counts.expand_dims("replicate")
    return np.stack([counts.isel(replicate=index).transpose("time", axis, "state").values.sum(-1)
                     for index in range(counts.sizes["replicate"])])


def hosts_in(run: Run, axis: str) -> np.ndarray:
    """All hosts per `axis`, which is the same in every replicate unless the world is redrawn."""
    if has_quantiles(run):
        return _hosts_of_cells(run, axis, run.series.sizes[axis])
    hosts = run.hosts_in(axis)
    return (hosts.median("replicate") if run.has_replicates else hosts).values


def _hosts_of_cells(run: Run, axis: str, places: int) -> np.ndarray:
    """Hosts per place from /population: quantiles of states do not add up to hosts."""
    with h5py.File(run.path) as file:
        sizes = np.diff(file["population/cell_first_host"][:])
        return np.bincount(file[f"population/cell_{axis}"][:], sizes, places).astype(np.int64)


def at_end(infected: np.ndarray) -> dict[str, object]:
    """Median of the last row, and the range of 95 % where there are several outbreaks."""
    last = infected[:, -1, :]
    found: dict[str, object] = {"infected": plain(np.median(last, axis=0))}
    if len(last) > 1:
        low, high = np.quantile(last, RANGE, axis=0)
        found |= {"low": plain(low), "high": plain(high)}
    return found


def countries_of(run: Run, most_frames: int = MOST_FRAMES) -> dict[str, object] | None:
    """Countries with their infected hosts over time, those never reached without; None if flat."""
    if not run.has_countries:
        return None
    elapsed_s = seconds_since_start(run.series["time"].values)
    rows = thinned(len(elapsed_s), most_frames)
    infected = infected_in(run, "country", rows)
    middle = np.median(infected, axis=0)
    codes = run.series["country"].values
    names = run.series["country_name" if "country_name" in run.series else "country"].values
    return {"code": codes.tolist(), "name": names.tolist(),
            "hosts": plain(hosts_in(run, "country")), **at_end(infected),
            "time_s": plain(elapsed_s[rows]),
            "frames": {str(code): plain(middle[:, index]) for index, code in enumerate(codes)
                       if middle[:, index].any()}}


def sectors_of(run: Run) -> dict[str, object] | None:
    """Sectors with their hosts and infected hosts at the end; None where there are none."""
    if not run.has_sectors:
        return None
    infected = infected_in(run, "sector", np.array([run.series.sizes["time"] - 1]))
    return {"name": run.series["sector"].values.tolist(), "hosts": plain(hosts_in(run, "sector")),
            **at_end(infected)}
