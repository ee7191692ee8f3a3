"""scripts/plot: every kind of run gives the figures it can, and says where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annelid.figures import KINDS, curve, outages, world_map
from annelid.plot import main
from annelid.run_file import open_run

PNG = b"\x89PNG"
# All that a run without telescopes has figures of; organisations only the program knows.
WITHOUT_TELESCOPES = set(KINDS) - {"early_warning", "organisation"}


def drawn(path: Path) -> set[str]:
    """Kinds of the PNG figures beside a run file."""
    return {figure.stem.removeprefix("run-") for figure in path.parent.glob("run-*.png")
            if figure.read_bytes().startswith(PNG)}


def test_draws_all_kinds_beside_the_file(single, capsys):
    assert main([str(single)]) == 0
    assert drawn(single) == WITHOUT_TELESCOPES
    assert len(capsys.readouterr().out.splitlines()) == len(WITHOUT_TELESCOPES)


def test_draws_replicates(ensemble):
    assert main([str(ensemble)]) == 0
    assert drawn(ensemble) == WITHOUT_TELESCOPES


def test_flat_world_has_neither_countries_nor_sectors(make_run):
    path = make_run(flat=True)
    assert main([str(path)]) == 0
    assert drawn(path) == {"curve", "incidence", "vectors", "growth", "reproduction", "offspring"}


def test_outages_only_where_somebody_counted(make_run, capsys):
    path = make_run(services=False)
    assert main([str(path), "--kind", "outages"]) == 0
    assert "no figure of outages" in capsys.readouterr().err


def test_outages_are_stacked_to_all_that_are_out(single):
    run = open_run(single)
    figure = outages.draw(run)
    stacks = [ax for ax in figure.get_axes() if "(modelled organisations)" in ax.get_ylabel()]
    for ax, name in zip(stacks, ("outages", "outages_by_dependency"), strict=True):
        top = max(path.vertices[:, 1].max() for area in ax.collections for path in area.get_paths())
        assert top == int(run.series[name].sum(["country", "sector"]).max())
    bars = [ax for ax in figure.get_axes() if "(organisation-hours)" in ax.get_xlabel()]
    hours = float(run.series["service_lost_s"].isel(time=-1).sum()) / 3600
    assert len(bars) == 2
    for ax in bars:
        assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(hours)


def test_draws_an_unfinished_run(make_run):
    path = make_run(final_rows=30)
    assert main([str(path), "--kind", "curve"]) == 0
    assert drawn(path) == {"curve"}


@pytest.mark.parametrize("extension", ["svg", "pdf"])
def test_other_formats_and_folders(single, tmp_path, extension):
    folder = tmp_path / "new" / "folder"
    assert main([str(single), "--kind", "sectors", "--format", extension,
                 "--output", str(folder)]) == 0
    assert (folder / f"run-sectors.{extension}").stat().st_size > 1000


def test_bars_stand_in_for_a_map_without_shapes(single, tmp_path, monkeypatch):
    monkeypatch.setattr(world_map, "SHAPES", tmp_path / "not-there.nc")
    assert main([str(single), "--kind", "countries", "--output", str(tmp_path)]) == 0
    assert (tmp_path / "run-countries.png").stat().st_size > 1000


def test_curve_hides_states_that_dwarf_the_outbreak(single):
    run = open_run(single)
    assert curve.states_to_show(run) == run.infected_states


def test_shapes_cover_large_and_tiny_countries():
    if not world_map.SHAPES.is_file():
        pytest.skip("gmt-dcw is not installed")
    shapes = world_map.country_paths({"SG", "HK"})
    assert {"US", "RU", "LS", "SG", "HK"} <= shapes.keys()
    assert "MC" not in shapes and "AQ" not in shapes
    width = max(abs(path.vertices[:, 0]).max() for path in shapes.values())
    assert 2.2 < width < 2.8  # half the width of the Equal Earth map is 2.71


def test_bad_file_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "none.h5")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_command_finds_a_python_that_has_the_libraries(command, single, tmp_path):
    """A python3 without them comes first on PATH, as pyenv's may."""
    lame = tmp_path / "python3"
    lame.write_text("#!/bin/sh\nexit 1\n")
    lame.chmod(0o755)
    done = command("plot", single, "--kind", "curve", "--output", tmp_path,
                   PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("run-curve.png")
