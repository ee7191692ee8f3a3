"""Runs the program for particles, several at once: how far are they from the observed curve?"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from annelid.calibration.observed import Observed
from annelid.sweep.local import environment
from annelid.sweep.program import program
from annelid.sweep.study import set_options


class RunFailed(Exception):
    """A simulation did not come to its end."""


class Simulator:
    """scenario, options: what all runs have. replicates: of each particle, in one process."""

    def __init__(self, scenario: Path, options: Sequence[str], infected_states: Sequence[str],
                 observed: Observed, replicates: int, jobs: int, folder: Path) -> None:
        self.scenario, self.options = scenario, [*options, "--set", "record.events=false"]
        self.infected_states, self.observed = list(infected_states), observed
        self.replicates, self.jobs, self.folder = replicates, jobs, folder
        self.num_runs = 0
        self.first_curves: dict[tuple[object, ...], np.ndarray] = {}

    def curves(self, settings: dict[str, Any], seed: int) -> np.ndarray:
        """Real hosts, shape (replicate, row of the observation)."""
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            output = Path(temporary) / "run.h5"
            done = subprocess.run(
                [program(), "run", str(self.scenario), *self.options, *set_options(settings),
                 "--seed", str(seed), "--replicates", str(self.replicates), "--output",
                 str(output), "--progress", "off"], text=True, capture_output=True, check=False,
                stdin=subprocess.DEVNULL, env=environment(threads=1), start_new_session=True)
            if done.returncode != 0:
                at = ", ".join(f"{path} = {value}" for path, value in settings.items())
                raise RunFailed(f"{at}, seed {seed}: exit code {done.returncode}\n"
                                f"{done.stderr.strip()}")
            with h5py.File(output) as file:
                return self._curves_of(file)

    def _curves_of(self, file: h5py.File) -> np.ndarray:
        observed, time_s = self.observed, file["time"][:]
        if observed.curve == "infected":
            states = list(file["state"].asstr()[:])
            counts = file["counts"][:]
            series = sum(counts[..., states.index(name)] for name in self.infected_states)
        else:
            series = file["vector_infections"][:].sum(axis=-1)
        series = np.atleast_2d(series) * float(file.attrs["real_hosts_per_host"])
        at_rows = np.array([np.interp(observed.elapsed_s, time_s, row) for row in series])
        if observed.curve == "new_infections":
            seeds = series[:, :1]
            return np.diff(at_rows, axis=1, prepend=seeds)
        return at_rows

    def all_distances(self, settings: Sequence[dict[str, Any]],
                      seeds: Sequence[int]) -> np.ndarray:
        """Of each particle from the observed curve; shape (particle, replicate)."""
        self.num_runs += len(settings)
        with ThreadPoolExecutor(self.jobs) as pool:
            curves = list(pool.map(self.curves, settings, [int(seed) for seed in seeds]))
        for one, seed, rows in zip(settings, seeds, curves):
            self.first_curves[key(one, seed)] = rows[0]
        return self.distances(np.reshape(curves, (len(curves), self.replicates,
                                                  len(self.observed.counts))))

    def first_curve(self, settings: dict[str, Any], seed: int) -> np.ndarray:
        """Of the first replicate of a particle that was simulated; shape (row,)."""
        return self.first_curves[key(settings, seed)]

    def distances(self, curves: np.ndarray) -> np.ndarray:
        """Root mean square of the differences of square roots, over the rows. A root makes the
        noise of counts about the same at all heights (Anscombe 1948), so the beginning of an
        outbreak tells as much as its top."""
        return np.sqrt(np.mean((np.sqrt(curves) - np.sqrt(self.observed.counts))**2, axis=-1))


def key(settings: dict[str, Any], seed: int) -> tuple[object, ...]:
    return (int(seed), *settings.values())
