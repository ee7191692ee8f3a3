"""One figure of the record, and whether a run reaches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annelid.validation.experiment import Experiment, Result


@dataclass(frozen=True)
class Check:
    """A line of the page.

    row: of the table of what is to be shown.
    expected: as the page has it, from `low` to `high`.
    source: with its mark: O opened, R recalled, D derived, A assumption.
    measure: the value of each replicate; NaN where it has none.
    known: "holds" or "fails"; whatever else comes out is news.
    note: what is known of why it fails, and what the value is not.
    in_small: whether the reduced experiment can show it.
    """

    row: int
    what: str
    experiment: Experiment
    expected: str
    source: str
    low: float
    high: float
    measure: Callable[[Result], np.ndarray]
    form: str = ".3g"
    unit: str = ""
    known: str = "holds"
    note: str = ""
    in_small: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a check came to."""

    check: Check
    values: np.ndarray

    @property
    def found(self) -> np.ndarray:
        return self.values[np.isfinite(self.values)]

    @property
    def mean(self) -> float:
        return float(self.found.mean()) if self.found.size else float("nan")

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the mean; NaN for one replicate."""
        n = self.found.size
        return float(1.96 * self.found.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")

    @property
    def verdict(self) -> str:
        return "holds" if self.check.low <= self.mean <= self.check.high else "fails"

    @property
    def is_news(self) -> bool:
        return self.verdict != self.check.known

    @property
    def reached(self) -> str:
        """Mean, its interval, and how many replicates have a value where not all do."""
        form, unit = self.check.form, f" {self.check.unit}" if self.check.unit else ""
        text = format(self.mean, form)
        if self.found.size > 1:
            text += (f" [{format(self.mean - self.half_width, form)}, "
                     f"{format(self.mean + self.half_width, form)}]")
        text += unit
        if self.found.size < self.values.size:
            text += f", in {self.found.size} of {self.values.size}"
        return text


def evaluate(check: Check, result: Result) -> Outcome:
    return Outcome(check, np.asarray(check.measure(result), dtype=float))
