"""The package as pip installs it, and annelid.run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT

import annelid
from annelid.running import to_toml

SCENARIO = """title = "Few hosts"
[time]
end = "2 h"
[population]
kind = "flat"
hosts = 2000
[seeds]
hosts = 5
[worm]
preset = "si"
[worm.vector.scan]
rate = "4_000 /s"
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "few.toml"
    path.write_text(SCENARIO)
    return path


def test_pip_installs_it_without_the_network(tmp_path):
    """From a copy, since pip leaves its build folder beside the sources."""
    copy, target = tmp_path / "scripts", tmp_path / "site"
    shutil.copytree(PROJECT / "scripts", copy,
                    ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps",
                           "--no-index", "--no-build-isolation", "--target", target, copy],
                          text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (target / "annelid" / "py.typed").is_file()
    code = "import annelid; print(annelid.__file__, annelid.measures.fit_growth.__name__)"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True,
                          cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(target)})
    assert done.stdout.split() == [str(target / "annelid" / "__init__.py"), "fit_growth"]


def test_versions_agree():
    project = tomllib.loads((PROJECT / "scripts" / "pyproject.toml").read_text())["project"]
    lists = (PROJECT / "CMakeLists.txt").read_text()
    [cmake] = re.findall(r"project\(annelid VERSION (\S+)", lists)
    assert project["version"] == cmake


def test_run_gives_the_series(scenario, tmp_path):
    """The same on one rank and on two, with settings of every kind."""
    settings = {"set": {"population.hosts": 1500, "record.every": "10 min",
                        "title": "Fewer \"hosts\""},
                "seed": 7, "replicates": 2}
    run = annelid.run(scenario, threads=1, **settings)
    assert run.attrs["title"] == 'Fewer "hosts"' and run.attrs["hosts"] == 1500
    assert run["counts"].sizes == {"replicate": 2, "time": 13, "state": 3}
    assert float(annelid.measures.attack_rate(run)[0]) > 0.1
    output = tmp_path / "run.h5"
    again = annelid.run(scenario, ranks=2, threads=1, output=output, **settings)
    np.testing.assert_array_equal(run["counts"], again["counts"])
    assert output.is_file() and annelid.transmission_tree(again).hosts == 1500


def test_faults_are_the_programs_own(scenario, tmp_path):
    with pytest.raises(annelid.ProgramError, match=r"worm\.speed.*unknown") as fault:
        annelid.run(scenario, set={"worm.speed": 3})
    assert fault.value.code == 2
    output = tmp_path / "run.h5"
    output.write_text("mine")
    with pytest.raises(annelid.ProgramError, match="--force"):
        annelid.run(scenario, output=output)
    assert output.read_text() == "mine"


def test_a_missing_program_is_said(scenario, monkeypatch):
    monkeypatch.setenv("ANNELID_PROGRAM", "/nowhere/annelid")
    with pytest.raises(annelid.ProgramError, match="ANNELID_PROGRAM") as fault:
        annelid.run(scenario)
    assert fault.value.code == 69


@pytest.mark.parametrize("value, text", [
    (3, "3"), (2.5, "2.5"), (True, "true"), ("40 /s", '"40 /s"'), (["a", "b"], '["a", "b"]'),
    ({"distribution": "fixed", "value": "1 h"}, '{distribution = "fixed", value = "1 h"}'),
    (np.float64(0.5), "0.5"), (np.int64(4), "4"), (np.bool_(True), "true"),
    (float("inf"), "inf")])
def test_values_become_toml(value, text):
    assert to_toml(value) == text
    assert tomllib.loads(f"x = {text}")["x"] == value
