"""Figures show what was measured, and refuse in words what they cannot show."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from branching import branching_tree
from conftest import PROJECT
from matplotlib.dates import date2num

import annelid
from annelid.figures import compare, growth, mixing, offspring, organisation, reproduction, sweep
from annelid.figures.study_axes import in_given_unit, short_names
from annelid.measures import growth_rate, who_infected_whom
from annelid.measures.outcomes import OUTCOMES
from annelid.organisations import Organisations
from annelid.plot import main
from annelid.run_file import open_run
from annelid.running import find_program
from annelid.studies.paired import averted, averted_unpaired
from annelid.study_file import open_study
from annelid.transmission import transmission_tree


def texts(figure) -> str:
    """All that is written in a figure's panels."""
    return "\n".join(text.get_text() for ax in figure.get_axes()
                     for text in ax.findobj(lambda artist: hasattr(artist, "get_text")))


def test_growth_says_the_fitted_rate(make_run):
    run = open_run(make_run())
    fitted = growth_rate(run.series)
    figure = growth.draw(run)
    assert f"K = {float(fitted['rate_per_s']) * 3600:.3g} per hour" in texts(figure)
    assert f"doubling time {float(fitted['doubling_time_s']) / 60:.3g} minutes" in texts(figure)


def test_growth_of_replicates_goes_through_the_median(make_run):
    run = open_run(make_run(replicates=5))
    figure = growth.draw(run)
    [line] = [line for line in figure.get_axes()[0].lines if line.get_linestyle() == "--"
              and "K =" in str(line.get_label())]
    x = date2num(line.get_xdata()).mean()
    on_line = np.exp(np.log(line.get_ydata()).mean())
    median = run.infections.median("replicate")
    on_curve = np.interp(x, date2num(median["time"].values), np.log(median.values))
    assert np.log(on_line) == pytest.approx(on_curve, abs=0.15)


def test_reproduction_and_offspring_are_drawn_from_the_tree(make_run):
    run = open_run(make_run(replicates=2))
    tree = transmission_tree(run.path)
    assert f"{(tree.parent >= 0).sum():,} infections" in texts(reproduction.draw(run))
    assert "all that were followed" in texts(offspring.draw(run))


def test_offspring_bins_hold_all_hosts():
    histogram = np.random.default_rng(1).integers(0, 9, 5000)
    number, share = offspring.binned(histogram)
    assert len(number) <= 60 and (np.diff(number) > 0).all()
    assert share[:19] == pytest.approx(histogram[:19] / histogram.sum())


def test_mixing_keeps_every_infection(make_run):
    run = open_run(make_run())
    matrix = who_infected_whom(transmission_tree(run.path), run.path)
    shown = mixing.largest(matrix)
    assert float(shown.sum()) == float(matrix.sum())
    few = mixing.largest(matrix.isel(country=[0, 1], infector_country=[0, 1]))
    assert few.shape == (2, 2)


def test_branches_of_a_tree_do_not_cross():
    """Whoever descends from a host has the lines right after its own."""
    tree = branching_tree(1.4, 1000.0, 8, 5, np.random.default_rng(2))
    parent = tree.parent
    level = organisation.levels(parent)
    assert sorted(level) == list(range(len(tree)))
    size = np.ones(len(tree))
    for row in range(len(tree) - 1, -1, -1):
        if parent[row] >= 0:
            size[parent[row]] += size[row]
    for row in np.flatnonzero(parent >= 0):
        begin = level[parent[row]]
        assert begin < level[row] < begin + size[parent[row]]


def test_organisations_of_hosts():
    """Three of two hosts, then two of five."""
    layout = Organisations(np.array([0, 6]), np.array([2, 5]), np.array([3, 2]))
    assert list(layout.first_host_of(np.array([0, 1, 2, 5, 6, 10, 11, 15]))) == [
        0, 0, 2, 4, 6, 6, 11, 11]
    assert layout.size_of(12) == 5


def test_the_organisation_with_most_infections(tmp_path, capsys):
    """Of a real run, against the table of organisations written out host by host."""
    run = annelid.run(PROJECT / "inputs" / "notpetya.toml", threads=1, output=tmp_path / "run.h5",
                      set={"population.hosts": 1_000_000})
    table = subprocess.run([find_program(), "organisations", PROJECT / "inputs" / "notpetya.toml",
                            "--set", "population.hosts=1000000"], text=True, check=True,
                           capture_output=True).stdout.splitlines()[1:]
    sizes = [int(size) for size, number in (line.split(",")[1:3] for line in table)
             for _ in range(int(number))]
    of_host = np.repeat(np.arange(len(sizes)), sizes)
    infected = np.bincount(of_host[annelid.transmission_tree(run).host])
    most = int(infected.argmax())
    [ax] = organisation.draw(open_run(tmp_path / "run.h5")).get_axes()
    first = int((of_host == most).argmax())
    assert ax.get_ylabel() == (f"{infected[most]:,} infections of {sizes[most]:,} hosts\n"
                               f"(from number {first:,} on)")
    other = int(np.flatnonzero((infected > 0) & (infected < infected[most]))[0])
    host = int((of_host == other).argmax())
    [ax] = organisation.draw(open_run(tmp_path / "run.h5"), host).get_axes()
    assert ax.get_ylabel().startswith(f"{infected[other]:,} infections of {sizes[other]:,} hosts")
    assert main([str(tmp_path / "run.h5"), "--kind", "organisation", "--organisation", "-1"]) == 2
    assert "numbered 0 to" in capsys.readouterr().err


