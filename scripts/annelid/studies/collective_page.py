"""The page of the study of collective defence: tables from the runs, and what they do not say."""

from __future__ import annotations

import numpy as np

from annelid.studies import collective_cases as cases
from annelid.studies.collective_cases import Case, Outbreak
from annelid.studies.collective_figures import Results
from annelid.studies.collective_measures import FEWEST_HOSTS, Measured, read_allies
from annelid.studies.collective_text import (ASSUMPTIONS, CAUTIONS, FINDINGS, HEAD, PICTURES,
                                             REDUCED)
from annelid.studies.paired import Interval, averted, variance_ratio

MOST_RATIO = 1000  # beyond, the two cases are all but the same


def page(outbreaks: tuple[Outbreak, ...], results: Results, replicates: int,
         reduced: bool) -> str:
    parts = [HEAD.format(replicates=replicates)]
    parts.append(REDUCED if reduced else FINDINGS)
    for outbreak in outbreaks:
        measured = results[outbreak.title]
        parts += [f"## {outbreak.title}\n", in_words(outbreak, measured),
                  case_table(outbreak, measured), alert_table(outbreak, measured)]
        if any(key.endswith(one.key) for one in outbreak.sweeps for key in measured):
            parts.append(sweep_table(outbreak, measured))
    parts += [f"![{caption}]({name}.png)\n\n{caption}\n" for name, caption in PICTURES.items()]
    parts += ["## Ally by ally\n", ally_notes(), *(ally_table(outbreak, results[outbreak.title])
                                                    for outbreak in outbreaks)]
    parts += ["## What common random numbers are worth\n", ratio_table(outbreaks, results)]
    parts += [ASSUMPTIONS, CAUTIONS, runs(outbreaks, replicates)]
    return "\n".join(parts)


def rows_of(header: str, lines: list[str]) -> str:
    columns = header.count("|") - 1
    return "\n".join([header, "|" + "---|" * columns, *lines]) + "\n"


def verdict(found: Interval) -> str:
    """What an interval of averted infections says."""
    if np.isnan(found.low):
        return "one replicate says nothing"
    if found.low == found.high == 0:
        return "nothing, in any replicate"
    if found.holds_zero:
        return "no effect that can be told from none"
    return "fewer infections" if found.low > 0 else "more infections"


def in_words(outbreak: Outbreak, measured: dict[str, Measured]) -> str:
    """The two comparisons that the study is about, said by their intervals."""
    none, alone = measured["none"].infected, measured["alone"].infected
    lines = [f"- *Each for itself* against sensors only: {verdict(averted(none, alone))}."]
    for case in outbreak.cases:
        if case.key in measured and case.compliance == 1:
            found = averted(alone, measured[case.key].infected)
            lines.append(f"- *{case.label[0].upper()}{case.label[1:]}* against each for itself: "
                         f"{verdict(found)}.")
    return "\n".join(lines) + "\n"


def case_table(outbreak: Outbreak, measured: dict[str, Measured]) -> str:
    none, alone = measured["none"].infected, measured["alone"].infected
    hosts = measured["none"].hosts.sum()
    lines = []
    for case in outbreak.cases:
        if case.key not in measured:
            continue
        infected = measured[case.key].infected
        against_none = "" if case is cases.NONE else averted(none, infected).text()
        against_alone = "" if case in (cases.NONE, cases.ALONE) \
            else averted(alone, infected).text()
        lines.append(f"| {case.label} | {infected.mean():,.0f} | "
                     f"{1e5 * infected.mean() / hosts:.3g} | {against_none} | {against_alone} |")
    return rows_of("| case | infected in the allies | per 100,000 hosts | averted against sensors "
                   "only | averted against each for itself |", lines)


def hours(values: np.ndarray) -> str:
    """Median with the range of 95 % of the values that are there."""
    found = values[np.isfinite(values)]
    if not found.size:
        return "never"
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975])
    text = f"{middle:.1f} [{low:.1f} to {high:.1f}]"
    return text if found.size == values.size else f"{text}, in {found.size} of {values.size}"


def percent(values: np.ndarray) -> str:
    found = values[np.isfinite(values)]
    return f"{100 * np.median(found):.1f} %" if found.size else ""


