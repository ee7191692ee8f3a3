"""Reading: what a run file says, and what is refused."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from annelid.run_file import RunFileError, choose_bin, open_run
from synthetic_run import STATES


def test_reads_series_with_named_axes(single):
    run = open_run(single)
    assert run.series["counts"].dims == ("time", "state")
    assert run.infected_states == STATES[1:-1]
    assert str(run.series["time"].values[0])[:19] == "2017-05-12T07:24:00"
    assert run.complete and run.has_countries and run.has_sectors and not run.has_replicates


def test_parts_of_the_world_sum_to_the_whole(single):
    run = open_run(single)
    infected = run.series["counts"].isel(time=-1).sel(state=run.infected_states).sum()
    for axis in ("country", "sector"):
        assert run.infected_at_end(axis).sum() == infected
        assert run.hosts_in(axis).sum() == run.hosts


def test_incidence_adds_up_to_the_infections(single):
    run = open_run(single)
    incidence = run.incidence()
    assert (incidence.unit, incidence.width_s) == ("hour", 3600)
    assert incidence.total.sizes["time"] == 24
    first_and_last = run.infections.isel(time=[0, -1]).values
    assert incidence.total.sum() == pytest.approx(first_and_last[1] - first_and_last[0])


def test_replicates_lead_every_series(ensemble):
    run = open_run(ensemble)
    assert run.series["counts"].dims[0] == "replicate"
    assert run.infected_at_end("sector").dims == ("replicate", "sector")
    assert run.incidence().total.dims == ("replicate", "time")


def test_defences_of_the_scenario_are_milestones(single):
    [(time, name)] = open_run(single).milestones
    assert (str(time)[:19], name) == ("2017-05-12T15:03:00", "kill switch")


def test_axes_of_further_series_have_names(make_run):
    path = make_run()
    with h5py.File(path, "r+") as file:
        file["sensor"] = np.array([b"antivirus", b"tracing"])
        file["sensor"].make_scale("sensor")
        file["detections"] = np.arange(2 * len(file["time"])).reshape(-1, 2)
        for axis, name in enumerate(("time", "sensor")):
            file["detections"].dims[axis].attach_scale(file[name])
    detections = open_run(path).series["detections"]
    assert detections.dims == ("time", "sensor")
    assert list(detections.sel(sensor="tracing").values[:2]) == [1, 3]


def test_flat_world_has_no_places(make_run):
    run = open_run(make_run(flat=True))
    assert not run.has_countries and not run.has_sectors


def test_unfinished_rows_are_left_out(make_run):
    run = open_run(make_run(final_rows=40))
    assert not run.complete
    assert run.series.sizes["time"] == 40


def test_unfinished_replicates_are_left_out(make_run):
    run = open_run(make_run(replicates=3, final_rows=40))
    assert run.series.sizes["replicate"] == 2
    alone = open_run(make_run(replicates=1, final_rows=40))
    assert alone.series.sizes["replicate"] == 1 and alone.series.sizes["time"] == 40


@pytest.mark.parametrize(("rows", "unit"), [
    (np.arange(0, 72 * 3600 + 1, 600.0), "hour"),
    (np.arange(0, 14 * 3600 + 1, 60.0), "10 minutes"),
    (np.arange(0, 14 * 3600 + 1, 3600.0), "hour"),
    (np.arange(0, 1801, 1.0), "minute"),
    (np.arange(0, 61, 1.0), "second"),
])
def test_bins_suit_the_length_of_the_run(rows, unit):
    assert choose_bin(rows)[0] == unit


def test_refuses_what_is_no_run_file(tmp_path):
    missing, text, other = tmp_path / "none.h5", tmp_path / "text.h5", tmp_path / "other.h5"
    text.write_text("not HDF5")
    h5py.File(other, "w").close()
    for path, reason in ((missing, "no such file"), (text, "HDF5"), (other, "not a run file")):
        with pytest.raises(RunFileError, match=reason):
            open_run(path)


def test_refuses_a_version_it_does_not_know(make_run):
    path = make_run()
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = "2.0"
    with pytest.raises(RunFileError, match="format_version = 2.0"):
        open_run(path)


def unwritten(file: h5py.File) -> None:
    del file["vector_infections"]
    file.create_dataset("vector_infections", (10**9, 10**6), "<i8", chunks=(1000, 1000))


def linked(file: h5py.File) -> None:
    file["more"] = h5py.ExternalLink("/etc/hostname", "/")


@pytest.mark.parametrize("change, reason", [
    (unwritten, "bytes by its shape"),
    (linked, "its own series"),
    (lambda file: file.__delitem__("counts"), "no series in it"),
    (lambda file: file.attrs.__setitem__("hosts", "many"), "no series in it"),
    (lambda file: file.attrs.__setitem__("title", np.bytes_(b"\xff")), "not readable"),
], ids=["unwritten", "linked", "no counts", "no number", "no text"])
def test_refuses_a_file_made_to_do_harm(make_run, change, reason):
    path = make_run()
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(RunFileError, match=reason):
        open_run(path)
