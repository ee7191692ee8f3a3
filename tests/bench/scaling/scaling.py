"""How the step loop scales to a cluster that this machine is not: measured here, simulated beyond.

    scripts/scaling [--out results/scaling] [--cases NAME…] [--most-ranks 1024]

Each case is played on 1, 2, … ranks by `simulated_cluster` (SimGrid's SMPI: README.md says what is
modelled), and on 1 and 2 by `step_loop` under Open MPI, to check the model. Writes scaling.csv, one line
for each run, figures, and prints the tables of results/scaling/README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RANKS = (1, 2, 4, 16, 64, 256, 1024)
#: What a process measures varies with what else the machine does: each simulation is the median of
#: so many, if it has not too many ranks to be played again, and …
SIMULATIONS, MOST_RANKS_AGAIN = 3, 64
#: … so many where the model is checked.
CHECKS = 5


@dataclass(frozen=True)
class Case:
    """A scenario, and its size by the number of ranks (strong: always that of one)."""
    name: str
    title: str
    scenario: str
    hosts: int
    edges: int = 0        #: undirected
    seeds: int = 0
    weak: bool = False    #: sizes are those of one rank
    most_ranks: int = 1024
    is_checked: bool = True  #: against measurement, where its world is quickly made
    settings: tuple[str, ...] = ()

    def arguments(self, ranks: int) -> list[str]:
        times = ranks if self.weak else 1
        out = [str(ROOT / self.scenario), f"population.hosts={self.hosts * times}",
               f"seeds.hosts={self.seeds * times}"]
        if self.edges:
            out.append(f"network.edges={self.edges * times}")
        else:
            out.append(f"population.real_hosts={self.hosts * times}")
        return out + list(self.settings)


SIR = "tests/bench/scaling/sir.toml"
WANNACRY = "inputs/wannacry.toml"
#: Half an hour from many seeds: as busy as a later hour of a run from few.
BUSY = ("time.end=30 min", "defence.kill_switch.time=25 min")
#: Growth is 0.075 /s then, so that a step of 5 s is not longer than the latency and exact.
LATENT = ("worm.preset=seir", "worm.state.exposed.dwell={distribution='fixed', mean='5 s'}",
          "time.step=5 s", "time.end=150 s", "record.every=5 s")
CASES = [
    Case("sir-strong", "SIR, 2^22 vertices, 2^27 links", SIR, 2 ** 22, 2 ** 26, 2 ** 12,
         is_checked=False),
    Case("sir-weak", "SIR, 2^17 links a rank", SIR, 2 ** 12, 2 ** 16, 4, weak=True),
    Case("seir-weak", "SEIR, 2^17 links a rank, latency and steps of 5 s", SIR, 2 ** 12, 2 ** 16, 4,
         weak=True, settings=LATENT),
    Case("sir-weak-large", "SIR, 2^21 links a rank", SIR, 2 ** 16, 2 ** 20, 2 ** 6, weak=True,
         most_ranks=64),
    Case("wannacry-strong", "WannaCry, 10^8 hosts", WANNACRY, 10 ** 8, seeds=10_000, settings=BUSY),
    Case("wannacry-weak", "WannaCry, 10^6 hosts a rank", WANNACRY, 10 ** 6, seeds=20, weak=True,
         settings=BUSY),
]


def play(command: list[str]) -> dict:
    """The figures of one run: one line of JSON."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0 or not done.stdout:
        sys.exit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def simulate(case: Case, ranks: int) -> dict:
    return play([str(ROOT / "build/tests/bench/scaling/simulated_cluster"), str(ranks),
                 *case.arguments(ranks)])


