"""NotPetya against the record at fixed seeds: lines of results/validation, in smaller worlds."""

from __future__ import annotations

from pathlib import Path

import pytest
from annelid.validation.check import Check, evaluate
from annelid.validation.experiment import Experiment, Result, perform
from annelid.validation.notpetya import CHECKS

SMALL = [check for check in CHECKS if check.in_small]


class Results:
    """Each experiment is run once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, Result] = {}

    def of(self, experiment: Experiment) -> Result:
        if experiment.name not in self.made:
            self.made[experiment.name] = perform(experiment, self.folder, reduced=True)
        return self.made[experiment.name]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("check", SMALL, ids=[check.what for check in SMALL])
def test_verdict_is_that_of_the_page(check: Check, results: Results) -> None:
    """Also where the record is not reached: whoever mends that mends the page."""
    outcome = evaluate(check, results.of(check.experiment))
    assert outcome.found.size > 0
    assert outcome.verdict == check.known, outcome.reached
