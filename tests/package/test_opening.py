"""annelid.open and the measures that read series."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import xarray as xr

import annelid
from annelid import measures


def test_a_run_has_names_units_and_dates(make_run):
    path = make_run()
    run = annelid.open(path)
    assert run["counts"].dims == ("time", "state") and run["counts"].attrs["units"]
    assert str(run["time"].values[0])[:19] == "2017-05-12T07:24:00"
    assert run.sel(state="infectious")["counts"].dims == ("time",)
    assert run.encoding["source"] == str(path) and run.attrs["hosts"] == 1_000_000


def test_a_study_has_points_and_parameters(make_study):
    path = make_study(replicates=3)
    study = annelid.open(path)
    assert study["counts"].dims == ("point", "replicate", "time", "state")
    assert list(study["parameter"].values)[0] == "worm.vector.scan.rate"
    assert str(study["parameter_text"].values[0, 0]) == "5 /s"
    # Without the package too.
    assert xr.open_dataset(path, engine="h5netcdf")["counts"].dims == study["counts"].dims
    assert measures.attack_rate(study).dims == ("point", "replicate")
    assert measures.time_to(study, [100]).dims == ("point", "replicate", "threshold")


def test_other_files_are_refused(tmp_path, make_study):
    with pytest.raises(annelid.RunFileError, match="no such file"):
        annelid.open(tmp_path / "none.h5")
    path = make_study()
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = "2.0"
    with pytest.raises(annelid.RunFileError, match="study file 1.x"):
        annelid.open(path)


def test_quantiles_of_replicates_and_of_files_of_quantiles(make_run):
    run = annelid.open(make_run(replicates=20))
    curve = measures.infections(run)
    bands = measures.quantiles(curve)
    assert bands.dims == ("quantile", "time")
    np.testing.assert_allclose(bands.sel(quantile=0.5), np.median(curve.values, axis=0))
    again = measures.quantiles(bands, [0.5])
    np.testing.assert_array_equal(again, bands.sel(quantile=[0.5]))
    with pytest.raises(KeyError):
        measures.quantiles(bands, [0.1])
    single = measures.quantiles(curve.isel(replicate=0))
    assert (single == curve.isel(replicate=0)).all()


def test_quantiles_of_several_vectors_have_no_sum(make_run):
    run = annelid.open(make_run(quantiles=True))
    assert run["counts"].dims == ("quantile", "time", "state")
    with pytest.raises(ValueError, match="file with replicates"):
        measures.infections(run)


def test_attack_rate_of_all_and_of_parts(make_run):
    run = annelid.open(make_run())
    rate = measures.attack_rate(run)
    assert float(rate) == pytest.approx(float(measures.infections(run)[-1]) / 200_000)
    by = measures.attack_rate(run, "country")
    assert by.dims == ("country",)
    hosts = measures.at_risk(run, "country")
    assert float((by * hosts).sum() / hosts.sum()) == pytest.approx(float(rate), rel=1e-9)


def test_time_to_is_the_first_row_that_has_as_many(make_run):
    run = annelid.open(make_run(replicates=2))
    curve = measures.infections(run)
    times = measures.time_to(run, [1000, 1e9])
    assert times.dims == ("replicate", "threshold") and np.isnan(times[:, 1]).all()
    for r in range(2):
        row = int(float(times[r, 0]) / 600)
        assert curve[r, row] >= 1000 > curve[r, row - 1]
