"""Numbers with units as scenarios write them: "10 /s", "2 d", 0.5."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

TIME_S = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
RATE_PER_S = {f"/{name}": 1 / TIME_S[name] for name in ("s", "min", "h", "d")}
NUMBER = re.compile(r"\s*([+-]?[\d_]+(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)\s*(\S*)\s*")


@dataclass(frozen=True)
class Quantity:
    """A number, the unit that it was written in, and the size of that unit in the SI one."""

    number: float
    unit: str = ""

    @property
    def factor(self) -> float:
        return TIME_S.get(self.unit) or RATE_PER_S.get(self.unit) or 1.0

    @property
    def si(self) -> float:
        """Seconds, per second, or the plain number."""
        return self.number * self.factor

    @property
    def si_unit(self) -> str:
        """The unit of `si`, as CF writes it: s, s-1 or 1."""
        return "s" if self.unit in TIME_S else "s-1" if self.unit in RATE_PER_S else "1"

    def with_si(self, si: float, integer: bool = False) -> Any:
        """A value of a scenario, in the unit of this one."""
        number = si / self.factor
        if integer:
            number = round(number)
        elif self.unit:
            return f"{number:.9g} {self.unit}"
        else:
            return float(f"{number:.9g}")
        return f"{number} {self.unit}" if self.unit else number


def read_quantity(value: Any) -> Quantity | None:
    """None where the value is no number, such as a text or a table."""
    if isinstance(value, bool):
        return Quantity(float(value))
    if isinstance(value, (int, float)):
        return Quantity(float(value)) if math.isfinite(value) else None
    match = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if not match or match[2] not in {"", *TIME_S, *RATE_PER_S}:
        return None
    return Quantity(float(match[1].replace("_", "")), match[2])
