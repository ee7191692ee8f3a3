"""--quantiles keeps what numpy finds in the series of all replicates, and says what disk that saves."""

from __future__ import annotations

import re
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from conftest import MPIEXEC, run

CASE = ["inputs/sir-flat.toml", "--set", "population.hosts=5000", "--set", "time.end=2 d",
        "--set", "defence.watch={kind='sensor', coverage=0.2, after='1 h'}"]
QUANTILES = [0.025, 0.25, 0.5, 0.75, 0.975]


@pytest.mark.parametrize("replicates", [1, 2, 10])
def test_are_those_of_numpy(replicates: int, tmp_path: Path) -> None:
    every, bands = tmp_path / "every.h5", tmp_path / "bands.h5"
    run(*CASE, "--replicates", replicates, "--output", every)
    run(*CASE, "--replicates", replicates, "--output", bands, "--quantiles",
        *(["--team-size", 1] if MPIEXEC else []), ranks=2 if MPIEXEC else 1)
    with h5py.File(every) as one, h5py.File(bands) as other:
        compared = 0
        for name, series in one.items():
            if not isinstance(series, h5py.Dataset) or series.ndim < 2:
                continue
            assert other[name].dtype == np.float64
            np.testing.assert_array_equal(other[name], np.quantile(series, QUANTILES, axis=0), name)
            compared += 1
        assert compared >= 6
        np.testing.assert_array_equal(one["diagnostics/attempts"], other["diagnostics/attempts"])
        assert "events" in one and "events" not in other
    with xr.open_dataset(bands, engine="h5netcdf") as run_file:
        assert run_file["counts"].dims == ("quantile", "time", "state")
        assert run_file["quantile"].values.tolist() == QUANTILES


def test_events_are_kept_for_who_asks(tmp_path: Path) -> None:
    every, bands = tmp_path / "every.h5", tmp_path / "bands.h5"
    run(*CASE, "--replicates", 2, "--output", every)
    run(*CASE, "--replicates", 2, "--output", bands, "--quantiles", "--set", "record.events=true")
    with h5py.File(every) as one, h5py.File(bands) as other:
        np.testing.assert_array_equal(one["events/host"], other["events/host"])


def test_disk_is_told_beforehand(tmp_path: Path) -> None:
    """Both figures, with or without --quantiles, and they are those of the datasets."""
    sizes = []
    for option in ([], ["--quantiles"]):
        file = tmp_path / f"{len(option)}.h5"
        told = run(*CASE, "--replicates", 40, "--output", file, *option)
        note = next(line for line in told.splitlines() if " of disk" in line)
        figures = [float(figure) for figure in re.findall(r"([0-9.]+) MB", note)]
        with h5py.File(file) as data:
            held = sum(item.nbytes for item in data.values()
                       if isinstance(item, h5py.Dataset) and item.ndim >= 2) / 1e6
        assert figures[0] == pytest.approx(held, rel=0.01)
        assert told.index(note) < told.index("infections in 40 runs")
        sizes.append(figures)
    assert sizes[0] == sizes[1][::-1]
    assert sizes[0][0] == pytest.approx(8 * sizes[0][1], rel=0.02)
