"""Runs points on this machine, several at once."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from types import FrameType, TracebackType

from annelid.sweep.folder import StudyFolder, write_whole
from annelid.sweep.program import cores, program
from annelid.sweep.progress import Progress

POLL_S = 0.03
GRACE_S = 10.0


class Interrupted(Exception):
    """Somebody asked the sweep to stop."""


class StopRequest:
    """Notes SIGINT, SIGTERM and SIGHUP, so that runs can be ended in order."""

    def __init__(self) -> None:
        self.count = 0
        self.before: dict[int, object] = {}

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1

    def __enter__(self) -> StopRequest:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]


def num_jobs(jobs: int | None, ranks: int, threads: int) -> int:
    """Points at once: as told, or as many as have cores of their own."""
    return jobs or max(1, cores() // (ranks * threads))


def command(folder: StudyFolder, point: int) -> list[str]:
    words = (folder.point(point) / "arguments").read_text(encoding="utf-8").splitlines()
    ranks = folder.study.ranks
    mpi = ["mpirun", "--quiet", "--bind-to", "none", "-np", str(ranks)] if ranks > 1 else []
    return [*mpi, program(), *words]


def environment(threads: int) -> dict[str, str]:
    """Several runs share the cores: threads are not pinned, and those that wait give way."""
    return {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMP_PROC_BIND": "false", "OMP_WAIT_POLICY": "passive", **os.environ,
            "OMP_NUM_THREADS": str(threads)}


def start(folder: StudyFolder, point: int, lock: int) -> subprocess.Popen[bytes]:
    """In a session of its own: a Ctrl-C is for the sweep, which then ends its runs."""
    (folder.point(point) / "exit_code").unlink(missing_ok=True)
    with open(folder.log(point), "wb") as log:
        return subprocess.Popen(command(folder, point), cwd=folder.point(point), stdout=log,
                                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                                pass_fds=(lock,), env=environment(folder.study.threads))


def run_points(folder: StudyFolder, points: list[int], jobs: int, lock: int,
               progress: Progress) -> None:
    """Every one of `points`; Interrupted where a signal came."""
    waiting, running = list(reversed(points)), {}
    done, failed = progress.before, 0
    with StopRequest() as stop:
        while waiting or running:
            while waiting and len(running) < jobs and not stop.count:
                point = waiting.pop()
                running[point] = start(folder, point, lock)
            progress.show(done, len(running), failed)
            for point, process in list(running.items()):
                if (code := process.poll()) is None:
                    continue
                del running[point]
                write_whole(folder.point(point) / "exit_code", f"{shell_code(code)}\n")
                if code == 0 and folder.done(point):
                    done += 1
                else:
                    failed += 1
                    progress.say(f"point {point} failed: {folder.reason(point)}")
            if stop.count:
                end_all(list(running.values()), stop)
                progress.end()
                raise Interrupted
            time.sleep(POLL_S)
    progress.finish(done, failed)


def shell_code(code: int) -> int:
    """128 + the signal that ended a process, as a shell says it."""
    return 128 - code if code < 0 else code


def end_all(processes: list[subprocess.Popen[bytes]], stop: StopRequest) -> None:
    """Asks the runs to end; after a while, or a second request, ends them."""
    seen = stop.count
    for process in processes:
        _send(process, signal.SIGTERM)
    begin = time.monotonic()
    while any(process.poll() is None for process in processes):
        if time.monotonic() - begin > GRACE_S or stop.count > seen:
            for process in processes:
                _send(process, signal.SIGKILL)
        time.sleep(POLL_S)


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the process and all that it started: it leads a session."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
