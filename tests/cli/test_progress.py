"""What a run says while it goes on: a live line on a terminal, plain lines in a log."""

from __future__ import annotations

import os
import pty
import re
import subprocess

import pytest
from conftest import ALONE, FLAT, PROGRAM, Annelid

# Takes about a second, so that a live line shows.
LONG = FLAT.replace("hosts = 10_000", "hosts = 200_000").replace("10_000 /s", "400 /s")
LIVE_LINE = re.compile(r"\d+\.\d\d of 1\.00 h, \d+ infected, \d+ x real time, \d+:\d\d left *")


@pytest.fixture
def ready(annelid: Annelid) -> Annelid:
    annelid.write(LONG)
    return annelid


def check_frame(lines: list[str]) -> None:
    """The first and the last line: what is run, and what came out."""
    assert re.fullmatch(r"x\.toml: [12]0+ hosts \(1 real ones each\), step \S+ s, 1 rank x \d+ "
                        r"threads? -> run\.h5", lines[0]), lines[0]
    assert re.fullmatch(r"\d+ infections in 1 run, \d+\.\d\d s -> run\.h5", lines[-1]), lines[-1]


@pytest.mark.parametrize("mode", ["auto", "log"])
def test_a_log_has_plain_lines(annelid: Annelid, mode: str):
    annelid.write(FLAT)
    done = annelid("run", "x.toml", "--output", "run.h5", "--progress", mode)
    assert (done.returncode, done.stdout) == (0, "")
    assert "\r" not in done.stderr and "\x1b" not in done.stderr
    check_frame(done.stderr.rstrip("\n").split("\n"))


def check_live(text: str) -> None:
    first, *updates, last = re.split(r"[\r\n]+", text.strip())
    check_frame([first, last])
    assert updates
    for update in updates:
        assert LIVE_LINE.fullmatch(update), update
        assert len(update) < 80


def test_a_live_line_stays_in_its_place(ready: Annelid):
    done = ready("run", "x.toml", "--output", "run.h5", "--progress", "live")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 3
    check_live(done.stderr)


def test_a_terminal_gets_a_live_line(ready: Annelid):
    terminal, theirs = pty.openpty()
    with subprocess.Popen([PROGRAM, "run", "x.toml", "--output", "run.h5"], cwd=ready.folder,
                          stderr=theirs, stdout=theirs, env={**os.environ, **ALONE}) as process:
        os.close(theirs)
        text = b""
        try:
            while block := os.read(terminal, 4096):
                text += block
        except OSError:  # Linux: the other end is closed
            pass
    os.close(terminal)
    assert process.returncode == 0
    check_live(text.decode())


def test_off_is_silent(annelid: Annelid):
    annelid.write(FLAT)
    done = annelid("run", "x.toml", "--output", "run.h5", "--progress", "off")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
