"""Fixtures of the script tests: run files made without the simulator."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "scripts"), str(Path(__file__).parent)]

from synthetic_run import write_run  # noqa: E402


@pytest.fixture(scope="session")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a run file into a folder of its own; the keywords are those of write_run."""
    return lambda **options: write_run(tmp_path_factory.mktemp("run") / "run.h5", **options)


@pytest.fixture(scope="session")
def single(make_run: Callable[..., Path]) -> Path:
    """One finished outbreak of 24 h in ten countries."""
    return make_run()


@pytest.fixture(scope="session")
def ensemble(make_run: Callable[..., Path]) -> Path:
    """Five finished outbreaks."""
    return make_run(replicates=5)


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs scripts/<name> as a user would."""
    def run(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PROJECT / "scripts" / name, *map(str, arguments)], text=True,
                              capture_output=True, check=False, env={**os.environ, **environment})
    return run
