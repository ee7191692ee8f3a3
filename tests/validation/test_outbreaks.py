"""Worms with a published pace, on as many equal hosts as they had; see README.md beside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curves import ADDRESSES, simulate


def test_witty(tmp_path: Path) -> None:
    curves = simulate(tmp_path, "witty.toml", 6)
    growth, _ = curves.logistic_fits()
    theory = 917 * curves.hosts / ADDRESSES * 3600
    assert growth.mean() == pytest.approx(theory, rel=0.05)
    assert curves.hours_to(0.99).max() <= 75 / 60
    # Where it starts is known beforehand: one host alone would need twice as long for half of them.
    assert curves.hours_to(0.5).mean() == pytest.approx(np.log(12_000 / 110 - 1) / theory, rel=0.05)


def test_mirai(tmp_path: Path) -> None:
    # Enough devices at the start that its noise does not matter; growth before they run out.
    curves = simulate(tmp_path, "mirai.toml", 2, "seeds.hosts=300", "time.end=8 h")
    infected = curves.hosts - curves.counts[:, :, 0]
    assert infected[:, -1].max() < 0.06 * curves.hosts
    slopes = [np.polyfit(curves.hours, np.log(row), 1)[0] for row in infected]
    assert 60 * np.log(2) / np.mean(slopes) == pytest.approx(75, abs=3)
    # 16 doublings in 20 h.
    assert 2 ** (20 / 1.25) == pytest.approx(65_000, rel=0.01)
