"""scripts/calibrate: the sampler against a known posterior, one small calibration, bad input."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from annelid.calibration import command, smc
from annelid.calibration.calibration import read_calibration
from annelid.calibration.posterior import Posterior
from annelid.calibration.simulator import Simulator
from conftest import SCENARIO, Bench, synthetic_curve

FIT = """\
scenario = "x.toml"
observed = "curve.csv"
particles = 16
replicates = 2
generations = 4
seed = 3

[parameter."worm.vector.scan.rate"]
min = "0.005 /s"
max = "0.2 /s"
scale = "log"
"""
TRUE_RATE = 0.03


@pytest.fixture(scope="module")
def curve(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("curve")
    (folder / "x.toml").write_text(SCENARIO)
    synthetic_curve(folder, "x.toml", [f'worm.vector.scan.rate="{TRUE_RATE} /s"'], seed=11)
    return (folder / "curve.csv").read_text()


@pytest.fixture
def fit(bench: Bench, curve: str) -> Bench:
    bench.write(curve, "curve.csv")
    bench.write(FIT, "fit.toml")
    return bench


def test_the_sampler_finds_a_known_posterior() -> None:
    """A normal observation of noise 0.1 at 0.4, a uniform prior: the posterior is normal, too; the
    second parameter, of which nothing is seen, stays as it was."""
    noise = np.random.default_rng(5)

    def simulate(places: np.ndarray, seeds: np.ndarray) -> np.ndarray:
        return np.abs(places[:, :1] + 0.1 * noise.standard_normal((len(places), 4)) - 0.4)

    options = smc.Options(particles=3000, generations=15)
    last = list(smc.generations(simulate, 2, options, np.random.default_rng(1)))[-1]
    assert last.tolerance < 0.05
    mean = np.sum(last.weights * last.places.T, axis=1)
    spread = np.sqrt(np.sum(last.weights * (last.places - mean).T**2, axis=1))
    assert np.allclose(mean, [0.4, 0.5], atol=0.03)
    assert np.allclose(spread, [0.1, 1 / np.sqrt(12)], atol=0.03)


def test_weighted_quantiles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25])
    assert np.allclose(smc.weighted_quantile(values, weights, np.array([0.25, 0.625, 1])),
                       [1, 2, 3])


def test_recovers_a_rate(fit: Bench) -> None:
    assert command.main(["fit.toml", "--output", "out", "--jobs", "2"]) == 0
    said = fit.capture.readouterr()
    assert said.out.split("\n")[1].startswith("worm.vector.scan.rate")
    assert "Next: look at out/posterior.png" in said.err
    assert Path("out/posterior.png").stat().st_size > 10_000
    with xr.open_dataset("out/posterior.h5", engine="h5netcdf") as found:
        values = found.value.sel(parameter="worm.vector.scan.rate").values
        low, high = smc.weighted_quantile(values, found.weight.values, np.array([0.05, 0.95]))
        assert low < TRUE_RATE < high
        assert np.log(high / low) < 0.5 * np.log(0.2 / 0.005)  # half of the prior's 90 %, and less
        assert np.all(np.diff(found.tolerance) < 0)
        assert found.curve.dims == ("particle", "time") and found.curve.attrs["units"] == "hosts"
    assert "it is there already" in refused(fit, FIT, "--output", "out")[0]


def test_the_number_of_jobs_changes_nothing(fit: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever simulation ends first; these are stand-ins of uneven length."""
    def curves(self: Simulator, settings: dict[str, str], seed: int) -> np.ndarray:
        time.sleep(seed % 7 / 1000)
        growth = np.exp(float(settings["worm.vector.scan.rate"].split()[0]) * 20)
        return growth * np.random.default_rng(seed).random((2, 4)) * self.observed.counts

    monkeypatch.setattr(Simulator, "curves", curves)
    calibration = read_calibration(Path("fit.toml"))
    found: list[Posterior] = [command.calibrate(calibration, jobs) for jobs in (1, 5)]
    for name in ("places", "seeds", "distances", "weights"):
        one, two = (getattr(posterior.last, name) for posterior in found)
        assert np.array_equal(one, two), name
    assert np.array_equal(found[0].curves, found[1].curves)


def refused(bench: Bench, text: str, *options: str) -> list[str]:
    bench.write(text, "fit.toml")
    before = sorted(bench.folder.rglob("*"))
    bench.capture.readouterr()
    assert command.main(["fit.toml", *options]) == 2
    assert sorted(bench.folder.rglob("*")) == before
    return bench.capture.readouterr().err.strip().split("\n")


@pytest.mark.parametrize("before,after,fault", [
    ("curve.csv", "none.csv", 'fit.toml:2: observed = "none.csv" (there is no such file'),
    ("particles = 16", "particles = 2", "fit.toml:3: particles = 2 (at least 10): try 10"),
    ("0.2 /s", "0.001 /s", "fit.toml:10: parameter.\"worm.vector.scan.rate\".max = \"0.001 /s\" "
     "(it is below min)"),
    ("scan.rate", "scan.ratte", "(unknown key): did you mean `rate`?"),
    ('min = "0.005 /s"', "values = [1]", "(unknown key): known here: scale, integer, min, max"),
    ("seed", "sead", "fit.toml:6: sead = 3 (unknown key)"),
])
def test_bad_input(fit: Bench, before: str, after: str, fault: str) -> None:
    assert any(fault in line for line in refused(fit, FIT.replace(before, after, 1)))


@pytest.mark.parametrize("csv,fault", [
    ("", "curve.csv:1: columns missing"),
    ("when,infected\n1,2\n", "curve.csv:1: columns when, infected (one is to be time and one of"),
    ("time,infected\n1 min,2\n2 min,x\n3 min,4\n", "curve.csv:3: 2 min,x (infected is no count)"),
    ("time,infected\n1 min,2\n1 min,3\n3 min,4\n", "curve.csv:3: 1 min,3 (not later than"),
    ("time,infected\n1 min,2\n2 min,3\n3 d,4\n", "curve.csv:4: 3 d,4 (the scenario goes from 0"),
    ("time,infected\nsoon,2\n", "curve.csv:2: soon,2 (time is no time)"),
    ("time,infected\n1 min,2\n", "curve.csv: 1 rows (a curve needs 3)"),
    ("time,infected\n1 min,2,3\n", "curve.csv:2: 1 min,2,3 (3 values, 2 columns)"),
])
def test_bad_curves(fit: Bench, csv: str, fault: str) -> None:
    fit.write(csv, "curve.csv")
    assert any(fault in line for line in refused(fit, FIT))


def test_dates_and_other_curves(fit: Bench) -> None:
    fit.write("time,new_infections\n2017-01-01 00:05:00,3\n2017-01-01 00:10,5\n900,0\n",
              "curve.csv")
    observed = read_calibration(Path("fit.toml")).observed
    assert observed.curve == "new_infections"
    assert observed.elapsed_s.tolist() == [300, 600, 900]
