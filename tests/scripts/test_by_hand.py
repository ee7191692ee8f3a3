"""The commands that the README gives to those who build by hand, run as it says them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import h5py
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


def test_a_build_without_mpi_gives_the_same_run(tmp_path: Path):
    assert WITHOUT_MPI == "-DANNELID_MPI=OFF"
    assert RUN.startswith("mpirun -n 2 ")
    files = subprocess.run(["git", "ls-files"], cwd=PROJECT, text=True, capture_output=True,
                           check=True).stdout.split("\n")
    for file in filter(None, files):
        copy = tmp_path / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / file, copy)
    configure, build = CONFIGURE_AND_BUILD.split(" && ")
    # Optimised little: that takes half the time, and must not change a bit either.
    run(f"{configure} -G Ninja {WITHOUT_MPI} -DANNELID_TESTS=OFF "
        f"-DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG' && {build}", tmp_path)

    with_mpi, without = tmp_path / "with.h5", tmp_path / "without.h5"
    run(f"{RUN} {SMALLER}".replace("run.h5", str(with_mpi)), PROJECT)
    alone = RUN.removeprefix("mpirun -n 2 ")
    run(f"{alone} {SMALLER}".replace("run.h5", str(without)), tmp_path)
    with h5py.File(with_mpi) as one, h5py.File(without) as other:
        assert compare(one, other) == []
        assert one["events/host"].shape[0] > 0
