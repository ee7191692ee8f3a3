"""The folder of a study: what is in it, which of its points are done, and whose it is.

    study.toml       the study as it was given
    scenario.toml    its scenario in full, before any parameter is set
    points.csv       the points
    points/NNNN/     run.h5, run.log, scenario.toml (in full), arguments, exit_code
    study.h5         all of it, gathered
"""

from __future__ import annotations

import csv
import errno
import fcntl
import io
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from annelid.sweep.study import Study, flatten, setting_keys
from annelid.sweep.toml_source import InputError, as_text, literal
from annelid.text import display_path

DEFAULTS = {"design": "grid", "seed": 1, "points": None, "saltelli": False, "replicates": 1}
REMEDY = "give another --output, or --force to replace what is there"


class StudyFolder:
    """`path` and what lies in it."""

    def __init__(self, path: Path, study: Study) -> None:
        self.path, self.study = path, study

    @property
    def name(self) -> str:
        return display_path(self.path)

    @property
    def gathered(self) -> Path:
        return self.path / "study.h5"

    def point(self, point: int) -> Path:
        return self.path / "points" / f"{point:04d}"

    def log(self, point: int) -> Path:
        return self.point(point) / "run.log"

    @property
    def exists(self) -> bool:
        return (self.path / "study.toml").is_file()

    def refuse_others(self, base: str, by_force: bool) -> None:
        """InputError where something else is here: no study, or one of another design, unless
        that is to be replaced."""
        if self.path.is_dir() and not self.exists and any(self.path.iterdir()):
            raise InputError(f"{self.name}: something else is there (it holds no study.toml): "
                             "give another --output")
        if self.exists and not by_force and (differences := self.differences(base)):
            raise InputError(differences)

    def differences(self, base: str) -> list[str]:
        """How the study that was run here differs from this one; a line each."""
        source = self.study.source
        try:
            old = tomllib.loads((self.path / "study.toml").read_text(encoding="utf-8"))
        except ValueError as fault:
            return [f"{self.name}/study.toml: not readable ({fault}): {REMEDY}"]
        lines = []
        for key, default in DEFAULTS.items():
            if old.get(key, default) != source.table.get(key, default):
                lines.append(self._difference((key,), old.get(key, default)))
        before, now = flatten(old.get("settings", {})), self.study.settings
        lines += [self._difference(setting_keys(source, path), before.get(path))
                  for path in [*now, *(before.keys() - now.keys())]
                  if before.get(path) != now.get(path)]
        lines += self._parameter_differences(old.get("parameter", {}))
        if not lines and (change := _first_change(self._read("scenario.toml"), base)):
            lines.append(source.fault(("scenario",), f"in {self.name} it has {change[0]}, "
                                      f"now {change[1]}", REMEDY))
        if not lines and (change := _first_change(self._read("points.csv"), self.points_csv())):
            lines.append(source.fault(("design",), f"in {self.name} a point is {change[0]}, now "
                                      f"{change[1]}, as another scipy draws it", REMEDY))
        return lines

    def _parameter_differences(self, old: dict[str, Any]) -> Iterator[str]:
        new = self.study.source.table["parameter"]
        for path in [*new, *(old.keys() - new.keys())]:
            before, now = old.get(path), new.get(path)
            if before is None or now is None:
                yield self._difference(("parameter", path), before)
            elif before != now:
                yield from (self._difference(("parameter", path, key), before.get(key))
                            for key in [*now, *(before.keys() - now.keys())]
                            if before.get(key) != now.get(key))
        if old.keys() == new.keys() and list(old) != list(new):
            yield self.study.source.fault(("parameter",), f"in {self.name} their order is "
                                          f"{', '.join(old)}", REMEDY)

    def _difference(self, keys: tuple[str, ...], before: Any) -> str:
        was = "not given" if before is None else literal(before)
        return self.study.source.fault(keys, f"in {self.name} it is {was}", REMEDY)

    def _read(self, name: str) -> str:
        path = self.path / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def points_csv(self) -> str:
        """A row for each point, with the values as the study gives them."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["point", *(one.path for one in self.study.parameters)])
        for number, values in enumerate(self.study.points):
            writer.writerow([number, *map(as_text, values)])
        return text.getvalue()

    def effective(self, point: int) -> str:
        """The scenario of a point in full, as an earlier sweep left it; "" where none did."""
        return self._read(f"points/{point:04d}/scenario.toml")

    def clear(self) -> None:
        """Takes away what sweeps have written here, and nothing else."""
        shutil.rmtree(self.path / "points", ignore_errors=True)
        for name in ("study.h5", "study.toml", "scenario.toml", "points.csv", "tasks", "slurm_job"):
            (self.path / name).unlink(missing_ok=True)

    def write_plan(self, base: str, effective: dict[int, str], run_options: list[str]) -> None:
        """All that says what is to be run."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_whole(self.path / "study.toml", self.study.source.text)
        write_whole(self.path / "scenario.toml", base)
        write_whole(self.path / "points.csv", self.points_csv())
        for point, text in effective.items():
            self.point(point).mkdir(parents=True, exist_ok=True)
            words = ["run", str(self.study.scenario), *self.study.options(point), *run_options]
            write_whole(self.point(point) / "arguments", "".join(f"{word}\n" for word in words))
            if not self.effective(point):
                write_whole(self.point(point) / "scenario.toml", text)

    def done(self, point: int) -> bool:
        """Whether there is nothing left to run: it has a result, in which no replicate failed."""
        return self.has_result(point) and not self._holds_failures(point)

    def has_result(self, point: int) -> bool:
        """Whether its run has ended, and is of this scenario."""
        try:
            with h5py.File(self.point(point) / "run.h5") as file:
                return (file.attrs["complete"] == 1
                        and file.attrs["replicates"] == self.study.replicates
                        and file["scenario"].asstr()[()] == self.effective(point))
        except (OSError, KeyError, ValueError, RuntimeError):
            return False

    def _holds_failures(self, point: int) -> bool:
        with h5py.File(self.point(point) / "run.h5") as file:
            return "failures" in file

    def reason(self, point: int) -> str:
        """Why a point that is not done has failed."""
        code = self._read(f"points/{point:04d}/exit_code").strip()
        try:
            said = self.log(point).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return "it was not started"
        last = said.split("\n")[-1]
        return (f"exit code {code}" if code else "cut off") + (f": {last}" if last else "")

    def exit_code(self, point: int) -> int:
        text = self._read(f"points/{point:04d}/exit_code").strip()
        return int(text) if text.isdecimal() else 70

    @contextmanager
    def locked(self) -> Iterator[int]:
        """For one sweep at a time. Its runs inherit the lock: where a sweep was killed and they go
        on, the next one waits for them, lest two write the same files. Yields the descriptor."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{self.name}: another sweep works here, or runs of one that was killed: "
                      "waiting until they have ended", file=sys.stderr, flush=True)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as fault:
                if fault.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                    raise
            yield descriptor
        finally:
            os.close(descriptor)


def write_whole(path: Path, text: str) -> None:
    """Beside it and renamed, so that nobody reads half of it."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _first_change(before: str, now: str) -> tuple[str, str] | None:
    """The first lines that differ; None where there are none, or there was nothing before."""
    if not before or before == now:
        return None
    old, new = before.split("\n"), now.split("\n")
    for one, two in zip(old, new):
        if one != two:
            return f"`{one}`", f"`{two}`"
    return f"{len(old)} lines", f"{len(new)}"
