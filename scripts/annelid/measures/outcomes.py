"""What a sweep or a comparison looks at: one number for each replicate, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from annelid.measures.attack import attack_rate
from annelid.measures.curves import at_risk, infected, infections
from annelid.measures.growth import growth_rate
from annelid.run_file import seconds_since_start


@dataclass(frozen=True)
class Outcome:
    """label: what it is, with its unit. of: from a Dataset to dims ([point,] [replicate])."""

    label: str
    of: Callable[[xr.Dataset], xr.DataArray]

    @property
    def name(self) -> str:
        """The label without its unit, for the middle of a sentence."""
        words = self.label.split(" (")[0]
        return words[0].lower() + words[1:]


def hours_to_one_percent(run: xr.Dataset) -> xr.DataArray:
    """Hours until 1 % of the hosts at risk are infected: the first such row; NaN: never."""
    reached = infections(run) >= 0.01 * at_risk(run)
    hours = seconds_since_start(run["time"].values) / 3600
    return xr.where(reached.any("time"), xr.DataArray(hours, dims="time")[reached.argmax("time")],
                    np.nan)


OUTCOMES = {
    "infections": Outcome("Infections (modelled hosts)",
                          lambda run: infections(run).isel(time=-1, drop=True)),
    "attack_rate": Outcome("Attack rate (% of hosts at risk)", lambda run: 100 * attack_rate(run)),
    "peak": Outcome("Most infected at once (modelled hosts)",
                    lambda run: infected(run).max("time")),
    "growth_rate": Outcome("Growth rate (per hour)",
                           lambda run: 3600 * growth_rate(run)["rate_per_s"]),
    "hours_to_1_percent": Outcome("Hours until 1 % are infected", hours_to_one_percent),
}
