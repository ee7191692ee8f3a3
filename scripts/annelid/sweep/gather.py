"""Gathers the run files of a study into study.h5, each series with an axis of points in front."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import h5netcdf
import h5py
import numpy as np

from annelid.sweep.folder import StudyFolder
from annelid.sweep.quantities import read_quantity
from annelid.sweep.toml_source import InputError, as_text
from annelid.text import display_path

FORMAT = "annelid study file"
FORMAT_VERSION = "1.0"
# Root attributes of run files that are those of the study where all points have the same.
SHARED = ("Conventions", "version", "git_commit", "population_seed", "hosts", "real_hosts",
          "real_hosts_per_host", "step_us", "start")
TEXT = h5py.string_dtype()
NO_COUNT = -1
CHUNK_VALUES = 1 << 18


@dataclass
class Axes:
    """What the run files have in common: their axes, and which series lie on them.

    labels: of text axes, united. texts: others by label, such as the names of countries. names: their
    attributes. series: axes but point and replicate, type, attributes. attributes: of the root.
    """

    labels: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    time: np.ndarray = field(default_factory=lambda: np.zeros(0))
    time_attributes: dict[str, str] = field(default_factory=dict)
    series: dict[str, tuple[tuple[str, ...], np.dtype, dict[str, str]]] = field(
        default_factory=dict)
    attributes: dict[str, set[object]] = field(default_factory=dict)

    def add(self, path: Path, file: h5py.File) -> None:
        """Notes what a run file has; a label that others lack makes their values missing."""
        time_s = file["time"][:]
        rows = min(len(time_s), len(self.time))
        if not np.array_equal(time_s[:rows], self.time[:rows]):
            raise InputError(f"{display_path(path)}: its rows lie at other times than those of "
                             "other points (record.every, or an end between rows): keep them alike")
        if len(time_s) > len(self.time):
            self.time, self.time_attributes = time_s, _texts(file["time"], "long_name", "units",
                                                             "calendar")
        for name, item in file.items():
            dims = _dimensions(item)
            if not isinstance(item, h5py.Dataset) or dims == ():
                continue
            if dims == (name,) and h5py.check_string_dtype(item.dtype):
                known = self.labels.setdefault(name, [])
                known += [label for label in item.asstr()[:] if label not in known]
                self.names.setdefault(name, _texts(item, "long_name"))
            elif len(dims) == 1 and h5py.check_string_dtype(item.dtype):
                self.names.setdefault(name, _texts(item, "long_name"))
                self.texts.setdefault(name, (dims[0], {}))[1].update(
                    zip(file[dims[0]].asstr()[:], item.asstr()[:]))
            elif "time" in dims and dims != ("time",):
                rest = tuple(dim for dim in dims if dim != "replicate")
                self.series.setdefault(name, (rest, item.dtype, _texts(item, "long_name",
                                                                       "units")))
        for name in SHARED:
            if name in file.attrs:
                self.attributes.setdefault(name, set()).add(_plain(file.attrs[name]))


@dataclass(frozen=True)
class Failure:
    """replicate: -1 where the whole point has no result. log: from the study's folder."""

    point: int
    replicate: int
    reason: str
    log: str

    def __str__(self) -> str:
        which = f"point {self.point}" + (f", replicate {self.replicate}," if self.replicate >= 0
                                         else "")
        return f"{which} has no result ({self.reason})"


def gather(folder: StudyFolder) -> list[Failure]:
    """Writes study.h5 beside its place and renames it; returns what failed."""
    points = range(len(folder.study.points))
    done = [point for point in points if folder.has_result(point)]
    failed = sorted(set(points) - set(done))
    failures = find_failures(folder, done, failed)
    axes = Axes()
    for point in done:
        with h5py.File(folder.point(point) / "run.h5") as file:
            axes.add(folder.point(point) / "run.h5", file)
    beside = folder.path / ".study.h5.new"
    beside.unlink(missing_ok=True)
    with h5netcdf.File(beside, "w") as out:
        _write_axes(out, folder, axes)
        _create_series(out, axes)
        lacking: set[str] = set()
        for point in done:
            with h5py.File(folder.point(point) / "run.h5") as file:
                lacking |= _copy_series(out, axes, file, point)
        _mark_missing(out, axes, lacking, failed)
        if failures:
            _write_failures(out, failures)
        _write_attributes(out, folder, axes, complete=not failures)
    with open(beside, "rb") as written:
        os.fsync(written.fileno())
    beside.replace(folder.gathered)
    return failures


