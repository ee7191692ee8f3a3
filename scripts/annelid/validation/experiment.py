"""A scenario that is run many times, and what comes out of it."""

from __future__ import annotations

import csv
import os
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import h5py
import numpy as np
import xarray as xr

from annelid.run_file import Run, open_run

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Experiment:
    """Replicates 0 to `replicates` - 1 of a scenario with seed 1.

    settings: further `--set KEY=VALUE`.
    reduced_replicates, reduced_settings: for a quick look, in smaller worlds where they must be.
    why_fewer: why it has other than a hundred replicates.
    in_small: whether it is among the reduced ones.
    """

    name: str
    scenario: str
    replicates: int
    reduced_replicates: int
    settings: tuple[str, ...] = ()
    reduced_settings: tuple[str, ...] = ()
    why_fewer: str = ""
    in_small: bool = True

    def options(self, reduced: bool) -> list[str]:
        settings = self.settings + (self.reduced_settings if reduced else ())
        return [option for setting in settings for option in ("--set", setting)]

    def num_replicates(self, reduced: bool) -> int:
        return self.reduced_replicates if reduced else self.replicates


@dataclass(frozen=True)
class Result:
    """What an experiment left behind."""

    experiment: Experiment
    path: Path
    options: list[str] = field(repr=False)

    @cached_property
    def run(self) -> Run:
        return open_run(self.path)

    def per_replicate(self, series: xr.DataArray) -> xr.DataArray:
        """With a replicate axis, even if the run has none."""
        return series if "replicate" in series.dims else series.expand_dims("replicate")

    @property
    def minutes(self) -> np.ndarray:
        """Minutes from the start to each row."""
        times = self.run.series["time"].values
        return (times - times[0]) / np.timedelta64(1, "m")

    @property
    def hours(self) -> np.ndarray:
        """Hours from the start to each row."""
        return self.minutes / 60

    @property
    def infected_share(self) -> np.ndarray:
        """Infections since the start over hosts, shape (replicate, time)."""
        return self.infected.values / self.run.hosts

    @property
    def counts(self) -> xr.DataArray:
        """Hosts by state, dims (replicate, time, state)."""
        return self.per_replicate(self.run.series["counts"]).transpose("replicate", "time", "state")

    @property
    def infected(self) -> xr.DataArray:
        """Infections since the start, dims (replicate, time)."""
        return self.per_replicate(self.run.infections).transpose("replicate", "time")

    @property
    def infected_by_country(self) -> xr.DataArray:
        """Hosts that have been infected, dims (replicate, time, country)."""
        counts = self.run.series["country_counts"].sel(state=self.run.infected_states).sum("state")
        return self.per_replicate(counts).transpose("replicate", "time", "country")

    def events(self, group: str = "events") -> dict[str, np.ndarray]:
        with h5py.File(self.path) as file:
            return {name: values[:] for name, values in file[group].items()
                    if values.shape and values.size and name not in ("event", "transition")}

    @cached_property
    def organisation_lines(self) -> dict[str, np.ndarray]:
        """Neighbouring organisations and homes of one size: first_host, size and number of them.

        A world has hundreds of millions of homes, and so few of these lines that they fit.
        """
        done = subprocess.run([program(), "organisations", str(ROOT / self.experiment.scenario),
                               *self.options], capture_output=True, text=True, check=True)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        return {name: np.array([int(row[name]) for row in rows])
                for name in ("first_host", "size", "number")}

    @cached_property
    def organisation_sizes(self) -> np.ndarray:
        """Hosts of every organisation, in the order of hosts."""
        return np.repeat(self.organisation_lines["size"], self.organisation_lines["number"])

    def organisation_of(self, hosts: np.ndarray) -> np.ndarray:
        """The number of each host's organisation or home."""
        first, size, number = (self.organisation_lines[name]
                               for name in ("first_host", "size", "number"))
        line = np.searchsorted(first, hosts, side="right") - 1
        return (np.cumsum(number) - number)[line] + (hosts - first[line]) // size[line]


def program() -> str:
    return os.environ.get("ANNELID_PROGRAM", str(ROOT / "build" / "annelid"))


def perform(experiment: Experiment, folder: Path, reduced: bool, reuse: bool = False,
            threads: int | None = None) -> Result:
    """Runs it; threads: where OMP_NUM_THREADS does not say how many."""
    output = folder / f"{experiment.name}.h5"
    folder.mkdir(parents=True, exist_ok=True)
    options = experiment.options(reduced)
    if reuse and output.exists():
        return Result(experiment, output, options)
    environment = {"OMP_NUM_THREADS": str(threads or len(os.sched_getaffinity(0))), **os.environ}
    subprocess.run([program(), "run", str(ROOT / experiment.scenario), *options, "--replicates",
                    str(experiment.num_replicates(reduced)), "--output", str(output), "--force",
                    "--progress", "off"], check=True, env=environment)
    return Result(experiment, output, options)
