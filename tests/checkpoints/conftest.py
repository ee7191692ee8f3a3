"""Runs with checkpoints, and checkpoints that are changed by hand."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["ANNELID_PROGRAM"]
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", "")
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
               "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               "OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}
SEAL_BYTES = 24

# Worm, sensors and isolation by a trigger that does not fire before the checkpoint, patches late.
SCENARIO = """\
[time]
end = "8 h"

[population]
kind = "internet"
hosts = 1_000_000
real_hosts = 1e7

[seeds]
hosts = 3000

[worm]
preset = "wannacry"

[trigger.many]
kind = "count"
states = ["encrypted", "infectious"]
at_least = {many}

[defence.watch]
kind = "sensor"
trigger = "many"
after = "10 min"

[defence.cut]
kind = "isolation"
trigger = "many"

[defence.patches]
kind = "patching"
start = "7 h"
rate = "1 /d"
"""


def run(scenario: Path, output: Path, *options: str,
        ranks: int = 1) -> subprocess.CompletedProcess[str]:
    """Runs it; output, error and exit code are for the caller to look at."""
    command = [PROGRAM, "run", str(scenario), "--output", str(output), "--progress", "off",
               *options]
    if ranks > 1:
        command = [MPIEXEC, "--quiet", "--oversubscribe", "--bind-to", "none", "-n", str(ranks),
                   *command]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=ENVIRONMENT)


def unsealed(checkpoint: Path) -> bytes:
    """The HDF5 file without its last bytes."""
    return checkpoint.read_bytes()[:-SEAL_BYTES]


def seal(file: Path) -> None:
    """Appends what says how long the file is, and its checksum."""
    content = file.read_bytes()
    head = struct.pack("<QI", len(content), zlib.crc32(content))
    file.write_bytes(content + head + struct.pack("<I", zlib.crc32(head)) + b"annelid\n")


class Base:
    """A run of SCENARIO with two checkpoints, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.scenario = folder / "base.toml"
        self.scenario.write_text(SCENARIO.format(many=1_000_000))
        self.output = folder / "base.h5"
        self.checkpoint = folder / "base.checkpoint.h5"
        self.previous = folder / "base.checkpoint.h5.previous"
        done = run(self.scenario, self.output, "--checkpoint-every", "750 steps")
        assert done.returncode == 0, done.stderr
        assert self.checkpoint.exists() and self.previous.exists()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return Base(tmp_path_factory.mktemp("base"))
