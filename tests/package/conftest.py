"""Fixtures of the package's tests: files and trees made without the simulator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "scripts"),
                str(Path(__file__).parent)]

from synthetic_run import write_run  # noqa: E402
from synthetic_study import write_study  # noqa: E402


@pytest.fixture(scope="session")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a run file into a folder of its own; the keywords are those of write_run."""
    return lambda **options: write_run(tmp_path_factory.mktemp("run") / "run.h5", **options)


@pytest.fixture(scope="session")
def make_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a study file into a folder of its own; the keywords are those of write_study."""
    return lambda **options: write_study(tmp_path_factory.mktemp("study") / "study.h5", **options)
