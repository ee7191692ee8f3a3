"""Opens a run file: its series with named axes, its provenance, what follows from them at once.

Counts are modelled hosts everywhere; `Run.real_hosts_per_host` converts them to real ones.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
import xarray as xr

FORMAT_MAJOR = "1"
LABELS = ("state", "country", "country_name", "sector", "vector", "worm", "sensor", "telescope",
          "defence")
BIN_WIDTHS_S = {"second": 1, "10 seconds": 10, "minute": 60, "10 minutes": 600,
                "hour": 3600, "day": 86400}
FEWEST_BINS = 24
# What the libraries raise on files that are not what they say.
UNREADABLE = (OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError,
              OverflowError, MemoryError)
BEST_PACKING = 1100  # deflate packs no better than 1032 to 1
SEED = "seed"  # the vector of the hosts that an outbreak starts with
DURATION_UNITS_S = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}


class RunFileError(Exception):
    """A file that cannot be used; the text is `problem (why): advice`."""


@dataclass(frozen=True)
class Incidence:
    """New infections in equal bins of time, seeds left out.

    per_bin: modelled hosts, dims ([replicate,] time, vector); time is each bin's start.
    unit: name of the bin's width, for example "hour".
    width_s: that width in seconds.
    """

    per_bin: xr.DataArray
    unit: str
    width_s: int

    @property
    def total(self) -> xr.DataArray:
        """All vectors together; modelled hosts, dims ([replicate,] time)."""
        return self.per_bin.sum("vector")


@dataclass(frozen=True)
class Run:
    """A run file, rows that are not final left out.

    series: Dataset with counts[time, state], country_counts[time, country, state],
        sector_counts[time, sector, state], vector_infections[time, vector] (since the start) in
        modelled hosts; with several replicates a leading axis `replicate`, or `quantile` (their
        quantiles, one series at a time, so that parts have no sum). `time` is UTC. With several
        worms an axis `worm` after `time`: then ask `worms` for one run each. Further
        series of defences and services, where the run has them, as results/FORMAT.md lists them.
    attributes: the root attributes, text and numbers.
    scenario: the effective scenario in the file, parsed.
    worm: the only worm that this is about, of several; else empty.
    """

    path: Path
    series: xr.Dataset
    attributes: dict[str, str | int | float]
    scenario: dict[str, object]
    worm: str = ""

    @property
    def title(self) -> str:
        title = str(self.attributes.get("title") or self.path.stem)
        return f"{title} ({self.worm})" if self.worm else title

    @property
    def worms(self) -> list[Run]:
        """The run of each worm, with its own states and vectors only; itself where it has one."""
        if "worm" not in self.series.dims:
            return [self]
        return [self._of_worm(table) for table in self.scenario["worm"]]

    def _of_worm(self, table: dict[str, object]) -> Run:
        susceptible = table["susceptible"]
        states = [susceptible, *(name for name in table["state"] if name != susceptible), "immune"]
        series = self.series.sel(worm=table["name"], drop=True).sel(
            state=states, vector=[SEED, *table["vector"]])
        return replace(self, series=series, scenario=self.scenario | {"worm": table},
                       worm=str(table["name"]))

    @property
    def hosts(self) -> int:
        return int(self.attributes["hosts"])

    @property
    def real_hosts_per_host(self) -> float:
        return float(self.attributes.get("real_hosts_per_host", 1.0))

    @property
    def complete(self) -> bool:
        return bool(self.attributes.get("complete", 1))

    @property
    def has_replicates(self) -> bool:
        return "replicate" in self.series.dims

    @property
    def has_quantiles(self) -> bool:
        """True where the file has quantiles of the replicates in place of them."""
        return "quantile" in self.series.dims

    @property
    def num_replicates(self) -> int:
        """Outbreaks that the series are of."""
        return int(self.series.sizes.get("replicate", self.attributes.get("replicates", 1)))

    @property
    def has_countries(self) -> bool:
        """False in a flat world, whose only country is "--"."""
        return list(self.series["country"].values) != ["--"]

    @property
    def has_sectors(self) -> bool:
        """False in a flat world, whose only sector is "none"."""
        return list(self.series["sector"].values) != ["none"]

    @property
    def infected_states(self) -> list[str]:
        """States of hosts that an infection has reached: all but the first one and `immune`."""
        susceptible = self.scenario.get("worm", {}).get("susceptible", self.series["state"].values[0])
        return [name for name in self.series["state"].values
                if name not in (susceptible, "immune")]

    @property
    def disrupted_states(self) -> list[str]:
        """Infected states in which a host is out of use for its owner."""
        states = self.scenario.get("worm", {}).get("state", {})
        return [name for name in self.infected_states if states.get(name, {}).get("disrupted")]

    @property
    def disrupted(self) -> xr.DataArray:
        """Hosts that are out of use; modelled hosts, dims ([replicate,] time)."""
        return self.series["counts"].sel(state=self.disrupted_states).sum("state")

    @property
    def milestones(self) -> list[tuple[np.datetime64, str]]:
        """When defences begin while the outbreak runs: time (UTC) and name, in their order."""
        times = self.series["time"].values
        found = []
        for name, defence in self.scenario.get("defence", {}).items():
            after_s = duration_s(defence.get("time", defence.get("start")))
            time = times[0] + np.timedelta64(int(after_s * 1e6), "us")
            if times[0] < time <= times[-1]:
                found.append((time, name.replace("_", " ")))
        return sorted(found)

    @property
    def infections(self) -> xr.DataArray:
        """Infections since the start, seeds included; modelled hosts, dims ([replicate,] time)."""
        return self.series["vector_infections"].sum("vector")

    def infected_at_end(self, axis: str) -> xr.DataArray:
        """Infected hosts per `axis` ("country" or "sector") in the last row; modelled hosts."""
        last = self.series[f"{axis}_counts"].isel(time=-1)
        return last.sel(state=self.infected_states).sum("state")

    def hosts_in(self, axis: str) -> xr.DataArray:
        """All hosts per `axis` ("country" or "sector"); modelled hosts."""
        return self.series[f"{axis}_counts"].isel(time=-1).sum("state")

    def incidence(self) -> Incidence:
        """New infections in bins of a readable width: the widest that gives enough of them."""
        elapsed_s = seconds_since_start(self.series["time"].values)
        if elapsed_s[-1] <= 0:
            raise RunFileError(f"{self.path}: no incidence (it has one row of time): "
                               "let the run go on for longer")
        unit, width_s = choose_bin(elapsed_s)
        edges_s = np.arange(0, elapsed_s[-1] + 1e-6, width_s)
        cumulative = self.series["vector_infections"].transpose(..., "time", "vector")
        at_edges = np.apply_along_axis(lambda row: np.interp(edges_s, elapsed_s, row),
                                       cumulative.get_axis_num("time"), cumulative.values)
        start = self.series["time"].values[0]
        coords = {name: cumulative[name] for name in cumulative.dims if name != "time"}
        coords["time"] = start + (edges_s[:-1] * 1e6).astype("timedelta64[us]")
        new = np.diff(at_edges, axis=cumulative.get_axis_num("time"))
        per_bin = xr.DataArray(new, coords, cumulative.dims)
        return Incidence(per_bin.sel(vector=per_bin["vector"] != SEED), unit, width_s)


def seconds_since_start(times: np.ndarray) -> np.ndarray:
    """Seconds since the first of `times` (datetime64); same shape."""
    return (times - times[0]) / np.timedelta64(1, "s")


def duration_s(text: object) -> float:
    """Seconds of a duration of a scenario, "7.65 h"; 0 for what is none, such as "never"."""
    number, _, unit = str(text).partition(" ")
    try:
        return float(number.replace("_", "")) * DURATION_UNITS_S.get(unit, 0)
    except ValueError:
        return 0.0


def choose_bin(elapsed_s: np.ndarray) -> tuple[str, int]:
    """Name and width (seconds) of the bins for rows at `elapsed_s`; never finer than the rows."""
    row_s = float(np.median(np.diff(elapsed_s)))
    fitting = [(unit, width) for unit, width in BIN_WIDTHS_S.items()
               if width >= row_s * 0.999 and elapsed_s[-1] / width >= FEWEST_BINS]
    if fitting:
        return fitting[-1]
    return next(((unit, width) for unit, width in BIN_WIDTHS_S.items() if width >= row_s * 0.999
                 and width <= elapsed_s[-1]), ("step", max(1, int(row_s))))


def open_run(path: str | os.PathLike[str]) -> Run:
    """Opens a finished or unfinished run file; RunFileError where it is none."""
    path = Path(path)
    attributes = _read_attributes(path)
    try:
        # Left open: large series are read only where a figure asks for them.
        dataset = with_text_labels(xr.open_dataset(path, engine="h5netcdf"))
        series = _final_rows(dataset, int(attributes["hosts"]))
        scenario = _read_scenario(dataset)
    except UNREADABLE as fault:
        raise RunFileError(f"{path}: no series in it ({fault}): see results/FORMAT.md") from fault
    return Run(path, series, attributes, scenario)


def read_attributes(path: Path) -> dict[str, str | int | float]:
    """Root attributes of a run or study file, after a look at what it holds."""
    if not path.is_file():
        raise RunFileError(f"{path}: no such file (nothing was opened): give a run file")
    try:
        with h5py.File(path, "r") as file:
            _check_stored(path, file)
            return {name: _plain(value) for name, value in file.attrs.items()}
    except UNREADABLE as fault:
        raise RunFileError(f"{path}: not readable as HDF5 ({fault}): "
                           "give a run file of annelid") from fault


def _read_attributes(path: Path) -> dict[str, str | int | float]:
    attributes = read_attributes(path)
    version = str(attributes.get("format_version", ""))
    if not version or "hosts" not in attributes:
        raise RunFileError(f"{path}: not a run file (it lacks format_version or hosts): "
                           "give a file that `annelid run` wrote")
    if version.split(".")[0] != FORMAT_MAJOR:
        raise RunFileError(f"{path}: format_version = {version} (these scripts read "
                           f"{FORMAT_MAJOR}.x): use the scripts of that version")
    return attributes


def _check_stored(path: Path, file: h5py.File) -> None:
    """Refuses series that are large by their shape alone, before memory is taken for them."""
    for name in file:
        link = file.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            raise RunFileError(f"{path}: /{name} is in {link.filename} (a run file holds its own "
                               "series): take another copy")
        item = file.get(name)
        if not isinstance(item, h5py.Dataset) or item.is_virtual or _is_bare_axis(item):
            continue
        if item.nbytes > BEST_PACKING * max(item.id.get_storage_size(), 1):
            raise RunFileError(f"{path}: /{name} is {item.nbytes} bytes by its shape (they are not "
                               "in the file): take another copy")


def _is_bare_axis(item: h5py.Dataset) -> bool:
    """An axis with a length and no values, as netCDF writes it."""
    return bytes(item.attrs.get("NAME", b"")).startswith(b"This is a netCDF dimension")


def _plain(value: object) -> str | int | float:
    """An HDF5 attribute as a Python value."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        value = value.reshape(-1).tolist()
        return value[0] if len(value) == 1 else "\n".join(str(part) for part in value)
    return value.item() if isinstance(value, np.generic) else value


