"""Which hosts belong together: the organisations of a run, as the program lays them out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annelid.running import execute, find_program


@dataclass(frozen=True)
class Organisations:
    """Runs of organisations of one size: `number` of `size` hosts each from `first_host` on.

    All have shape (run of organisations,); hosts are numbered from 0 without gaps.
    """

    first_host: np.ndarray
    size: np.ndarray
    number: np.ndarray

    def first_host_of(self, hosts: np.ndarray) -> np.ndarray:
        """The first host of each host's organisation, which names it; int64, same shape."""
        row = np.searchsorted(self.first_host, hosts, side="right") - 1
        first = self.first_host[row]
        return first + (hosts - first) // self.size[row] * self.size[row]

    def size_of(self, host: int) -> int:
        """Hosts of the organisation that `host` is in."""
        return int(self.size[np.searchsorted(self.first_host, host, side="right") - 1])


def organisations_of(scenario: str) -> Organisations:
    """The organisations of a scenario, given as text.

    ProgramError: the program is missing, or refuses it, as where it names files that are not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_text(scenario, encoding="utf-8")
        table = execute([find_program(), "organisations", str(path)])
    rows = np.loadtxt(table.splitlines(), delimiter=",", skiprows=1, usecols=(0, 1, 2),
                      dtype=np.int64, ndmin=2)
    return Organisations(*rows.T)
