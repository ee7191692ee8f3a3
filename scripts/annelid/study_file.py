"""Opens a study file: the runs of a sweep over parameters, gathered along an axis of points."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import h5py
import xarray as xr

from annelid.run_file import UNREADABLE, RunFileError, read_attributes, with_text_labels

FORMAT = "annelid study file"
FORMAT_MAJOR = "1"
TEXTS = ("parameter", "parameter_text")


@dataclass(frozen=True)
class Study:
    """A study file.

    data: Dataset with parameter_value[point, parameter] (float64, SI units; NaN where a value is no
        number), parameter_text[point, parameter] as it was given, and the series of run files with
        leading axes `point` and `replicate`, in modelled hosts; `time` is UTC.
    attributes: the root attributes; `design` is grid, list, latin_hypercube or sobol.
    """

    path: Path
    data: xr.Dataset
    attributes: dict[str, str | int | float]

    @property
    def title(self) -> str:
        return str(self.attributes.get("title") or self.path.parent.resolve().name)

    @property
    def design(self) -> str:
        return str(self.attributes.get("design", "list"))

    @property
    def parameters(self) -> list[str]:
        """Paths of the parameters in the scenario, such as `worm.vector.scan.rate`."""
        return [str(name) for name in self.data["parameter"].values]


def is_study(path: str | os.PathLike[str]) -> bool:
    """True for a study file; False for all else, whether it can be read or not."""
    try:
        with h5py.File(path, "r") as file:
            name = file.attrs.get("format", "")
            return (name.decode() if isinstance(name, bytes) else name) == FORMAT
    except UNREADABLE:
        return False


def open_study(path: str | os.PathLike[str]) -> Study:
    """Opens a study file; RunFileError where it is none."""
    path = Path(path)
    attributes = read_attributes(path)
    version = str(attributes.get("format_version", ""))
    if attributes.get("format") != FORMAT or version.split(".")[0] != FORMAT_MAJOR:
        raise RunFileError(f"{path}: format = {attributes.get('format', '')} {version} (a study "
                           f"file {FORMAT_MAJOR}.x is needed): give the study.h5 of a sweep")
    try:
        data = with_text_labels(xr.open_dataset(path, engine="h5netcdf"), TEXTS)
        data["counts"], data["parameter_value"]  # noqa: B018
    except UNREADABLE as fault:
        raise RunFileError(f"{path}: not a whole study file ({fault}): gather the study again"
                           ) from fault
    return Study(path, data, attributes)
