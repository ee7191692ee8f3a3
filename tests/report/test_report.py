"""What a report says is what the run file says; and errors say what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest
from conftest import HOSTILE, PROJECT, report

from annelid import report_tree
from annelid.report import main
from annelid.report_page import DATA, TITLE, data_of
from annelid.report_places import MOST_FRAMES
from annelid.report_series import MOST_ROWS, thinned
from annelid.run_file import open_run

MOST_BYTES = 5_000_000


@pytest.fixture
def plain_template(tmp_path: Path) -> Path:
    """What is left of the page without npm."""
    path = tmp_path / "template.html"
    path.write_text(f'<title>{TITLE}</title><script type="application/json">{DATA}</script>')
    return path


def told(*paths: Path) -> dict:
    return data_of([open_run(path) for path in paths])


def write(template: Path, *arguments: object) -> int:
    return main(["--template", str(template), *map(str, arguments)])


@pytest.mark.parametrize(("rows", "most"), [(1, 5), (5, 5), (6, 5), (433, 300), (100_000, 600)])
def test_thinning_keeps_first_and_last(rows, most):
    kept = thinned(rows, most)
    assert kept[0] == 0 and kept[-1] == rows - 1 and len(kept) <= most + 1
    assert (np.diff(kept) > 0).all()


def test_curves_and_countries_are_those_of_the_run(single):
    run, [shown] = open_run(single), told(single)["runs"]
    last = run.series["counts"].isel(time=-1)
    ends = {curve["name"]: curve["levels"] for curve in shown["series"]["curves"]}
    for state in ("infectious", "encrypted", "immune"):
        assert [row[-1] for row in ends[state]] == [int(last.sel(state=state))]
    assert ends["infections since the start"][0][-1] == int(run.infections[-1])
    countries = shown["countries"]
    assert countries["infected"] == run.infected_at_end("country").values.tolist()
    assert countries["hosts"] == run.hosts_in("country").values.tolist()
    assert countries["frames"]["ZA"][-1] == countries["infected"][countries["code"].index("ZA")]
    assert shown["sectors"]["infected"] == run.infected_at_end("sector").values.tolist()
    with h5py.File(single) as file:
        assert shown["scenario"] == file["scenario"].asstr()[()]


def test_long_runs_are_thinned(make_run):
    [shown] = told(make_run(hours=24 * 14))["runs"]
    assert 300 < len(shown["series"]["time_s"]) <= MOST_ROWS + 1
    assert 150 < len(shown["countries"]["time_s"]) <= MOST_FRAMES + 1
    assert shown["countries"]["time_s"][-1] == 14 * 86400
    assert {len(frames) for frames in shown["countries"]["frames"].values()} == {
        len(shown["countries"]["time_s"])}


def test_replicates_are_bands(ensemble):
    run, [shown] = open_run(ensemble), told(ensemble)["runs"]
    [curve] = [one for one in shown["series"]["curves"] if one["name"] == "infectious"]
    infectious = run.series["counts"].sel(state="infectious").values
    expected = np.quantile(infectious, [0.025, 0.25, 0.5, 0.75, 0.975], axis=0)
    np.testing.assert_allclose(np.array(curve["levels"], float), expected, rtol=1e-4)
    countries = shown["countries"]
    assert countries["low"] < countries["infected"] < countries["high"]
    assert shown["replicates"] == 5 and shown["kind"] == "replicates"


def test_quantiles_stand_for_replicates(ensemble, quantiles):
    [bands], [replicates] = told(quantiles)["runs"], told(ensemble)["runs"]
    curves = [{curve["name"]: curve["levels"] for curve in shown["series"]["curves"]}
              for shown in (bands, replicates)]
    for name in ("infectious", "encrypted", "internet"):
        assert curves[0][name] == curves[1][name]
    # Sums of quantiles are no quantiles: one line, and the page says so.
    assert len(curves[0]["infected hosts"]) == 1 and len(curves[1]["infected hosts"]) == 5
    assert any("sums of medians" in text for text in bands["warnings"])
    assert "no events" in bands["transmission"]["none"]
    assert bands["countries"]["hosts"][0] == 300_000  # three tenths of the made-up hosts


def test_quantiles_of_nothing_are_refused(make_run, plain_template, capsys):
    path = make_run(replicates=2, services=False)
    with h5py.File(path, "r+") as file:
        file["quantile"] = np.array([0.5])
        file["quantile"].make_scale("quantile")
        for name in ("counts", "country_counts", "sector_counts", "vector_infections"):
            dims = [file[name].dims[axis].keys()[0] for axis in range(1, file[name].ndim)]
            shape = (1, *file[name].shape[1:])
            del file[name]
            file[name] = np.full(shape, np.nan)
            for axis, dim in enumerate(["quantile", *dims]):
                file[name].dims[axis].attach_scale(file[dim])
    assert write(plain_template, path) == 2
    assert "no replicate is finished" in capsys.readouterr().err


def test_failed_replicates_are_named(make_run):
    path = make_run(replicates=3)
    with h5py.File(path, "r+") as file:
        file["counts"][1:] = -1
        file["failures/replicate"] = np.array([1, 2], np.int32)
        file["failures/reason"] = np.array(["no memory", "no memory"], h5py.string_dtype())
    [shown] = told(path)["runs"]
    assert shown["warnings"] == ["Replicates 1, 2 failed and are left out: no memory",
                                 "Only 1 of 3 replicates are finished and shown."]


def test_several_worms_are_told_apart(two_worms):
    data = told(two_worms)
    assert [shown["label"] for shown in data["runs"]] == ["wannacry", "notpetya"]
    with h5py.File(two_worms) as file:
        worm = file["events/worm"][:]
    for number, shown in enumerate(data["runs"]):
        flows = shown["transmission"]
        assert np.sum(flows["matrix"]) + np.sum(flows["outside"]) == (worm == number).sum() > 0


@pytest.mark.parametrize("rows_at_once", [4_000_000, 7])
def test_who_infected_whom_as_a_plain_count(wannacry, monkeypatch, rows_at_once):
    """The twin walks through the events one by one."""
    monkeypatch.setattr(report_tree, "ROWS_AT_ONCE", rows_at_once)
    [shown] = told(wannacry)["runs"]
    with h5py.File(wannacry) as file:
        codes = file["country"].asstr()[:]
        first = file["population/cell_first_host"][:]
        cells = file["population/cell_country"][:]
        events = list(zip(*(file[f"events/{name}"][:] for name in ("time_us", "host", "infector")),
                          strict=True))

    def country_of(host: int) -> str | None:
        return None if host < 0 else codes[cells[np.searchsorted(first, host, side="right") - 1]]

    flows: Counter[tuple[str | None, str]] = Counter()
    tree: dict[str, list] = {}
    for time_us, host, infector in events:
        to, source = country_of(host), country_of(infector)
        flows[source, to] += 1
        tree.setdefault(to, [to, source, round(time_us / 1e6, 1)])
    assert len(tree) > 10
    assert shown["transmission"]["tree"] == list(tree.values())
    told_codes = shown["transmission"]["codes"]
    for row, source in enumerate(told_codes):
        for column, to in enumerate(told_codes):
            assert shown["transmission"]["matrix"][row][column] == flows[source, to]
        assert shown["transmission"]["outside"][row] == flows[None, source]
    assert np.sum(shown["transmission"]["matrix"]) == sum(
        count for (source, _), count in flows.items() if source)


def test_the_tree_is_of_one_replicate_and_worm(make_run):
    path = make_run(replicates=3)
    with h5py.File(path, "r+") as file:
        del file["events"], file["population"]
        file["population/cell_first_host"] = [0, 10, 20, 30]
        file["population/cell_country"] = [2, 0, 2]  # RU, US, RU
        #            replicate, time, host, worm, infector
        rows = [(0, 1, 12, 0, -1), (1, 1, 5, 0, -1), (1, 2, 11, 0, 5), (1, 2, 12, 1, 25),
                (1, 3, 13, 0, 11), (1, 4, 25, 0, 13), (1, 4, -1, 0, -1), (2, 9, 3, 0, -1)]
        for name, column in zip(("replicate", "time_us", "host", "worm", "infector"),
                                zip(*rows, strict=True), strict=True):
            file[f"events/{name}"] = np.array(column)
        flows = report_tree.count_flows(file, 3, 1, 0)
    assert flows.matrix.tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert flows.outside.tolist() == [0, 0, 1]
    assert flows.first_us.tolist() == [2, -1, 1] and flows.parent.tolist() == [2, -1, -1]


def test_flat_worlds_have_no_places(make_run):
    [shown] = told(make_run(flat=True))["runs"]
    assert shown["countries"] is None and shown["sectors"] is None
    assert "no countries" in shown["transmission"]["none"]


def test_unfinished_runs_say_so(make_run):
    [shown] = told(make_run(final_rows=30))["runs"]
    assert not shown["complete"]
    assert "unfinished" in shown["warnings"][0] and "2017-05-12 12:14 UTC" in shown["warnings"][0]
    assert len(shown["series"]["time_s"]) == 30


def test_runs_are_compared_with_the_first(make_run, single):
    more = make_run(shift=884)
    data = told(single, more)
    total = [int(open_run(path).infections[-1]) for path in (single, more)]
    changes = [shown["comparison"][1] for shown in data["runs"]]
    assert changes == ["baseline", f"+{100 * (total[1] / total[0] - 1):.3g} %"]
    assert data["title"] == "A made-up outbreak: 2 runs compared"
    assert len({shown["label"] for shown in data["runs"]}) == 2
    assert told(more, single)["runs"][1]["comparison"][1].startswith("−")


def test_texts_of_a_run_file_stay_texts(hostile, plain_template, tmp_path):
    page = tmp_path / "page.html"
    assert write(plain_template, hostile, "--output", page) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("</script>") == 1 and "<img" not in text
    data = json.loads(text.partition('json">')[2].removesuffix("</script>"))
    assert data["title"] == HOSTILE and HOSTILE in data["runs"][0]["scenario"]


@pytest.mark.parametrize(("make", "message"), [
    (lambda path: None, "no such file"),
    (lambda path: path.write_text("hello"), "not readable as HDF5"),
    (lambda path: h5py.File(path, "w").close(), "not a run file"),
])
def test_bad_files_are_refused(plain_template, single, tmp_path, capsys, make, message):
    bad, page = tmp_path / "bad.h5", tmp_path / "page.html"
    make(bad)
    assert write(plain_template, single, bad, "--output", page) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{bad}: ") and message in error and error.count("\n") == 1
    assert not page.exists()


def test_damaged_tables_are_refused(plain_template, make_run, capsys):
    path = make_run()
    with h5py.File(path, "r+") as file:
        del file["events/host"]
    assert write(plain_template, path) == 2
    error = capsys.readouterr().err
    assert "no report" in error and error.count("\n") == 1


def test_nothing_is_replaced_that_was_named(plain_template, single, tmp_path, capsys):
    page = tmp_path / "page.html"
    page.write_text("mine")
    assert write(plain_template, single, "--output", page) == 2
    assert capsys.readouterr().err == (
        f"{page} (the file exists): choose another --output or add --force\n")
    assert page.read_text() == "mine"
    assert write(plain_template, single, "--output", single, "--force") == 2
    assert "it is the run file" in capsys.readouterr().err
    assert write(plain_template, single, "--output", page, "--force") == 0
    assert page.stat().st_size > 10_000 and [*tmp_path.glob(".page*")] == []


def test_no_place_for_the_page(plain_template, single, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert write(plain_template, single, "--output", tmp_path / "file" / "page.html") == 74
    error = capsys.readouterr().err
    assert "not written" in error and error.count("\n") == 1


def test_too_many_to_tell_apart(plain_template, single, tmp_path, capsys):
    assert write(plain_template, *[single] * 8, "--output", tmp_path / "page.html") == 2
    assert "at most 7" in capsys.readouterr().err


def tools_without_npm(folder: Path) -> str:
    """A PATH with what the script needs, but for node and npm."""
    folder.mkdir()
    for tool in ("bash", "env", "dirname", "readlink", "find", "mkdir", "cmp", "cp", "mv", "flock"):
        (folder / tool).symlink_to(shutil.which(tool))
    return str(folder)


def test_npm_is_needed_at_first_use_only(template, single, tmp_path):
    path = tools_without_npm(tmp_path / "bin")
    python = os.environ.get("ANNELID_PYTHON", "/usr/bin/python3")
    done = report(single, "--output", tmp_path / "page.html", PATH=path, ANNELID_PYTHON=python)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Report:     {tmp_path}/page.html (0.3") and done.stderr == ""
    elsewhere = tmp_path / "project"
    shutil.copytree(PROJECT / "scripts", elsewhere / "scripts")
    done = subprocess.run([elsewhere / "scripts" / "report", single], text=True, check=False,
                          capture_output=True, env={**os.environ, "PATH": path})
    assert done.returncode == 69
    assert done.stderr == ("scripts/report: node is not there (it bundles the page at first use): "
                           "apt-get install nodejs npm\n")


def test_the_lock_file_names_no_place_of_download():
    for folder in (PROJECT / "scripts" / "report_page", PROJECT / "tests" / "report"):
        lock = json.loads((folder / "package-lock.json").read_text())
        assert len(lock["packages"]) > 2
        assert not any("resolved" in package for package in lock["packages"].values()), folder


def test_pages_are_small(template, wannacry, ensemble, tmp_path):
    page = tmp_path / "page.html"
    assert write(template, wannacry, ensemble, "--output", page) == 0
    text = page.read_text(encoding="utf-8")
    assert 200_000 < len(text.encode()) < MOST_BYTES
    assert "http-equiv=\"Content-Security-Policy\"" in text
    assert not [tag for tag in ("<script src", "<link rel=\"stylesheet", "@import", "url(http")
                if tag in text]
