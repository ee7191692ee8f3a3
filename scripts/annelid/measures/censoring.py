"""How much of what a host infected with was still to come when the run ended.

A host infected shortly before the end has had no time to infect others: its count of infections is
cut off (right truncation; Cauchemez et al., American Journal of Epidemiology 2006). Of a case
infected a time u before the end the share F(u) of its infections is expected to be in the record,
where F is the distribution of generation times. F comes from the infections by those infected in
the first half of the run, which were followed for at least as long as the second half: what
comes later than the end in all of them, F does not know of.
"""

from __future__ import annotations

import numpy as np

from annelid.transmission import NOBODY, TransmissionTree

FEWEST_GENERATIONS = 100
OBSERVED_SHARE = 0.95


def observed_share(tree: TransmissionTree, time_s: np.ndarray) -> np.ndarray:
    """F(end - time): the share of the infections by those infected at `time_s` that are recorded.

    time_s: seconds since the start, any shape; the result has the same. NaN without generations.
    """
    times = _reference(tree)
    if len(times) == 0:
        return np.full(np.shape(time_s), np.nan)
    return np.searchsorted(times, tree.end_s - np.asarray(time_s), side="right") / len(times)


def complete_before_s(tree: TransmissionTree) -> float:
    """Seconds since the start until which at least 95 % of all infections by cases are recorded."""
    times = _reference(tree)
    if len(times) == 0:
        return tree.end_s
    return float(tree.end_s - np.quantile(times, OBSERVED_SHARE))


def _reference(tree: TransmissionTree) -> np.ndarray:
    """Generation times of early infectors in their order; of all, where those are few."""
    has_parent = tree.parent != NOBODY
    times = tree.generation_time_s[has_parent]
    first_s = float(tree.time_s.min(initial=tree.end_s))
    early = tree.time_s[tree.parent[has_parent]] <= (first_s + tree.end_s) / 2
    return np.sort(times[early] if early.sum() >= FEWEST_GENERATIONS else times)
