"""Row 8: further models of theory, each solved in `solutions` and played many times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annelid.validation import solutions
from annelid.validation.check import Check
from annelid.validation.experiment import Experiment, Result
from annelid.validation.measures import minutes_to, spread_of

ADDRESSES = solutions.ADDRESSES
SERIES = ("record.events=false",)

# Two factors: R0 = 2.5 and 5 % of the susceptible hosts patched per hour.
BETA, GAMMA, MU = 10 * 100_000 / ADDRESSES * 3600, 1 / 3, 0.05
TWO_FACTOR = Experiment(
    "two-factor", "inputs/sir-flat.toml", 100, 2,
    (*SERIES, "seeds.hosts=1000", "worm.vector.scan.requires=['unpatched']",
     "defence.patching.kind=patching", "defence.patching.rate=0.05 /h", "time.end=1 d",
     "record.every=5 min"))

# The example of the paper, without its patching and from a thousand hosts instead of one.
SCANS, DEATH, AAWP_HOSTS, AAWP_SEEDS = 100, 0.001, 1_000_000, 1000
AAWP = Experiment(
    "aawp", "inputs/weaver.toml", 20, 2,
    (*SERIES, "worm.preset=sis", "worm.state.infectious.dwell.mean=1000 s",
     "worm.vector.scan.rate=100 /s", "population.hosts=1_000_000", "seeds.hosts=1000",
     "time.end=10 min", "record.every=1 s"),
    ("population.hosts=100_000", "seeds.hosts=100", "worm.vector.scan.rate=1000 /s"),
    why_fewer="a million hosts each, and next to no noise")

# Ten thousand scans a host and no more, at Code Red's pace and number of hosts.
FEW_SCANS, BRANCHING_HOSTS, BRANCHING_SEEDS = 10_000, 360_000, 10
OFFSPRING = FEW_SCANS * BRANCHING_HOSTS / ADDRESSES
BELOW = Experiment(
    "branching-below", "inputs/sir-flat.toml", 2000, 100,
    (*SERIES, "population.hosts=360_000", "seeds.hosts=10", "worm.vector.scan.rate=358 /min",
     f"worm.state.infectious.dwell={FEW_SCANS / 358 * 60:.6f} s", "record.every=1 h"),
    why_fewer="the law has a long tail")
ABOVE_OFFSPRING, ABOVE_HOSTS = 1.5, 20_000
ABOVE = Experiment(
    "branching-above", "inputs/sir-flat.toml", 600, 50,
    (*SERIES, "population.hosts=20_000", "seeds.hosts=1", "worm.vector.scan.rate=100 /s",
     f"worm.state.infectious.dwell={ABOVE_OFFSPRING * ADDRESSES / ABOVE_HOSTS / 100:.6f} s",
     "record.every=1 h", "time.end=2 d"), why_fewer="a share is to be told")

# As Weaver's run in K, with a tenth of the hosts: the time to 1 % of them.
GROWTH, EARLY = 100 * 30_000 / ADDRESSES * 3600, 300
START = ("worm.vector.scan.rate=100 /s", "population.hosts=30_000", "record.every=30 s")
ONE = Experiment("start-up-1", "inputs/weaver.toml", 500, 50, (*SERIES, *START),
                 why_fewer="a spread is to be told")
TEN = Experiment("start-up-10", "inputs/weaver.toml", 500, 50,
                 (*SERIES, *START, "seeds.hosts=10"), why_fewer="a spread is to be told")


def solved_two_factor(hours: np.ndarray) -> np.ndarray:
    return solutions.two_factor(hours, BETA, GAMMA, MU, 0.01)


def solved_aawp() -> np.ndarray:
    return solutions.aawp(600, AAWP_HOSTS, SCANS, DEATH, AAWP_SEEDS)


def percent_in(state: str, of: Callable[[np.ndarray], np.ndarray],
               ) -> Callable[[Result], np.ndarray]:
    """Percent of hosts in a state, its shape (replicate, time) gathered by `of`."""
    return lambda result: 100 * of(result.counts.sel(state=state).values) / result.run.hosts


def most(values: np.ndarray) -> np.ndarray:
    return values.max(axis=-1)


def last(values: np.ndarray) -> np.ndarray:
    return values[..., -1]


def seconds_to_half(result: Result) -> np.ndarray:
    """Until half of the hosts are infectious, between rows by interpolation."""
    counts = result.counts.sel(state="infectious").values
    return np.array([np.interp(result.run.hosts / 2, row[:int(row.argmax()) + 1],
                               60 * result.minutes[:int(row.argmax()) + 1]) for row in counts])


def total(result: Result) -> np.ndarray:
    return result.infected.values[:, -1].astype(float)


def percent_above(hosts: int) -> Callable[[Result], np.ndarray]:
    return lambda result: 100.0 * (total(result) > hosts)


def percent_died_out(result: Result) -> np.ndarray:
    """Outbreaks that end with fewer than 5 % of the hosts; one that takes off reaches 58 %."""
    return 100.0 * (result.infected_share[:, -1] < 0.05)


def within(value: float, part: float) -> tuple[float, float]:
    return value * (1 - part), value * (1 + part)


def near(what: str, experiment: Experiment, value: float, part: float, source: str,
         measure: Callable[[Result], np.ndarray], form: str, unit: str, note: str = "",
         ) -> Check:
    """A check that a value is within a part of the one of theory."""
    expected = f"{format(value, form)}{f' {unit}' if unit else ''} within {100 * part:g} %"
    return Check(8, what, experiment, expected, source, *within(value, part), measure, form, unit,
                 note=note)


def checks() -> list[Check]:
    day = solved_two_factor(np.linspace(0, 24, 24 * 12 + 1))
    ticks = solved_aawp()
    half = float(np.interp(AAWP_HOSTS / 2, ticks, np.arange(len(ticks))))
    tail = 1 - solutions.borel_tanner(np.arange(101), OFFSPRING, BRANCHING_SEEDS).sum()
    mean = BRANCHING_SEEDS / (1 - OFFSPRING)
    zou, chen = "D two-factor model, Zou et al. 2002", "D AAWP, Chen et al. 2003"
    sellke = "D branching process, Sellke et al. 2008"
    birth = "D pure birth process (Yule)"
    return [
        near("two-factor: most infectious at once", TWO_FACTOR, 100 * day[1].max(), 0.02, zou,
             percent_in("infectious", most), ".2f", "%",
             "Patching at a constant rate; that it grows with the infections (mu S J) and that "
             "congestion slows the worm (eta > 0) are no parts of annelid's models and are not "
             "checked."),
        near("two-factor: removed after a day", TWO_FACTOR, 100 * day[3, -1], 0.02, zou,
             percent_in("removed", last), ".2f", "%"),
        near("two-factor: patched before they were infected", TWO_FACTOR, 100 * day[2, -1], 0.02,
             zou, percent_in("immune", last), ".2f", "%"),
        near("AAWP: half infected", AAWP, half, 0.02, chen, seconds_to_half, ".1f", "s",
             "Its ticks of 1 s let hosts wait for the next one, which costs it half a percent to "
             "one percent of the pace; annelid has no ticks."),
        near("AAWP: infected after 10 min", AAWP, 100 * ticks[-1] / AAWP_HOSTS, 0.01, chen,
             percent_in("infectious", last), ".2f", "%"),
        near("10,000 scans a host and 10 seeds: infected in all", BELOW, mean, 0.1, sellke, total,
             ".1f", "", "10,000 x 360,000 / 2³² = 0.838 new infections by each: below one, so "
             "every outbreak dies out."),
        Check(8, "the same: outbreaks of more than 100", BELOW, f"{100 * tail:.1f} ± 3 %",
              sellke + "; law of Borel and Tanner", 100 * tail - 3, 100 * tail + 3,
              percent_above(100), ".1f", "%"),
        Check(8, "1.5 new infections by each, one seed: outbreaks that die out", ABOVE,
              f"{100 * solutions.extinction(ABOVE_OFFSPRING):.1f} ± 4 %", sellke,
              100 * solutions.extinction(ABOVE_OFFSPRING) - 4,
              100 * solutions.extinction(ABOVE_OFFSPRING) + 4, percent_died_out, ".1f", "%"),
        near("start-up noise, 1 seed: sd of the time to 300 infected",
             ONE, 60 * solutions.start_up_sd(1, EARLY, GROWTH), 0.1, birth,
             spread_of(minutes_to(EARLY)), ".2f", "min", "π / √6 / K for one seed."),
        near("start-up noise, 10 seeds: sd of the time to 300 infected",
             TEN, 60 * solutions.start_up_sd(10, EARLY, GROWTH), 0.1, birth,
             spread_of(minutes_to(EARLY)), ".2f", "min", "√ψ₁(10) / K, with the trigamma "
             "function ψ₁."),
    ]


CHECKS = checks()
