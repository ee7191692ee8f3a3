"""Growth rates of exact simple epidemics."""

from __future__ import annotations

import numpy as np
import pytest
from branching import simple_epidemic

import annelid
from annelid.measures import fit_growth

RATE_PER_S = 5e-4  # about Code Red v2's
HOSTS = 50_000
ROWS_S = np.arange(0, 10 * 3600, 60.0)


def test_interval_covers_the_rate_of_simple_epidemics():
    """95 % of 300 outbreaks by chance, give or take three standard errors; and without bias."""
    rng = np.random.default_rng(1)
    fits = [fit_growth(ROWS_S, simple_epidemic(RATE_PER_S, HOSTS, 10, ROWS_S, rng), HOSTS)
            for _ in range(300)]
    covered = np.mean([fit.low_per_s <= RATE_PER_S <= fit.high_per_s for fit in fits])
    assert 0.95 - 0.038 <= covered <= 0.95 + 0.038
    rates = np.array([fit.rate_per_s for fit in fits])
    error = rates.std(ddof=1) / np.sqrt(len(rates))
    assert abs(rates.mean() - RATE_PER_S) < 3 * error
    # No wider than it must be: births alone leave K / sqrt(infections).
    widths = np.array([fit.high_per_s - fit.low_per_s for fit in fits])
    least = 2 * 1.96 * RATE_PER_S / np.sqrt(np.mean([fit.num_infections for fit in fits]))
    assert least < np.median(widths) < 1.4 * least


def test_doubling_time_and_window():
    infected = simple_epidemic(RATE_PER_S, HOSTS, 10, ROWS_S, np.random.default_rng(2))
    fit = fit_growth(ROWS_S, infected, HOSTS)
    assert fit.doubling_time_s == pytest.approx(np.log(2) / RATE_PER_S, rel=0.05)
    rows = (ROWS_S >= fit.first_s) & (ROWS_S <= fit.last_s)
    assert infected[rows][0] >= 100 and infected[rows][-1] <= 0.1 * HOSTS
    assert fit.num_infections == infected[rows][-1] - infected[rows][0]
    chosen = fit_growth(ROWS_S, infected, HOSTS, window_s=(3600, 7200))
    assert (chosen.first_s, chosen.last_s) == (3600, 7200)


def test_log_takes_saturation_for_slowness_and_logit_does_not():
    """A curve without chance: logit has it exactly over the whole of it, log is too low."""
    odds = 10 / HOSTS * np.exp(RATE_PER_S * ROWS_S)
    infected = HOSTS * odds / (1 + odds)
    window_s = (0, ROWS_S[infected < 0.5 * HOSTS][-1])
    logit = fit_growth(ROWS_S, infected, HOSTS, "logit", window_s)
    log = fit_growth(ROWS_S, infected, HOSTS, "log", window_s)
    assert logit.rate_per_s == pytest.approx(RATE_PER_S, rel=1e-9)
    assert logit.level == pytest.approx(10, rel=0.01)
    assert log.rate_per_s < 0.9 * RATE_PER_S


def test_interval_widens_where_hosts_infect_in_bursts():
    """Each infection counted ten times has ten times the variance."""
    rng = np.random.default_rng(3)
    infected = 10 * simple_epidemic(RATE_PER_S, HOSTS, 10, ROWS_S, rng)
    burst = fit_growth(ROWS_S, infected, 10 * HOSTS, window_s=(2 * 3600, 4 * 3600))
    plain = fit_growth(ROWS_S, infected // 10, HOSTS, window_s=(2 * 3600, 4 * 3600))
    ratio = (burst.high_per_s - burst.low_per_s) / (plain.high_per_s - plain.low_per_s)
    # The blocks hold 19 degrees of freedom each: a third of the variance either way.
    assert 0.6 < ratio < 1.7
    births_alone = 2 * 1.96 * burst.rate_per_s / np.sqrt(burst.num_infections)
    assert burst.high_per_s - burst.low_per_s > 2 * births_alone


def test_no_growth_is_nan():
    for infected in (np.full(600, 10.0), np.concatenate([[1.0], np.full(599, 50_000.0)])):
        assert np.isnan(fit_growth(ROWS_S, infected, HOSTS).rate_per_s)


def test_every_replicate_and_point_has_its_own(make_run, make_study):
    run = annelid.open(make_run(replicates=5))
    growth = annelid.measures.growth_rate(run, "log", window_s=(0, 3 * 3600))
    assert growth["rate_per_s"].dims == ("replicate",)
    assert growth["rate_per_s"].attrs["units"] == "s-1"
    # The made-up outbreaks are far from saturation then, with paces 1, 1.1, …
    rates = growth["rate_per_s"].values
    assert rates / rates[0] == pytest.approx(1 + 0.1 * np.arange(5), rel=0.03)
    study = annelid.measures.growth_rate(annelid.open(make_study()))
    assert study["doubling_time_s"].dims == ("point", "replicate")
