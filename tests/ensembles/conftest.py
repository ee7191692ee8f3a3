"""The program on ranks and in teams, as tests of ensembles need it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ANNELID_PROGRAM", str(PROJECT / "build" / "annelid"))
# Empty where annelid is built without MPI.
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", shutil.which("mpirun") or "")
ENVIRONMENT = dict(
    os.environ,
    OMP_NUM_THREADS="1",
    OMPI_MCA_mpi_yield_when_idle="1",
    OMPI_ALLOW_RUN_AS_ROOT="1",
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
)


def command(*arguments: object, ranks: int = 1) -> list[str]:
    """`annelid run …` on so many ranks."""
    words = [PROGRAM, "run", *map(str, arguments)]
    if ranks > 1:
        words = [MPIEXEC, "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *words]
    return words


def run(*arguments: object, ranks: int = 1, code: int = 0) -> str:
    """What a run says on standard error; it must end with that exit code."""
    done = subprocess.run(command(*arguments, ranks=ranks), env=ENVIRONMENT, capture_output=True,
                          text=True, timeout=120, cwd=PROJECT)
    assert done.returncode == code, done.stderr
    return done.stderr
