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


def fit_logistic(hours: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """K (per hour) and T (hours) of the logistic that fits each replicate between 5 and 95 %.

    hours: shape (time,). share: infected, shape (replicate, time).
    """
    slopes, halves = [], []
    for row in share:
        growing = (row > 0.05) & (row < 0.95)
        slope, offset = np.polyfit(hours[growing], np.log(row[growing] / (1 - row[growing])), 1)
        slopes.append(slope)
        halves.append(-offset / slope)
    return np.array(slopes), np.array(halves)


def growth_over(theory_per_h: float) -> Callable[[Result], np.ndarray]:
    """K as a part of the one of theory."""
    return lambda result: growth_per_h(result) / theory_per_h


def growth_per_h(result: Result) -> np.ndarray:
    return fit_logistic(result.hours, result.infected_share)[0]


def half_hour(since_h: float = 0) -> Callable[[Result], np.ndarray]:
    """T, the hour at which the fitted logistic crosses one half; the start is at `since_h`."""
    return lambda result: since_h + fit_logistic(result.hours, result.infected_share)[1]


def doubling_s(least: int, most: int) -> Callable[[Result], np.ndarray]:
    """Doubling time (s) by the slope of logit(infected / hosts) between two numbers infected.

    NaN where fewer than three rows lie between them.
    """
    def measure(result: Result) -> np.ndarray:
        found = []
        for infected in result.infected.values:
            rows = (infected >= least) & (infected <= most)
            logit = np.log(infected[rows] / (result.run.hosts - infected[rows]))
            if rows.sum() < 3:
                found.append(np.nan)
                continue
            found.append(np.log(2) / np.polyfit(60 * result.minutes[rows], logit, 1)[0])
        return np.array(found)
    return measure


def minutes_to_share(share: float) -> Callable[[Result], np.ndarray]:
    """Minutes until this share of all hosts is infected; NaN where it never is."""
    return lambda result: minutes_to(int(np.ceil(share * result.run.hosts)))(result)


def hours_to_share(share: float) -> Callable[[Result], np.ndarray]:
    return lambda result: minutes_to_share(share)(result) / 60


def most_per_minute(result: Result) -> np.ndarray:
    """Most new infections between two rows that are a minute apart."""
    return np.diff(result.infected.values, axis=1).max(axis=1)


def percent_at_end(result: Result) -> np.ndarray:
    """Percent of all hosts infected by the end."""
    return 100 * result.infected_share[:, -1]


def spread_of(measure: Callable[[Result], np.ndarray]) -> Callable[[Result], np.ndarray]:
    """Standard deviation over replicates, as jackknife pseudo-values: their mean is the standard
    deviation less its bias, and their interval is its interval (Miller, Biometrika 1974)."""
    def pseudo(result: Result) -> np.ndarray:
        values = measure(result)
        values = values[np.isfinite(values)]
        n = len(values)
        if n < 3:
            return np.full(max(n, 1), np.nan)
        total, squares = values.sum(), ((values - values.mean()) ** 2).sum()
        mean = total / n
        # Sum of squares without one value.
        without = np.sqrt((squares - (values - mean) ** 2 * n / (n - 1)).clip(0) / (n - 2))
        return n * np.sqrt(squares / (n - 1)) - (n - 1) * without
    return pseudo


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
    key = events["replicate"].astype(np.int64) * (result.organisation_lines["number"].sum() + 1)
    elsewhere = ~np.isin(key + organisation, (key + organisation)[with_seed])
    replicates = np.unique(events["replicate"])
    return np.array([elsewhere[events["replicate"] == r].sum() for r in replicates])
