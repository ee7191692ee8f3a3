"""Figures of the study of collective defence. Means with 95 % intervals of paired differences."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from annelid.figures import style
from annelid.studies import collective_cases as cases
from annelid.studies.collective_cases import Case, Outbreak
from annelid.studies.collective_measures import FEWEST_HOSTS, Measured, read_allies
from annelid.studies.paired import averted, interval
from annelid.text import short_count

Results = dict[str, dict[str, Measured]]  # by outbreak and case
LINE_STYLES = (*style.LINE_STYLES, (0, (7, 1.5)), (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D")
SHARING_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE)
PERCENT_SHOWN = (-30, 105)
WITH_UKRAINE = cases.with_ukraine("10 min")
SHOWN = {"wannacry": (cases.NONE, cases.ALONE, cases.sharing("6 h"), cases.sharing("1 h"),
                      cases.sharing("10 min")),
         "notpetya": (cases.NONE, cases.ALONE, cases.sharing("10 min"), WITH_UKRAINE)}
FEWEST_SHOWN = 10  # modelled hosts infected, for a bar
HOURS_SHOWN = {"wannacry": (3, 14), "notpetya": (0, 5)}


def blank(title: str, caption: str, height_in: float) -> Figure:
    figure = Figure(figsize=(style.WIDTH_IN, height_in))
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    figure.supxlabel(caption, fontsize=7.5, color="#555555", x=0.01, ha="left")
    return figure


def caption_of(results: Results) -> str:
    some = next(iter(next(iter(results.values())).values())).result.run
    counts = {title: next(iter(measured.values())).result.run
              for title, measured in results.items()}
    scales = "; ".join(f"{title}: {run.hosts:,} modelled hosts"
                       + (f" of {run.real_hosts_per_host:.3g} real ones each"
                          if run.real_hosts_per_host != 1 else "")
                       for title, run in counts.items())
    replicates = some.series.sizes.get("replicate", 1)
    return (f"{scales}\n{replicates} replicates, seed 1, the same draws in all cases; annelid "
            f"{some.attributes.get('version', '?')}")


def name_panel(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", fontsize=9, fontweight="bold")


def draw_averted(outbreaks: tuple[Outbreak, ...], results: Results) -> Figure:
    """Averted infections by delay and compliance, against both other cases."""
    figure = blank("Infections in the allies that sharing alerts averts", caption_of(results), 6.2)
    axes = figure.subplots(2, len(outbreaks), sharex=True, squeeze=False)
    against = ((cases.NONE, "against sensors only"), (cases.ALONE, "against each for itself"))
    for column, outbreak in enumerate(outbreaks):
        for row, (other, words) in enumerate(against):
            ax = axes[row, column]
            draw_grid(ax, outbreak, results[outbreak.title], other)
            name_panel(ax, f"{outbreak.title}, {words}")
            ax.set_ylabel("Averted infections" if column == 0 else "")
        axes[1, column].set_xlabel("Delay of an alert")
    axes[1, -1].legend(*axes[0, -1].get_legend_handles_labels(), title="Allies that share",
                       fontsize=8, loc="upper right")
    figure.align_ylabels()
    return figure


def draw_grid(ax: Axes, outbreak: Outbreak, measured: dict[str, Measured], other: Case) -> None:
    ax.axhline(0, color=style.BLACK, linewidth=0.8)
    if other is cases.NONE:
        alone = averted(measured["none"].infected, measured["alone"].infected)
        ax.axhspan(alone.low, alone.high, color=style.GREY, alpha=0.35, linewidth=0)
        ax.axhline(alone.mean, color="#555555", linewidth=1.2, linestyle="--",
                   label="(each for itself)")
    families = [(f"{100 * compliance:.0f} %", [case for case in outbreak.cases
                                               if case.key.startswith("sharing")
                                               and case.compliance == compliance])
                for compliance in cases.COMPLIANCES]
    families.append(("100 % and Ukraine", [case for case in outbreak.cases
                                           if case.key.startswith("ukraine")]))
    for index, (label, mine) in enumerate(families):
        if mine:
            found = [averted(measured[other.key].infected, measured[case.key].infected)
                     for case in mine]
            x = [cases.DELAYS.index(case.delay) + 0.13 * (index - 1.5) for case in mine]
            reach = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
            ax.errorbar(x, [one.mean for one in found], yerr=np.nan_to_num(reach),
                        fmt=MARKERS[index], markersize=5, color=SHARING_COLOURS[index],
                        capsize=2.5, elinewidth=1.2, label=label)
    # What is next to nothing looks like it.
    level = measured["none"].infected.mean()
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, -0.03 * level), max(high, 0.15 * level))
    ax.set_xticks(range(len(cases.DELAYS)), cases.DELAYS)
    ax.set_xlim(-0.5, len(cases.DELAYS) - 0.5)
    ax.grid(axis="x", visible=False)
    ax.yaxis.set_major_formatter(FuncFormatter(short_count))


def draw_curves(outbreaks: tuple[Outbreak, ...], results: Results) -> Figure:
    """Infected hosts of the allies over time, case by case."""
    figure = blank("Infected hosts in the allies", caption_of(results)
                   + "\nlines: means; bands, of the first case and the last: 95 % of replicates",
                   4.0)
    axes = figure.subplots(1, len(outbreaks), squeeze=False)[0]
    for ax, outbreak in zip(axes, outbreaks):
        measured = results[outbreak.title]
        shown = [case for case in SHOWN[outbreak.key] if case.key in measured]
        for index, case in enumerate(shown):
            curve = measured[case.key].curve
            hours = measured[case.key].result.minutes / 60
            ax.plot(hours, curve.mean(axis=0), color=style.CYCLE[index], label=case.label,
                    linestyle=LINE_STYLES[index], linewidth=1.6, zorder=3 - 0.1 * index)
            if case in (shown[0], shown[-1]):
                low, high = np.quantile(curve, [0.025, 0.975], axis=0)
                ax.fill_between(hours, low, high, color=style.CYCLE[index], alpha=0.15,
                                linewidth=0)
        ax.set_xlim(*HOURS_SHOWN[outbreak.key])
        ax.set_ylim(0, 1.35 * ax.get_ylim()[1])  # room for the legend
        ax.set_xlabel("Hours since the start")
        ax.yaxis.set_major_formatter(FuncFormatter(short_count))
        name_panel(ax, outbreak.title)
        ax.legend(fontsize=7.5, loc="upper left")
    axes[0].set_ylabel("Infected hosts (real)")
    return figure


def draw_allies(outbreaks: tuple[Outbreak, ...], results: Results) -> Figure:
    """For each ally the share of its infections that is averted, alone and by sharing."""
    names = read_allies()
    some = next(iter(results[outbreaks[0].title].values()))
    order = np.argsort(-some.by_ally.mean(axis=0))
    codes = [some.allies[i] for i in order]
    figure = blank("Averted infections, ally by ally", caption_of(results)
                   + f"\npale: fewer than {FEWEST_HOSTS:,} modelled hosts are infected with "
                   f"sensors only; no bars: fewer than {FEWEST_SHOWN}", 1.8 + 0.24 * len(codes))
    axes = figure.subplots(1, len(outbreaks), sharey=True, squeeze=False)[0]
    drawn = [(cases.ALONE, style.ORANGE, "each for itself"),
             (cases.sharing("1 h"), style.BLUE, "sharing after 1 h"),
             (WITH_UKRAINE, style.PURPLE, "with Ukraine, after 10 min")]
    for ax, outbreak in zip(axes, outbreaks):
        measured = results[outbreak.title]
        mine = [(case, colour) for case, colour, _ in drawn if case.key in measured]
        for index, (case, colour) in enumerate(mine):
            draw_bars(ax, measured["none"], measured[case.key], codes,
                      (index - (len(mine) - 1) / 2) / len(mine), colour)
        ax.axvline(0, color=style.BLACK, linewidth=0.8)
        ax.grid(axis="y", visible=False)
        ax.set_xlim(*PERCENT_SHOWN)
        ax.set_xlabel("Averted, %")
        name_panel(ax, outbreak.title)
    axes[0].set_yticks(range(len(codes)), [names[code] for code in codes])
    axes[0].set_ylim(len(codes) - 0.4, -0.6)
    figure.legend(handles=[Patch(color=colour, label=label) for _, colour, label in drawn],
                  loc="upper right", ncols=3, fontsize=7.5, columnspacing=1.2)
    return figure


def draw_bars(ax: Axes, none: Measured, other: Measured, codes: list[str], shift: float,
              colour: str) -> None:
    for row, code in enumerate(codes):
        if code not in none.allies:
            continue
        ally = none.allies.index(code)
        level = none.by_ally[:, ally].mean()
        if level < FEWEST_SHOWN * none.scale:
            continue
        found = interval(100 * (none.by_ally[:, ally] - other.by_ally[:, ally]) / level)
        ax.barh(row + 0.74 * shift, found.mean, height=0.24, color=colour,
                alpha=1 if level / none.scale >= FEWEST_HOSTS else 0.45,
                xerr=None if np.isnan(found.low) else found.mean - found.low,
                error_kw={"elinewidth": 0.8, "capsize": 1.5})