def find_failures(folder: StudyFolder, done: list[int], failed: list[int]) -> list[Failure]:
    """Points without a result, and single replicates that a run file tells of, in their order."""
    found = [Failure(point, -1, folder.reason(point), _log(point)) for point in failed]
    for point in done:
        with h5py.File(folder.point(point) / "run.h5") as file:
            if "failures" in file:
                found += [Failure(point, int(replicate), str(reason), _log(point))
                          for replicate, reason in zip(file["failures/replicate"][:],
                                                       file["failures/reason"].asstr()[:])]
    return sorted(found, key=lambda one: (one.point, one.replicate))


def _log(point: int) -> str:
    return f"points/{point:04d}/run.log"


def _write_axes(out: h5netcdf.File, folder: StudyFolder, axes: Axes) -> None:
    study = folder.study
    out.dimensions = {"point": len(study.points), "parameter": len(study.parameters),
                      "replicate": study.replicates, "time": len(axes.time),
                      **{name: len(labels) for name, labels in axes.labels.items()}}
    _variable(out, "point", ("point",), np.arange(len(study.points)),
              long_name="number of the point", units="1")
    _variable(out, "parameter", ("parameter",), [one.path for one in study.parameters],
              long_name="parameter, as a path of the scenario")
    _variable(out, "replicate", ("replicate",), np.arange(study.replicates),
              long_name="number of the replicate; the same seed at all points", units="1")
    _variable(out, "time", ("time",), axes.time, **axes.time_attributes)
    for name, labels in axes.labels.items():
        _variable(out, name, (name,), labels, **axes.names[name])
    for name, (axis, of_label) in axes.texts.items():
        _variable(out, name, (axis,), [of_label[label] for label in axes.labels[axis]],
                  **axes.names[name])
    quantities = [[read_quantity(value) for value in values] for values in study.points]
    _variable(out, "parameter_value", ("point", "parameter"),
              np.array([[one.si if one else np.nan for one in row] for row in quantities]),
              long_name="value of the parameter in the unit of parameter_unit; NaN: no number")
    _variable(out, "parameter_unit", ("parameter",),
              [next((one.si_unit for one in column if one), "") for column in zip(*quantities)],
              long_name="unit of parameter_value: s, s-1 or 1")
    _variable(out, "parameter_text", ("point", "parameter"),
              [[as_text(value) for value in values] for values in study.points],
              long_name="value of the parameter as the study gives it")
    _scalar(out, "study", study.source.text, "the study")
    _scalar(out, "scenario", (folder.path / "scenario.toml").read_text(encoding="utf-8"),
            "effective scenario, before any parameter is set")


def _variable(out: h5netcdf.File, name: str, dims: tuple[str, ...], values: object,
              **attributes: str) -> None:
    array = np.asarray(values)
    if array.dtype.kind in "US":
        array = array.astype(object)
    dtype = TEXT if array.dtype == object else array.dtype
    variable = out.create_variable(name, dims, dtype)
    if array.size:
        variable[...] = array
    variable.attrs.update(attributes)


def _scalar(out: h5netcdf.File, name: str, text: str, meaning: str) -> None:
    variable = out.create_variable(name, (), TEXT)
    variable[...] = text
    variable.attrs.update(long_name=meaning, media_type="application/toml")


