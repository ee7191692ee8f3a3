"""Network telescopes of whole runs: scans by thinning, and the growth rate that they tell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest
from annelid import early_warning
from annelid.run_file import Run, open_run
from curves import PROGRAM, ROOT

REPLICATES = 10
PREFIXES = {"large": 8, "small": 14}


@pytest.fixture(scope="module")
def code_red(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Code Red v2 as seen by a /8 and a /14."""
    output = tmp_path_factory.mktemp("run") / "run.h5"
    sets = [word for name, prefix in PREFIXES.items()
            for word in ("--set", f"telescope.{name}.prefix={prefix}")]
    command = [PROGRAM, "run", ROOT / "inputs" / "code-red-v2.toml", "--replicates",
               str(REPLICATES), "--set", "record.events=false", "--output", output,
               "--progress", "off", *sets]
    done = subprocess.run(command, env=dict(os.environ, OMP_NUM_THREADS="1"), check=False,
                          capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return open_run(output)


@pytest.mark.parametrize("name", PREFIXES)
def test_scans_are_those_of_all_sources_thinned(code_red: Run, name: str):
    """By the run's own count of scans; sums of Poisson counts, so that five sigmas are a bound."""
    with h5py.File(code_red.path) as file:
        expected = file["diagnostics/scans_represented"][...] * 2.0 ** -PREFIXES[name]
    seen = code_red.series["telescope_scans"].sel(telescope=name).isel(time=-1).values
    off = (seen - expected) / np.sqrt(expected)
    assert np.abs(off).max() < 5
    assert off.sum() ** 2 / REPLICATES < 25


@pytest.mark.parametrize("growth", [early_warning.growth_from_scans,
                                    early_warning.growth_from_sources])
@pytest.mark.parametrize("name, latest", [("large", 0.01), ("small", 0.05)])
def test_the_rate_is_known_early(code_red: Run, name: str, latest: float, growth):
    """Zou et al. (2003) had Code Red's by 1 to 2 % infected. Theory: K = r N / 2^32."""
    rate_per_s = 358 / 60 * code_red.hosts / 2.0**32
    for replicate in range(REPLICATES):
        seen = early_warning.observe(code_red, name, replicate)
        seen = seen.every(early_warning.choose_interval_s(seen))
        estimate = growth(seen)
        stable = early_warning.stable_from(estimate, rate_per_s)
        assert stable is not None
        infected, hosts = early_warning.infected_in(code_red, replicate)
        elapsed_s = early_warning.seconds_since_start(code_red.series["time"].values)
        assert np.interp(estimate.elapsed_s[stable], elapsed_s, infected) / hosts < latest
        if growth is early_warning.growth_from_scans:
            off = estimate.rate_per_s[-1] / rate_per_s - 1
            assert abs(off) < 0.02 + 3 * estimate.sd_per_s[-1] / rate_per_s
