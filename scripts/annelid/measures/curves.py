"""Epidemic curves: infections since the start, infected hosts, and their quantiles."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import xarray as xr

from annelid.run_file import scenario_text

LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)  # median with the ranges of 50 % and 95 %


def infections(run: xr.Dataset) -> xr.DataArray:
    """Infections since the start, seeds included; modelled hosts, dims ([replicate,] time).

    A host counts each time that it is infected. ValueError for a file of quantiles with several
    vectors: quantiles of parts have no sum.
    """
    by_vector = run["vector_infections"]
    if "quantile" in by_vector.dims:
        used = by_vector.max([dim for dim in by_vector.dims if dim != "vector"]) > 0
        if used.sum() > 2 or not _is_constant(by_vector.isel(vector=0)):
            raise ValueError("no infections in all (quantiles of several vectors have no sum): "
                             "take a file with replicates")
    total = by_vector.sum("vector", skipna=False)
    return total.assign_attrs(units="hosts", long_name="infections since the start")


def _is_constant(seeds: xr.DataArray) -> bool:
    return bool((seeds.max("quantile") == seeds.min("quantile")).all())


def infected_states(run: xr.Dataset) -> list[str]:
    """States that an infection leads to: all but those of hosts never infected, and `immune`."""
    worms = tomllib.loads(scenario_text(run)).get("worm", {})
    states = [str(name) for name in run["state"].values]
    worms = worms if isinstance(worms, list) else [worms]
    never = {worm.get("susceptible", states[0]) for worm in worms} | {"immune"}
    return [name for name in states if name not in never]


def infected(run: xr.Dataset, by: str | None = None) -> xr.DataArray:
    """Hosts in infected states; modelled hosts, dims ([replicate,] time[, `by`]).

    by: "country", "sector" or None. ValueError for a file of quantiles with several such states.
    """
    counts = run["counts" if by is None else f"{by}_counts"]
    states = infected_states(run)
    if "quantile" in counts.dims and len(states) > 1:
        raise ValueError("no infected hosts in all (quantiles of several states have no sum): "
                           "take a file with replicates")
    total = counts.sel(state=states).sum("state", skipna=False)
    return total.assign_attrs(units="hosts", long_name="infected hosts")


def at_risk(run: xr.Dataset, by: str | None = None) -> xr.DataArray:
    """Hosts that are not immune at the start; modelled hosts, dims ([replicate][, `by`])."""
    start = run["counts" if by is None else f"{by}_counts"].isel(time=0)
    total = start.sum("state") - start.sel(state="immune", drop=True)
    return total.assign_attrs(units="hosts", long_name="hosts at risk at the start")


def quantiles(series: xr.DataArray, levels: Sequence[float] = LEVELS) -> xr.DataArray:
    """Quantiles of the replicates, dims (quantile, …); linear between order statistics.

    A series that comes as quantiles must have the levels asked for (KeyError else); one without
    replicates is its own quantile at every level.
    """
    if "quantile" in series.dims:
        return series.sel(quantile=list(levels), method="nearest", tolerance=1e-9)
    if "replicate" not in series.dims:
        return series.expand_dims(quantile=list(levels))
    return series.quantile(list(levels), "replicate", keep_attrs=True)
