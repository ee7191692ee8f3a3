"""Section 9: which results of WannaCry and NotPetya depend on guesses.

One assumption at a time takes either end of its range, with the seeds of all others, so that
chance weighs little in a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from annelid.figures import style, tornado
from annelid.validation import assumptions
from annelid.validation.assumptions import Assumption
from annelid.validation.experiment import Experiment, Result
from annelid.validation.measures import doubling_s, infected_in, share_of
from annelid.validation.picture import Picture
from annelid.validation.wannacry import at_switch

NUM_REDUCED = 3
WHY = "common seeds; differences are what counts"


@dataclass(frozen=True)
class Answer:
    """An outcome. large, small: a change that is a large, and no more than a small one: parts of
    the outcome as it is, or where `points` is set points of percent."""

    name: str
    measure: Callable[[Result], np.ndarray]
    form: str
    unit: str = ""
    log: bool = False
    points: bool = False
    large: float = 0.5
    small: float = 0.05

    def of(self, result: Result) -> float:
        values = self.measure(result)
        found = values[np.isfinite(values)]
        return float(found.mean()) if found.size else float("nan")

    def change(self, base: float, value: float) -> float:
        """By which factor less one, whichever is larger; or points."""
        if not np.isfinite(value):
            return 0.0
        if self.points:
            return abs(value - base)
        return max(value / base, base / max(value, 1e-9)) - 1

    def show(self, value: float) -> str:
        return format(value, self.form) + (f" {self.unit}" if self.unit else "")


@dataclass(frozen=True)
class Study:
    """One outbreak with its assumptions, the first few of which are in the reduced page."""

    name: str
    title: str
    base: Experiment
    assumptions: list[Assumption]
    answers: tuple[Answer, ...]
    height_in: float

    def experiment(self, assumption: Assumption, setting: str) -> Experiment:
        """The base with another value."""
        if not setting:
            return self.base
        key = setting.replace("=", "-").replace(" ", "").replace("/", "-per-")
        return Experiment(f"{self.base.name}-{key.replace(':', '')}", self.base.scenario,
                          self.base.replicates, self.base.reduced_replicates,
                          (*self.base.settings, setting), self.base.reduced_settings,
                          self.base.why_fewer,
                          assumption in self.assumptions[:NUM_REDUCED])

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return (self.base, *(self.experiment(a, setting) for a in self.assumptions
                             for setting in (a.low, a.high) if setting))

    def ends(self, answer: Answer, results: dict[str, Result]) -> list[tornado.Swing]:
        """Of every assumption, those that change most first."""
        base = answer.of(results[self.base.name])
        swings = []
        for a in self.assumptions:
            names = [self.experiment(a, setting).name for setting in (a.low, a.high)]
            if all(name in results for name in names):
                swings.append(tornado.Swing(a.label, *(answer.of(results[n]) for n in names)))
        return sorted(swings, key=lambda s: -self.change(answer, base, s))

    @staticmethod
    def change(answer: Answer, base: float, swing: tornado.Swing) -> float:
        return max(answer.change(base, swing.low), answer.change(base, swing.high))


def infections_before_switch(result: Result) -> np.ndarray:
    """In real hosts."""
    return result.infected.values[:, at_switch(result)] * result.run.real_hosts_per_host


def doubling_min(result: Result) -> np.ndarray:
    """Minutes, while the worm has 100 to 500 modelled hosts."""
    return doubling_s(100, 500)(result) / 60


WANNACRY = Study(
    "wannacry", "WannaCry", Experiment(
        "tornado-wannacry", "inputs/wannacry.toml", 3, 1,
        ("record.every=3 min", "record.events=false", "time.end=12 h"),
        ("population.hosts=20_000_000",), WHY),
    assumptions.WANNACRY,
    (Answer("infections before the switch", infections_before_switch, ",.0f", "hosts", log=True),
     Answer("doubling time while it grows", doubling_min, ".1f", "min")), 5.2)

NOTPETYA = Study(
    "notpetya", "NotPetya", Experiment(
        "tornado-notpetya", "inputs/notpetya.toml", 1, 1,
        ("record.every=10 min", "record.events=false",
         "population.countries=['UA', 'PL', 'RO', 'RS', 'GR']"),
        ("population.sectors=['transport']",),
        WHY),
    assumptions.NOTPETYA,
    (Answer("infected in Ukraine", infected_in("UA"), ",.0f", "hosts"),
     Answer("Ukraine's share of the infected", share_of("UA"), ".1f", "%", points=True, large=5,
            small=0.5)), 6.6)

STUDIES = (WANNACRY, NOTPETYA)


def drawing(study: Study) -> Callable[[dict[str, Result]], Figure]:
    def draw(results: dict[str, Result]) -> Figure:
        run = results[study.base.name].run
        figure = style.plain_figure(
            f"{study.title}: what depends on assumptions",
            style.caption(run, "means") + "; line: as it is", study.height_in)
        axes = figure.subplots(1, len(study.answers), sharey=True)
        order = [swing.label for swing in study.ends(study.answers[0], results)]
        for ax, answer in zip(axes, study.answers):
            swings = sorted(study.ends(answer, results), key=lambda s: order.index(s.label))
            tornado.draw(ax, answer.of(results[study.base.name]), swings,
                         f"{answer.name[0].upper()}{answer.name[1:]} ({answer.unit})", answer.log)
        axes[-1].legend(loc="lower right")
        return figure
    return draw


PICTURES = [Picture(9, f"tornado-{study.name}", drawing(study), study.experiments,
                    f"{study.title}: one assumption at a time at the low and the high end of its "
                    "range.") for study in STUDIES]


def listed(answer: Answer, swings: list[tornado.Swing]) -> str:
    return "; ".join(f"{s.label} ({answer.show(s.low)} to {answer.show(s.high)})" for s in swings)


def words(study: Study, results: dict[str, Result]) -> list[str]:
    """What depends on which assumption, an answer a paragraph."""
    lines = []
    for answer in study.answers:
        base = answer.of(results[study.base.name])
        ends = study.ends(answer, results)
        reached = [end for s in ends for end in (s.low, s.high) if np.isfinite(end)]
        size = {s.label: study.change(answer, base, s) for s in ends}
        strong = [s for s in ends if size[s.label] >= answer.large]
        some = [s for s in ends if answer.small < size[s.label] < answer.large]
        none = [s for s in ends if size[s.label] <= answer.small]
        large = f"{answer.large:g} points" if answer.points else f"{100 * answer.large:.0f} %"
        small = f"{answer.small:g} points" if answer.points else f"{100 * answer.small:.0f} %"
        lines += [
            f"**{study.title}, {answer.name}: {answer.show(base)} as it is; one assumption alone "
            f"takes it from {answer.show(min(reached))} to {answer.show(max(reached))}.**", "",
            f"- Moves by {large} or more with: {listed(answer, strong) or 'none of them'}.",
            f"- By less than that: {listed(answer, some) or 'none of them'}.",
            f"- By no more than {small}: "
            f"{'; '.join(s.label for s in none) or 'none of them'}.", ""]
    return lines


def runs(study: Study) -> str:
    sets = "".join(f' --set "{setting}"' for setting in study.base.settings)
    return (f"`annelid run {study.base.scenario} --replicates {study.base.replicates}{sets}` and "
            f"`--set` for one end of one range (keys and ends: "
            "`scripts/annelid/validation/assumptions.py`).")


INTRODUCTION = """\
Every number marked A takes the low and then the high end of its range, all others as they are,
with the same seeds. What a result moves with is a guess that it rests on; what it does not move
with need not be known better. Ranges are those that the files state, which are guesses too, and
how two assumptions work together is not shown. The switch's reach cannot matter before the
switch.
"""
SMALLER = """\
WannaCry plays on 10⁸ hosts for 1.5 × 10⁹; NotPetya without Germany and Russia, which makes it
three times as fast and Ukraine's share larger than in row 6: its changes are what to look at.
"""
NOT_VARIED = """\
Not varied, since no number says them: the credentials of one firm do not open another, an
organisation lies in one country, a probe that meets a fit host works, and the rest of the
tables of the world (`inputs/world-2017/parameters_2017.csv`, each with its mark).
"""


def text(results: dict[str, Result]) -> str:
    lines = [INTRODUCTION, SMALLER] + [line for study in STUDIES for line in words(study, results)]
    return "\n".join([*lines, NOT_VARIED, *(f"- {runs(study)}" for study in STUDIES), ""])
