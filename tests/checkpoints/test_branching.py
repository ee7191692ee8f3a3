"""Other futures from one checkpoint: the same as from the start, or refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import h5py
import pytest
from annelid.compare import compare
from conftest import ENVIRONMENT, MPIEXEC, PROGRAM, ROOT, Base, run

# The first checkpoint of `base` is from 3.1 h.
FUTURES = {
    "other patches": ["defence.patches.start=4 h", "defence.patches.coverage=0.5"],
    "no patches": ["defence.patches.start=7.9 h", "defence.patches.rate=0.2 /d"],
    "new defences": [
        "defence.switch={kind='kill_switch', time='5 h', reach=0.6}",
        "defence.slow={kind='throttling', start='4 h', factor=0.2}",
        "defence.filter={kind='port_filter', at='internet', start='6 h', countries=['US', 'DE']}",
    ],
    "other sensor": ["defence.watch.after=1 min", "defence.watch.coverage=0.3",
                     "defence.cut.lasts=1 h"],
    "nothing that happens": ["title=another one"],
    "hosts at the end": ["record.hosts=true"],
}
SAME_EVENTS = ("nothing that happens", "other sensor", "no patches", "hosts at the end")


def with_sets(changes: list[str]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


@pytest.mark.parametrize("name", FUTURES)
def test_a_future_is_the_run_from_the_start(name: str, base: Base, tmp_path: Path) -> None:
    changes = with_sets(FUTURES[name])
    for ranks in (1, 2) if MPIEXEC and name == "new defences" else (1,):
        branch = run(base.scenario, tmp_path / "branch.h5", "--restart", str(base.previous),
                     "--force", *changes, ranks=ranks)
        assert branch.returncode == 0, branch.stderr
        whole = run(base.scenario, tmp_path / "whole.h5", "--force", *changes)
        assert whole.returncode == 0, whole.stderr
        with h5py.File(tmp_path / "branch.h5") as one, h5py.File(tmp_path / "whole.h5") as other:
            assert compare(one, other) == []
        with h5py.File(base.output) as one, h5py.File(tmp_path / "whole.h5") as other:
            is_other = one["events/host"].size != other["events/host"].size
        assert is_other == (name not in SAME_EVENTS)


def test_an_earlier_end(base: Base, tmp_path: Path) -> None:
    """Scans are counted when a source begins, up to the end that was known then."""
    for output, options in (("branch", ["--restart", str(base.previous)]), ("whole", [])):
        done = run(base.scenario, tmp_path / f"{output}.h5", *options, "--set", "time.end=5 h")
        assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "branch.h5") as one, h5py.File(tmp_path / "whole.h5") as other:
        [line] = compare(one, other)
    assert line.startswith("/diagnostics/scans_represented")


TWO_WORMS = """\
[time]
end = "8 h"

[population]
kind = "flat"
hosts = 359_104

[[worm]]
name = "first"
preset = "code_red_v2"

[worm.seeds]
hosts = 100

[[worm]]
name = "second"
preset = "code_red_v2"
meeting = "immunise"

