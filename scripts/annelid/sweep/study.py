"""A study: the file that says what is run at which points."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annelid.sweep.design import DESIGNS, SAMPLED, design_points, least_points
from annelid.sweep.parameter import Parameter, read_parameters
from annelid.sweep.toml_source import InputError, Reader, Source, literal

ROOT = Path(__file__).resolve().parents[3]
WHERE = ("local", "slurm")
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Study:
    """source: the file. scenario: the one that all points start from.

    design, seed, saltelli: how `points` were drawn; each point has a value for every parameter.
    settings: paths and values that hold at all points.
    jobs: points that run at once (None: as many as the machine takes), each on `ranks` ranks of
        `threads` threads. slurm_options: words for sbatch.
    """

    source: Source
    title: str
    scenario: Path
    design: str
    seed: int
    saltelli: bool
    samples: int
    replicates: int
    parameters: list[Parameter]
    points: list[tuple[Any, ...]]
    settings: dict[str, Any]
    where: str
    jobs: int | None
    ranks: int
    threads: int
    slurm_options: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.source.path.stem

    def base_options(self) -> list[str]:
        """Options of the program that hold at all points."""
        return set_options(self.settings)

    def options(self, point: int) -> list[str]:
        """Options of the program at a point."""
        own = {one.path: value for one, value in zip(self.parameters, self.points[point])}
        return self.base_options() + set_options(own)


def set_options(settings: dict[str, Any]) -> list[str]:
    return [word for path, value in settings.items() for word in ("--set",
                                                                 f"{path}={literal(value)}")]


def find_scenario(source: Source, name: str) -> Path | None:
    """Beside the study, from the project's folder, or in inputs/."""
    for folder in (source.path.parent, ROOT, ROOT / "inputs"):
        if (folder / name).is_file():
            return (folder / name).resolve()
    return None


def flatten(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """[settings] by path: in quotes, or as tables in tables; a value that is a table needs quotes."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict) and "." not in key:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def setting_keys(source: Source, path: str) -> tuple[str, ...]:
    """Where the study has the setting of a path: in quotes, or table by table."""
    quoted = ("settings", path)
    return quoted if quoted in source.lines else ("settings", *path.split("."))


def read_study(path: Path) -> Study:
    """InputError with every fault of the file itself; values are for `annelid check` to judge."""
    source = Source(path)
    faults: list[str] = []
    reader = Reader(source, faults)
    title = reader.take("title", str, "")
    scenario = read_scenario(reader)
    design, seed, saltelli, samples = _read_design(reader)
    replicates = reader.take("replicates", int, 1, least=1)
    settings = flatten(reader.take("settings", dict, {}))
    where = reader.choose("where", WHERE, "local")
    jobs = reader.take("jobs", int, None, least=1)
    ranks = reader.take("ranks", int, 1, least=1)
    threads = reader.take("threads", int, 1, least=1)
    slurm_options = _read_slurm(reader)
    reader.known += ["parameter"]
    reader.finish()
    parameters = read_parameters(source, faults, ranges_only=design in SAMPLED,
                                 counted=design not in SAMPLED)
    faults += both(source, parameters, settings)
    if design == "list" and len({len(one.values) for one in parameters}) > 1:
        faults.append(source.fault(("design",), "parameters have different numbers of values",
                                   "a list takes the first value of each, then the second, …"))
    if not faults and least_points(design, samples, saltelli, parameters) > MOST_POINTS:
        faults.append(source.fault(("design",), f"more than {MOST_POINTS:,} points",
                                   "give fewer values or points"))
    if faults:
        raise InputError(faults)
    points = design_points(design, samples, saltelli, seed, parameters)
    return Study(source, title, scenario, design, seed, saltelli, samples, replicates, parameters,
                 points, settings, where, jobs, ranks, threads, slurm_options)


def read_scenario(reader: Reader) -> Path | None:
    """The file that the key `scenario` names; None, and a fault, where there is none."""
    name = reader.take("scenario", str, advice='give a file, scenario = "wannacry.toml"')
    found = find_scenario(reader.source, name) if name else None
    if name and found is None:
        reader.fault("scenario", "there is no such file beside this one or in inputs/",
                     "give the path of a scenario")
    return found


def both(source: Source, parameters: list[Parameter], settings: dict[str, Any]) -> list[str]:
    """Faults of paths that are a parameter and a setting."""
    return [source.fault(("settings",), f"{one.path} is a parameter as well", "keep one of the two")
            for one in parameters if one.path in settings]


def _read_design(reader: Reader) -> tuple[str, int, bool, int]:
    """Design, seed, saltelli, and the number of points that are drawn."""
    design = reader.choose("design", DESIGNS, "grid")
    seed = reader.take("seed", int, 1, least=0)
    saltelli = reader.take("saltelli", bool, False)
    if saltelli and design != "sobol":
        reader.fault("saltelli", f"the design is {design}", 'it needs design = "sobol"')
    samples = 0
    if design in SAMPLED:
        samples = reader.take("points", int, least=1) or 0
    elif "points" in reader.table:
        reader.fault("points", f"a {design} has as many as its values make", "leave it out")
    reader.known += ["points"]
    if saltelli and samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        reader.fault("points", "Sobol indices need a power of 2", f"try {below} or {2 * below}")
    return design, seed, saltelli, samples


def _read_slurm(reader: Reader) -> tuple[str, ...]:
    """Words for sbatch."""
    if not reader.take("slurm", dict, {}):
        return ()
    of_slurm = Reader(reader.source, reader.faults, ("slurm",))
    options = of_slurm.take("options", list, [])
    of_slurm.finish()
    return tuple(map(str, options))
