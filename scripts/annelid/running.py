"""annelid.run: runs a scenario from Python and opens what came of it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xarray as xr

from annelid.opening import open as open_file

ROOT = Path(__file__).resolve().parents[2]
MISSING = 69


class ProgramError(RuntimeError):
    """The program ended without a result; the text is what it said, `code` its exit code.

    2: bad input (nothing was written), 69: something needed is missing, 70: internal fault, 74: a
    result could not be written, 75: stopped by a signal.
    """

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def find_program() -> str:
    """Path of the program: ANNELID_PROGRAM, else build/annelid of this clone, else from PATH."""
    named, built = os.environ.get("ANNELID_PROGRAM"), ROOT / "build" / "annelid"
    if named or built.is_file():
        return named or str(built)
    found = shutil.which("annelid")
    if found is None:
        raise ProgramError(f"{built}: no program (it is not built, nor is annelid on PATH): run "
                           "scripts/setup annelid, or name it in ANNELID_PROGRAM", MISSING)
    return found


def run(scenario: str | os.PathLike[str], *, set: Mapping[str, object] | None = None,  # noqa: A002
        seed: int | None = None, replicates: int | None = None, ranks: int = 1,
        threads: int | None = None, output: str | os.PathLike[str] | None = None,
        force: bool = False, **options: object) -> xr.Dataset:
    """Runs a scenario to its end and returns its series as annelid.open does.

    scenario: TOML file. set: other values for its keys, {"worm.vector.scan.rate": "40 /s"}; a
        text is a quantity with its unit or a name, else numbers, truth values and lists of such.
    seed, replicates: as `annelid run --seed --replicates`.
    ranks, threads: MPI ranks and threads of each; the result does not depend on them. Default: one
        rank on all cores.
    output, force: the run file, and whether one that exists goes. Default: a file in a temporary
        folder, which is removed when Python ends.
    options: further options of `annelid run`, `checkpoint_every="10 min"` for --checkpoint-every;
        True for one without a value.

    ProgramError: with the program's own text, where it did not end well.
    """
    output = Path(output) if output is not None else _temporary_folder() / "run.h5"
    command = [find_program(), "run", os.fspath(scenario), "--output", str(output)]
    for key, value in (set or {}).items():
        command += ["--set", f"{key}={to_toml(value)}"]
    settings = {"seed": seed, "replicates": replicates, "force": force or None, "progress": "off"}
    for name, value in (settings | options).items():
        if value is not None and value is not False:
            command += ["--" + name.replace("_", "-"), *([] if value is True else [str(value)])]
    if ranks > 1:
        command = ["mpirun", "--quiet", "-np", str(ranks), "--bind-to", "none", "--oversubscribe",
                   *command]
    execute(command, threads or max(1, len(os.sched_getaffinity(0)) // ranks))
    return open_file(output)


def to_toml(value: object) -> str:
    """A value as --set takes it."""
    if hasattr(value, "item"):  # of numpy
        value = value.item()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(to_toml(part) for part in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {to_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def execute(command: Sequence[str], threads: int = 1) -> str:
    """What the command prints; ProgramError where it does not end well."""
    # Open MPI refuses root unless told, and containers run as root.
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads),
                   "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, env=environment)
    except OSError as fault:
        raise ProgramError(f"{command[0]}: it does not start ({fault.strerror}): name another in "
                           "ANNELID_PROGRAM", MISSING) from fault
    if done.returncode != 0:
        raise ProgramError(done.stderr.strip() or f"{command[0]}: exit code {done.returncode} (it "
                           "said nothing): run it in a terminal", done.returncode)
    return done.stdout


def _temporary_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="annelid-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
