"""The transmission tree and what is measured along it, against theory."""

from __future__ import annotations

import time

import h5py
import numpy as np
import pytest
from branching import branching_tree
from scipy import stats

import annelid
from annelid.measures import generation_times, offspring_distribution, reproduction_number
from annelid.measures.censoring import complete_before_s
from annelid.measures.offspring import fit_dispersion
from annelid.transmission import find_parents

PERIOD_S = 1000.0


def plain_parents(replicate, time_s, host, infector, worm):
    """A loop over infections."""
    latest, parents = {}, []
    for row, (lane, who, by) in enumerate(zip(zip(replicate, worm), host, infector)):
        parents.append(latest.get((lane, by), -1))
        latest[lane, who] = row
    return parents


def test_parents_are_those_of_a_plain_loop():
    """Few hosts, infected again and again in three replicates by two worms."""
    rng = np.random.default_rng(1)
    rows = 3000
    replicate = np.sort(rng.integers(3, size=rows))
    time_s = np.concatenate([np.sort(rng.random((replicate == r).sum())) for r in range(3)])
    host = rng.integers(50, size=rows)
    infector = np.where(rng.random(rows) < 0.1, -1, (host + rng.integers(1, 50, size=rows)) % 50)
    worm = rng.integers(2, size=rows)
    found = find_parents(replicate, time_s, host, infector, worm)
    assert list(found) == plain_parents(replicate, time_s, host, infector, worm)
    assert (found >= 0).sum() > 2000


def test_a_parent_of_the_same_microsecond_counts_whatever_its_number():
    found = find_parents(np.zeros(3, int), np.array([0.0, 5.0, 5.0]), np.array([9, 3, 7]),
                         np.array([-1, 7, 9]), np.zeros(3, int))
    assert list(found) == [-1, 2, 0]


def test_offspring_of_exponential_periods_is_geometric():
    """Of hosts that were followed for six periods or more."""
    rng = np.random.default_rng(2)
    tree = branching_tree(1.5, PERIOD_S, generations=60, seeds=1000, rng=rng, end_s=9000)
    found = offspring_distribution(tree, 3000)
    assert found.mean_low < 1.5 < found.mean_high
    assert found.k_low < 1 < found.k_high
    assert found.mean_high - found.mean_low < 0.2 and found.k_high - found.k_low < 0.2
    assert found.histogram.sum() == found.cases == (tree.time_s < 3000).sum()
    # Of a geometric distribution with this mean the fifth that causes most has this share.
    number = np.arange(200)
    share = stats.nbinom.pmf(number, 1, 1 / 2.5)
    top = np.diff(np.minimum(np.cumsum(share[::-1]), 0.2), prepend=0) @ number[::-1] / 1.5
    assert found.share_of_top_fifth == pytest.approx(top, abs=0.02)


def test_offspring_counts_those_who_were_followed():
    """By default; all, and says so, where nobody was."""
    rng = np.random.default_rng(8)
    tree = branching_tree(1.5, PERIOD_S, generations=60, seeds=1000, rng=rng, end_s=9000)
    found = offspring_distribution(tree)
    assert found.before_s == complete_before_s(tree) and not found.censored
    short = branching_tree(1.5, PERIOD_S, generations=60, seeds=1000, rng=rng, end_s=1e-9)
    assert offspring_distribution(short).cases == 1000


def test_dispersion_interval_covers_and_knows_poisson():
    """95 % of 200 samples, give or take three standard errors."""
    rng = np.random.default_rng(3)
    k, mean = 0.3, 2.0
    fits = [fit_dispersion(np.bincount(rng.negative_binomial(k, k / (k + mean), 500)))
            for _ in range(200)]
    covered = np.mean([low <= k <= high for _, low, high in fits])
    assert 0.95 - 0.047 <= covered <= 0.95 + 0.047
    best, low, high = fit_dispersion(np.bincount(rng.poisson(2.0, 1000)))
    assert low > 5 and high == np.inf and best > 10
    assert np.isnan(fit_dispersion(np.array([10]))[0])


def test_generation_times_of_a_fixed_period_are_uniform():
    rng = np.random.default_rng(4)
    tree = branching_tree(1.8, PERIOD_S, generations=60, seeds=50, rng=rng, end_s=6000,
                          period="fixed")
    forward = generation_times(tree, infectors_before_s=5000)
    assert forward.attrs["units"] == "s"
    assert stats.kstest(forward.values / PERIOD_S, "uniform").pvalue > 0.01
    assert len(forward) < len(generation_times(tree)) == len(tree) - 50


