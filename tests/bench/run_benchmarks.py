"""Whole-process benchmarks of annelid: times, rates and memory as README.md lists them.

    scripts/bench [--runs 5] [--only costs|runs|graphs]

Every figure is the median over separate processes, interleaved with those it is compared with: on a
shared machine one binary varies 1.5 to 1.8 times between processes. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from annelid_case import ROOT, Case
from cost_model import cost_cases, cost_rows, machine_rows
from graph_cases import graph_cases, graph_rows

PARTS = ("costs", "runs", "graphs")
def cases() -> dict[str, Case]:
    # The same outbreak in ten times the hosts: as many exposed hosts, hit as often.
    small = ("population.hosts=10_000_000", "seeds.hosts=1500")
    large = ("population.hosts=100_000_000", "seeds.hosts=150", "population.exposed_windows=80_000",
             "worm.vector.internet.rate=133 /s")
    # Long enough past saturation that hits, not infections, are what is timed.
    all_cases = [
        Case("wannacry, 1 rank x 2 threads", "wannacry.toml", threads=2),
        Case("wannacry, 2 ranks x 1 thread", "wannacry.toml", ranks=2),
        Case("wannacry, 1 core", "wannacry.toml"),
        Case("wannacry, defended", "../tests/bench/wannacry_defended.toml", threads=2),
        Case("code red, 1 core", "code-red-v2.toml"),
        Case("code red, 2 threads", "code-red-v2.toml", threads=2),
        Case("code red, 2 ranks", "code-red-v2.toml", ranks=2),
        Case("slammer, 1 core", "slammer.toml"),
        Case("same outbreak, 10^7 hosts", "wannacry.toml", small),
        Case("same outbreak, 10^8 hosts", "wannacry.toml", large),
        Case("idle, 10^7 hosts", "idle-hosts.toml", ("population.hosts=10_000_000",)),
        Case("idle, 10^8 hosts", "idle-hosts.toml", ("population.hosts=100_000_000",)),
    ]
    return {case.name: case for case in all_cases}


def rows(done: dict[str, Case]) -> list[tuple[str, str, str]]:
    """(what, goal, measured)"""
    cpu = done["code red, 1 core"]
    slammer = done["slammer, 1 core"]
    few, many = done["same outbreak, 10^7 hosts"], done["same outbreak, 10^8 hosts"]
    idle, idler = done["idle, 10^7 hosts"], done["idle, 10^8 hosts"]
    out = []
    for layout in ("1 rank x 2 threads", "2 ranks x 1 thread", "1 core"):
        case = done[f"wannacry, {layout}"]
        out.append((f"wannacry, 10^8 hosts, 3 d, {layout}: whole process, peak memory",
                    "30 s, 600 MB" if "core" not in layout else "",
                    f"{case.get('process_s'):.2f} s, {case.get('peak_memory_bytes') / 1e6:.0f} MB"))
    plain, defended = done["wannacry, 1 rank x 2 threads"], done["wannacry, defended"]
    ratio = defended.get("process_s") / plain.get("process_s")
    out.append(("wannacry, 10^8 hosts, 2 threads, every defence against none: whole process",
                "1.5 x", f"{ratio:.2f} x"))
    for layout in ("1 core", "2 threads", "2 ranks"):
        case = done[f"code red, {layout}"]
        out.append((f"Code Red v2, 359,104 hosts, 14 h, {layout}: run",
                    "0.5 s" if layout != "1 core" else "", f"{case.get('total_s'):.2f} s"))
    hits = cpu.get("attempts") / cpu.get("simulate_s")
    out.append(("hits per second and core (Code Red v2 to saturation)", "5e6", f"{hits:.2e}"))
    scans = slammer.get("scans_represented") / slammer.get("simulate_s")
    out.append(("represented scans per second (slammer, 1 core)", "1e10", f"{scans:.2e}"))
    ratio = many.get("simulate_s") / few.get("simulate_s")
    out.append(("simulate_s, the same outbreak in 10^8 against 10^7 hosts "
                f"({many.get('attempts'):.0f} and {few.get('attempts'):.0f} attempts)", "2 x",
                f"{ratio:.2f} x"))
    slope = (idler.get("peak_memory_bytes") - idle.get("peak_memory_bytes")) / 9e7
    out.append(("bytes per idle host, slope from 10^7 to 10^8", "4", f"{slope:.2f}"))
    return out


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures annelid and prints the tables of "
        "tests/bench/README.md. Nothing else should run on the machine.")
    parser.add_argument("--runs", type=int, default=5, help="processes of each case; default: 5")
    parser.add_argument("--only", choices=PARTS, help="one part; default: all of them")
    options = parser.parse_args()
    parts = [options.only] if options.only else PARTS
    build = ROOT / "build"
    program = build / "annelid"
    costs = cost_cases() if "costs" in parts else {}
    runs = cases() if "runs" in parts else {}
    graphs = graph_cases() if "graphs" in parts else []
    can, of_machine = machine_rows(build / "tests" / "bench" / "machine") if costs else ({}, [])
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            for case in [*costs.values(), *runs.values()]:
                print(f"{number + 1} of {options.runs}: {case.name}", file=sys.stderr)
                case.measure(program, Path(folder))
            for graph_case in graphs:
                graph_case.measure(build / "tests" / "bench" / "sir_on_graph")
    version = subprocess.run([program, "--version"], capture_output=True, text=True,
                             check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} cores, {platform.machine()}, median of {options.runs}\n")
    if costs:
        table(("what the machine can do", "measured"), of_machine)
        table(("what", "budget", "measured", "what binds"), cost_rows(costs, can, program))
    if runs:
        table(("what", "goal", "measured"), rows(runs))
    if graphs:
        table(("what", "goal", "measured"),
              graph_rows(build / "tests" / "bench" / "sir_on_graph", graphs))


if __name__ == "__main__":
    main()
