"""Shell comfort: completion and man page know what `--help` says, and help comes with examples."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAM, PROJECT, Annelid

COMPLETION = PROJECT / "scripts" / "completion" / "annelid.bash"
PAGE = PROJECT / "models" / "program" / "annelid.1"
COMMANDS = ("run", "check", "info", "list", "network", "organisations")


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def options_of(annelid: Annelid, command: str) -> set[str]:
    """Of the help, without its examples."""
    return options_in(annelid(command, "--help").stdout.split("Example")[0])


def complete(*words: str, function: str = "_annelid", folder: Path = PROJECT) -> set[str]:
    """What bash would offer for the last word."""
    script = (f'source "{COMPLETION}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); {function}; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "bash", *words], cwd=folder, text=True,
                          capture_output=True, timeout=60,
                          env={**os.environ, "ANNELID_DATA": str(PROJECT)})
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_completed(annelid: Annelid, command: str):
    assert complete(PROGRAM, command, "x", "--") == options_of(annelid, command) | {"--help"}


def test_words_are_completed(annelid: Annelid):
    assert complete(PROGRAM, "") == {*COMMANDS, "--help", "--version"}
    assert complete(PROGRAM, "li") == {"list"}
    assert complete(PROGRAM, "list", "d") == {"defences"}
    assert complete(PROGRAM, "list", "worms", "code") == {"code_red_ii", "code_red_v2"}
    assert complete(PROGRAM, "network", "p") == {"partition"}
    assert complete(PROGRAM, "network", "generate", "g") == {"gnm", "gnp", "geometric"}
    assert complete(PROGRAM, "run", "x", "--progress", "l") == {"live", "log"}
    assert complete(PROGRAM, "run", "inputs/code-red") == {"inputs/code-red-v2.toml"}
    assert complete(PROGRAM, "run", "inp") == {"inputs/"}
    assert complete(PROGRAM, "run", "x", "--seed", "") == set()


def test_keys_of_the_scenario_are_completed(annelid: Annelid):
    scenario = "inputs/code-red-v2.toml"
    assert complete(PROGRAM, "run", scenario, "--set", "time.") == {
        "time.start=", "time.end=", "time.step="}
    assert "worm.vector.scan.rate=" in complete(PROGRAM, "run", scenario, "--set", "worm.v")
    assert complete(PROGRAM, "run", "no.toml", "--set", "time.") == set()


def test_scripts_are_completed():
    assert complete("scripts/summary", "--", function="_annelid_script") == {"--help"}
    assert complete("scripts/test", "--", function="_annelid_script") == {"--help", "--long"}
    assert "inputs/slammer.toml" in complete("scripts/run", "inputs/s", function="_annelid_script")
    listed = subprocess.run(["bash", "-c", f'source "{COMPLETION}"; complete -p'], text=True,
                            capture_output=True, cwd=PROJECT).stdout
    for script in (PROJECT / "scripts").iterdir():
        if script.is_file() and os.access(script, os.X_OK):
            assert f"-F _annelid_script scripts/{script.name}\n" in listed


def test_every_option_is_in_the_man_page(annelid: Annelid):
    """Under the heading of its command, and none beside those of `--help`."""
    text = PAGE.read_text(encoding="utf-8").replace("\\-", "-")
    sections = dict(re.findall(r"^\.SH (\w+)\n(.*?)(?=^\.SH |\Z)", text, re.MULTILINE | re.DOTALL))
    for command in COMMANDS:
        told = set(re.findall(r"--[a-z][a-z-]+", "\n".join(
            line for line in sections[command.upper()].splitlines() if line.startswith(".B"))))
        options = options_of(annelid, command)
        assert told - {"--help", "--set", "--replicates"} <= options, command
        assert options - {"--help"} <= told, command
    for code in set(re.findall(r"\b\d+(?= [a-z])", annelid("--help").stdout.split("codes:")[1])):
        assert f".B {code}\n" in sections["EXIT"] if "EXIT" in sections else f".B {code}\n" in text


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_man_page_is_sound():
    done = subprocess.run(["man", "--warnings", "-l", str(PAGE)], text=True, capture_output=True,
                          env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "--team-size K" in done.stdout
    if shutil.which("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(PAGE)], text=True,
                              capture_output=True)
        assert (lint.returncode, lint.stdout) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples(annelid: Annelid, command: str):
    assert re.search(rf"Examples?:\n(.*\n)*?  .*annelid {command} ",
                     annelid(command, "--help").stdout)
