"""The commands that the README gives to those who build by hand, run as it says them.

The program that comes of it has no MPI, so its system calls are its own: none of them is for a socket.
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
from conftest import PROJECT

BY_HAND = (PROJECT / "README.md").read_text(encoding="utf-8").split("By hand:")[1]
CONFIGURE_AND_BUILD, RUN, WITHOUT_MPI = re.findall(r"`([^`]+)`", BY_HAND)[:3]
SMALLER = "--set population.hosts=1000000"


def run(command: str, folder: Path) -> None:
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                   "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                   "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    done = subprocess.run(command, cwd=folder, shell=True, text=True, capture_output=True,
                          check=False, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources and, built there, the program without MPI."""
    assert WITHOUT_MPI == "-DANNELID_MPI=OFF"
    folder = tmp_path_factory.mktemp("alone")
    files = subprocess.run(["git", "ls-files"], cwd=PROJECT, text=True, capture_output=True,
                           check=True).stdout.split("\n")
    for file in filter(None, files):
        copy = folder / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / file, copy)
    configure, build = CONFIGURE_AND_BUILD.split(" && ")
    # Not optimised: that takes a third of the time, and must not change a bit either.
    run(f"{configure} -G Ninja {WITHOUT_MPI} -DANNELID_TESTS=OFF "
        f"-DCMAKE_CXX_FLAGS_RELEASE='-O0 -DNDEBUG' && {build}", folder)
    return folder


def test_a_build_without_mpi_gives_the_same_run(alone: Path, tmp_path: Path):
    assert RUN.startswith("mpirun -n 2 ")
    with_mpi, without = tmp_path / "with.h5", tmp_path / "without.h5"
    run(f"{RUN} {SMALLER}".replace("run.h5", str(with_mpi)), PROJECT)
    by_itself = RUN.removeprefix("mpirun -n 2 ")
    run(f"{by_itself} {SMALLER}".replace("run.h5", str(without)), alone)
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
    file = [str(alone / "inputs" / name[0])] if name else [str(tmp_path / "x.h5")]
    smaller = ["--set", "population.hosts=1000000"] if "wannacry" in arguments else []
    output = ["--output", str(tmp_path / "x.h5")] if command == "run" else []
    if command == "info":
        run(f"{alone}/build/annelid run {alone}/inputs/si-flat.toml --output {file[0]}", alone)
    program = str(alone / "build" / "annelid")
    assert traced([program, command, *file, *smaller, *output], tmp_path) == []
