"""What a report says, as data; and the page that holds it, from the template that npm bundled."""

from __future__ import annotations

import html
import json
from datetime import datetime, timezone
from pathlib import Path

import h5py

from annelid.report_places import MOST_FRAMES, countries_of, sectors_of
from annelid.report_series import has_quantiles, prepared, series_of
from annelid.report_tree import transmission_of
from annelid.report_words import (comparison_of, figures_of, lines_of, provenance_of, warnings_of)
from annelid.run_file import Run, RunFileError

MOST_RUNS = 7  # colours that anybody can tell apart
TITLE, DATA = "@@TITLE@@", "@@DATA@@"
FEWEST_FRAMES = 60


def split_worms(runs: list[Run]) -> list[tuple[Run, int | None]]:
    """Each worm of each file, with its number where the file has several."""
    found: list[tuple[Run, int | None]] = []
    for run in runs:
        worms = run.worms
        found += [(one, number if len(worms) > 1 else None) for number, one in enumerate(worms)]
    if len(found) > MOST_RUNS:
        raise RunFileError(f"{len(found)} outbreaks in {len(runs)} files (a report tells at most "
                           f"{MOST_RUNS} apart): give fewer files")
    return found


def labels_of(runs: list[Run]) -> list[str]:
    """What tells the runs apart: worm or title, else folder and file, else a number besides."""
    if all(run.worm for run in runs) and len({run.path for run in runs}) == 1:
        return [run.worm for run in runs]
    titles = [run.title for run in runs]
    if len(set(titles)) == len(titles):
        return titles
    paths = [f"{run.path.resolve().parent.name}/{run.path.stem}" for run in runs]
    names = [f"{path} ({run.worm})" if run.worm else path
             for path, run in zip(paths, runs, strict=True)]
    if len(set(names)) == len(names):
        return names
    return [f"{number}: {name}" for number, name in enumerate(names, 1)]


def title_of(runs: list[Run]) -> str:
    titles = list(dict.fromkeys(run.title for run in runs))
    if len(runs) == 1:
        return titles[0]
    if len(titles) <= 2:
        return f"{' and '.join(titles)}: {len(runs)} runs compared"
    return f"{titles[0]} and {len(runs) - 1} other runs compared"


def data_of(runs: list[Run]) -> dict[str, object]:
    """Everything that the page shows, the first run as the baseline."""
    runs = [prepared(run) for run in runs]
    outbreaks = split_worms(runs)
    labels = labels_of([run for run, _ in outbreaks])
    frames = max(FEWEST_FRAMES, MOST_FRAMES // len(outbreaks))
    baseline = outbreaks[0][0]
    shown = [_run_data(run, worm, label, frames)
             | {"comparison": comparison_of(run, baseline if len(runs) > 1 else None)}
             for (run, worm), label in zip(outbreaks, labels, strict=True)]
    return {"title": title_of(runs), "runs": shown, "files": len(runs),
            "generated": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")}


def _run_data(run: Run, worm: int | None, label: str, frames: int) -> dict[str, object]:
    start = run.series["time"].values[0].astype("datetime64[ms]")
    kind = ("quantiles" if has_quantiles(run) else "replicates" if run.has_replicates else "single")
    return {"label": label, "kind": kind, "complete": run.complete, "hosts": run.hosts,
            "replicates": int(run.attributes.get("replicates", 1)),
            "factor": run.real_hosts_per_host, "start": f"{start}Z",
            "figures": figures_of(run), "lines": lines_of(run), "warnings": warnings_of(run),
            "series": series_of(run), "countries": countries_of(run, frames),
            "sectors": sectors_of(run), "transmission": transmission_of(run, worm),
            "provenance": provenance_of(run), "scenario": _scenario_text(run)}


def _scenario_text(run: Run) -> str:
    with h5py.File(run.path) as file:
        text = file["scenario"][()] if "scenario" in file else b""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)


def embedded(data: dict[str, object]) -> str:
    """JSON that is safe inside a script element: no text in it ends that or opens another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                              ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(character, escape)
    # Lone surrogates of damaged text have no UTF-8.
    return text.encode("utf-8", "replace").decode()


def page_of(template: Path, data: dict[str, object]) -> str:
    """The whole page; title and data are put in once each, whatever they hold themselves."""
    head, title, rest = template.read_text(encoding="utf-8").partition(TITLE)
    middle, mark, tail = rest.partition(DATA)
    if not title or not mark:
        raise ValueError(f"{template} lacks {TITLE} or {DATA}")
    return "".join([head, html.escape(str(data["title"])), middle, embedded(data), tail])
