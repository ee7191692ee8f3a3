"""What scripts/README.md says of studies works as it stands: transcript, blocks, examples."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from annelid.calibration.calibration import read_calibration
from annelid.sweep import command
from annelid.sweep.program import check_points
from annelid.sweep.study import read_study
from conftest import PROGRAM, PROJECT, Bench

PAGE = (PROJECT / "scripts" / "README.md").read_text(encoding="utf-8")
STUDIES = PROJECT / "inputs" / "studies"


def block(section: str, language: str) -> str:
    """The first block of code of a section."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    found = re.search(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert found, section
    return found[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, built, with a smaller Code Red and fewer replicates."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(PROJECT / "scripts", root / "scripts")
    (root / "inputs").mkdir()
    scenario = (PROJECT / "inputs" / "code-red-v2.toml").read_text(encoding="utf-8")
    assert "hosts = 359_104" in scenario and 'every = "1 min"' in scenario
    (root / "inputs" / "code-red-v2.toml").write_text(
        scenario.replace("hosts = 359_104", "hosts = 5_000").replace("1 min", "1 h")
        + '\n[worm.vector.scan]\naddresses = 59_800_000\n', encoding="utf-8")
    (root / "inputs" / "studies").mkdir()
    study = (STUDIES / "patching.toml").read_text(encoding="utf-8")
    assert "replicates = 10" in study
    (root / "inputs" / "studies" / "patching.toml").write_text(
        study.replace("replicates = 10", "replicates = 2").replace("10 min", "1 h"),
        encoding="utf-8")
    (root / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(stand_in LANGUAGES NONE)\n"
        "add_custom_target(annelid)\n")
    shutil.copy(PROJECT / "CMakePresets.json", root)
    subprocess.run([root / "scripts" / "setup"], check=True, capture_output=True,
                   env={**os.environ, "ANNELID_SKIP_PACKAGES": "1"})
    (root / "build" / "annelid").symlink_to(PROGRAM)
    return root


def test_from_a_clone_to_a_figure(clone: Path) -> None:
    """Each line is one command, which ends well and says what comes next."""
    environment = {key: value for key, value in os.environ.items() if key != "ANNELID_PROGRAM"}
    environment |= {"ANNELID_SKIP_PACKAGES": "1", "ANNELID_RANKS": "1", "ANNELID_THREADS": "1"}
    lines = block("From a clone to a figure", "sh").splitlines()
    assert len(lines) == 4
    for line in lines:
        words = line.split()
        done = subprocess.run(words, cwd=clone, text=True, capture_output=True, check=False,
                              env=environment)
        assert done.returncode == 0, (line, done.stderr)
        if words[0] == "scripts/run":
            assert "Next: scripts/report results/code-red-v2/run.h5 makes" in done.stdout
        if words[0] == "scripts/sweep":
            assert f"Next: {lines[2]}" in done.stderr
        if words[0] == "scripts/plot":
            assert "Next: scripts/report results/patching/points/" in done.stderr
    assert (clone / "results" / "code-red-v2" / "run-curve.png").is_file()
    study = clone / "results" / "patching"
    assert {file.name for file in study.glob("*.png")} == {
        f"study-{kind}.png" for kind in ("sweep", "panels", "sensitivity")}
    assert (study / "points" / "0008" / "run-report.html").stat().st_size > 100_000
    done = subprocess.run(["scripts/report", study / "study.h5"], cwd=clone, text=True,
                          capture_output=True, check=False, env=environment)
    assert done.returncode == 2 and "give run files of its points" in done.stderr


def test_the_lines_for_xarray(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone)
    if not Path("results/patching/study.h5").exists():
        pytest.skip("the transcript has left no study")
    found: dict[str, object] = {}
    exec(block("Sweep", "python"), found)
    assert found["final"].shape == (9,) and found["rates"].max() < 1  # type: ignore[attr-defined]
    # Patching early and fast helps, and most of all both.
    assert found["final"][2] == found["final"].min()  # type: ignore[index]


def test_the_study_of_the_page(bench: Bench) -> None:
    bench.write(block("Sweep", "toml"))
    study = read_study(Path("study.toml"))
    assert [point[1] for point in study.points[:3]] == [10, 100, 1000]
    assert len(check_points(study, range(9))) == 9


def test_the_example_of_a_study() -> None:
    study = read_study(STUDIES / "patching.toml")
    assert len(study.points) == 9 and study.replicates == 10


def test_the_example_of_a_calibration() -> None:
    calibration = read_calibration(STUDIES / "code-red-fit.toml")
    assert len(calibration.observed.counts) == 21


@pytest.mark.parametrize("name", ["sweep", "calibrate"])
def test_help_fits_a_screen(name: str) -> None:
    done = subprocess.run([PROJECT / "scripts" / name, "--help"], text=True, capture_output=True,
                          check=True)
    lines = done.stdout.splitlines()
    assert len(lines) <= 45 and max(map(len, lines)) <= 80
    assert f"  scripts/{name} inputs/studies/" in done.stdout
    assert "exit codes: 0 done" in done.stdout


def test_wrong_options_need_no_program(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["x.toml", "--jobs", "0"])
    assert stopped.value.code == 2
    assert "--jobs = 0 (at least 1): try 1" in capsys.readouterr().err
