"""Fixtures of the tests of studies: small ones, and a program that fails where it is told to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "slurm_fixture")]
PROGRAM = os.environ.setdefault("ANNELID_PROGRAM", str(PROJECT / "build" / "annelid"))
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", shutil.which("mpirun") or "")

from annelid.compare import compare  # noqa: E402
from annelid.sweep import command  # noqa: E402

SCENARIO = """\
[time]
end = "20 min"

[population]
kind = "flat"
hosts = 1_000

[seeds]
hosts = 5

[worm]
preset = "si"

[worm.vector.scan]
addresses = 10_000

[record]
every = "5 min"
events = false
"""

STUDY = """\
scenario = "x.toml"
replicates = 2
jobs = 2

[settings]
seed = 7

[parameter."worm.vector.scan.rate"]
values = ["0.02 /s", "0.05 /s"]

[parameter."seeds.hosts"]
values = [5, 20]
"""

# The program, but for runs with the words of FAIL_AT.
FAILING = """#!/usr/bin/env bash
if [[ $1 == run && " $* " == *"$FAIL_AT"* ]]; then
    echo "the sky has fallen" >&2
    exit 70
fi
exec "$REAL_PROGRAM" "$@"
"""


@dataclass
class Bench:
    """A folder with a scenario and a study; sweeps are called there."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def write(self, text: str = STUDY, name: str = "study.toml") -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def sweep(self, *options: str, study: str = "study.toml", output: str = "out",
              expect: int = 0) -> str:
        """What it says on standard error; what it prints is not looked at."""
        self.capture.readouterr()
        code = command.main([study, "--output", output, *options])
        said = self.capture.readouterr()
        assert code == expect, said.err
        return said.err

    def refused(self, text: str, *options: str) -> list[str]:
        """The faults of a study that leaves nothing behind."""
        self.write(text)
        before = sorted(self.folder.rglob("*"))
        lines = self.sweep(*options, expect=2).strip().split("\n")
        assert sorted(self.folder.rglob("*")) == before
        return lines

    def start(self, *options: str, output: str = "out",
              **environment: str) -> subprocess.Popen[str]:
        """A sweep of its own, to be disturbed."""
        return subprocess.Popen(
            [PROJECT / "scripts" / "sweep", "study.toml", "--output", output, *options],
            cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, **environment}, start_new_session=True)

    def differences(self, whole: Path) -> list[str]:
        """Between another study file and that of the folder."""
        with h5py.File(whole) as first, h5py.File(self.folder / "out" / "study.h5") as second:
            return compare(first, second)


def synthetic_curve(folder: Path, scenario: str | Path, settings: list[str], seed: int) -> None:
    """Writes curve.csv: hosts infected in an outbreak, at every row but the first."""
    words = [word for setting in [*settings, "record.events=false"] for word in ("--set", setting)]
    run = folder / "truth.h5"
    subprocess.run([PROGRAM, "run", scenario, *words, "--seed", str(seed), "--output", run,
                    "--force", "--progress", "off"], cwd=folder, check=True)
    with h5py.File(run) as file:
        infected = file["counts"][1:, list(file["state"].asstr()).index("infectious")]
        rows = [f"{time:g},{count}" for time, count in zip(file["time"][1:], infected)]
    run.unlink()
    (folder / "curve.csv").write_text("\n".join(["time,infected", *rows, ""]))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gathered file of a sweep that nothing disturbs."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "x.toml").write_text(SCENARIO)
    (folder / "study.toml").write_text(STUDY)
    subprocess.run([PROJECT / "scripts" / "sweep", "study.toml", "--output", "out"], cwd=folder,
                   check=True, capture_output=True)
    return folder / "out" / "study.h5"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
          capsys: pytest.CaptureFixture[str]) -> Bench:
    monkeypatch.chdir(tmp_path)
    made = Bench(tmp_path, capsys)
    made.write(SCENARIO, "x.toml")
    made.write()
    return made


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on runs with these words in their command fail; with "" none does."""
    stand_in = tmp_path / "failing"
    stand_in.write_text(FAILING)
    stand_in.chmod(0o755)
    monkeypatch.setenv("REAL_PROGRAM", PROGRAM)

    def fail_at(words: str) -> None:
        monkeypatch.setenv("FAIL_AT", words)
        monkeypatch.setenv("ANNELID_PROGRAM", str(stand_in) if words else PROGRAM)
    return fail_at
