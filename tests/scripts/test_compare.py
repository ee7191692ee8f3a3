"""scripts/compare: finds what differs, ignores what may, and tells by its exit code."""

from __future__ import annotations

import h5py
import pytest

from annelid.compare import main
from synthetic_run import SCENARIO


def change(path, edit):
    """Applies `edit` to the open file."""
    with h5py.File(path, "r+") as file:
        edit(file)
    return path


def set_value(name, index, value):
    def edit(file):
        file[name][index] = value
    return edit


def set_attribute(name, value):
    def edit(file):
        file.attrs[name] = value
    return edit


def test_identical(single, make_run, capsys):
    assert main([str(single), str(make_run())]) == 0
    assert capsys.readouterr().out.startswith("identical: ")


@pytest.mark.parametrize("edit", [
    set_attribute("created", "2030-01-01"), set_attribute("ranks", 64),
    set_attribute("threads", 8), set_attribute("git_commit", "abc"),
    set_value("timings/total_s", (), 99.0), set_value("diagnostics/peak_memory_bytes", (), 7),
])
def test_ignores_how_a_run_was_made(single, make_run, edit):
    assert main([str(single), str(change(make_run(), edit))]) == 0


@pytest.mark.parametrize(("edit", "says"), [
    (set_value("counts", (3, 1), 77), "/counts: 1 of 870 values differ; first at [3, 1], "
                                      "time = 1800 s, state = exposed: 0 | 77"),
    (set_value("events/host", 4, 99), "/events/host: 1 of 12,077 values differ; "
                                      "first at [4]: 374621 | 99"),
    (set_value("vector", 1, "worldwide"), "/vector: 1 of 4 values differ"),
    (set_value("diagnostics/attempts", (), 5), "/diagnostics/attempts: 1000 | 5"),
    (set_value("scenario", (), SCENARIO.replace("seed = 1", "seed = 2")),
     "/scenario: line 2: seed = 1 | seed = 2"),
    (set_attribute("seed", 2), "file: attribute seed: 1 | 2"),
    (lambda file: file["counts"].attrs.__setitem__("units", "m"), "/counts: attribute units"),
    (lambda file: file.__delitem__("events/worm"), "/events/worm: only in the first file"),
    (lambda file: file.__setitem__("hosts", [1]), "/hosts: only in the second file"),
])
def test_says_what_differs(single, make_run, capsys, edit, says):
    assert main([str(single), str(change(make_run(), edit))]) == 1
    assert says in capsys.readouterr().out


def test_other_lengths_differ_in_shape(single, make_run, capsys):
    assert main([str(single), str(make_run(hours=12))]) == 1
    assert "/counts: shape (145, 6) | (73, 6)" in capsys.readouterr().out


def test_unreadable(single, tmp_path, capsys):
    text = tmp_path / "text.h5"
    text.write_text("not HDF5")
    for path in (text, tmp_path / "none.h5"):
        assert main([str(single), str(path)]) == 2
    assert "not readable" in capsys.readouterr().err


def test_command_passes_the_exit_code_on(command, single, make_run):
    assert command("compare", single, single).returncode == 0
    assert command("compare", single, make_run(shift=1)).returncode == 1
    assert command("compare", single, "none.h5").returncode == 2
