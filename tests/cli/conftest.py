"""Fixtures of the command line tests: the program in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import h5py
import pytest
from annelid.compare import compare

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ANNELID_PROGRAM", str(PROJECT / "build" / "annelid"))
# Empty where annelid is built without MPI.
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", shutil.which("mpirun") or "")

# A mistake shows within seconds; this is what a busy machine is given, and one with sanitizers.
MOST_SECONDS = 200 if "ASAN_OPTIONS" in os.environ else 20

ALONE = {"OMP_WAIT_POLICY": "passive"}
# Open MPI refuses root unless told; ranks beyond the cores give way.
TOGETHER = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_NUM_THREADS": "1"}

FLAT = """\
seed = 1

[time]
end = "1 h"

[population]
kind = "flat"
hosts = 10_000

[seeds]
hosts = 5

[worm]
preset = "si"

[worm.vector.scan]
rate = "10_000 /s"

[record]
every = "1 min"
"""

WORLD = """\
[time]
end = "3 h"

[population]
kind = "internet"
tables = "world-2017"
hosts = 1_000_000
real_hosts = 1.5e9

[seeds]
hosts = 1500

[worm]
preset = "wannacry"

[defence.kill_switch]
kind = "kill_switch"
time = "30 min"
"""

# A whole worm without a preset.
OWN_WORM = """\
[time]
end = "1 h"

[population]
kind = "flat"
hosts = 10_000

[worm]
entry = "latent"

[worm.state.susceptible]

[worm.state.latent]
infected = true
next = "active"
dwell = "10 min"

[worm.state.active]
infected = true
infectious = true

[worm.vector.near]
scope = "subnet"
strategy = "sweep"
rate = "1 /s"

[worm.vector.far]
rate = "100 /s"
"""


@dataclass
class Annelid:
    """Runs the program in `folder`, as a user who stands there."""

    folder: Path

    def __call__(self, *arguments: object, ranks: int = 1,
                 through: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        command = [*through, PROGRAM, *map(str, arguments)]
        environment = {**os.environ, **ALONE}
        if ranks > 1:
            command = [MPIEXEC, "--quiet", "--oversubscribe", "--bind-to", "none", "-n", str(ranks),
                       *command]
            environment = {**os.environ, **TOGETHER}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False,
                              timeout=MOST_SECONDS, stdin=subprocess.DEVNULL, env=environment)
        # Decoded here: text=True would make new lines of carriage returns.
        return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(),
                                           done.stderr.decode())

    def write(self, text: str, name: str = "x.toml") -> Path:
        """A scenario in the folder."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def contents(self) -> dict[str, bytes]:
        """Every file with its bytes, every folder with none."""
        return {str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else b""
                for path in sorted(self.folder.rglob("*"))}

    def refuses(self, *arguments: object, ranks: int = 1, through: tuple[str, ...] = ()) -> str:
        """What it says on bad input: told once, exit code 2, nothing written."""
        before = self.contents()
        done = self(*arguments, ranks=ranks, through=through)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert self.contents() == before
        return done.stderr


@pytest.fixture
def annelid(tmp_path: Path) -> Annelid:
    return Annelid(tmp_path)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Annelid:
    """A folder for results that several tests read."""
    return Annelid(tmp_path_factory.mktemp("runs"))


def differences(first: Path, second: Path) -> list[str]:
    """What scripts/compare says of two run files, without another Python; [] if identical."""
    with h5py.File(first) as one, h5py.File(second) as two:
        return compare(one, two)