def simulate_often(case: Case, ranks: int) -> dict:
    """The run whose time is the median."""
    times = SIMULATIONS if ranks <= MOST_RANKS_AGAIN else 1
    return sorted((simulate(case, ranks) for _ in range(times)),
                  key=lambda run: run["seconds"])[times // 2]


def measure(case: Case, ranks: int) -> dict:
    return play(["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "core", "-n",
                 str(ranks), str(ROOT / "build/tests/bench/scaling/step_loop"),
                 *case.arguments(ranks)])


def rate(runs: list[dict], case: Case) -> None:
    """Adds to each run of a case how well it does against its run on one rank."""
    one = next(run for run in runs if run["ranks"] == 1)
    for run in runs:
        share = 1 if case.weak else run["ranks"]
        ideal = one["seconds"] / share
        run["efficiency"] = ideal / run["seconds"]
        # Were there nothing but the work of one rank, shared out, and the collectives of its steps.
        run["bound"] = 1 / (1 + run["synchronise_s"] / ideal)
        run["events_a_rank_and_step"] = run["infections"] / run["ranks"] / run["steps"]
        run["work_growth"] = run["work_s"] / one["work_s"] / (run["ranks"] if case.weak else 1)
        run["balance"] = run["work_s"] / run["ranks"] / run["slowest_s"]


def run_all(cases: list[Case], most_ranks: int, jobs: int, out: Path) -> list[dict]:
    """Few ranks first, so that a run that is cut off has something of every case."""
    wanted = [(case, ranks) for ranks in RANKS for case in cases
              if ranks <= min(case.most_ranks, most_ranks)]
    rows: list[dict] = []
    with ThreadPoolExecutor(jobs) as pool:
        done = pool.map(lambda one: simulate_often(*one), wanted)
        for (case, ranks), figures in zip(wanted, done):
            rows.append({"case": case.name} | figures)
            rate([row for row in rows if row["case"] == case.name], case)
            write(rows, out)
            print(f"{case.name} on {ranks}: {figures['seconds']:.4f} s", file=sys.stderr)
    return rows


def check(cases: list[Case]) -> list[tuple[str, int, float, float]]:
    """Median seconds measured and simulated, taken in turn, of each case on 1 and 2 ranks."""
    out = []
    for case in cases:
        for ranks in (1, 2):
            pairs = [(measure(case, ranks)["seconds"], simulate(case, ranks)["seconds"])
                     for _ in range(CHECKS)]
            measured, simulated = (statistics.median(times) for times in zip(*pairs))
            out.append((case.title, ranks, measured, simulated))
            print(f"{case.name} on {ranks}: measured {measured:.4f} s, simulated {simulated:.4f} s",
                  file=sys.stderr)
    return out


def write(rows: list[dict], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "scaling.csv", "w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows({key: f"{value:.6g}" if isinstance(value, float) else value
                         for key, value in row.items()} for row in rows)


def draw(rows: list[dict], cases: list[Case], out: Path) -> None:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 4.2), layout="constrained")
    for number, case in enumerate(cases):
        runs = [row for row in rows if row["case"] == case.name]
        colour = f"C{number}"
        ranks = [run["ranks"] for run in runs]
        left.plot(ranks, [run["efficiency"] for run in runs], "o-", color=colour, label=case.title,
                  markersize=4)
        left.plot(ranks, [run["bound"] for run in runs], ":", color=colour)
        right.plot([run["events_a_rank_and_step"] for run in runs[1:]],
                   [run["efficiency"] for run in runs[1:]], "o-", color=colour, markersize=4)
    left.set(xscale="log", xlabel="ranks", ylabel="efficiency", ylim=(0, 1.1))
    left.set_xscale("log", base=2)
    # Outside: lines are everywhere.
    right.legend(*left.get_legend_handles_labels(), fontsize=8, loc="center left",
                 bbox_to_anchor=(1.02, 0.5), title="dotted: bound by\nsynchronisation",
                 title_fontsize=8)
    right.set(xscale="log", xlabel="infections a rank and step", ylim=(0, 1.1))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(out / "efficiency.png", dpi=130)


def print_tables(rows: list[dict], checks: list[tuple[str, int, float, float]],
                 cases: list[Case]) -> None:
    if checks:
        print("\n| case | ranks | measured | simulated | ratio |\n|---|---|---|---|---|")
        for title, ranks, measured, simulated in checks:
            print(f"| {title} | {ranks} | {measured:.4f} s | {simulated:.4f} s | "
                  f"{simulated / measured:.2f} |")
    for case in cases:
        print(f"\n{case.title}:\n")
        print("| ranks | time | efficiency | bound | of bound | work, all ranks | balance | "
              "synchronisation | infections a rank and step |\n|---|---|---|---|---|---|---|---|---|")
        for run in (row for row in rows if row["case"] == case.name):
            print(f"| {run['ranks']} | {1e3 * run['seconds']:.1f} ms | {run['efficiency']:.2f} | "
                  f"{run['bound']:.2f} | {run['efficiency'] / run['bound']:.2f} | "
                  f"{run['work_growth']:.2f} x | {run['balance']:.2f} | "
                  f"{1e6 * run['synchronise_s'] / run['steps']:.1f} us a step | "
                  f"{run['events_a_rank_and_step']:.2g} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/scaling",
                                     description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=ROOT / "results/scaling",
                        help="folder of scaling.csv and figures (default: results/scaling)")
    parser.add_argument("--cases", nargs="+", choices=[case.name for case in CASES], metavar="NAME",
                        default=[case.name for case in CASES],
                        help=f"some of {', '.join(case.name for case in CASES)} (default: all)")
    parser.add_argument("--most-ranks", type=int, default=RANKS[-1], metavar="N",
                        help=f"up to so many ranks (default: {RANKS[-1]})")
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="simulations at a time; a measurement on two cores wants 1 (default)")
    parser.add_argument("--no-check", action="store_true",
                        help="without measured runs beside simulated ones")
    options = parser.parse_args()
    cases = [case for case in CASES if case.name in options.cases]
    rows = run_all(cases, options.most_ranks, options.jobs, options.out)
    checks = [] if options.no_check else check([case for case in cases if case.is_checked])
    draw(rows, cases, options.out)
    print_tables(rows, checks, cases)


if __name__ == "__main__":
    main()
