"""A picture of the validation page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from annelid.validation.experiment import Experiment, Result


@dataclass(frozen=True)
class Picture:
    """row: it belongs to; draw: makes it of results by the name of their experiment."""

    row: int
    name: str
    draw: Callable[[dict[str, Result]], Figure]
    experiments: tuple[Experiment, ...]
    caption: str
