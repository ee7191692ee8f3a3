"""Differences between two cases whose replicates share their draws, and what the sharing is worth.

Replicate r of both cases has the same seed (common random numbers), so differences are taken
replicate by replicate. With values x and y of n replicates:

    paired      mean(x - y) ± t sd(x - y) / sqrt(n)
    unpaired    the same runs as if they had nothing to do with each other: var(x) + var(y)
    ratio       (var(x) + var(y)) / var(x - y): so many times as many runs would be needed unpaired
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Student's t, 0.975 quantile, for 1 to 30 degrees of freedom; beyond, a series in 1/df.
T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
         2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
         2.052, 2.048, 2.045, 2.042)


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval; NaN bounds for a single value."""

    mean: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return not (self.low > 0 or self.high < 0)

    def text(self, form: str = ",.0f") -> str:
        if np.isnan(self.low):
            return number(self.mean, form)
        return f"{number(self.mean, form)} [{number(self.low, form)}, {number(self.high, form)}]"


def number(value: float, form: str) -> str:
    """Without the sign of what rounds to zero."""
    text = format(value, form)
    return text.removeprefix("-") if not any(digit in text for digit in "123456789") else text


def t_975(degrees: int) -> float:
    return T_975[degrees - 1] if degrees <= len(T_975) else 1.96 + 2.4 / degrees


def interval(values: np.ndarray) -> Interval:
    """values: one per replicate."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Interval(mean, float("nan"), float("nan"))
    half = t_975(len(values) - 1) * float(np.std(values, ddof=1)) / np.sqrt(len(values))
    return Interval(mean, mean - half, mean + half)


def averted(without: np.ndarray, with_defence: np.ndarray) -> Interval:
    """How much less there is with it; both one per replicate, in the same order."""
    return interval(np.asarray(without, dtype=float) - np.asarray(with_defence, dtype=float))


def averted_unpaired(without: np.ndarray, with_defence: np.ndarray) -> Interval:
    """The same of replicates that share nothing, by Welch's interval; NaN bounds for one value."""
    means = [float(np.mean(values)) for values in (without, with_defence)]
    difference = means[0] - means[1]
    if min(len(without), len(with_defence)) < 2:
        return Interval(difference, float("nan"), float("nan"))
    parts = np.array([np.var(values, ddof=1) / len(values) for values in (without, with_defence)])
    if parts.sum() == 0:
        return Interval(difference, difference, difference)
    degrees = parts.sum() ** 2 / (parts[0] ** 2 / (len(without) - 1)
                                  + parts[1] ** 2 / (len(with_defence) - 1))
    half = t_975(max(1, int(degrees))) * float(np.sqrt(parts.sum()))
    return Interval(difference, difference - half, difference + half)


def variance_ratio(without: np.ndarray, with_defence: np.ndarray) -> float:
    """Unpaired variance of the difference over the paired one; NaN where nothing differs."""
    if len(without) < 2:
        return float("nan")
    paired = float(np.var(np.asarray(without, float) - np.asarray(with_defence, float), ddof=1))
    unpaired = float(np.var(without, ddof=1) + np.var(with_defence, ddof=1))
    return unpaired / paired if paired > 0 else float("nan")
