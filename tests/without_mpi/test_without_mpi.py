"""A program without MPI: the same runs, and no socket, as its system calls are all its own.

In the short form it is the target `annelid_without_mpi`, whose code without MPI is that of the program
with it; in the long form the commands that the README gives to those who build by hand make one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import pytest
from annelid.compare import compare

PROJECT = Path(__file__).resolve().parents[2]
BY_HAND = (PROJECT / "README.md").read_text(encoding="utf-8").split("By hand:")[1]
CONFIGURE_AND_BUILD, RUN, WITHOUT_MPI = re.findall(r"`([^`]+)`", BY_HAND)[:3]
SMALLER = "--set population.hosts=1000000"


def run(command: str, folder: Path) -> str:
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                   "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                   "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    done = subprocess.run(command, cwd=folder, shell=True, text=True, capture_output=True,
                          check=False, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def configured(folder: Path, options: str = "") -> Path:
    """A copy of the sources, configured as the README says for a program without MPI."""
    assert WITHOUT_MPI == "-DANNELID_MPI=OFF"
    for file in run("git ls-files", PROJECT).splitlines():
        copy = folder / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / file, copy)
    configure = CONFIGURE_AND_BUILD.split(" && ")[0]
    run(f"{configure} -G Ninja {WITHOUT_MPI} -DANNELID_TESTS=OFF {options}", folder)
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program without MPI."""
    if not os.environ.get("ANNELID_LONG"):
        return Path(os.environ["ANNELID_WITHOUT_MPI"])
    # Not optimised: that takes a third of the time, and must not change a bit either.
    folder = configured(tmp_path_factory.mktemp("alone"),
                        "-DCMAKE_CXX_FLAGS_RELEASE='-O0 -DNDEBUG -U_FORTIFY_SOURCE'")
    run(CONFIGURE_AND_BUILD.split(" && ")[1], folder)
    return folder / "build" / "annelid"


def test_it_has_no_mpi(alone: Path):
    libraries = run(f"ldd {alone}", PROJECT)
    assert "libhdf5" in libraries
    assert "mpi" not in libraries
    assert "mpi" in run(f"ldd {os.environ['ANNELID_PROGRAM']}", PROJECT)


def test_it_is_configured_without_mpi(tmp_path: Path):
    folder = configured(tmp_path)
    commands = (folder / "build" / "compile_commands.json").read_text(encoding="utf-8")
    assert "communicator.cpp" in commands
    assert "ANNELID_WITH_MPI" not in commands
    assert "openmpi" not in commands


def test_a_build_without_mpi_gives_the_same_run(alone: Path, tmp_path: Path):
    program = "mpirun -n 2 build/annelid "
    assert RUN.startswith(program)
    with_mpi, without = tmp_path / "with.h5", tmp_path / "without.h5"
    arguments = RUN.removeprefix(program) + f" {SMALLER}"
    run("mpirun -n 2 " + os.environ["ANNELID_PROGRAM"] + " " +
        arguments.replace("run.h5", str(with_mpi)), PROJECT)
    run(f"{alone} " + arguments.replace("run.h5", str(without)), PROJECT)
    with h5py.File(with_mpi) as one, h5py.File(without) as other:
        assert compare(one, other) == []
        assert one["events/host"].shape[0] > 0


STRACE = shutil.which("strace")
# `trace=network` is every call that makes, names or uses a socket; io_uring could do so unseen.
CALLS = "trace=network,io_uring_setup,execve"


def traced(command: list[str], folder: Path) -> list[str]:
    """The calls of a command and its children, a line each; skips where tracing is forbidden."""
    if STRACE is None:
        pytest.skip("strace is not installed: scripts/setup")
    log = folder / "calls.txt"
    done = subprocess.run([STRACE, "-f", "-qq", "-e", CALLS, "-o", log, *command], cwd=PROJECT,
                          text=True, capture_output=True, check=False)
    calls = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    if not any("execve(" in call for call in calls):
        pytest.skip(f"system calls cannot be traced here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return [call for call in calls if not re.search(r"execve\(|\+\+\+|--- SIG", call)]


def test_a_trace_shows_sockets(tmp_path: Path):
    """So that none in a trace means none."""
    assert traced([sys.executable, "-c", "import socket; socket.socket()"], tmp_path)


@pytest.mark.parametrize("arguments", ["run wannacry.toml", "run as-outbreak.toml",
                                       "check notpetya.toml", "info"])
def test_no_socket_is_opened(alone: Path, tmp_path: Path, arguments: str):
    command, *name = arguments.split()
    inputs = PROJECT / "inputs"
    file = [str(inputs / name[0])] if name else [str(tmp_path / "x.h5")]
    smaller = ["--set", "population.hosts=1000000"] if "wannacry" in arguments else []
    output = ["--output", str(tmp_path / "x.h5")] if command == "run" else []
    if command == "info":
        run(f"{alone} run {inputs}/si-flat.toml --output {file[0]}", tmp_path)
    assert traced([str(alone), command, *file, *smaller, *output], tmp_path) == []
