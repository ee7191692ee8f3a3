"""Whole-process benchmarks of annelid: times, rates and memory as README.md lists them.

    scripts/lib/python tests/bench/run_benchmarks.py [--runs 5] [--program build/annelid]
                                                     [--graphs build/tests/bench/sir_on_graph]

Every figure is the median over separate processes, interleaved with those it is compared with: on a
shared machine one binary varies 1.5 to 1.8 times between processes. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import h5py
from graph_cases import graph_cases, graph_rows

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Case:
    """One command line of annelid and what its processes measured."""

    name: str
    scenario: str
    settings: tuple[str, ...] = ()
    ranks: int = 1
    threads: int = 1
    values: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, program: Path, folder: Path) -> None:
        output = folder / "run.h5"
        command = [str(program), "run", str(ROOT / "inputs" / self.scenario), "--output",
                   str(output), "--force", "--progress", "off"]
        for setting in self.settings:
            command += ["--set", setting]
        if self.ranks > 1:
            command = ["mpirun", "-n", str(self.ranks), *command]
        environment = dict(os.environ, OMP_NUM_THREADS=str(self.threads), GOMP_SPINCOUNT="10000",
                           OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        begin = time.monotonic()
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        measured = {"process_s": time.monotonic() - begin}
        with h5py.File(output) as file:
            for group in ("timings", "diagnostics"):
                for key, dataset in file[group].items():
                    if dataset.shape == ():
                        measured[key] = float(dataset[()])
        for key, value in measured.items():
            self.values.setdefault(key, []).append(value)

    def get(self, key: str) -> float:
        return median(self.values[key])


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="processes of each case")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "annelid")
    parser.add_argument("--graphs", type=Path, help="the program sir_on_graph: spread over graphs")
    options = parser.parse_args()
    done = cases()
    graphs = graph_cases() if options.graphs else []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            for case in done.values():
                case.measure(options.program, Path(folder))
            for graph_case in graphs:
                graph_case.measure(options.graphs)
    version = subprocess.run([options.program, "--version"], capture_output=True, text=True,
                             check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} cores, {platform.machine()}, median of {options.runs}\n")
    print("| what | goal | measured |\n|---|---|---|")
    of_graphs = graph_rows(options.graphs, graphs) if options.graphs else []
    for what, goal, measured in rows(done) + of_graphs:
        print(f"| {what} | {goal} | {measured} |")


if __name__ == "__main__":
    main()
