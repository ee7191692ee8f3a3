"""Pictures of row 6: the day in Ukraine, and single enterprises."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.validation import notpetya
from annelid.validation.experiment import Result
from annelid.validation.picture import Picture

HOURS_SHOWN = 4
# An organisation is out of service when more than this share of its hosts is.
SHARE_OUT = 0.5
SIZES = [(1, 1, "1 host"), (2, 9, "2 to 9"), (10, 49, "10 to 49"), (50, 249, "50 to 249"),
         (250, None, "250 and more")]
VECTORS = {"update": "poisoned update", "stolen": "stolen credentials", "exploit": "exploit",
           "partners": "partner links"}


def shown(series: xr.DataArray) -> xr.DataArray:
    """The hours in which anything happens."""
    start = series["time"].values[0]
    return series.sel(time=slice(start, start + np.timedelta64(HOURS_SHOWN, "h")))


def draw_lines(ax: Axes, lines: list[tuple[str, xr.DataArray]], title: str) -> None:
    for index, (label, series) in enumerate(lines):
        style.plot_series(ax, shown(series), label, color=style.CYCLE[index],
                          linestyle=style.LINE_STYLES[index % len(style.LINE_STYLES)])
    ax.set_title(title, loc="left", fontsize=9, fontweight="bold")
    style.time_axis(ax, shown(lines[0][1])["time"].values)


def draw_places(ax: Axes, result: Result) -> None:
    by_country = result.infected_by_country
    out = result.per_replicate(result.run.disrupted)
    home = by_country.sel(country="UA")
    draw_lines(ax, [("in Ukraine", home), ("abroad", by_country.sum("country") - home),
                    ("out of use", out)], "Hosts infected, and out of use")
    ax.set_yscale("log")
    ax.set_ylim(bottom=0.8)
    ax.set_ylabel("Hosts")
    style.thousands(ax)
    ax.legend(loc="lower right")


def draw_vectors(ax: Axes, result: Result) -> None:
    by_vector = result.per_replicate(result.run.series["vector_infections"])
    draw_lines(ax, [(name, by_vector.sel(vector=vector)) for vector, name in VECTORS.items()],
               "Infections by vector")
    ax.set_yscale("log")
    ax.set_ylim(bottom=0.8)
    ax.set_ylabel("Infections since the start")
    style.thousands(ax)
    ax.legend(loc="lower right")


def draw_states(ax: Axes, result: Result) -> None:
    counts = result.per_replicate(result.run.series["counts"]) / 1e6
    draw_lines(ax, [("spreading", counts.sel(state=["exposed", "infectious"]).sum("state")),
                    ("wiped", counts.sel(state="wiped"))], "Hosts by what they do")
    ax.set_ylabel("Million hosts")
    ax.set_ylim(bottom=0)
    ax.legend(loc="center right")


def out_of_service(result: Result) -> list[tuple[str, np.ndarray, int]]:
    """For each class of size: when its organisations go out of service (s), and how many it has."""
    wiped = list(result.run.series["state"].values).index("wiped")
    changes = result.events("transitions")
    is_wipe = changes["to"] == wiped
    organisation = result.organisation_of(changes["host"][is_wipe])
    time_s = changes["time_us"][is_wipe] / 1e6
    order = np.lexsort((time_s, organisation))
    organisation, time_s = organisation[order], time_s[order]
    hit, first, count = np.unique(organisation, return_index=True, return_counts=True)
    size = result.organisation_sizes
    needed = np.floor(SHARE_OUT * size[hit]).astype(int)  # one host more puts it out of service
    out = needed < count
    when = time_s[(first + needed)[out]]
    classes = []
    for low, high, label in SIZES:
        def inside(sizes: np.ndarray, low: int = low, high: int | None = high) -> np.ndarray:
            return (sizes >= low) & (sizes <= (high or sizes.max(initial=0)))
        classes.append((label, np.sort(when[inside(size[hit][out])]), int(inside(size).sum())))
    return classes


def draw_organisations(ax: Axes, result: Result) -> None:
    start = result.run.series["time"].values[0]
    hours = np.linspace(0, HOURS_SHOWN, 60 * HOURS_SHOWN + 1)
    times = start + (hours * 3.6e9).astype("timedelta64[us]")
    for index, (label, when, number) in enumerate(out_of_service(result)):
        share = 100 * np.searchsorted(when, hours * 3600, side="right") / number
        ax.plot(times, share, label=f"{label}: {len(when):,} of {number:,}",
                color=style.CYCLE[index], linestyle=style.LINE_STYLES[index % 4])
    style.time_axis(ax, times)
    ax.set_title("Organisations out of service", loc="left", fontsize=9, fontweight="bold")
    ax.set_ylabel("% of Ukraine's, by size")
    ax.set_ylim(0, 100)
    ax.legend(fontsize=7.5, loc="upper left")


def draw_day(results: dict[str, Result]) -> Figure:
    ukraine = results[notpetya.UKRAINE.name]
    figure = style.titled_figure(ukraine.run, "the day", 6.4)
    (places, vectors), (states, organisations) = figure.subplots(2, 2)
    draw_places(places, ukraine)
    draw_vectors(vectors, ukraine)
    draw_states(states, ukraine)
    draw_organisations(organisations, results[notpetya.DAY.name])
    return figure


def draw_enterprise(ax: Axes, result: Result, minutes: float, title: str) -> None:
    """Every replicate, as a share of all hosts."""
    for curve in 100 * result.infected.values / result.run.hosts:
        ax.plot(result.minutes, curve, color=style.BLUE, alpha=0.3, linewidth=0.8)
    ax.set_xlim(0, minutes)
    ax.set_ylim(0, 102)
    ax.set_xlabel("Minutes since the first host was infected")
    ax.set_ylabel("% of hosts infected")
    ax.set_title(title, loc="left", fontsize=9, fontweight="bold")


def draw_enterprises(results: dict[str, Result]) -> Figure:
    ncc, flat = results[notpetya.NCC.name], results[notpetya.FLAT.name]
    figure = style.titled_figure(flat.run, "single enterprises", 3.4)
    left, right = figure.subplots(1, 2, sharey=True)
    figure.suptitle("NotPetya in single enterprises", fontsize=11, fontweight="bold", x=0.01,
                    ha="left")
    figure.supxlabel(f"{ncc.infected.sizes['replicate']} and {flat.infected.sizes['replicate']} "
                     f"replicates, seed 1; annelid {flat.run.attributes.get('version', '?')}",
                     fontsize=7.5, color="#555555", x=0.01, ha="left")
    draw_enterprise(left, ncc, 65, "107 hosts, 3 unpatched (NCC Group)")
    left.axvspan(30, 60, color=style.ORANGE, alpha=0.25, linewidth=0)
    left.text(45, 50, "record:\nabout 100 hosts", ha="center", fontsize=8.5)
    draw_enterprise(right, flat, 65, "49,000 hosts in one domain")
    right.axvline(60, color=style.ORANGE, linewidth=2)
    right.text(58.5, 50, "record: all\nwithin about 1 h", ha="right", fontsize=8.5)
    right.set_ylabel("")
    return figure


PICTURES = [
    Picture(6, "notpetya-day", draw_day,
            (notpetya.UKRAINE, notpetya.DAY),
            "NotPetya on 27 June 2017: medians of the replicates with ranges of 95 %; "
            "organisations of one outbreak. An organisation is out of service when more than half "
            "of its hosts are wiped."),
    Picture(6, "notpetya-enterprises", draw_enterprises, (notpetya.NCC, notpetya.FLAT),
            "One enterprise each: every line is a replicate, what is orange the record."),
]
