"""Runs that are disturbed: start one, wait for flushes, send signals to ranks, look what is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import pytest
from annelid.compare import compare

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ANNELID_PROGRAM", str(PROJECT / "build" / "annelid"))
MPIEXEC = os.environ.get("ANNELID_MPIEXEC", shutil.which("mpirun") or "")

# Some cases take minutes and are left to `scripts/test --long`.
in_long_form = pytest.mark.skipif(not os.environ.get("ANNELID_FAULTS_LONG"),
                                  reason="part of the long form: ANNELID_FAULTS_LONG=1")

# What a busy machine is given before a test takes it for a hang.
MOST_SECONDS = 120

# Open MPI refuses root unless told; ranks beyond the cores give way.
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
               "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
ENVIRONMENT.pop("OMPI_MCA_odls_base_sigkill_timeout", None)

# Goes on and on, so that there is always something to lose; some seconds of a core.
SCENARIO = """\
seed = 1

[time]
end = "20 d"
step = "1 min"

[population]
kind = "flat"
hosts = 4_000

[seeds]
hosts = 50

[worm]
preset = "sis"

[worm.vector.scan]
rate = "400 /s"

[record]
every = "1 h"
transitions = true
"""

ROWS = {"events": ("time_us", "host", "infector", "vector"),
        "transitions": ("time_us", "host", "from", "to")}


@dataclass
class Run:
    """A run that goes on. Every process is in a session of its own, so none is left behind."""

    process: subprocess.Popen[bytes]
    output: Path
    ranks: int
    messages: str = field(default="", init=False)

    def wait_until_flushed(self, times: int = 1) -> None:
        """Until the run file has been written `times` times, or the run is over."""
        seen: set[int] = set()
        begin = time.monotonic()
        while len(seen) < times and self.process.poll() is None:
            assert time.monotonic() - begin < MOST_SECONDS, "no flush came"
            if self.output.exists():
                seen.add(self.output.stat().st_mtime_ns)
            time.sleep(0.005)

    def pid_of(self, rank: int) -> int:
        """The process of a rank."""
        if self.ranks == 1:
            return self.process.pid
        wanted = f"OMPI_COMM_WORLD_RANK={rank}".encode()
        begin = time.monotonic()
        while time.monotonic() - begin < MOST_SECONDS:
            for pid in children(self.process.pid):
                try:
                    if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                        return pid
                except OSError:
                    continue  # it has just ended
            time.sleep(0.01)
        raise AssertionError(f"rank {rank} does not run")

    def kill_all(self) -> None:
        """kill -9 of every rank and then of mpirun."""
        pids = children(self.process.pid) if self.ranks > 1 else []
        for pid in [*pids, self.process.pid]:
            send(pid, signal.SIGKILL)

    def wait(self, most_seconds: float = MOST_SECONDS) -> int:
        """The exit code; `messages` is what it said."""
        try:
            _, errors = self.process.communicate(timeout=most_seconds)
        except subprocess.TimeoutExpired:
            self.kill_all()
            self.process.communicate()
            raise
        self.messages = errors.decode()
        return self.process.returncode


def children(pid: int) -> list[int]:
    """Processes that `pid` started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def send(pid: int, number: signal.Signals) -> None:
    """A signal to a process that may have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def under_mpi(ranks: int, *command: object, mpi: tuple[str, ...] = ()) -> list[str]:
    """The command on that many ranks."""
    words = [str(word) for word in command]
    if ranks == 1:
        return words
    return [MPIEXEC, "--quiet", "--oversubscribe", "--bind-to", "none", *mpi, "-n", str(ranks),
            *words]


@dataclass
class Faults:
    """Starts runs of one scenario in a folder."""

    folder: Path

    def start(self, *options: object, ranks: int = 1, name: str = "run.h5",
              through: tuple[str, ...] = (), mpi: tuple[str, ...] = (),
              flush_every: float = 0.02) -> Run:
        """`through`: a command that starts the program, for limits."""
        scenario = self.scenario()
        output = self.folder / name
        command = under_mpi(ranks, *through, PROGRAM, "run", scenario, "--output", output,
                            "--progress", "off", "--flush-every", flush_every, *options, mpi=mpi)
        return Run(self.begin(command), output, ranks)

    def start_by_script(self, *options: object, flush_every: float = 0.02) -> Run:
        """As scripts/run does, on two ranks."""
        scenario = self.scenario()
        output = self.folder / "run.h5"
        script = ('scripts=$1; shift; . "$scripts/lib/common.sh"; . "$scripts/lib/mpi.sh"; '
                  'choose_layout; mpi_run "$@"')
        command = ["bash", "-euo", "pipefail", "-c", script, "run", PROJECT / "scripts", PROGRAM,
                   "run", scenario, "--output", output, "--progress", "off", "--flush-every",
                   flush_every, *options]
        process = self.begin([str(word) for word in command], ANNELID_RANKS="2",
                             ANNELID_THREADS="1")
        return Run(process, output, 2)

    def scenario(self) -> Path:
        scenario = self.folder / "scenario.toml"
        if not scenario.exists():
            scenario.write_text(SCENARIO)
        return scenario

    def from_checkpoint(self, name: str = "run.h5") -> tuple[str, ...]:
        """Options that go on with a run that was cut off: from the start where it has no checkpoint
        yet."""
        newest = (self.folder / name).with_suffix(".checkpoint.h5")
        for checkpoint in (newest, newest.with_name(newest.name + ".previous")):
            if checkpoint.exists():
                return ("--restart", str(checkpoint))
        return ("--force",)

    def begin(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=self.folder, env={**ENVIRONMENT, **environment},
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, start_new_session=True)


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    return Faults(tmp_path)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run file of a run that nothing disturbs."""
    run = Faults(tmp_path_factory.mktemp("undisturbed")).start()
    assert run.wait() == 0, run.messages
    with h5py.File(run.output) as file:
        assert file.attrs["complete"] == 1
        assert file["events/host"].size > 50_000
    return run.output


def assert_identical(output: Path, whole: Path) -> None:
    """The results of a finished run are those of the undisturbed one."""
    with h5py.File(output) as one, h5py.File(whole) as two:
        assert one.attrs["complete"] == 1
        assert compare(one, two) == []


def assert_prefix(output: Path, whole: Path) -> int:
    """A run file that was cut off says so, and what it holds is the beginning of the whole one: as
    many rows of events as its time series goes. Returns how many events it has."""
    with h5py.File(output) as one, h5py.File(whole) as two:
        assert one.attrs["complete"] == 0
        rows = one["time"].shape[0]
        assert 0 < rows <= two["time"].shape[0]
        for name in ("time", "counts", "country_counts", "sector_counts", "vector_infections"):
            assert np.array_equal(one[name][...], two[name][:rows]), name
        last_us = int(round(float(one["time"][-1]) * 1e6))
        for group, columns in ROWS.items():
            count = one[f"{group}/{columns[0]}"].shape[0]
            for column in columns:
                found = one[f"{group}/{column}"][...]
                assert np.array_equal(found, two[f"{group}/{column}"][:count]), f"{group}/{column}"
            times = two[f"{group}/time_us"][...]
            assert count >= np.searchsorted(times, last_us), f"{group}: rows before {last_us} us"
        return int(one["events/host"].shape[0])
