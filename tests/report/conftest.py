"""Fixtures of the report tests: run files of every kind, and the page that npm bundles."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "scripts")]

from synthetic_run import write_run  # noqa: E402

from annelid.report_series import LEVELS  # noqa: E402

SERIES = ("counts", "country_counts", "sector_counts", "vector_infections")
HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)> & \u2028 "'


def report(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs scripts/report as a user would."""
    return subprocess.run([PROJECT / "scripts" / "report", *map(str, arguments)], text=True,
                          capture_output=True, check=False, env={**os.environ, **environment})


@pytest.fixture(scope="session")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a run file into a folder of its own; the keywords are those of write_run."""
    return lambda **options: write_run(tmp_path_factory.mktemp("run") / "run.h5", **options)


@pytest.fixture(scope="session")
def single(make_run: Callable[..., Path]) -> Path:
    return make_run()


@pytest.fixture(scope="session")
def ensemble(make_run: Callable[..., Path]) -> Path:
    return make_run(replicates=5)


@pytest.fixture(scope="session")
def quantiles(make_run: Callable[..., Path]) -> Path:
    """The ensemble as `annelid run --quantiles` keeps it: bands of each series, no replicates."""
    path = make_run(replicates=5, services=False)
    with h5py.File(path, "r+") as file:
        file["quantile"] = np.array(LEVELS)
        file["quantile"].make_scale("quantile")
        for name in SERIES:
            bands = np.quantile(file[name][:], LEVELS, axis=0)
            dims = [file[name].dims[axis].keys()[0] for axis in range(1, file[name].ndim)]
            del file[name]
            file[name] = bands
            for axis, dim in enumerate(["quantile", *dims]):
                file[name].dims[axis].attach_scale(file[dim])
        del file["events"]  # the axis stays, for what is counted once a replicate
    return path


@pytest.fixture(scope="session")
def hostile(make_run: Callable[..., Path]) -> Path:
    """A run whose title, names and scenario would be HTML if anybody let them."""
    path = make_run()
    with h5py.File(path, "r+") as file:
        file.attrs["title"] = HOSTILE
        file["country_name"][0] = HOSTILE
        file["scenario"][()] = f"title = '''{HOSTILE}'''\n"
    return path


def simulate(target: Path, scenario: str, *options: str) -> Path:
    """A run of the program itself, on one rank."""
    program = os.environ.get("ANNELID_PROGRAM", str(PROJECT / "build" / "annelid"))
    subprocess.run([program, "run", PROJECT / "inputs" / scenario, "--output", target, "--progress",
                    "off", *options], check=True, capture_output=True, stdin=subprocess.DEVNULL,
                   env={**os.environ, "OMP_NUM_THREADS": "1"})
    return target


@pytest.fixture(scope="session")
def wannacry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The main job in a world of two million hosts."""
    return simulate(tmp_path_factory.mktemp("wannacry") / "run.h5", "wannacry.toml",
                    "--set", "population.hosts=2000000")


@pytest.fixture(scope="session")
def two_worms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """WannaCry and NotPetya in one world."""
    return simulate(tmp_path_factory.mktemp("worms") / "run.h5", "may-and-june-2017.toml",
                    "--set", "population.hosts=1500000")


@pytest.fixture(scope="session")
def template(single: Path) -> Path:
    """The bundled page, made by the command itself where it is not there yet."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed: scripts/setup --tests")
    done = report(single)
    assert done.returncode == 0, done.stderr
    return PROJECT / "build" / "report_page" / "template.html"
