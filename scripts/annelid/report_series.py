"""Series of a run as a report shows them: bands, thinned rows, numbers for JSON."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from annelid.run_file import Run, RunFileError, seconds_since_start

LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)  # median, ranges of 50 % and 95 %
MIDDLE = 0.5
MOST_ROWS = 600  # more than a screen has room for
FEWEST_NEW_ROWS = 2

Numbers = list[float | int | None]


def has_quantiles(run: Run) -> bool:
    """True where the file holds bands instead of replicates."""
    return "quantile" in run.series.dims


def prepared(run: Run) -> Run:
    """A run whose series can be shown; RunFileError where there is nothing yet.

    Files of quantiles keep an axis `replicate` for what is counted once a replicate.
    """
    if "point" in run.series.dims:
        raise RunFileError(f"{run.path}: a study file (a report is about runs): "
                           "give run files of its points")
    if not has_quantiles(run):
        return run
    if bool(run.series["counts"].isel(time=0).isnull().any()):
        raise RunFileError(f"{run.path}: no numbers in it (no replicate is finished): "
                           "wait for the first, or resume the run")
    return replace(run, series=run.series.drop_dims("replicate", errors="ignore"))


def middle_run(run: Run) -> Run:
    """A run of quantiles as the run of its medians; any other as it is."""
    if not has_quantiles(run):
        return run
    return replace(run, series=run.series.sel(quantile=MIDDLE, method="nearest", drop=True))


def thinned(rows: int, most: int) -> np.ndarray:
    """Indices of at most `most` of `rows` rows at equal distances, the last one among them."""
    step = max(1, -(-(rows - 1) // max(most - 1, 1)))
    return np.unique(np.append(np.arange(0, rows, step), rows - 1))


def plain(values: np.ndarray) -> Numbers:
    """Numbers for JSON: whole ones as integers, others to five digits, NaN as None."""
    whole = np.asarray(values, dtype=np.float64)
    return [None if np.isnan(x) else int(x) if x == np.floor(x) else float(f"{x:.5g}")
            for x in whole.ravel().tolist()]


def levels_of(values: xr.DataArray) -> list[Numbers]:
    """Rows of numbers over time: one, or those at LEVELS of replicates or quantiles.

    values: dims ([replicate or quantile,] time).
    """
    if "replicate" in values.dims:
        values = values.quantile(LEVELS, "replicate").transpose("quantile", "time")
    elif "quantile" in values.dims:
        values = values.sel(quantile=list(LEVELS), method="nearest").transpose("quantile", "time")
    return [plain(row) for row in np.atleast_2d(values.values)]


def curves_of(run: Run, rows: np.ndarray) -> list[dict[str, object]]:
    """Every line that the epidemic curve can show, at the rows of time `rows`."""
    counts = run.series["counts"].isel(time=rows).load()
    vectors = run.series["vector_infections"].isel(time=rows).load()
    infected = run.infected_states
    curves = [{"name": name, "group": "state", "infected": name in infected,
               "levels": levels_of(counts.sel(state=name))}
              for name in counts["state"].values.tolist()]
    curves += [{"name": name, "group": "vector", "levels": levels_of(vectors.sel(vector=name))}
               for name in vectors["vector"].values.tolist()]
    # Quantiles of parts do not add up to quantiles of sums: a sum of medians stands alone then.
    if has_quantiles(run):
        counts, vectors = (part.sel(quantile=MIDDLE, method="nearest", drop=True)
                           for part in (counts, vectors))
    curves.append({"name": "infected hosts", "group": "infected",
                   "levels": levels_of(counts.sel(state=infected).sum("state"))})
    curves.append({"name": "infections since the start", "group": "infections",
                   "levels": levels_of(vectors.sum("vector"))})
    return [curve for curve in curves if any(any(row) for row in curve["levels"])]


def incidence_of(run: Run) -> dict[str, object] | None:
    """New infections per bin of time, seeds left out; times are the middles of the bins."""
    run = middle_run(run)
    if run.series.sizes["time"] < FEWEST_NEW_ROWS:
        return None
    incidence = run.incidence()
    total = incidence.total
    if float(total.max()) <= 0:
        return None
    starts_s = seconds_since_start(np.append(run.series["time"].values[:1],
                                             total["time"].values))[1:]
    return {"unit": incidence.unit, "width_s": incidence.width_s,
            "time_s": plain(starts_s + incidence.width_s / 2), "levels": levels_of(total)}


def series_of(run: Run) -> dict[str, object]:
    """All lines of a run over time, with their times in seconds since its start."""
    times = run.series["time"].values
    rows = thinned(len(times), MOST_ROWS)
    elapsed_s = seconds_since_start(times)
    marks = [{"time_s": float((time - times[0]) / np.timedelta64(1, "s")), "name": name}
             for time, name in run.milestones]
    return {"time_s": plain(elapsed_s[rows]), "curves": curves_of(run, rows),
            "incidence": incidence_of(run), "milestones": marks}