def test_sweep_has_the_median_in_each_cell(make_study):
    study = open_study(make_study())
    figure = sweep.draw(study)
    [image] = figure.get_axes()[0].images
    values = OUTCOMES["infections"].of(study.data).median("replicate").values
    # The second parameter is the slow axis of the picture, the first the fast one of none.
    assert sorted(image.get_array().ravel()) == sorted(values)
    assert image.get_array()[0, 2] == values[8] and image.get_array()[3, 0] == values[3]


def test_units_as_given():
    values, unit = in_given_unit(['5 /h', '1_000 /h'], np.array([5 / 3600, 1 / 3.6]))
    assert list(values) == [5, 1000] and unit == "/h"
    assert in_given_unit(["1 h", "90 min"], np.array([3600.0, 5400.0]))[1] == ""
    assert short_names(["a.scan.rate", "a.mail.rate"]) == ["scan.rate", "mail.rate"]
    assert short_names(["a.x.rate", "b.x.rate"]) == ["a.x.rate", "b.x.rate"]


def test_comparison_pairs_only_common_seeds(make_run):
    runs = [open_run(make_run(replicates=4, shift=shift)) for shift in (0, 300)]
    first, other = compare.cases_of_runs(runs)
    assert compare.are_paired(first, other)
    found = compare.difference(other, first)
    assert (found.mean, found.low, found.high) == (300, 300, 300)
    alone = compare.Case("x", other.curve, 2, other.hosts)
    assert compare.difference(alone, first).low < 300 < compare.difference(alone, first).high


def test_welch_interval_covers_an_unpaired_difference():
    """95 % of 500, give or take three standard errors; a paired one of independent samples too."""
    rng = np.random.default_rng(3)
    for measure, sizes in ((averted_unpaired, (8, 15)), (averted, (8, 8))):
        held = []
        for _ in range(500):
            found = measure(rng.normal(5, 1, sizes[0]), rng.normal(3, 4, sizes[1]))
            held.append(found.low <= 2 <= found.high)
        assert 0.95 - 0.03 <= np.mean(held) <= 0.95 + 0.03


KINDS_OF = {"grid": {"sweep", "panels", "sensitivity"}, "latin_hypercube": {"sweep", "sensitivity"},
            "sobol": {"sweep", "sensitivity"}}


@pytest.mark.parametrize("design", KINDS_OF)
def test_a_study_gives_its_figures(make_study, capsys, design):
    path = make_study(design=design, saltelli=design == "sobol", replicates=3)
    assert main([str(path)]) == 0
    names = {Path(line).stem for line in capsys.readouterr().out.splitlines()}
    assert names == {f"study-{kind}" for kind in KINDS_OF[design]}


def test_few_points_are_compared_and_one_parameter_is_a_line(make_study, capsys):
    path = make_study(parameters=1)
    assert main([str(path), "--kind", "compare", "--format", "svg"]) == 0
    assert "averted against scan.rate 5 /s" in (path.parent / "study-compare.svg").read_text()
    assert main([str(path), "--kind", "sweep", "--format", "pdf"]) == 0
    assert (path.parent / "study-sweep.pdf").read_bytes().startswith(b"%PDF")


def test_several_runs_are_compared(make_run, tmp_path, capsys):
    paths = [make_run(replicates=3, shift=shift) for shift in (0, 500)]
    assert main([*map(str, paths), "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip().endswith("run-compare.png")


def test_quantiles_give_their_curve(make_run, capsys):
    path = make_run(quantiles=True)
    assert main([str(path)]) == 0
    assert [Path(line).stem for line in capsys.readouterr().out.splitlines()] == ["run-curve"]
    assert main([str(path), "--kind", "countries"]) == 0
    assert "quantiles in place of replicates" in capsys.readouterr().err


@pytest.mark.parametrize("options, says", [
    (["--kind", "curve", "STUDY"], "not of a study file"),
    (["--kind", "sweep", "RUN"], "not of a run file"),
    (["--kind", "compare", "RUN"], "two or more run files"),
    (["--kind", "curve", "RUN", "RUN"], "it is of one file"),
    (["RUN", "STUDY"], "compare takes run files"),
    (["STUDY", "--parameters", "worm.speed"], "choose among worm.vector.scan.rate"),
])
def test_what_cannot_be_drawn_is_said(make_run, make_study, capsys, options, says):
    files = {"RUN": str(make_run()), "STUDY": str(make_study())}
    kind = [files[word] if word in files else word for word in options]
    assert main(kind) == 2
    assert says in capsys.readouterr().err
