"""How fast an outbreak grew: its curve on a log axis with the fitted rate; the rate over time."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from annelid.figures import style
from annelid.measures import at_risk, growth_rate, infections, quantiles
from annelid.run_file import Run, seconds_since_start
from annelid.text import UNITS_S, long_duration

FEWEST_HOSTS = 50  # infected, and still at risk: of fewer the slope is all noise
GROWN = 0.99
AFTERWARDS = 1.4  # times as long as until then
SPAN = 0.5  # of a doubling time: what a rate over time is taken over, so that its noise is bearable


def draw(run: Run) -> Figure | None:
    """None where there is no window of growth, or only quantiles of several vectors."""
    try:
        curve = infections(run.series)
    except ValueError:
        return None
    if run.has_quantiles:
        curve = quantiles(curve, [0.5]).isel(quantile=0)
        growth = growth_rate(run.series.sel(quantile=0.5, method="nearest"))
    else:
        growth = growth_rate(run.series)
    if not np.isfinite(growth["rate_per_s"].values).any():
        return None
    figure = style.titled_figure(run, "growth", 6.0)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    draw_curve(upper, run, curve, growth)
    draw_rates(lower, run, curve, growth)
    style.time_axis(lower, until_grown(run, curve))
    for ax in (upper, lower):
        style.mark_milestones(ax, run, with_names=ax is upper)
    figure.align_ylabels()
    return figure


def until_grown(run: Run, curve: xr.DataArray) -> np.ndarray:
    """Rows until well after nearly all infections of the slowest replicate have happened."""
    grown = (curve >= GROWN * curve.isel(time=-1)).values.reshape(-1, curve.sizes["time"])
    rows = int(AFTERWARDS * grown.argmax(axis=1).max()) + 2
    return run.series["time"].values[:rows]


def draw_curve(ax: Axes, run: Run, curve: xr.DataArray, growth: xr.Dataset) -> None:
    """Infections since the start, and the fitted exponential in its window and a little beyond."""
    style.plot_series(ax, infections(run.series), "infections since the start",
                      color=style.VERMILION)
    times = run.series["time"].values
    elapsed_s = seconds_since_start(times)
    first_s, last_s = (float(growth[name].median()) for name in ("first_s", "last_s"))
    rate, level = middle_line(curve, elapsed_s, growth, first_s, last_s)
    ends_s = np.array([max(0, first_s - 0.3 * (last_s - first_s)),
                       min(elapsed_s[-1], last_s + 0.3 * (last_s - first_s))])
    ax.plot(style.at(times[0], ends_s), level * np.exp(rate * (ends_s - first_s)),
            color=style.BLACK, linewidth=1.2, linestyle="--", label=describe(growth))
    ax.axvspan(*style.at(times[0], np.array([first_s, last_s])), color=style.SKY, alpha=0.18,
               linewidth=0, label="window of the fit")
    ax.set_yscale("log")
    final = float(infections(run.series).max())
    ax.set_ylim(0.8, 2 * final)
    ax.set_ylabel("Infections since the start\n(modelled hosts)")
    style.thousands(ax)
    style.real_hosts_axis(ax, run)
    ax.legend(loc="lower right")


def middle_line(curve: xr.DataArray, elapsed_s: np.ndarray, growth: xr.Dataset, first_s: float,
                last_s: float) -> tuple[float, float]:
    """Rate per second and infections at `first_s` of a line through the curve or the median one."""
    rate = float(growth["rate_per_s"].median())
    if "replicate" not in curve.dims:
        return rate, float(growth["level"])
    window = (elapsed_s >= first_s) & (elapsed_s <= last_s)
    middle = curve.median("replicate").values[window]
    return rate, float(np.exp(np.mean(np.log(middle) - rate * (elapsed_s[window] - first_s))))


def draw_rates(ax: Axes, run: Run, curve: xr.DataArray, growth: xr.Dataset) -> None:
    """The slope of the logit over half a doubling time, and the fitted rate with its interval."""
    unit, per_s = unit_of(growth)
    elapsed_s = xr.DataArray(seconds_since_start(run.series["time"].values), dims="time")
    row_s = float(elapsed_s.diff("time").median())
    rows = max(1, round(SPAN * float(growth["doubling_time_s"].median()) / row_s))
    hosts = at_risk(run.series.isel(quantile=0) if run.has_quantiles else run.series)
    known = curve.where((curve >= FEWEST_HOSTS) & (hosts - curve >= FEWEST_HOSTS))
    logit = np.log(known / (hosts - known))
    rates = per_s * (logit - logit.shift(time=rows)) / (elapsed_s - elapsed_s.shift(time=rows))
    rates["time"] = rates["time"] - np.timedelta64(int(rows * row_s * 5e5), "us")  # the middle
    if "replicate" in rates.dims:
        rates = rates.where(rates.notnull().all("replicate"), drop=True)
    style.plot_series(ax, rates, "slope of the curve", color=style.BLUE)
    low, middle, high = interval(growth)
    ax.axhline(middle * per_s, color=style.BLACK, linewidth=1.2, linestyle="--")
    ax.axhspan(low * per_s, high * per_s, color=style.BLACK, alpha=0.15, linewidth=0)
    ax.set_ylim(0, 2 * middle * per_s)
    ax.set_ylabel(f"Growth rate per {unit}\n(slope of the logit)")


def interval(growth: xr.Dataset) -> tuple[float, float, float]:
    """Low, middle and high of the rate per second: its interval, or 95 % of the replicates."""
    if "replicate" in growth["rate_per_s"].dims:
        low, middle, high = growth["rate_per_s"].quantile([0.025, 0.5, 0.975]).values
        return float(low), float(middle), float(high)
    return float(growth["low_per_s"]), float(growth["rate_per_s"]), float(growth["high_per_s"])


def unit_of(growth: xr.Dataset) -> tuple[str, int]:
    """Name and seconds of the longest unit in which an outbreak grows less than tenfold or so."""
    rate = float(growth["rate_per_s"].median())
    return next(((unit, s) for unit, s in UNITS_S.items() if rate * s < 10), ("second", 1))


def describe(growth: xr.Dataset) -> str:
    """The rate and the doubling time in words."""
    unit, per_s = unit_of(growth)
    low, middle, high = (value * per_s for value in interval(growth))
    what = ("95 % of replicates" if "replicate" in growth["rate_per_s"].dims
            else "median curve's 95 % interval" if "quantile" in growth.coords else "95 % interval")
    return (f"K = {middle:.3g} per {unit} ({what}: {low:.3g} to {high:.3g})\n"
            f"doubling time {long_duration(float(np.log(2) / middle * per_s))}")
