"""Outages of a run with [service]: organisations out of service, and hours of service lost."""

from __future__ import annotations

import xarray as xr

from annelid.run_file import Run

SERIES = ("outages", "outages_by_dependency", "service_lost_s")


def has_services(run: Run) -> bool:
    """True where the run kept count of outages."""
    return all(name in run.series for name in SERIES)


def out_of_service(run: Run) -> xr.DataArray:
    """Organisations that are out, for either reason; dims ([replicate,] time, country, sector)."""
    return run.series["outages"] + run.series["outages_by_dependency"]


def hours_lost(run: Run) -> xr.DataArray:
    """Organisation-hours of service lost until the last row; dims ([replicate,] country, sector)."""
    return run.series["service_lost_s"].isel(time=-1) / 3600
