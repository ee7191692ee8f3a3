"""scripts/run and what it stands on, with a stand-in for the simulator."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT

# Notes its arguments; fails as told, or "simulates" by copying a run file to --output.
PROGRAM = """#!/usr/bin/env bash
[[ $1 == run ]] || exit 70
echo "$@" > "$NOTES"
[[ -z ${FAIL_WITH:-} ]] || { echo "x.toml:1: seed = -1 (negative): try 1" >&2; exit "$FAIL_WITH"; }
while (($#)) && [[ $1 != --output ]]; do shift; done
(($#)) || exit 70
mkdir -p "$(dirname "$2")"
cp "$RUN_FILE" "$2"
"""


@pytest.fixture
def tree(tmp_path: Path, single: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose build is done and whose program is the stand-in."""
    root = tmp_path / "project"
    shutil.copytree(PROJECT / "scripts", root / "scripts")
    shutil.copy(PROJECT / "CMakePresets.json", root)
    (root / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(stand_in LANGUAGES NONE)\n"
        "add_custom_target(annelid)\n")
    monkeypatch.setenv("ANNELID_SKIP_PACKAGES", "1")
    subprocess.run([root / "scripts" / "setup"], check=True, capture_output=True)
    program = root / "build" / "annelid"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    for name, value in {"NOTES": str(tmp_path / "notes"), "RUN_FILE": str(single),
                        "ANNELID_RANKS": "1"}.items():
        monkeypatch.setenv(name, value)
    return root


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([root / "scripts" / "run", *arguments], text=True, capture_output=True,
                          check=False, cwd=root, env={**os.environ, **environment})


def test_runs_the_main_job_by_default(tree, tmp_path):
    done = run(tree)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Infections: " in done.stdout
    assert "  results/wannacry/run-curve.png" in done.stdout
    assert (tree / "results/wannacry/run-countries.png").is_file()
    notes = (tmp_path / "notes").read_text().strip()
    assert notes == (f"run {tree}/inputs/wannacry.toml --output {tree}/results/wannacry/run.h5 "
                     "--force --progress log")


def test_passes_options_on_and_keeps_files_of_the_user(tree, tmp_path):
    done = run(tree, "my worm.toml", "--seed", "3", "--output=out/a.h5", "--progress", "off")
    # The stand-in only knows "--output FILE": what matters is what it was given.
    notes = (tmp_path / "notes").read_text().strip()
    assert notes == "run my worm.toml --seed 3 --output=out/a.h5 --progress off"
    assert done.returncode != 0


@pytest.mark.parametrize("code", [2, 70, 74])
def test_passes_the_exit_code_on_and_nothing_but_the_fault(tree, code):
    done = run(tree, "x.toml", FAIL_WITH=str(code))
    assert done.returncode == code
    assert done.stderr == "x.toml:1: seed = -1 (negative): try 1\n"
    assert done.stdout == ""


def test_ranks_and_threads_can_be_set(tree):
    shell = f". {tree}/scripts/lib/common.sh; . {tree}/scripts/lib/mpi.sh; choose_layout; "
    done = subprocess.run(["bash", "-c", shell + "mpi_run printenv OMP_NUM_THREADS"], text=True,
                          capture_output=True, check=False,
                          env={**os.environ, "ANNELID_RANKS": "3", "ANNELID_THREADS": "2"})
    assert done.stdout.split() == ["2", "2", "2"], done.stderr


def test_refuses_a_wrong_number_of_ranks(tree):
    done = run(tree, ANNELID_RANKS="none")
    assert done.returncode == 2
    assert "ANNELID_RANKS = none (a positive whole number is needed)" in done.stderr


def test_help_needs_no_build(tree):
    shutil.rmtree(tree / "build")
    for name in ("run", "setup", "test", "plot", "compare", "summary", "report"):
        done = subprocess.run([tree / "scripts" / name, "--help"], text=True, capture_output=True,
                              check=False)
        assert done.returncode == 0 and "sage: " in done.stdout, name
