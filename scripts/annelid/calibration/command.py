"""scripts/calibrate: finds the values of parameters that fit an observed curve."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from annelid.calibration import smc
from annelid.calibration.calibration import Calibration, read_calibration
from annelid.calibration.observed import CURVES
from annelid.calibration.posterior import Posterior, number, values_of, write_posterior
from annelid.calibration.simulator import RunFailed, Simulator
from annelid.sweep.local import num_jobs
from annelid.sweep.program import ProgramMissing
from annelid.sweep.study import ROOT, set_options
from annelid.sweep.toml_source import InputError
from annelid.text import display_path

BAD_INPUT, UNAVAILABLE, INTERNAL, NOT_WRITTEN, LATER = 2, 69, 70, 74, 75
EPILOG = f"""\
The observed curve is a CSV file with columns `time` ("2 h", seconds since the
start, or a date) and one of {", ".join(CURVES)}.

examples:
  scripts/calibrate inputs/studies/code-red-fit.toml
  scripts/calibrate mine.toml --jobs 8 --output results/fit

exit codes: 0 done; 2 bad input (nothing was written); 69 no program;
70 a run failed; 74 not written; 75 stopped"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/calibrate", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Fits parameters of a scenario to an observed curve by approximate\n"
        "Bayesian computation (sequential Monte Carlo, Del Moral et al. 2012).")
    parser.add_argument("calibration", type=Path, metavar="CALIBRATION.toml")
    parser.add_argument("--jobs", type=int, metavar="N",
                        help="simulations at once; default: one a core")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder; default: results/<name of the file>")
    parser.add_argument("--force", action="store_true", help="replace an earlier posterior.h5")
    options = parser.parse_args(arguments)
    if options.jobs is not None and options.jobs < 1:
        parser.error(f"--jobs = {options.jobs} (at least 1): try 1")
    return options


def calibrate(calibration: Calibration, jobs: int | None,
              tell: Callable[[smc.Population, int], None] = lambda *_: None) -> Posterior:
    """The posterior; the same for the same seed on any number of jobs."""
    with tempfile.TemporaryDirectory(prefix="annelid-calibrate-") as folder:
        simulator = Simulator(calibration.scenario, set_options(calibration.settings),
                              calibration.infected_states, calibration.observed,
                              calibration.replicates, num_jobs(jobs, 1, 1), Path(folder))

        def simulate(places: np.ndarray, seeds: np.ndarray) -> np.ndarray:
            settings = [calibration.settings_at(place) for place in places]
            return simulator.all_distances(settings, seeds)

        history = []
        for population in smc.generations(simulate, len(calibration.parameters),
                                          calibration.options,
                                          np.random.default_rng(calibration.seed)):
            history.append(population)
            tell(population, simulator.num_runs)
        last = history[-1]
        curves = np.array([simulator.first_curve(calibration.settings_at(place), seed)
                           for place, seed in zip(last.places, last.seeds)])
        return Posterior(calibration, history, values_of(calibration, last.places), curves)


def tell_generation(population: smc.Population, num_runs: int) -> None:
    print(f"generation {population.number}: tolerance {population.tolerance:.4g}, "
          f"{population.effective_size:.0f} effective particles, "
          f"{100 * population.moved:.0f} % moved, {num_runs} runs so far", file=sys.stderr,
          flush=True)


def print_intervals(posterior: Posterior) -> None:
    width = max(len(one.path) for one in posterior.calibration.parameters)
    print(f"{'parameter':{width}}  {'median':>10}  90 % interval")
    for one, unit, levels in zip(posterior.calibration.parameters, posterior.units,
                                 posterior.quantiles()):
        print(f"{one.path:{width}}  {number(levels[2]):>10}  {number(levels[0])} to "
              f"{number(levels[-1])} {unit}".rstrip())


def write(posterior: Posterior, folder: Path) -> None:
    """posterior.h5, its figure, and a copy of what was asked."""
    from annelid.calibration.figure import draw  # matplotlib takes a second to load
    from annelid.figures.style import DPI
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(posterior.calibration.source.path, folder / "calibration.toml")
    write_posterior(posterior, folder / "posterior.h5")
    draw(posterior).savefig(folder / "posterior.png", dpi=DPI)


def run(options: argparse.Namespace) -> int:
    calibration = read_calibration(options.calibration)
    folder = (options.output or ROOT / "results" / calibration.name).resolve()
    target = folder / "posterior.h5"
    if target.exists() and not options.force:
        raise InputError(f"{display_path(target)}: it is there already (nothing was run): give "
                         "another --output, or --force")
    print(f"{calibration.source.name}: {len(calibration.observed.counts)} rows of "
          f"{calibration.observed.curve}, {calibration.options.particles} particles x "
          f"{calibration.replicates} replicates, at most {calibration.options.generations} "
          f"generations -> {display_path(folder)}", file=sys.stderr, flush=True)
    posterior = calibrate(calibration, options.jobs or calibration.jobs, tell_generation)
    write(posterior, folder)
    print_intervals(posterior)
    print(f"Next: look at {display_path(folder / 'posterior.png')}; xarray opens "
          f"{display_path(target)}", file=sys.stderr)
    return 0


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    try:
        return run(options)
    except InputError as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    except ProgramMissing as fault:
        print(fault, file=sys.stderr)
        return UNAVAILABLE
    except RunFailed as fault:
        print(f"{options.calibration}: a run failed ({fault}): narrow the ranges, or mend the "
              "scenario", file=sys.stderr)
        return INTERNAL
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return LATER
    except OSError as fault:
        print(f"{fault.filename or options.output or 'results'}: not written "
              f"({fault.strerror or fault}): make room, or give another --output", file=sys.stderr)
        return NOT_WRITTEN
