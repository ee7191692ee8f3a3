"""Counts of replicates, and what is fitted to them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from annelid.validation.measures import fit_logistic

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["ANNELID_PROGRAM"]
ADDRESSES = 2.0**32


@dataclass
class Curves:
    """Counts of replicates: `hours` [time], `counts` [replicate, time, state]."""

    hours: np.ndarray
    counts: np.ndarray
    states: list[str]

    @property
    def hosts(self) -> int:
        return int(self.counts[0, 0].sum())

    def infected_share(self) -> np.ndarray:
        """Share of hosts that are not susceptible, [replicate, time]; for SI worms."""
        return 1 - self.counts[:, :, 0] / self.hosts

    def logistic_fits(self) -> tuple[np.ndarray, np.ndarray]:
        """K (per hour) and T (hours) of each replicate's fitted logistic."""
        return fit_logistic(self.hours, self.infected_share())

    def hours_to(self, share: float) -> np.ndarray:
        """When each replicate first has that share infected; all must reach it."""
        reached = self.infected_share() >= share
        assert reached.any(axis=1).all(), f"{share} is not reached"
        return self.hours[reached.argmax(axis=1)]


def standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def simulate(folder: Path, scenario: str, replicates: int, *settings: str) -> Curves:
    output = folder / "run.h5"
    command = [PROGRAM, "run", str(ROOT / "inputs" / scenario), "--replicates", str(replicates),
               "--set", "record.events=false", "--output", str(output), "--progress", "off"]
    for setting in settings:
        command += ["--set", setting]
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    with h5py.File(output) as file:
        states = [name.decode() for name in file["state"][...]]
        return Curves(file["time"][...] / 3600, file["counts"][...], states)