def _copy_series(out: h5netcdf.File, axes: Axes, file: h5py.File, point: int) -> set[str]:
    """The series of one point; returns those of which it lacks values: of a label that only other
    points have, or after an earlier end."""
    lacking = set()
    for name, (rest, dtype, _) in axes.series.items():
        if name not in file:
            lacking.add(name)
            continue
        dims, values = _dimensions(file[name]), file[name][...]
        if "replicate" not in dims:
            values = values[np.newaxis]
            dims = ("replicate", *dims)
        wanted = ("replicate", *rest)
        values = values.transpose([dims.index(dim) for dim in wanted])
        shape = out.variables[name].shape[1:]
        if values.shape != shape:
            lacking.add(name)
        if "_FillValue" in file[name].attrs:  # failed replicates of an ensemble
            lacking.add(name)
        whole = np.full(shape, _missing(dtype), dtype)
        places = [range(values.shape[0]), *(
            range(values.shape[1 + at]) if dim == "time"
            else [axes.labels[dim].index(label) for label in file[dim].asstr()[:]]
            for at, dim in enumerate(rest))]
        whole[np.ix_(*places)] = values
        out.variables[name][point] = whole
    return lacking


def _create_series(out: h5netcdf.File, axes: Axes) -> None:
    for name, (rest, dtype, attributes) in axes.series.items():
        dims = ("point", "replicate", *rest)
        shape = tuple(out.dimensions[dim].size for dim in dims)
        variable = out.create_variable(name, dims, dtype, chunks=_chunks(shape),
                                       compression="gzip", compression_opts=1, shuffle=True)
        variable.attrs.update(attributes)


def _mark_missing(out: h5netcdf.File, axes: Axes, lacking: set[str], failed: list[int]) -> None:
    """`_FillValue` where values are missing, and only there: xarray then reads counts as floats."""
    for name, (_, dtype, _) in axes.series.items():
        for point in failed:
            out.variables[name][point] = np.full(out.variables[name].shape[1:], _missing(dtype),
                                                 dtype)
        if failed or name in lacking:
            out.variables[name].attrs["_FillValue"] = _missing(dtype)


def _missing(dtype: np.dtype) -> np.generic:
    return dtype.type(NO_COUNT if dtype.kind == "i" else np.nan)


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """One point a chunk, of fewer replicates where it would be large."""
    per_replicate = max(1, int(np.prod(shape[2:])))
    return (1, max(1, min(shape[1], CHUNK_VALUES // per_replicate)), *(max(1, n)
                                                                       for n in shape[2:]))


def _write_failures(out: h5netcdf.File, failures: list[Failure]) -> None:
    group = out.create_group("failures")
    group.dimensions = {"failure": len(failures)}
    for name, values, meaning in (
            ("point", np.array([one.point for one in failures], np.int64), "point that failed"),
            ("replicate", np.array([one.replicate for one in failures], np.int32),
             "replicate that failed; -1: all"),
            ("reason", [one.reason for one in failures], "why"),
            ("log", [one.log for one in failures],
             "file with all that it said, from the study's folder")):
        units = {"units": "1"} if name in ("point", "replicate") else {}
        _variable(group, name, ("failure",), values, long_name=meaning, **units)


def _write_attributes(out: h5netcdf.File, folder: StudyFolder, axes: Axes, complete: bool) -> None:
    study = folder.study
    out.attrs.update(format=FORMAT, format_version=FORMAT_VERSION, complete=int(complete),
                     title=study.title or study.name, design=study.design, seed=study.seed,
                     replicates=study.replicates,
                     created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    if study.saltelli:
        out.attrs.update(saltelli=1, saltelli_samples=study.samples)
    for name, values in axes.attributes.items():
        if len(values) == 1:
            out.attrs[name] = next(iter(values))


def _dimensions(item: h5py.Dataset | h5py.Group) -> tuple[str, ...]:
    """Names of the axes; () for a scalar and for what has none."""
    if not isinstance(item, h5py.Dataset):
        return ()
    if h5py.h5ds.is_scale(item.id):
        return (item.name.rsplit("/", 1)[-1],)
    return tuple(axis[0].name.rsplit("/", 1)[-1] for axis in item.dims if len(axis))


def _texts(item: h5py.Dataset, *names: str) -> dict[str, str]:
    return {name: str(_plain(item.attrs[name])) for name in names if name in item.attrs}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value
