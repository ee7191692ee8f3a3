"""The validation page: tables, what is known of each line, pictures."""

from __future__ import annotations

from annelid.validation.check import Outcome
from annelid.validation.experiment import Experiment
from annelid.validation.picture import Picture

HEAD = """\
# Validation

Runs held against the record. Nothing is tuned to meet it and seeds are not chosen (seed 1,
replicates from 0 on; a hundred unless said otherwise). *Reached*: the mean of the replicates with its interval of
95 %. Marks of sources: O opened, R recalled, D derived, A assumption. A figure that is not reached
stays here, with what is known why. `scripts/validate` makes this page; `tests/validation` holds
more, mostly against theory.
"""


def page(outcomes: list[Outcome], pictures: list[Picture], titles: dict[int, str]) -> str:
    parts = [HEAD]
    for row in sorted(titles):
        mine = [outcome for outcome in outcomes if outcome.check.row == row]
        if mine:
            parts += [f"## {row}. {titles[row]}\n", table(mine), notes(mine), runs(mine)]
            parts += [f"![{picture.caption}]({picture.name}.png)\n\n{picture.caption}\n"
                      for picture in pictures if picture.row == row]
    return "\n".join(parts)


def table(outcomes: list[Outcome]) -> str:
    lines = ["| | what | expected | source | reached | |", "|---|---|---|---|---|---|"]
    for number, outcome in enumerate(outcomes, 1):
        check = outcome.check
        verdict = outcome.verdict if outcome.verdict == "holds" else f"**{outcome.verdict}**"
        lines.append(f"| {number} | {check.what} | {check.expected} | {check.source} | "
                     f"{outcome.reached} | {verdict} |")
    return "\n".join(lines) + "\n"


def notes(outcomes: list[Outcome]) -> str:
    return "\n".join(f"- **{number}**: {outcome.check.note}"
                     for number, outcome in enumerate(outcomes, 1) if outcome.check.note) + "\n"


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
