"""Whole runs against closed forms and the record; see README.md beside this file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curves import ADDRESSES, simulate, standard_error


def test_simple_epidemic_grows_at_the_rate_of_theory(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "si-flat.toml", 10)
    growth, _ = curves.logistic_fits()
    theory = 100 * curves.hosts / ADDRESSES * 3600
    assert curves.hosts >= 100_000
    assert growth.mean() / theory == pytest.approx(1, abs=0.02)


def test_weavers_run(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "weaver.toml", 100)
    growth, half = curves.logistic_fits()
    assert growth.mean() == pytest.approx(2.515, rel=0.05)
    assert half.mean() == pytest.approx(5.25, abs=0.2)
    # One seed's start-up noise: ln of an exponential, sd pi / sqrt(6) / K (0.51 h); its estimate
    # from 100 runs has a relative standard error of about 10 % (kurtosis 5.4).
    assert half.std(ddof=1) == pytest.approx(np.pi / np.sqrt(6) / 2.515, rel=0.4)


def test_weavers_fast_run(tmp_path: Path) -> None:
    # 99.99 % at 0.89 h; the mean of 40 runs has a standard error of 0.051 / sqrt(40) = 0.008 h.
    curves = simulate(tmp_path, "weaver.toml", 40, "worm.vector.scan.rate=100 /s",
                      "time.end=2 h", "record.every=6 s")
    assert curves.hours_to(0.9999).mean() == pytest.approx(0.89, abs=0.03)


def test_code_red_v2_matches_the_record(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "code-red-v2.toml", 30)
    growth, half = curves.logistic_fits()
    assert growth.mean() == pytest.approx(1.80, abs=0.1)
    assert 10 + half.mean() == pytest.approx(15.86, abs=0.4)
    peaks = np.diff(curves.hosts - curves.counts[:, :, 0], axis=1).max(axis=1)
    assert 2000 <= peaks.mean() <= 2900
    assert (curves.infected_share()[:, -1] >= 0.99).all()


def test_sir_final_size(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "sir-flat.toml", 20, "record.every=3 d", "time.end=6 d")
    reproduction = 10 * curves.hosts / ADDRESSES * 3 * 3600
    initial = 20 / curves.hosts  # infectious at the start
    share = 0.9
    for _ in range(200):
        share = 1 - (1 - initial) * np.exp(-reproduction * share)
    reached = 1 - curves.counts[:, -1, 0] / curves.hosts
    assert curves.counts[:, -1, curves.states.index("infectious")].max() == 0
    assert abs(reached.mean() - share) < 4 * standard_error(reached)
    # The standard error itself is that of theory (Scalia-Tomba 1985), not a wide one.
    z, r = share, reproduction
    variance = z * (1 - z) * (1 + r**2 * (1 - z)) / (1 - r * (1 - z)) ** 2 / curves.hosts
    assert reached.std(ddof=1) == pytest.approx(np.sqrt(variance), rel=0.6)


def test_sis_endemic_level(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "sir-flat.toml", 10, "worm.preset=sis", "population.hosts=20_000",
                      "worm.vector.scan.rate=50 /s", "seeds.hosts=1000", "time.end=3 d")
    reproduction = 50 * curves.hosts / ADDRESSES * 3 * 3600
    settled = curves.counts[:, curves.hours > 36, curves.states.index("infectious")]
    share = settled.mean(axis=1) / curves.hosts
    assert abs(share.mean() - (1 - 1 / reproduction)) < 4 * standard_error(share)
