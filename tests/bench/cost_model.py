"""What a host, a step, an exchange, a hit, an infection and a flush cost, beside what the machine can do.

Each is a slope between two runs that differ in that one thing alone, so that what they share drops out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from annelid_case import ROOT, Case

# Past saturation (8 h) a run of Code Red goes on hitting hosts that are infected already.
SATURATED = ("time.end=9 h", "record.events=false", "record.every=1 h")
LONGER = ("time.end=14 h", *SATURATED[1:])
SHORT_STEPS = ("time.step=1 s", *SATURATED)
LONG_STEPS = ("time.step=4 s", *SATURATED)
FEW, TWICE, MANY = (f"population.hosts={hosts}_000_000" for hosts in (10, 20, 100))


def cost_cases() -> dict[str, Case]:
    """The runs whose differences are the costs, each of which takes seconds at most."""
    cases = [
        Case("few hosts", "idle-hosts.toml", (FEW,)),
        Case("twice as many hosts", "idle-hosts.toml", (TWICE,)),
        Case("many hosts", "idle-hosts.toml", (MANY,)),
        Case("few hosts, 2 threads", "idle-hosts.toml", (FEW,), threads=2),
        Case("many hosts, 2 threads", "idle-hosts.toml", (MANY,), threads=2),
        Case("saturated", "code-red-v2.toml", SATURATED),
        Case("longer", "code-red-v2.toml", LONGER),
        Case("short steps", "code-red-v2.toml", SHORT_STEPS),
        Case("long steps", "code-red-v2.toml", LONG_STEPS),
        Case("short steps, 2 ranks", "code-red-v2.toml", SHORT_STEPS, ranks=2),
        Case("long steps, 2 ranks", "code-red-v2.toml", LONG_STEPS, ranks=2),
        Case("seldom flushed", "code-red-v2.toml", ("record.every=1 min",)),
        Case("often flushed", "code-red-v2.toml", ("record.every=1 min",),
             options=("--flush-every", "0.02")),
    ]
    return {case.name: case for case in cases}


def slope(less: Case, more: Case, cost: str, of: Callable[[Case], float]) -> float:
    """Nanoseconds a piece: the median over runs taken in turn."""
    pieces = of(more) - of(less)
    return 1e9 * median(b - a for a, b in zip(less.values[cost], more.values[cost])) / pieces


def steps_played(case: Case) -> float:
    return case.get("steps") - case.get("steps_skipped")


def instructions(program: Path, case: Case) -> float | None:
    """Of a whole process on one thread, by callgrind; none where it is not installed."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
                   *case.command(program, Path(folder) / "run.h5")]
        done = subprocess.run(command, check=True, text=True, capture_output=True,
                              env=case.environment())
    counted = re.search(r"Collected : (\d+)", done.stderr)
    assert counted is not None, done.stderr
    return float(counted[1])


def machine(program: Path, ranks: int = 1, threads: int = 1) -> dict[str, float]:
    """What the program `machine` tells: values by name."""
    command = [str(program)] if ranks == 1 else ["mpirun", "-n", str(ranks), str(program)]
    done = subprocess.run(command, check=True, text=True, capture_output=True,
                          env=Case("", "", threads=threads).environment())
    return {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}


def machine_rows(program: Path) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """What one thread and one rank can do, and the lines of the table: (what, measured)."""
    one = machine(program)
    all_threads = machine(program, threads=os.cpu_count() or 1)
    two_ranks = machine(program, ranks=2)
    rows = [
        ("memory written in order, 1 thread and all", f"{one['write']:.1f} and {all_threads['write']:.1f} GB/s"),
        ("memory read in order, 1 thread and all", f"{one['read']:.1f} and {all_threads['read']:.1f} GB/s"),
        ("a load that misses the caches, after another", f"{one['load_after_load']:.0f} ns"),
        ("loads that miss the caches, as many at once as can be", f"{one['loads']:.0f} M/s: "
         f"{1e3 / one['loads']:.1f} ns each"),
        ("new memory, in pages of 4 KiB and of 2 MiB",
         f"{one['new_memory']:.2f} and {one['new_memory_in_huge_pages']:.2f} GB/s"),
        ("Philox4x32-10", f"{one['philox4x32']:.0f} M/s: {1e3 / one['philox4x32']:.1f} ns each"),
        ("a parallel region, all threads", f"{all_threads['parallel_region']:.1f} us"),
        ("an exchange of nothing, 1 and 2 ranks",
         f"{one['empty_exchange']:.2f} and {two_ranks['empty_exchange']:.2f} us"),
    ]
    return one, rows


def cost_rows(done: dict[str, Case], can: dict[str, float], program: Path
              ) -> list[tuple[str, str, str, str]]:
    """(what, budget, measured, what binds)"""
    def hosts(case: Case) -> float:
        return float(case.settings[0].partition("=")[2])

    def attempts(case: Case) -> float:
        return case.get("attempts")

    philox = 1e3 / can["philox4x32"]
    host = slope(done["few hosts"], done["many hosts"], "setup_s", hosts)
    host_2 = slope(done["few hosts, 2 threads"], done["many hosts, 2 threads"], "setup_s", hosts)
    hit = slope(done["saturated"], done["longer"], "simulate_s", attempts)
    step = slope(done["long steps"], done["short steps"], "simulate_s", steps_played)
    step_2 = slope(done["long steps, 2 ranks"], done["short steps, 2 ranks"], "simulate_s",
                   steps_played)
    saturated = done["saturated"]
    infection = (1e9 * saturated.get("simulate_s") - hit * attempts(saturated)
                 - step * steps_played(saturated)) / saturated.get("infections")
    often, seldom = done["often flushed"], done["seldom flushed"]
    flushes = often.get("simulate_s") / 0.02
    flush = 1e3 * (often.get("process_s") - seldom.get("process_s")) / flushes
    counted = {name: instructions(program, done[name])
               for name in ("few hosts", "twice as many hosts", "saturated", "longer")}

    def executed(less: str, more: str, of: Callable[[Case], float]) -> str:
        if counted[less] is None:
            return ""
        pieces = of(done[more]) - of(done[less])
        return f"{(counted[more] - counted[less]) / pieces:.0f} instructions; "

    return [
        ("a host, set-up, 1 thread", "30 ns", f"{host:.1f} ns",
         executed("few hosts", "twice as many hosts", hosts) +
         f"Philox {philox:.1f} ns, 3 B of new memory {3 / can['new_memory_in_huge_pages']:.1f} ns"),
        ("a host, set-up, 2 threads", "15 ns", f"{host_2:.1f} ns", ""),
        ("a hit", "100 to 200 ns", f"{hit:.0f} ns",
         executed("saturated", "longer", attempts) +
         f"Philox {philox:.1f} ns; two loads that miss, if nothing else went on, "
         f"{2 * can['load_after_load']:.0f} ns, at best {2e3 / can['loads']:.0f} ns"),
        ("an infection, beyond its hit", "200 ns", f"{infection:.0f} ns", ""),
        ("a step, 1 rank x 1 thread", "10 to 20 us", f"{step / 1e3:.2f} us", ""),
        ("what a second rank adds to a step: its exchanges", "10 to 20 us",
         f"{(step_2 - step) / 1e3:.2f} us", f"an exchange of nothing {can['empty_exchange']:.2f} us "
         "on one rank"),
        ("a flush of Code Red's rows", "", f"{flush:.1f} ms", "fsync of two files and their folder"),
    ]
