"""Row 5: WannaCry, 12 May 2017, on all Windows PCs of the world."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annelid.validation.check import Check
from annelid.validation.experiment import Experiment, Result

SWITCH_MIN = 7.65 * 60
SEEDS = 10
REACH = 0.9

# Rows every 9 min: one is at the switch.
SCENARIO = "inputs/wannacry.toml"
WORLD = Experiment(
    "wannacry-world", "inputs/world-2017.toml", 20, 2, ("record.every=9 min", "time.end=12 h"),
    ("population.hosts=5_000_000",),
    why_fewer="the whole world needs 5 GB and about ten seconds a replicate")
REACHED = Experiment(
    "wannacry-reached", SCENARIO, 10, 1,
    ("defence.kill_switch.reach=1", "record.every=9 min", "time.end=12 h", "record.events=false"),
    ("population.hosts=5_000_000",), why_fewer="an exact number, the same in each")
LAN = Experiment(
    "wannacry-lan", "inputs/weaver.toml", 100, 20,
    ("worm.preset=wannacry", "population.hosts=50", "population.organisation_hosts=50",
     "record.every=1 s", "record.events=false", "time.end=20 min"))
LAN_SLOW = Experiment("wannacry-lan-slow", LAN.scenario, 100, 20,
                      (*LAN.settings, "worm.vector.subnet.rate=0.2 /s"))


def at_switch(result: Result) -> int:
    return int(np.searchsorted(result.minutes, SWITCH_MIN - 1e-6))


def disrupted(result: Result) -> np.ndarray:
    """Hosts out of use, shape (replicate, time)."""
    return result.per_replicate(result.run.disrupted).transpose("replicate", "time").values


def disrupted_at_switch(result: Result) -> np.ndarray:
    """In real hosts."""
    return disrupted(result)[:, at_switch(result)] * result.run.real_hosts_per_host


def mean_doubling_min(result: Result) -> np.ndarray:
    """Minutes per doubling from the seeds to all that were infected when the switch came."""
    infected = result.infected.values[:, at_switch(result)] * result.run.real_hosts_per_host
    return SWITCH_MIN / np.log2(infected / SEEDS)


def newly_disrupted(result: Result) -> np.ndarray:
    """Hosts that go out of use after the switch."""
    now = disrupted(result)
    return now[:, -1] - now[:, at_switch(result)]


def percent_disrupted_after(result: Result) -> np.ndarray:
    """Of the hosts that finish the worm's start-up after the switch, those that it disrupts."""
    inert = result.counts.sel(state="inert").isel(time=-1).values
    new = newly_disrupted(result)
    return 100 * new / np.maximum(new + inert, 1)


def systems_per_address(result: Result) -> np.ndarray:
    """Infected hosts over the homes and organisations that they are in, by the end."""
    events = result.events()
    place = result.organisation_of(events["host"])
    return np.array([mine.sum() / len(np.unique(place[mine])) for mine in
                     (events["replicate"] == r for r in np.unique(events["replicate"]))]
                    if "replicate" in events else [len(place) / len(np.unique(place))])


def in_first(seconds: int) -> Callable[[Result], np.ndarray]:
    """Infections in so many seconds from the start, the seed left out."""
    return lambda result: result.infected.values[:, seconds] - result.infected.values[:, 0]


def in_any(seconds: int) -> Callable[[Result], np.ndarray]:
    """Most infections within so many seconds; rows are a second apart."""
    return lambda result: (result.infected.values[:, seconds:]
                           - result.infected.values[:, :-seconds]).max(axis=1)


CHECKS = [
    Check(5, "disrupted when the switch came, 7.65 h", WORLD, "1 to 5 × 10⁵",
          "O Europol, Kryptos Logic: 2 to 3 × 10⁵ systems", 1e5, 5e5, disrupted_at_switch, ",.0f",
          note="Not a claim of how many there were: counts of addresses are not hosts, and the "
          "order of magnitude is all that is compared. All replicates share one world, so the "
          "interval leaves out what another draw of it would change."),
    Check(5, "mean doubling time until then", WORLD, "25 to 40 min",
          "D ten seeds to 2 × 10⁵", 25, 40, mean_doubling_min, ".1f", "min",
          note="No curve of its infections was published; growth is faster at first, and all but "
          "over when the switch comes, since the exposed hosts run out."),
    Check(5, "after the switch, of hosts whose worm starts then: disrupted", WORLD,
          "those it does not reach, 10 ± 1 %", "A reach 0.9", 9, 11, percent_disrupted_after, ".2f",
          "%", in_small=False),
    Check(5, "the same with a switch that all reach: hosts disrupted after it", REACHED, "0",
          "O Kryptos Logic, Two weeks later", 0, 0, newly_disrupted, ".0f"),
    Check(5, "infected systems per public address", WORLD, "2.5 to 4.5",
          "D 2 to 3 M systems, 727,000 addresses [O]", 2.5, 4.5, systems_per_address, ".2f",
          known="fails", note="Too low. A home or an organisation counts as one address. Three "
          "in five of them are homes, with 1.1 infected hosts each, the others organisations "
          "with 4.3 (one replicate). That a home host is three times as likely to be exposed as "
          "a firm's is an assumption: with 0.3 times, the low end of its range, 3.9 are reached, "
          "but 3.5 times as many infections (one replicate of 10⁸ hosts). The record counts the "
          "addresses that called the sinkhole in two weeks, which change; these are the "
          "infections of 12 h."),
    Check(5, "50-host LAN: infections in the first 100 s", LAN, "at most 16",
          "O openreview iPgbMzGHEf", 0, 16, in_first(100), ".1f", known="fails", note="Too fast. "
          "The sweep's pace, 0.5 addresses/s, is an assumption, so that a subnet takes 8 min; the "
          "line after the next has it with the low end of its range. Every probe that meets a "
          "host works here, and every host is unpatched."),
    Check(5, "50-host LAN: most infections in any 100 s", LAN, "at most 16",
          "O openreview iPgbMzGHEf", 0, 16, in_any(100), ".1f", known="fails",
          note="The strictest reading of the record, at any time and not from the start on."),
    Check(5, "the same with 0.2 addresses/s: in the first 100 s", LAN_SLOW, "at most 16",
          "O openreview iPgbMzGHEf", 0, 16, in_first(100), ".1f",
          note="Shown beside; the worm's file keeps 0.5, since nothing else speaks for 0.2."),
    Check(5, "and in any 100 s", LAN_SLOW, "at most 16", "O openreview iPgbMzGHEf", 0, 16,
          in_any(100), ".1f", known="fails", note="In the middle of the outbreak 50 hosts "
          "that sweep are still faster than the record, so that more than the pace is missing: "
          "a success below 1, or a test net with fewer open hosts."),
]