def test_reproduction_number_is_counted_and_censored():
    """R F(u) = 1.5 (1 - exp(-u / period)) with u to go, within chance; it says where F is low."""
    rng = np.random.default_rng(5)
    tree = branching_tree(1.5, PERIOD_S, generations=60, seeds=1000, rng=rng, end_s=9000)
    found = reproduction_number(tree, width_s=500)
    to_go_s = 9000 - 500 * (np.arange(18) + 0.5)
    observed = 1 - np.exp(-to_go_s / PERIOD_S)
    error = (found["high"] - found["reproduction_number"]) / 1.96
    off = (found["reproduction_number"] - 1.5 * observed) / error
    # In the last bins F changes within the bin.
    assert (abs(off[:-2]) < 4).all() and (off[:-2] ** 2).mean() < 2
    assert found["observed"].values == pytest.approx(observed, abs=0.02)
    assert list(found["censored"].values) == list(observed < 0.95)
    assert complete_before_s(tree) == pytest.approx(9000 + np.log(0.05) * PERIOD_S, abs=100)
    assert int(found["cases"].sum()) == len(tree)
    assert str(found["time"].values[1])[:19] == "2017-05-12T07:32:20"


def test_tree_of_a_file(make_run):
    run = annelid.open(make_run(replicates=3))
    tree = annelid.transmission_tree(run)
    one = annelid.transmission_tree(run, replicate=1)
    assert set(tree.replicate) == {0, 1, 2} and set(one.replicate) == {1}
    assert len(one) == (tree.replicate == 1).sum()
    assert ((tree.parent >= 0) == (tree.infector >= 0)).all()
    np.testing.assert_array_equal(tree.host[tree.parent[tree.parent >= 0]],
                                  tree.infector[tree.parent >= 0])
    assert tree.end_s == 24 * 3600 and tree.vectors[0] == "seed"


def test_a_run_without_events_is_refused(make_run):
    path = make_run()
    with h5py.File(path, "r+") as file:
        del file["events"]
    with pytest.raises(annelid.RunFileError, match="record.events = true"):
        annelid.transmission_tree(path)


def test_who_infected_whom_sums_over_cells():
    """Counted one by one, on cells of which several are in the same country."""
    from annelid.measures.mixing import _Places
    rng = np.random.default_rng(6)
    place = _Places(np.array([0, 10, 15, 40, 100]), np.array([2, 0, 2, 1]))
    hosts = rng.integers(100, size=500)
    expected = [next(c for end, c in ((10, 2), (15, 0), (40, 2), (100, 1)) if host < end)
                for host in hosts]
    assert list(place(hosts)) == expected


def test_mixing_of_random_targets_is_in_proportion(make_run):
    path = make_run()
    tree = annelid.transmission_tree(path)
    for by in ("country", "sector"):
        matrix = annelid.measures.who_infected_whom(tree, path, by)
        assert matrix.dims == (f"infector_{by}", by)
        assert int(matrix.sum()) == (tree.infector >= 0).sum()
        expected = matrix.sum(by) * matrix.sum(f"infector_{by}") / matrix.sum()
        chi2 = float(((matrix - expected) ** 2 / expected).where(expected > 0).sum())
        degrees = ((matrix.sum(by) > 0).sum() - 1) * ((matrix.sum(f"infector_{by}") > 0).sum() - 1)
        assert stats.chi2.sf(chi2, int(degrees)) > 0.001
    with pytest.raises(ValueError, match="country"):
        annelid.measures.who_infected_whom(tree, path, "planet")


def test_worlds_of_their_own_have_places_in_the_first_only(make_run):
    path = make_run(replicates=2)
    with h5py.File(path, "r+") as file:
        text = file["scenario"].asstr()[()]
        del file["scenario"]
        file["scenario"] = text + "[population]\nredraw = true\n"
    with pytest.raises(ValueError, match="replicate 0 alone"):
        annelid.measures.who_infected_whom(annelid.transmission_tree(path), path)
    first = annelid.transmission_tree(path, replicate=0)
    assert int(annelid.measures.who_infected_whom(first, path).sum()) > 0


def test_a_million_infections_in_seconds():
    """No loop over events: 20 times as long as is taken here would still be none."""
    rows = 1_000_000
    rng = np.random.default_rng(7)
    host = rng.permutation(2 * rows)[:rows]
    parent = (rng.random(rows) * np.arange(rows)).astype(int)
    infector = np.where(np.arange(rows) < 10, -1, host[parent])
    begin = time.process_time()
    found = find_parents(np.zeros(rows, int), np.arange(rows) / 10, host, infector,
                         np.zeros(rows, int))
    assert time.process_time() - begin < 10
    assert (found[10:] == parent[10:]).all()
