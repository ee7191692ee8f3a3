"""What the study of collective defence measures in the runs of one case.

Counts are real hosts: modelled ones times what each stands for. Arrays have one row a replicate.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property

import h5py
import numpy as np

from annelid.validation.experiment import ROOT, Result

ALLIES_FILE = ROOT / "inputs" / "world-2017" / "nato-2017.csv"
# Warns an ally at once, so its start is when the ally is warned.
AT_ONCE = "isolation"
FEWEST_HOSTS = 1000  # a scaled run is no evidence for a level of fewer modelled hosts


def read_allies() -> dict[str, str]:
    """Names by code."""
    with ALLIES_FILE.open(encoding="utf-8", newline="") as file:
        return {row["country"]: row["name"] for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Measured:
    """One case of one outbreak."""

    result: Result

    @cached_property
    def allies(self) -> list[str]:
        """Codes, in the order of the run file."""
        members = read_allies()
        return [code for code in self.result.run.series["country"].values if code in members]

    @property
    def scale(self) -> float:
        return self.result.run.real_hosts_per_host

    @cached_property
    def hosts(self) -> np.ndarray:
        """Real hosts of each ally; shape (ally)."""
        hosts = self.result.per_replicate(self.result.run.hosts_in("country"))
        return self.scale * hosts.isel(replicate=0).sel(country=self.allies).values

    @cached_property
    def curve(self) -> np.ndarray:
        """Hosts of all allies that have been infected; shape (replicate, time)."""
        return self.scale * self.result.infected_by_country.sel(
            country=self.allies).sum("country").values

    @cached_property
    def by_ally(self) -> np.ndarray:
        """Hosts of each ally infected by the end; shape (replicate, ally)."""
        return self.scale * self.result.infected_by_country.isel(time=-1).sel(
            country=self.allies).values

    @property
    def infected(self) -> np.ndarray:
        """Hosts of all allies infected by the end; shape (replicate)."""
        return self.by_ally.sum(axis=1)

    @cached_property
    def warned_h(self) -> np.ndarray:
        """Hours until each ally is warned, NaN where it never is; shape (replicate, ally)."""
        out = np.full(self.by_ally.shape, np.nan)
        with h5py.File(self.result.path) as file:
            starts = file["defence_starts"]
            names = [name.decode() for name in file["defence"][:]]
            mine = starts["defence"][:] == names.index(AT_ONCE)
            codes = [code.decode() for code in file["country"][:]]
            column = np.array([self.allies.index(code) if code in self.allies else -1
                               for code in codes])
            ally = column[starts["country"][:][mine]]
            out[starts["replicate"][:][mine][ally >= 0], ally[ally >= 0]] = (
                starts["time_us"][:][mine][ally >= 0] / 3.6e9)
        return out

    @property
    def first_warned_h(self) -> np.ndarray:
        """Hours until the first ally is warned; NaN where none is; shape (replicate)."""
        warned = np.where(np.isnan(self.warned_h), np.inf, self.warned_h).min(axis=1)
        return np.where(np.isinf(warned), np.nan, warned)

    @property
    def share_by_first(self) -> np.ndarray:
        """Share of the allies' infections that were there at the first warning; NaN if none."""
        minutes = self.result.minutes
        out = np.full(len(self.curve), np.nan)
        for index, (first, curve) in enumerate(zip(self.first_warned_h, self.curve)):
            if not np.isnan(first) and curve[-1] > 0:
                out[index] = np.interp(60 * first, minutes, curve) / curve[-1]
        return out

    @cached_property
    def findings(self) -> tuple[float, float]:
        """Mean findings of sensors in the allies, true ones and false alarms; modelled hosts."""
        series = self.result.run.series
        both = []
        for name in ("detections", "false_alarms"):
            last = self.result.per_replicate(series[name].isel(time=-1))
            both.append(float(last.sel(country=self.allies).sum(["country", "sensor"]).mean()))
        return both[0], both[1]
