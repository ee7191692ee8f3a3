"""The main numbers of runs in words: key figures, sentences, a comparison, where they come from."""

from __future__ import annotations

import h5py
import xarray as xr

from annelid.report_series import has_quantiles, middle_run
from annelid.run_file import Run
from annelid.summary import summarise
from annelid.text import clock, spread

# Lines of scripts/summary that a report has elsewhere.
ELSEWHERE = ("Run file", "Start")
FEWEST_HOSTS = 1000  # of which a scaled run is evidence for a level (results of a small world vary)
PROVENANCE = {"seed": "Seed of the outbreak", "population_seed": "Seed of the world",
              "replicates": "Replicates", "version": "annelid", "git_commit": "Commit",
              "created": "Run started", "ranks": "MPI ranks",
              "team_size": "Ranks of a team", "threads": "Threads a rank",
              "hosts": "Modelled hosts", "real_hosts": "Real hosts",
              "real_hosts_per_host": "Real hosts per modelled host", "step_us": "Step",
              "format_version": "Format of the file"}


def lines_of(run: Run) -> list[list[str]]:
    """[label, text] of what happened, as scripts/summary says it."""
    lines = [line.partition(":") for line in summarise(middle_run(run))[1:]]
    return [[label, text.strip()] for label, _, text in lines
            if text.strip() and label not in ELSEWHERE]


def warnings_of(run: Run) -> list[str]:
    """What a reader must know to trust the numbers, most important first."""
    warnings = []
    if not run.complete:
        upto = ("are of the replicates that are finished" if has_quantiles(run) else
                f"are up to {clock(run.series['time'].values[-1])} of simulated time")
        warnings.append("This run is unfinished: it goes on, or it was cut off. "
                        f"All numbers {upto}.")
    warnings += failures_of(run)
    asked, there = int(run.attributes.get("replicates", 1)), run.series.sizes.get("replicate", 1)
    if not has_quantiles(run) and there < asked:
        warnings.append(f"Only {there} of {asked} replicates are finished and shown.")
    if has_quantiles(run):
        warnings.append("The file holds quantiles of each series and not the replicates. Totals "
                        "over states, vectors or places are sums of medians: near the median "
                        "of the total, but not the same, and without a range.")
    middle = middle_run(run)
    if run.real_hosts_per_host != 1 and _median(middle.infections.isel(time=-1)) < FEWEST_HOSTS:
        warnings.append(f"Fewer than {FEWEST_HOSTS:,} modelled hosts were infected in a world that "
                        f"is scaled down {run.real_hosts_per_host:.4g} times: the level is no "
                        "evidence, only the course is. Run it with more population.hosts.")
    return warnings


def failures_of(run: Run) -> list[str]:
    """What replicates that came to no end had to say, the same reasons together."""
    with h5py.File(run.path) as file:
        if "failures" not in file:
            return []
        numbers = file["failures/replicate"][:].tolist()
        reasons = [_decoded(text) for text in file["failures/reason"][:]]
    by_reason: dict[str, list[int]] = {}
    for number, reason in zip(numbers, reasons, strict=True):
        by_reason.setdefault(reason, []).append(number)
    return [f"Replicate{'s' if len(failed) > 1 else ''} {', '.join(map(str, failed))} failed and "
            f"{'are' if len(failed) > 1 else 'is'} left out: {reason}"
            for reason, failed in by_reason.items()]


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)


def figures_of(run: Run) -> list[dict[str, str]]:
    """Key figures: label, value and a note each; real hosts where the run stands for them."""
    run = middle_run(run)
    factor = run.real_hosts_per_host
    kind = "real hosts" if factor != 1 else "hosts"
    total = run.infections.isel(time=-1)
    found = [_figure("Infections", total * factor, f"{kind}, since the start"),
             _figure("Share of all hosts", 100 * total / run.hosts, "infections per 100 hosts",
                     " %")]
    if run.series.sizes["time"] > 1:
        incidence = run.incidence()
        peak = incidence.total.max("time")
        middle = incidence.total.median("replicate") if run.has_replicates else incidence.total
        when = clock(middle["time"].values[int(middle.argmax("time"))])
        if float(peak.max()) > 0:
            note = f"{kind} per {incidence.unit}, from {when}"
            found.append(_figure("Peak", peak * factor, note))
    if run.has_countries:
        reached = (run.infected_at_end("country") > 0).sum("country")
        found.append(_figure("Countries", reached, "with infected hosts at the end"))
    out = run.disrupted.max("time")
    if float(out.max()) > 0:
        found.append(_figure("Out of use", out * factor, f"{kind} at the same time, at most"))
    return found


def _figure(label: str, values: xr.DataArray, note: str, unit: str = "") -> dict[str, str]:
    """A short number; of replicates the median, its range in the note."""
    text = f"{_in_words(_median(values))}{unit}"
    if "replicate" in values.dims:
        low, high = (_in_words(float(x)) for x in values.quantile([0.025, 0.975], "replicate"))
        note += f"; 95 % of replicates {low} to {high}{unit}"
    return {"label": label, "value": text, "note": note}


def _in_words(value: float) -> str:
    """Three digits: 86,500, 1.23 million, 0.00577."""
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{value / size:.3g}{name}"
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _median(values: xr.DataArray) -> float:
    return float(values.median("replicate") if "replicate" in values.dims else values)


def comparison_of(run: Run, baseline: Run | None) -> list[str]:
    """A row of the table of runs: infections, change against a baseline, peak, countries, out."""
    figures = {figure["label"]: figure for figure in figures_of(run)}
    middle = middle_run(run)
    total = middle.infections.isel(time=-1) * run.real_hosts_per_host
    change = []
    if baseline is not None:
        change = ["baseline" if run is baseline else change_of(
            total, middle_run(baseline).infections.isel(time=-1) * baseline.real_hosts_per_host)]
    values = [figures[name]["value"] if name in figures else "–"
              for name in ("Peak", "Countries", "Out of use")]
    if "Peak" in figures:
        values[0] += f" per {middle.incidence().unit}"
    return [spread(total), *change, *values]


def change_of(total: xr.DataArray, of_baseline: xr.DataArray) -> str:
    """Relative change of infections; of replicates that both have, the median of the pairs.

    Replicates of one number share their draws (common random numbers), so pairs differ by
    what was changed and not by chance.
    """
    if "replicate" in total.dims and "replicate" in of_baseline.dims:
        total, of_baseline = xr.align(total, of_baseline, join="inner")
        if total.size > 0 and (of_baseline > 0).all():
            return _signed(spread(100 * (total / of_baseline - 1), "+,.3g"))
        return "–"
    before = _median(of_baseline)
    return _signed(f"{100 * (_median(total) / before - 1):+,.3g}") if before > 0 else "–"


def _signed(text: str) -> str:
    return text.replace("-", "−") + " %"


def provenance_of(run: Run) -> list[list[str]]:
    """[label, text] of the root attributes that say where the numbers come from."""
    rows = [["Run file", str(run.path.name)], ["Title", run.title],
            ["Simulated", f"{clock(run.series['time'].values[0])} to "
                          f"{clock(run.series['time'].values[-1])}"],
            ["Finished", "yes" if run.complete else "no"]]
    return rows + [[label, _text(name, run.attributes[name])] for name, label in PROVENANCE.items()
                   if name in run.attributes]


def _text(name: str, value: str | int | float) -> str:
    if name == "step_us":
        return f"{int(value) / 1e6:,g} s"
    # Seeds are names, not quantities.
    return str(value) if isinstance(value, str) or "seed" in name else f"{value:,.10g}"
