"""Parameters of a study as axes: their values in the unit that they were given in, and names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annelid.study_file import Study


@dataclass(frozen=True)
class Parameter:
    """path: in the scenario. values: one a point, in the unit of the label; texts: as given."""

    path: str
    label: str
    values: np.ndarray
    texts: list[str]

    @property
    def is_number(self) -> bool:
        return bool(np.isfinite(self.values).all())


def varying(study: Study) -> list[Parameter]:
    """Parameters that have more than one value, in the order of the study."""
    found = []
    for index, path in enumerate(study.parameters):
        texts = [str(text) for text in study.data["parameter_text"].values[:, index]]
        if len(set(texts)) > 1:
            values, unit = in_given_unit(texts, study.data["parameter_value"].values[:, index])
            found.append(Parameter(path, f"{path} ({unit})" if unit else path, values, texts))
    return found


def in_given_unit(texts: list[str], si_values: np.ndarray) -> tuple[np.ndarray, str]:
    """Numbers and their unit, where all values were given in one; else SI values and no unit."""
    parts = [text.strip('"').partition(" ") for text in texts]
    units = {unit for _, _, unit in parts}
    try:
        numbers = np.array([float(number.replace("_", "")) for number, _, _ in parts])
    except ValueError:
        return si_values, ""
    return (numbers, units.pop()) if len(units) == 1 else (si_values, "")


def short_names(paths: list[str]) -> list[str]:
    """The last words of paths that still tell them apart: scan.rate for worm.vector.scan.rate."""
    words = [path.split(".") for path in paths]
    for length in range(2, max((len(path) for path in words), default=2) + 1):
        names = [".".join(path[-length:]) for path in words]
        if len(set(names)) == len(names):
            return names
    return paths
