"""scripts/collective-defence: paired intervals, its cases, and a reduced study from end to end."""

from __future__ import annotations

import math
import os
import tomllib

import numpy as np
import pytest
from annelid.studies import collective_cases as cases
from annelid.studies.collective_defence import main
from annelid.studies.collective_measures import read_allies
from annelid.studies.collective_page import verdict
from annelid.studies.paired import Interval, averted, interval, t_975, variance_ratio
from annelid.validation.experiment import ROOT


def test_interval_is_that_of_student():
    found = interval(np.array([1.0, 2.0, 3.0, 4.0]))
    half = 3.182 * math.sqrt(5 / 3) / 2
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half))
    assert found.text(".1f") == "2.5 [0.4, 4.6]"
    assert t_975(40) == pytest.approx(2.021, abs=2e-3)


def test_pairing_takes_away_what_replicates_have_in_common():
    rng = np.random.default_rng(1)
    common = rng.normal(1000, 100, 30)
    without, with_defence = common, common - 50 + rng.normal(0, 5, 30)
    found = averted(without, with_defence)
    assert found.low < 50 < found.high and found.high - found.low < 10
    assert variance_ratio(without, with_defence) > 100
    assert math.isnan(variance_ratio(without, without))


def test_one_replicate_has_no_interval():
    assert interval(np.array([3.0])).text() == "3"
    assert "nothing" in verdict(interval(np.array([3.0])))


@pytest.mark.parametrize(("low", "high", "words"), [
    (1, 3, "fewer infections"), (-3, -1, "more infections"), (-1, 3, "no effect"),
    (0, 0, "nothing, in any replicate")])
def test_verdicts_follow_the_interval(low, high, words):
    assert words in verdict(Interval((low + high) / 2, low, high))


def test_cases_differ_in_what_warns_an_ally_and_nothing_else():
    for outbreak in cases.OUTBREAKS:
        scenario = tomllib.loads((ROOT / outbreak.scenario).read_text(encoding="utf-8"))
        assert scenario["trigger"]["warned"]["of"] == ["sharing"]
        reactions = [d for d in scenario["defence"].values() if d.get("trigger") == "warned"]
        assert len(reactions) >= 3 and all(d["alliances"] == ["nato"] for d in reactions)
        assert scenario["defence"]["isolation"].get("delay") is None  # it tells when one is warned
        keys = [case.key for case in outbreak.cases]
        assert len(keys) == len(set(keys))
        for case in outbreak.cases:
            assert all(setting.startswith(("trigger.", "defence.sharing."))
                       for setting in case.settings)


def test_world_of_notpetya_has_ukraine_and_the_allies():
    scenario = tomllib.loads((ROOT / cases.NOTPETYA.scenario).read_text(encoding="utf-8"))
    allies = read_allies()
    assert len(allies) == 29
    assert sorted(scenario["population"]["countries"]) == sorted([*allies, "UA"])
    assert sorted(scenario["alliance"]["nato_and_ukraine"]["countries"]) == sorted([*allies, "UA"])


@pytest.mark.skipif("ANNELID_PROGRAM" not in os.environ, reason="no program to run")
def test_reduced_study_from_end_to_end(tmp_path):
    assert main(["--reduced", "--runs", str(tmp_path / "runs"), "--output", str(tmp_path)]) == 0
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    for words in ("A reduced study", "| sensors only |", "| each for itself |",
                  "| sharing after 1 h |", "United Kingdom", "What must not be concluded", "[A]"):
        assert words in text
    for name in ("averted", "curves", "allies"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000


def test_the_page_is_that_of_the_full_study():
    folder = ROOT / "results" / "collective-defence"
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "reduced" not in text
    for outbreak in cases.OUTBREAKS:
        for case in outbreak.cases:
            assert f"| {case.label} |" in text, "run scripts/collective-defence"
    for name in ("averted", "curves", "allies"):
        assert (folder / f"{name}.png").is_file()


def test_faults_of_the_command_line():
    with pytest.raises(SystemExit) as left:
        main(["--replicates", "0"])
    assert left.value.code == 2
