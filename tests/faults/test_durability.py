"""Bytes are on the disk before a file gets its name, and the name before the run goes on: a machine
that fails loses no more than a process that is killed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import Faults

RENAME = re.compile(r'rename\w*\((?:AT_FDCWD[^,]*, )?"([^"]+)", (?:AT_FDCWD[^,]*, )?"([^"]+)"')
SYNC = re.compile(r"fsync\(\d+<([^>]+)>\)")


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_disk_before_names(faults: Faults) -> None:
    calls = faults.folder / "calls"
    trace = ("strace", "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o", str(calls))
    run = faults.start("--set", "time.end=5 d", through=trace, flush_every=0.05)
    assert run.wait() == 0, run.messages
    done: list[tuple[str, str]] = []
    for line in calls.read_text().splitlines():
        if (found := RENAME.search(line)):
            done.append(("rename", found[2]))
        elif (found := SYNC.search(line)):
            done.append(("sync", found[1]))
    named = [Path(path) for what, path in done if what == "rename"]
    parts = [path for path in named if path.name.startswith("part-")]
    assert len(parts) >= 2 and named.count(run.output) == len(parts) + 1
    for i, (what, path) in enumerate(done):
        if what == "rename":
            assert done[i - 1] == ("sync", path + ".tmp")
            assert done[i + 1] == ("sync", str(Path(path).parent))
    # A part has its name before the file that refers to it.
    assert [path.name.startswith("part-") for path in named[:-1]] == [True, False] * len(parts)