def alert_table(outbreak: Outbreak, measured: dict[str, Measured]) -> str:
    """When allies knew: what there was left to avert."""
    lines = []
    for case in outbreak.cases:
        if case is cases.NONE or case.key not in measured or case.compliance not in (0, 1):
            continue
        one = measured[case.key]
        number = np.isfinite(one.warned_h).sum(axis=1).mean()
        warned = hours(one.warned_h.ravel()).split(",")[0]
        lines.append(f"| {case.label} | {hours(one.first_warned_h)} | "
                     f"{percent(one.share_by_first)} | {warned} | {number:.1f} |")
    true, false = measured["none"].findings
    return rows_of("| case | first ally warned, h | infections by then | allies warned, h | allies "
                   "ever warned |", lines) + (
        f"\nMedians with ranges of 95 %. With sensors only, {true:,.1f} findings are true and "
        f"{false:,.1f} are false alarms, in modelled hosts.\n")


def sweep_table(outbreak: Outbreak, measured: dict[str, Measured]) -> str:
    lines = []
    replicates = 0
    for sweep in outbreak.sweeps:
        alone = measured.get(f"{cases.ALONE.key}-{sweep.key}")
        together = measured.get(f"{sweep.shared.key}-{sweep.key}")
        if alone is None or together is None:
            continue
        replicates = len(together.infected)
        lines.append(f"| {sweep.label} | {alone.infected.mean():,.0f} | "
                     f"{together.infected.mean():,.0f} | "
                     f"{averted(alone.infected, together.infected).text()} |")
    return (f"One assumption at a time at another value, {replicates} replicates; sharing is after "
            "1 h, by all, where nothing else is said:\n\n") + rows_of(
        "| changed | infected, each for itself | infected, sharing | averted by sharing |", lines)


def ally_notes() -> str:
    return (f"Real hosts, means with 95 % intervals; sharing is after 1 h, by all. Where an ally "
            f"has fewer than {FEWEST_HOSTS:,} infected modelled hosts, a scaled run is no evidence "
            "for its level: those rows are in *italics*.\n")


def ally_table(outbreak: Outbreak, measured: dict[str, Measured]) -> str:
    none, alone = measured["none"], measured["alone"]
    shared: Case = cases.sharing("1 h")
    if shared.key not in measured:
        return ""
    together = measured[shared.key]
    names = read_allies()
    level = none.by_ally.mean(axis=0)
    lines = []
    for i in np.argsort(-level, kind="stable"):
        name = names[none.allies[i]]
        if none.scale > 1 and level[i] / none.scale < FEWEST_HOSTS:
            name = f"*{name}*"
        cells = [none.by_ally[:, i], alone.by_ally[:, i], together.by_ally[:, i]]
        lines.append(f"| {name} | {level[i]:,.0f} | {1e5 * level[i] / none.hosts[i]:.3g} | "
                     f"{averted(cells[0], cells[1]).text()} | {averted(cells[0], cells[2]).text()} "
                     f"| {averted(cells[1], cells[2]).text()} |")
    return f"### {outbreak.title}\n\n" + rows_of(
        "| ally | infected, sensors only | per 100,000 hosts | averted by each for itself | "
        "averted by sharing | … of these, beyond each for itself |", lines)


def ratio_table(outbreaks: tuple[Outbreak, ...], results: Results) -> str:
    lines = []
    for outbreak in outbreaks:
        measured = results[outbreak.title]
        pairs = [(cases.NONE, cases.ALONE)] + [
            (cases.ALONE, case) for case in outbreak.cases
            if case.key in measured and case.compliance == 1]
        for other, case in pairs:
            ratio = variance_ratio(measured[other.key].infected, measured[case.key].infected)
            text = "no replicate differs" if np.isnan(ratio) \
                else f"{ratio:,.1f}" if ratio < MOST_RATIO else f"over {MOST_RATIO:,}"
            lines.append(f"| {outbreak.title}, {case.label} against {other.label} | {text} |")
    return ("Variance of the difference between two cases as if their runs were unpaired, over "
            "that of the paired differences, from the same runs: so many times as many replicates "
            "would do the same without common draws. Where a case hardly changes anything, it is "
            "huge.\n\n"
            + rows_of("| difference | ratio |", lines))


def runs(outbreaks: tuple[Outbreak, ...], replicates: int) -> str:
    lines = ["## Run it again\n",
             f"`scripts/collective-defence --replicates {replicates}` makes this page. One case is:"
             "\n"]
    for outbreak in outbreaks:
        for case in (cases.NONE, cases.ALONE, cases.sharing("1 h")):
            sets = "".join(f' --set "{one}"' for one in outbreak.settings + case.settings)
            lines.append(f"- {case.label}: `annelid run {outbreak.scenario} "
                         f"--replicates {replicates}{sets}`")
    return "\n".join(lines) + "\n"
