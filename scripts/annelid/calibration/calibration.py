"""The file of a calibration: a scenario, an observed curve, and the ranges of its parameters."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from annelid.calibration.observed import Observed, read_observed
from annelid.calibration.smc import Options
from annelid.run_file import duration_s
from annelid.sweep.parameter import Parameter, read_parameters
from annelid.sweep.program import check, locate
from annelid.sweep.study import both, flatten, read_scenario, set_options
from annelid.sweep.toml_source import InputError, Reader, Source


@dataclass(frozen=True)
class Calibration:
    """seed: of all that is random, outbreaks included. parameters: each with a range, on which the
    prior is uniform (on its logarithm where `scale` says so). replicates: of each particle."""

    source: Source
    title: str
    scenario: Path
    seed: int
    replicates: int
    jobs: int | None
    settings: dict[str, Any]
    parameters: list[Parameter]
    infected_states: list[str]
    start: str
    observed: Observed
    options: Options

    @property
    def name(self) -> str:
        return self.source.path.stem

    def settings_at(self, place: np.ndarray) -> dict[str, Any]:
        """Values of the parameters at a place in the unit cube."""
        return {one.path: one.range.at(float(share))
                for one, share in zip(self.parameters, place)}


def read_calibration(path: Path) -> Calibration:
    """InputError with every fault and its line."""
    source = Source(path)
    faults: list[str] = []
    reader = Reader(source, faults)
    title = reader.take("title", str, "")
    scenario = read_scenario(reader)
    seed = reader.take("seed", int, 1, least=0)
    replicates = reader.take("replicates", int, 5, least=1)
    jobs = reader.take("jobs", int, None, least=1)
    observed = reader.take("observed", str, advice='give a CSV file, observed = "curve.csv"')
    if observed and not (source.path.parent / observed).is_file():
        reader.fault("observed", "there is no such file beside this one", "give a CSV file")
    options = Options(particles=reader.take("particles", int, Options.particles, least=10),
                      generations=reader.take("generations", int, Options.generations, least=1))
    settings = flatten(reader.take("settings", dict, {}))
    reader.known += ["parameter"]
    reader.finish()
    parameters = read_parameters(source, faults, ranges_only=True)
    faults += both(source, parameters, settings)
    if faults:
        raise InputError(faults)
    table = _check_ends(source, scenario, settings, parameters)
    start, end_s = table["time"]["start"], duration_s(table["time"]["end"])
    return Calibration(source, title, scenario, seed, replicates, jobs, settings, parameters,
                       _infected_states(source, table), start,
                       read_observed(source.path.parent / observed, start, end_s), options)


def _infected_states(source: Source, table: dict[str, Any]) -> list[str]:
    worm = table.get("worm")
    if not isinstance(worm, dict):
        raise InputError(source.fault(("scenario",), "it has several worms",
                                      "give one with a single worm"))
    return [state for state, of in worm["state"].items() if of["infected"]]


def _check_ends(source: Source, scenario: Path, settings: dict[str, Any],
                parameters: list[Parameter]) -> dict[str, Any]:
    """`annelid check` at both ends of all ranges: what holds there holds between. Returns the
    effective scenario at the lower ends."""
    faults: list[str] = []
    texts = []
    for share in (0.0, 1.0):
        own = {one.path: one.range.at(share) for one in parameters}
        text, found = check(scenario, set_options(settings | own))
        texts.append(text)
        faults += [locate(source, list(settings), list(own), fault) for fault in found]
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return tomllib.loads(texts[0])
