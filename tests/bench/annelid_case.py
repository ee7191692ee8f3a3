"""One command line of annelid and what its processes measured."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import h5py

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Case:
    """A scenario of inputs/ with settings, on a layout; `options` are further ones of `annelid run`."""

    name: str
    scenario: str
    settings: tuple[str, ...] = ()
    ranks: int = 1
    threads: int = 1
    options: tuple[str, ...] = ()
    values: dict[str, list[float]] = field(default_factory=dict)

    def command(self, program: Path, output: Path) -> list[str]:
        command = [str(program), "run", str(ROOT / "inputs" / self.scenario), "--output",
                   str(output), "--force", "--progress", "off", *self.options]
        for setting in self.settings:
            command += ["--set", setting]
        return ["mpirun", "-n", str(self.ranks), *command] if self.ranks > 1 else command

    def environment(self) -> dict[str, str]:
        return dict(os.environ, OMP_NUM_THREADS=str(self.threads), GOMP_SPINCOUNT="10000",
                    OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")

    def measure(self, program: Path, folder: Path) -> None:
        output = folder / "run.h5"
        begin = time.monotonic()
        subprocess.run(self.command(program, output), check=True, env=self.environment(),
                       stdout=subprocess.DEVNULL)
        measured = {"process_s": time.monotonic() - begin}
        with h5py.File(output) as file:
            for group in ("timings", "diagnostics"):
                for key, dataset in file[group].items():
                    if dataset.shape == ():
                        measured[key] = float(dataset[()])
            measured["infections"] = float(file["vector_infections"][-1].sum())
        for key, value in measured.items():
            self.values.setdefault(key, []).append(value)

    def get(self, key: str) -> float:
        return median(self.values[key])
