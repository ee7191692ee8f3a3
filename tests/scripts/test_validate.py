"""scripts/validate: verdicts, and the page that shows them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from annelid.validate import describe, main
from annelid.validation.check import Check, Outcome
from annelid.validation.experiment import ROOT, Experiment
from annelid.validation.page import page
from annelid.validation.rows import CHECKS, PICTURES, TEXTS, TITLES

EXPERIMENT = Experiment("test", "inputs/x.toml", 4, 1, ("a=1",), why_fewer="it is slow")


def outcome(values: list[float], known: str = "holds") -> Outcome:
    check = Check(3, "hosts", EXPERIMENT, "1 to 2", "O somebody", 1, 2, lambda _: np.array(values),
                  ".2f", "h", known, "as nothing is known")
    return Outcome(check, np.array(values))


def test_mean_and_its_interval():
    made = outcome([1.0, 2.0, 1.5, 1.9])
    assert made.mean == pytest.approx(1.6)
    sd = math.sqrt((0.36 + 0.16 + 0.01 + 0.09) / 3)
    assert made.half_width == pytest.approx(1.96 * sd / 2)
    assert made.reached == "1.60 [1.15, 2.05] h"
    assert made.verdict == "holds" and not made.is_news


def test_replicates_without_a_value_are_told():
    made = outcome([3.0, math.nan, 3.0], "fails")
    assert made.reached == "3.00 [3.00, 3.00] h, in 2 of 3"
    assert made.verdict == "fails" and not made.is_news
    assert outcome([math.nan]).verdict == "fails"


def test_one_replicate_has_no_interval():
    assert outcome([1.5]).reached == "1.50 h"


def test_news_are_marked():
    assert "fails (known: holds)" in describe(outcome([5.0]))
    assert "known" not in describe(outcome([1.5]))


def test_the_page_has_a_line_with_its_run():
    text = page([outcome([5.0])], [], {3: "Slammer"})
    assert "## 3. Slammer" in text
    assert "| 1 | hosts | 1 to 2 | O somebody | 5.00 h | **fails** |" in text
    assert "- **1**: as nothing is known" in text
    assert '`annelid run inputs/x.toml --replicates 4 --set "a=1"` (4 replicates: it is' in text


def test_what_is_named_is_there():
    for check in CHECKS:
        assert check.row in TITLES
        assert (ROOT / check.experiment.scenario).is_file()
        assert check.experiment.replicates == 100 or check.experiment.why_fewer
        assert check.known == "holds" or check.note, check.what
    text = (ROOT / "results" / "validation" / "README.md").read_text(encoding="utf-8")
    for check in CHECKS:
        assert f"| {check.what} | {check.expected} |" in text, "run scripts/validate"
    for picture in PICTURES:
        assert (ROOT / "results" / "validation" / f"{picture.name}.png").is_file()


def test_of_the_seven_rows_and_two_more_each_has_a_figure():
    assert sorted(TITLES) == list(range(1, 10))
    assert {picture.row for picture in PICTURES} == set(TITLES)
    assert {check.row for check in CHECKS} | set(TEXTS) == set(TITLES)


def test_no_two_experiments_share_a_name():
    experiments = {check.experiment for check in CHECKS}
    experiments |= {e for picture in PICTURES for e in picture.experiments}
    assert len({experiment.name for experiment in experiments}) == len(experiments)


def test_the_page_can_be_made(tmp_path, capsys):
    """From nothing, with few replicates in small worlds; its verdicts are not looked at."""
    folder = tmp_path / "page"
    assert main(["--reduced", "--output", str(folder), "--runs", str(tmp_path / "runs")]) == 0
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "This is the reduced page" in text
    for row, title in TITLES.items():
        assert f"## {row}. {title}" in text
    for picture in PICTURES:
        assert f"({picture.name}.png)" in text
        assert (folder / f"{picture.name}.png").stat().st_size > 10_000
    assert " of " in capsys.readouterr().out.splitlines()[0], "its progress is told"


def test_help(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "--reduced" in capsys.readouterr().out
