"""What the validation page holds runs against: solutions, an exact simulator, and its measures."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from annelid.figures.tornado import Swing
from annelid.validation import exact, sensitivity, solutions
from annelid.validation.experiment import ROOT, Experiment, Result
from annelid.validation.measures import fit_logistic, spread_of
from scipy.linalg import expm

ONE_LINK = exact.Links.of_edges(np.array([[0, 1]]))


def test_a_logistic_is_found_again():
    hours = np.linspace(0, 12, 400)
    share = np.array([1 / (1 + np.exp(-growth * (hours - half)))
                      for growth, half in ((2.5, 5.0), (1.8, 6.0))])
    growth, half = fit_logistic(hours, share)
    assert growth == pytest.approx([2.5, 1.8])
    assert half == pytest.approx([5, 6])


def test_the_spread_and_its_interval():
    values = np.random.default_rng(1).normal(3, 2, 4000)
    result = Result(Experiment("x", "x", 1, 1), ROOT, [])
    pseudo = spread_of(lambda _: values)(result)
    without = [np.delete(values, i).std(ddof=1) for i in range(3)]
    n = len(values)
    assert pseudo[:3] == pytest.approx(
        [n * values.std(ddof=1) - (n - 1) * other for other in without], rel=1e-6)
    assert pseudo.mean() == pytest.approx(2, abs=0.1)
    # The standard error of a normal sample's sd is sd / sqrt(2 n).
    assert pseudo.std() / np.sqrt(n) == pytest.approx(2 / np.sqrt(2 * n), rel=0.1)


def test_two_factors_without_patching_are_sir():
    solved = solutions.two_factor(np.linspace(0, 400, 3), 2.5, 1, 0, 0.01)
    share = 0.9
    for _ in range(200):
        share = 1 - 0.99 * np.exp(-2.5 * share)
    assert solved[3, -1] == pytest.approx(share, rel=1e-5)
    assert solved.sum(axis=0) == pytest.approx(1)


def test_aawp_settles_where_infection_and_death_are_even():
    ticks = solutions.aawp(3000, 1_000_000, 100, 0.001, 1000)
    n = ticks[-1]
    missed = (1 - 2.0**-32) ** (100 * n)
    assert 0.001 * n == pytest.approx((1e6 - n) * (1 - missed), rel=1e-6)


def test_the_law_of_borel_and_tanner():
    sizes = np.arange(20_000)
    law = solutions.borel_tanner(sizes, 0.8, 3)
    assert law.sum() == pytest.approx(1, abs=1e-6)
    assert (law * sizes).sum() == pytest.approx(3 / 0.2, rel=1e-4)
    assert law[3] == pytest.approx(np.exp(-0.8 * 3))


def test_extinction():
    q = solutions.extinction(1.5)
    assert q == pytest.approx(0.4172, abs=1e-4)
    assert solutions.extinction(0.9) == 1


def test_start_up_noise_of_one_seed():
    assert solutions.start_up_sd(1, 10**9, 2.515) == pytest.approx(np.pi / np.sqrt(6) / 2.515)


def test_the_exact_simulator_crosses_one_link_as_often_as_theory():
    """A link at rate 1 and a source removed at rate 1/2: two times in three."""
    random = np.random.default_rng(1)
    crossed = [len(exact.infection_times(ONE_LINK, np.array([0]), 2, 1, 0, random)) == 2
               for _ in range(4000)]
    assert np.mean(crossed) == pytest.approx(2 / 3, abs=0.03)


def test_latency_delays_the_exact_simulator():
    random = np.random.default_rng(1)
    times = [t[1] for t in (exact.infection_times(ONE_LINK, np.array([0]), 1e9, 1, 3, random)
                            for _ in range(4000)) if len(t) == 2]
    assert np.mean(times) == pytest.approx(3 + 1, abs=0.2)


def test_exact_sis_infects_again():
    """Two hosts: of infections per time as many as time with one infected, times the rate."""
    leave = np.array([[-2.0, 10.0], [2.0, -11.0]])  # both infected, one infected
    time_in_each = np.linalg.solve(leave, (expm(leave) - np.eye(2)) @ [1.0, 0.0])
    found = [len(exact.sis_infection_times(ONE_LINK, np.array([0, 1]), 1, 0.1, 1, Random(r))) - 2
             for r in range(4000)]
    assert np.mean(found) == pytest.approx(10 * time_in_each[1], abs=5 * np.std(found) / 4000**0.5)


def test_what_moves_most_comes_first():
    factor = sensitivity.Answer("x", lambda _: np.zeros(1), ".0f")
    change = sensitivity.Study.change
    assert change(factor, 100, Swing("halves", 50, 100)) == pytest.approx(1)
    assert change(factor, 100, Swing("grows", 100, 150)) == pytest.approx(0.5)
    points = sensitivity.Answer("x", lambda _: np.zeros(1), ".0f", points=True)
    assert change(points, 98, Swing("falls", 60, 98)) == pytest.approx(38)


@pytest.mark.parametrize("study", sensitivity.STUDIES, ids=lambda study: study.name)
def test_ends_are_named_by_what_they_set(study: sensitivity.Study):
    for assumption in study.assumptions:
        for setting in (assumption.low, assumption.high):
            if setting:
                experiment = study.experiment(assumption, setting)
                assert experiment.settings == (*study.base.settings, setting)
