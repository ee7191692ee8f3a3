"""The validation page: tables, what is known of each line, pictures."""

from __future__ import annotations

from annelid.validation.check import Outcome
from annelid.validation.experiment import Experiment
from annelid.validation.picture import Picture

HEAD = """\
# Validation

Runs held against theory and against the record. Nothing is tuned to meet them and seeds are not
chosen: seed 1, replicates from 0 on, a hundred unless said otherwise. *Reached*: the mean of
the replicates with its interval of 95 %. Marks of sources: O opened, R recalled, D derived, A
assumption. What is not reached stays here as failed, with what is known why. `scripts/validate`
makes this page from nothing (two cores, 7 GB); `tests/validation` holds more, mostly against theory.
"""
REDUCED = """\
**This is the reduced page: few replicates in small worlds. It shows that the page can be made;
its verdicts say little.**
"""
NOT_CLAIMED = """\
## What is not claimed

Sources conflict, or nobody measured it: how many hosts WannaCry infected, or a curve of them; a
ranking of the countries it hit; that Code Red doubled every 37 minutes in its early hours;
NotPetya's total, or its shares by country to better than 15 points; "Maersk in 7 minutes" and
"a bank in 45 s" as measured times; how NotPetya's infections split between exploit and
credentials; how much was patched on 12 May 2017; the sizes of Blaster, Sasser and Conficker to
better than a factor of ten. Addresses are not hosts.
"""


def page(outcomes: list[Outcome], pictures: list[Picture], titles: dict[int, str],
         texts: dict[int, str] | None = None, reduced: bool = False) -> str:
    """texts: what a row says beside its table."""
    parts = [HEAD, REDUCED] if reduced else [HEAD]
    for row in sorted(titles):
        mine = [outcome for outcome in outcomes if outcome.check.row == row]
        text = (texts or {}).get(row)
        if not mine and not text:
            continue
        parts.append(f"## {row}. {titles[row]}\n")
        parts += [text] if text else []
        parts += [part for part in (table(mine), notes(mine), runs(mine)) if part] if mine else []
        parts += [f"![{picture.caption}]({picture.name}.png)\n\n{picture.caption}\n"
                  for picture in pictures if picture.row == row]
    return "\n".join([*parts, NOT_CLAIMED])


def table(outcomes: list[Outcome]) -> str:
    lines = ["| | what | expected | source | reached | |", "|---|---|---|---|---|---|"]
    for number, outcome in enumerate(outcomes, 1):
        check = outcome.check
        verdict = outcome.verdict if outcome.verdict == "holds" else f"**{outcome.verdict}**"
        lines.append(f"| {number} | {check.what} | {check.expected} | {check.source} | "
                     f"{outcome.reached} | {verdict} |")
    return "\n".join(lines) + "\n"


def notes(outcomes: list[Outcome]) -> str:
    return "".join(f"- **{number}**: {outcome.check.note}\n"
                   for number, outcome in enumerate(outcomes, 1) if outcome.check.note)


def runs(outcomes: list[Outcome]) -> str:
    """How each line can be run again."""
    lines = []
    experiments: dict[Experiment, list[int]] = {}
    for number, outcome in enumerate(outcomes, 1):
        experiments.setdefault(outcome.check.experiment, []).append(number)
    for experiment, numbers in experiments.items():
        which = ", ".join(str(number) for number in numbers)
        sets = "".join(f' --set "{setting}"' for setting in experiment.settings)
        fewer = f" ({experiment.replicates} replicates: {experiment.why_fewer})" \
            if experiment.why_fewer else ""
        lines.append(f"- {which}: `annelid run {experiment.scenario} --replicates "
                     f"{experiment.replicates}{sets}`{fewer}")
    return "\n".join(lines) + "\n"
