"""All that is shown. A further row is a module with CHECKS (and pictures), named here."""

from __future__ import annotations

from annelid.validation import notpetya, notpetya_pictures
from annelid.validation.check import Check

TITLES = {6: "NotPetya, 27 June 2017"}
CHECKS: list[Check] = [*notpetya.CHECKS]
PICTURES = [*notpetya_pictures.PICTURES]