def scenario_text(dataset: xr.Dataset) -> str:
    """The effective scenario in a run or study file, as TOML; empty where there is none."""
    text = dataset["scenario"].values.item() if "scenario" in dataset else ""
    return text.decode() if isinstance(text, bytes) else text


def _read_scenario(dataset: xr.Dataset) -> dict[str, object]:
    """The scenario in the file; empty where a file has none or a later TOML."""
    try:
        return tomllib.loads(scenario_text(dataset))
    except tomllib.TOMLDecodeError:
        return {}


def with_text_labels(dataset: xr.Dataset, further: tuple[str, ...] = ()) -> xr.Dataset:
    """Names as str, whether the file has them with a fixed or a variable length."""
    return dataset.assign({name: dataset[name].astype(str) for name in (*LABELS, *further)
                           if name in dataset})


def _final_rows(dataset: xr.Dataset, hosts: int) -> xr.Dataset:
    """Drops what an unfinished run has not reached yet: there the states do not sum to `hosts`."""
    if "quantile" in dataset.dims:
        return dataset  # written at the end; quantiles of states do not sum to anything
    final = dataset["counts"].sum("state") == hosts
    if "worm" in final.dims:
        final = final.all("worm")
    if "replicate" in final.dims:
        finished = final.all("time")
        if finished.any():
            return dataset.isel(replicate=np.flatnonzero(finished.values))
        dataset, final = dataset.isel(replicate=[0]), final.isel(replicate=0)
    if not final.any():
        raise ValueError("no row of counts sums to the number of hosts")
    return dataset.isel(time=np.flatnonzero(final.values))
