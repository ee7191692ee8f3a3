"""Rows 1 to 4: worms that scan the Internet uniformly, against theory and the record.

The simple epidemic: K = rate x hosts / 2^32, logistic growth. One seed's start-up is a pure birth
process, so the time at which half is infected is (ln N + gamma) / K on average, with gamma = 0.577
(Euler). K and T are those of the fit between 5 and 95 % infected.
"""

from __future__ import annotations

from annelid.validation.check import Check
from annelid.validation.experiment import Experiment
from annelid.validation.measures import (
    doubling_s,
    growth_over,
    growth_per_h,
    half_hour,
    hours_to_share,
    minutes_to_share,
    most_per_minute,
    percent_at_end,
)

ADDRESSES = 2.0**32
SERIES = ("record.events=false",)

SIMPLE = Experiment("simple-epidemic", "inputs/si-flat.toml", 100, 2, SERIES)
WEAVER = Experiment("weaver", "inputs/weaver.toml", 100, 2, SERIES)
FAST = Experiment("weaver-fast", "inputs/weaver.toml", 100, 2,
                  (*SERIES, "worm.vector.scan.rate=100 /s", "time.end=2 h", "record.every=6 s"))
CODE_RED = Experiment("code-red-v2", "inputs/code-red-v2.toml", 100, 2, SERIES)
SLAMMER = Experiment("slammer", "inputs/slammer.toml", 100, 2, SERIES)
SLOWER = Experiment("slammer-4000", "inputs/slammer.toml", 100, 2,
                    (*SERIES, "worm.vector.scan.rate.mean=4000 /s"))

SIMPLE_PER_H = 100 * 100_000 / ADDRESSES * 3600
RECORD = "O Weaver 2001 (K 2.6, T 5.52 h); D theory"

CHECKS = [
    Check(1, "growth rate K over that of theory, N = 100,000", SIMPLE, "1 ± 0.02",
          "D logistic equation; Staniford et al. 2002", 0.98, 1.02, growth_over(SIMPLE_PER_H),
          ".4f"),
    Check(2, "10 scans/s: K", WEAVER, "2.515 per h within 5 %", RECORD, 0.95 * 2.515,
          1.05 * 2.515, growth_per_h, ".3f", "per h"),
    Check(2, "10 scans/s: T, half infected", WEAVER, "5.25 ± 0.2 h", RECORD, 5.05, 5.45,
          half_hour(), ".2f", "h"),
    Check(2, "100 scans/s: 99.99 % infected", FAST, "0.89 ± 0.03 h", "D theory", 0.86, 0.92,
          hours_to_share(0.9999), ".3f", "h"),
    Check(3, "K", CODE_RED, "1.80 ± 0.1 per h", "R Staniford et al. 2002", 1.7, 1.9, growth_per_h,
          ".3f", "per h", note="That is a doubling time of 23 min, not of 37, as is told of its "
          "early hours too."),
    Check(3, "T, half infected, UTC", CODE_RED, "15.86 ± 0.4 h", "R Staniford et al. 2002; D",
          15.46, 16.26, half_hour(10), ".2f", "h"),
    Check(3, "most new hosts in a minute", CODE_RED, "2,000 to 2,900", "O CAIDA: over 2,000",
          2000, 2900, most_per_minute, ",.0f"),
    Check(3, "infected after 14 h", CODE_RED, "at least 99 %", "O CAIDA: 359,104 under 14 h", 99,
          100, percent_at_end, ".3f", "%"),
    Check(4, "4,700 scans/s: doubling time", SLAMMER, "8.5 ± 1 s", "O Moore et al. 2003", 7.5,
          9.5, doubling_s(100, 5000), ".2f", "s",
          note="The mean rate is derived from that doubling time, so this line says that the "
          "program does with a rate what theory does, not that the rate is known."),
    Check(4, "4,700 scans/s: 90 % infected", SLAMMER, "under 10 min", "O Moore et al. 2003", 0, 10,
          minutes_to_share(0.9), ".2f", "min",
          note="All sources together are held to 5.5 x 10^7 scans/s [O], which binds from about "
          "11,700 hosts on."),
    Check(4, "beside it, 4,000 scans/s: doubling time", SLOWER, "9.9 ± 1 s, by theory",
          "R about 4,000 scans/s; D", 8.9, 10.9, doubling_s(100, 5000), ".2f", "s",
          note="The recalled rate gives a slower worm than the record; it is not tuned."),
]
