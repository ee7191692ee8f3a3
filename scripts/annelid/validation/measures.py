"""What is measured in a result, one value for each replicate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annelid.validation.experiment import Result


def minutes_to(hosts: int) -> Callable[[Result], np.ndarray]:
    """Minutes until so many hosts are infected; NaN where they never are."""
    def measure(result: Result) -> np.ndarray:
        reached = result.infected.values >= hosts
        first = result.minutes[reached.argmax(axis=1)]
        return np.where(reached.any(axis=1), first, np.nan)
    return measure


def infected_in(country: str) -> Callable[[Result], np.ndarray]:
    """Hosts of a country that have been infected by the end."""
    return lambda result: result.infected_by_country.isel(time=-1).sel(country=country).values


def share_of(country: str) -> Callable[[Result], np.ndarray]:
    """Percent of all infected hosts that are in a country."""
    def measure(result: Result) -> np.ndarray:
        last = result.infected_by_country.isel(time=-1)
        return 100 * last.sel(country=country).values / last.sum("country").values
    return measure


def infected_elsewhere(result: Result) -> np.ndarray:
    """Hosts infected in organisations that the outbreak did not start in."""
    events = result.events()
    with_seed = events["vector"] == 0
    organisation = result.organisation_of(events["host"])
    # One key for replicate and organisation.
    key = events["replicate"].astype(np.int64) * (len(result.organisations["size"]) + 1)
    elsewhere = ~np.isin(key + organisation, (key + organisation)[with_seed])
    replicates = np.unique(events["replicate"])
    return np.array([elsewhere[events["replicate"] == r].sum() for r in replicates])