[worm.seeds]
hosts = {hosts}
time = "{time}"
"""


def test_seeds_of_a_worm_that_has_not_begun(tmp_path: Path) -> None:
    """The first worm goes on as it was; the second begins as the new scenario says."""
    scenarios = {}
    for name, hosts, time in (("before", 10, "6 h"), ("after", 50, "5 h"), ("early", 50, "1 h")):
        scenarios[name] = tmp_path / f"{name}.toml"
        scenarios[name].write_text(TWO_WORMS.format(hosts=hosts, time=time))
    made = run(scenarios["before"], tmp_path / "before.h5", "--checkpoint-every", "300 steps")
    assert made.returncode == 0, made.stderr
    checkpoint = tmp_path / "before.checkpoint.h5.previous"
    with h5py.File(checkpoint) as file:
        assert 3600e6 < file.attrs["time_us"] < 5 * 3600e6
    for output, options in (("branch", ["--restart", str(checkpoint)]), ("whole", [])):
        done = run(scenarios["after"], tmp_path / f"{output}.h5", *options)
        assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "branch.h5") as one, h5py.File(tmp_path / "whole.h5") as other:
        assert compare(one, other) == []
        assert set(other["events/worm"][:]) == {0, 1}
    refused = run(scenarios["early"], tmp_path / "early.h5", "--restart", str(checkpoint))
    assert refused.returncode == 2
    assert "the outbreak begins before the checkpoint" in refused.stderr


@pytest.mark.skipif(not MPIEXEC, reason="a build without MPI")
def test_another_partition(tmp_path: Path) -> None:
    scenario = ROOT / "inputs" / "as-outbreak.toml"
    coarse = ["--set", "time.step=2 h"]  # few steps: ranks share cores
    made = run(scenario, tmp_path / "run.h5", "--checkpoint-every", "20 steps", *coarse,
               "--set", "network.partition=block", ranks=2)
    assert made.returncode == 0, made.stderr
    branch = run(scenario, tmp_path / "branch.h5", "--restart", str(tmp_path / "run.checkpoint.h5"),
                 *coarse, "--set", "network.partition=hash", ranks=3)
    assert branch.returncode == 0, branch.stderr
    with h5py.File(tmp_path / "run.h5") as one, h5py.File(tmp_path / "branch.h5") as other:
        [line] = compare(one, other)
        assert "/scenario" in line and "block" in line and "hash" in line
        assert one["events/host"].size > 100


def test_the_commands_of_the_page(base: Base, tmp_path: Path) -> None:
    """Of models/program/README.md, with the scenario of these tests for x.toml."""
    page = (ROOT / "models" / "program" / "README.md").read_text(encoding="utf-8")
    block = page.split("**Other futures.**")[1].split("Everything else is refused")[0]
    commands = [line.strip() for line in block.splitlines() if line.startswith("    annelid run")]
    assert len(commands) == 2
    (tmp_path / "x.toml").write_bytes(base.scenario.read_bytes())
    (tmp_path / "annelid").symlink_to(PROGRAM)
    path = {**ENVIRONMENT, "PATH": f"{tmp_path}:{ENVIRONMENT['PATH']}"}
    # A run of this size is over long before ten minutes.
    often = commands[0].replace('"10 min"', '"750 steps"')
    assert often != commands[0]
    for command in (often, commands[1]):
        done = subprocess.run(command, cwd=tmp_path, shell=True, capture_output=True, text=True,
                              env=path, timeout=300)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "late.h5").exists()


REFUSED = {
    "time.end=9 h": "nothing beyond the end that was known has been drawn",
    "time.end=3 h": "it lies before the checkpoint",
    "seeds.hosts=10": "the outbreak begins before the checkpoint",
    "worm.vector.internet.rate=1 /s": "it matters from the start",
    "population.seed=2": "it matters from the start",
    "record.every=1 h": "it matters from the start",
    "trigger.many.at_least=5": "it matters from the start",
    "defence.patches.start=1 h": "it begins before the checkpoint",
    "defence.new={kind='patching', start='0 s', rate='1 /d'}": "it begins before the checkpoint",
    "defence.new={kind='sensor', start='5 h'}": "it concerns hosts that were infected before",
    "defence.new={kind='sensor', trigger='many'}": "it has another trigger",
    "defence.watch={kind='sensor', start='5 h'}": "it has another trigger",
    "defence.mend={kind='cleaning', staff=1, trigger='many'}": "it has another trigger",
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_mattered_already_is_refused(change: str, base: Base, tmp_path: Path) -> None:
    done = run(base.scenario, tmp_path / "run.h5", "--restart", str(base.previous), "--set",
               "title=a change that may be", "--set", change)
    assert done.returncode == 2
    first, *differences = done.stderr.splitlines()
    assert f"{base.previous} (made at " in first and "only what lies after it may change" in first
    assert len(differences) >= 1 and not any("title" in line for line in differences)
    key = change.split("=", maxsplit=1)[0]
    assert all(key in line and REFUSED[change] in line for line in differences)
    assert list(tmp_path.iterdir()) == []


def test_a_trigger_that_has_fired(tmp_path: Path) -> None:
    """What it has begun may not change any more."""
    scenario = tmp_path / "fired.toml"
    base = Base(tmp_path)
    scenario.write_text(base.scenario.read_text().replace("1000000", "50", 1))
    assert run(scenario, tmp_path / "fired.h5", "--checkpoint-every", "750 steps").returncode == 0
    with h5py.File(tmp_path / "fired.h5") as file:
        assert file["defence_starts/time_us"].size == 2
    done = run(scenario, tmp_path / "run.h5", "--restart",
               str(tmp_path / "fired.checkpoint.h5.previous"), "--set", "defence.cut.lasts=1 h")
    assert done.returncode == 2 and "it has begun" in done.stderr


@pytest.mark.parametrize("option, advice", [
    (["--seed", "2"], "--seed = 2 (the checkpoint is of a run with 1)"),
    (["--replicates", "2"], "--replicates = 2 (the checkpoint is of a run with 0)"),
    (["--replicate", "1"], "--replicate = 1 (the checkpoint is of a run with 0)"),
])
def test_another_run_is_refused(option: list[str], advice: str, base: Base,
                                tmp_path: Path) -> None:
    done = run(base.scenario, tmp_path / "run.h5", "--restart", str(base.checkpoint), *option)
    assert done.returncode == 2 and done.stderr.startswith(advice)
    assert list(tmp_path.iterdir()) == []


def test_another_world_is_refused(base: Base, tmp_path: Path) -> None:
    """The scenario says the same, its table of countries does not."""
    folder = tmp_path / "world-2017"
    folder.mkdir()
    for table in (ROOT / "inputs" / "world-2017").iterdir():
        (folder / table.name).write_bytes(table.read_bytes())
    scenario = tmp_path / "own.toml"
    scenario.write_bytes(base.scenario.read_bytes())
    done = run(scenario, tmp_path / "own.h5", "--checkpoint-every", "750 steps")
    assert done.returncode == 0, done.stderr
    addresses = folder / "country_ipv4.csv"
    lines = addresses.read_text().splitlines(keepends=True)
    addresses.write_text("".join([*lines[:-2], lines[-1]]))
    done = run(scenario, tmp_path / "again.h5", "--restart", str(tmp_path / "own.checkpoint.h5"))
    assert done.returncode == 2 and "of a world that was made from other tables" in done.stderr
    assert not (tmp_path / "again.h5").exists()


def test_without_its_run_file(base: Base, tmp_path: Path) -> None:
    """Events from before the checkpoint are in the run file: it has to be there."""
    checkpoint = tmp_path / base.checkpoint.name
    checkpoint.write_bytes(base.checkpoint.read_bytes())
    done = run(base.scenario, tmp_path / "run.h5", "--restart", str(checkpoint))
    assert done.returncode == 2
    assert f"{tmp_path / 'base.h5'} (the run file with the " in done.stderr
    (tmp_path / "base.h5").write_bytes(base.output.read_bytes())
    done = run(base.scenario, tmp_path / "run.h5", "--restart", str(checkpoint))
    assert done.returncode == 0, done.stderr


def test_nothing_is_overwritten(base: Base, tmp_path: Path) -> None:
    for name in ("run.h5", "run.checkpoint.h5"):
        (tmp_path / name).write_text("mine")
        done = run(base.scenario, tmp_path / "run.h5")
        assert done.returncode == 2 and f"{name} (the file exists)" in done.stderr
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()
    # A run that is complete is not gone back on either.
    done = run(base.scenario, base.output, "--restart", str(base.previous))
    assert done.returncode == 2 and f"{base.output} (the file exists)" in done.stderr
