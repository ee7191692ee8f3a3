"""All that is shown. A further row is a module with CHECKS (and pictures), named here.

Rows 1 to 7 are those that the project was asked for; 8 has further models of theory, 9 tells what
depends on assumptions.
"""

from __future__ import annotations

from collections.abc import Callable

from annelid.validation import (
    graphs,
    notpetya,
    notpetya_pictures,
    outbreak_pictures,
    sensitivity,
    theory,
    theory_pictures,
    uniform,
    wannacry,
)
from annelid.validation.check import Check
from annelid.validation.experiment import Result

TITLES = {1: "Uniform scanning", 2: "Weaver's run", 3: "Code Red v2, 19 July 2001",
          4: "SQL Slammer, 25 January 2003", 5: "WannaCry, 12 May 2017",
          6: "NotPetya, 27 June 2017", 7: "Outbreaks on graphs against an exact simulator",
          8: "Further models of theory", 9: "What depends on assumptions"}
CHECKS: list[Check] = [*uniform.CHECKS, *wannacry.CHECKS, *notpetya.CHECKS, *graphs.CHECKS,
                       *theory.CHECKS]
PICTURES = [*outbreak_pictures.PICTURES, *notpetya_pictures.PICTURES, *theory_pictures.PICTURES,
            *sensitivity.PICTURES]
# What a row says beside its table.
TEXTS: dict[int, Callable[[dict[str, Result]], str]] = {9: sensitivity.text}
