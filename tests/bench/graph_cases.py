"""What run_benchmarks.py measures of spread over graphs, by the program sir_on_graph."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

FOLDER = Path(__file__).resolve().parent
# At the degree and step of the scenarios.
SMALL = {"gnm": ("population.hosts=65536", "network.edges=1048576"),
         "rmat": ("population.hosts=65536",)}
FILES = {"gnm": "sir_on_graph.toml", "rmat": "sir_on_rmat.toml"}
LAYOUTS = {"1 thread": (1, 1), "2 threads": (1, 2), "2 ranks": (2, 1)}


def run(program: Path, *arguments: str, ranks: int = 1, threads: int = 1) -> str:
    command = [str(program), *arguments]
    if ranks > 1:
        command = ["mpirun", "-n", str(ranks), *command]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), GOMP_SPINCOUNT="10000",
                       OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE,
                          text=True).stdout


def speeds(output: str, what: str) -> list[float]:
    """Million links a second."""
    return [float(found) for found in
            re.findall(rf"^{what}.* ([\d.]+) million links/s$", output, re.MULTILINE)]


@dataclass
class GraphCase:
    """Outbreaks and shortest paths on one graph, in the same processes."""

    graph: str
    ranks: int
    threads: int
    outbreaks: list[float] = field(default_factory=list)
    paths: list[float] = field(default_factory=list)

    def measure(self, program: Path) -> None:
        output = run(program, str(FOLDER / FILES[self.graph]), "4", ranks=self.ranks,
                     threads=self.threads)
        # The first outbreak of a process touches memory anew; paths at their best delta.
        self.outbreaks.append(median(speeds(output, "outbreak")[1:]))
        if self.ranks == 1:
            self.paths.append(max(speeds(output, "paths")))


@dataclass
class MakingCase:
    """Making a graph of 10^8 undirected edges."""

    graph: str
    settings: tuple[str, ...]
    ranks: int
    threads: int
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def measure(self, program: Path) -> None:
        output = run(program, str(FOLDER / FILES[self.graph]), "0", *self.settings,
                     ranks=self.ranks, threads=self.threads)
        made = re.search(r"made in ([\d.]+) s: \d+ MB, ([\d.]+) x", output)
        assert made is not None, output
        self.seconds.append(float(made[1]))
        self.peaks.append(float(made[2]))


def graph_cases() -> list[GraphCase | MakingCase]:
    large = {"gnm": ("population.hosts=8388608", "network.edges=100000000"),
             "rmat": ("population.hosts=8388608", "network.edge_factor=12")}
    layouts = LAYOUTS.values()
    return [*(GraphCase(graph, *layout) for graph in FILES for layout in layouts),
            *(MakingCase(graph, large[graph], *layout)
              for graph in FILES for layout in ((1, 2), (2, 1)))]


def graph_rows(program: Path, done: list[GraphCase | MakingCase]) -> list[tuple[str, str, str]]:
    """(what, goal, measured)"""
    names = {layout: name for name, layout in LAYOUTS.items()}
    out = []
    for case in done:
        layout = names[case.ranks, case.threads]
        if isinstance(case, MakingCase):
            out.append((f"making {case.graph} of 10^8 edges, {layout}: time, peak memory against "
                        "its size", "20 s, 2 x",
                        f"{median(case.seconds):.1f} s, {max(case.peaks):.2f} x"))
            continue
        paths = f" (own paths {median(case.paths):.0f})" if case.paths else ""
        out.append((f"SIR on {case.graph}, {layout}: million links per second", "",
                    f"{median(case.outbreaks):.0f}{paths}"))
    for graph, settings in SMALL.items():
        found = run(program, "--accuracy", str(FOLDER / FILES[graph]), "20", *settings)
        lines = [line for line in found.splitlines() if "+-" in line]
        out.append((f"SIR on {graph} of 2^16 vertices: off the exact one by", "0.5 %",
                    "; ".join(" ".join(line.split()) for line in lines)))
    return out
