"""scripts/early-warning: how soon a network telescope knows how fast a worm grows.

The estimate of Zou, Gao, Gong and Towsley, "Monitoring and early warning for Internet worms"
(CCS 2003) [R], from what a telescope of a run has seen, interval by interval of length D:

    I_t (1 + g I_(t-1)) = (1 + a) I_(t-1),  1 + a = exp(K D),  g = a / N

is the simple epidemic of rate K sampled at t = D, 2 D, … (exact for any D; for a short one it is
their I_t = (1 + a) I_(t-1) - b I_(t-1)^2) [D]. With Z_t scans in an interval, proportional to I_t,

    Z_t - Z_(t-1) = a Z_(t-1) - g' Z_t Z_(t-1) + noise

is linear in (a, g'): a Kalman filter of that constant state, with the variance of Poisson counts
and of the births in one interval, gives K = log(1 + a) / D with its uncertainty, one interval after
the other, without any knowledge of N. It holds from the first hosts to the last.

Sources are biased: the C_t that have been seen lag behind the I_t that there are. Each is first
seen at rate e per second, and so I_t = (C_(t+1) - q C_t) / (1 - q), q = exp(-e D), their correction
of the bias. The rate e comes from the telescope itself: scans of sources after their first are
e times the time integral of C [D]. Both need sources that stay, and hosts that scan at one rate:
where rates differ the slow ones are seen late, and a small telescope takes growth to be slower.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annelid.measures.growth import fit_growth
from annelid.run_file import Run, RunFileError, duration_s, open_run, seconds_since_start
from annelid.text import clock, percent

TOLERANCE = 0.25
FEWEST_COUNTS = 10  # below, the noise of what the filter multiplies with would bias it
INTERVALS_OF_GROWTH = 50
LOWEST_GROWTH = 0.05  # of a count in one interval: what is less is taken for it


@dataclass(frozen=True)
class Observations:
    """What a telescope has seen since the start, at equally spaced times.

    elapsed_s: seconds since the start, shape (time,).
    scans, sources: counts, shape (time,).
    """

    elapsed_s: np.ndarray
    scans: np.ndarray
    sources: np.ndarray

    @property
    def interval_s(self) -> float:
        return float(self.elapsed_s[1] - self.elapsed_s[0])

    def every(self, interval_s: float) -> Observations:
        """The same at intervals of whole rows, as close to `interval_s` as these allow."""
        stride = max(1, round(interval_s / self.interval_s))
        return Observations(self.elapsed_s[::stride], self.scans[::stride], self.sources[::stride])


@dataclass(frozen=True)
class Estimate:
    """Growth rate K of an outbreak as it was known at each time; NaN where nothing was.

    elapsed_s: seconds since the start, shape (time,).
    rate_per_s, sd_per_s: the estimate and its standard deviation, shape (time,).
    """

    elapsed_s: np.ndarray
    rate_per_s: np.ndarray
    sd_per_s: np.ndarray


def observe(run: Run, telescope: str, replicate: int = 0) -> Observations:
    """What `telescope` has seen in a run; `replicate` counts those in the file."""
    seen = run.series[["telescope_scans", "telescope_sources"]].sel(telescope=telescope)
    if "replicate" in seen.dims:
        seen = seen.isel(replicate=replicate)
    elapsed_s = seconds_since_start(run.series["time"].values)
    if len(elapsed_s) < 3:
        raise RunFileError(f"{run.path}: no early warning (it has {len(elapsed_s)} rows of time): "
                           "record more often")
    # The last row may come sooner after the one before.
    rows = np.flatnonzero(np.isclose(np.diff(elapsed_s), elapsed_s[1] - elapsed_s[0]))[-1] + 2
    return Observations(elapsed_s[:rows], seen["telescope_scans"].values[:rows].astype(float),
                        seen["telescope_sources"].values[:rows].astype(float))


def choose_interval_s(seen: Observations) -> float:
    """50 intervals from the first sight to half of the most scans a row, in seconds."""
    per_row = np.diff(seen.scans)
    if not per_row.any():
        return seen.interval_s
    first = int(np.flatnonzero(per_row)[0])
    half = int(np.flatnonzero(per_row >= per_row.max() / 2)[0])
    rows = max(1, round((half - first) / INTERVALS_OF_GROWTH))
    return rows * seen.interval_s


def probes_per_source_s(seen: Observations) -> np.ndarray:
    """Scans per second that the telescope gets of each source, as known at each time, (time,)."""
    middles = (seen.sources[1:] + seen.sources[:-1]) / 2
    watched_s = np.concatenate([[0], np.cumsum(middles) * seen.interval_s])
    further = seen.scans - seen.sources
    return np.divide(further, watched_s, out=np.full(len(further), np.nan), where=watched_s > 0)


def infected_from_sources(seen: Observations) -> np.ndarray:
    """Infected hosts as corrected for those not yet seen, (time,); known an interval later.

    NaN in the last row, and as long as no source was seen twice.
    """
    rate = probes_per_source_s(seen)[1:]
    missed = np.exp(-rate * seen.interval_s)
    infected = np.full(len(seen.sources), np.nan)
    known = rate > 0
    infected[:-1][known] = ((seen.sources[1:] - missed * seen.sources[:-1])[known]
                            / (1 - missed[known]))
    return infected


def growth_from_scans(seen: Observations) -> Estimate:
    """K from the scans of each interval."""
    counts = np.diff(seen.scans)
    births = np.nan_to_num(probes_per_source_s(seen)[1:]) * seen.interval_s
    return _estimate(seen.elapsed_s[1:], counts, counts, births, seen.interval_s)


def growth_from_sources(seen: Observations) -> Estimate:
    """K from the infected hosts that the new sources of each interval stand for."""
    infected = infected_from_sources(seen)[:-1]
    missed = np.exp(-np.nan_to_num(probes_per_source_s(seen)[1:]) * seen.interval_s)
    hidden = np.maximum(infected - seen.sources[:-1], 1)
    with np.errstate(divide="ignore"):
        variance = np.where(missed < 1, hidden * missed / (1 - missed), np.inf)
    return _estimate(seen.elapsed_s[1:], infected, variance, np.ones(len(infected)),
                     seen.interval_s)


def _estimate(elapsed_s: np.ndarray, counts: np.ndarray, variances: np.ndarray,
              births: np.ndarray, interval_s: float) -> Estimate:
    growth, sd = kalman(counts, variances, births)
    factor = np.maximum(1 + growth, LOWEST_GROWTH)
    return Estimate(elapsed_s, np.log(factor) / interval_s, sd / factor / interval_s)


def kalman(counts: np.ndarray, variances: np.ndarray,
           births: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Growth `a` per interval and its standard deviation, as known after each interval; (time,).

    counts: what is proportional to the infected in each interval.
    variances: of each count about that.
    births: variance of a count per count and growth, from the chance of who infects: the counts
        that one host makes.
    All have shape (time,); a count that is not known is NaN.
    """
    state = np.zeros(2)  # a and g'
    covariance = np.eye(2)
    growth, sd = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    for t in range(1, len(counts)):
        before, now = counts[t - 1], counts[t]
        if before >= FEWEST_COUNTS and np.isfinite(now) and np.isfinite(variances[t - 1]):
            seen_by = np.array([before, -now * before])
            a = max(state[0], 0)
            # Weights go by what was known before, so that no count chooses its own.
            noise = variances[t - 1] * (1 + a) * (2 + a) + births[t - 1] * a * before + 1
            gain = covariance @ seen_by / (seen_by @ covariance @ seen_by + noise)
            state = state + gain * (now - before - seen_by @ state)
            covariance = covariance - np.outer(gain, seen_by @ covariance)
            covariance = (covariance + covariance.T) / 2
            growth[t], sd[t] = state[0], np.sqrt(max(covariance[0, 0], 0))
        else:
            growth[t], sd[t] = growth[t - 1], sd[t - 1]
    return growth, sd


def infected_in(run: Run, replicate: int = 0) -> tuple[np.ndarray, float]:
    """Modelled hosts infected since the start, (time,), and how many could be."""
    counts = run.series["counts"].isel(time=0)
    infected = run.infections
    if run.has_replicates:
        counts, infected = counts.isel(replicate=replicate), infected.isel(replicate=replicate)
    open_hosts = counts.sum("state") - counts.sel(state="immune")
    return infected.values.astype(float), float(open_hosts)


def stable_from(estimate: Estimate, rate_per_s: float, tolerance: float = TOLERANCE) -> int | None:
    """Index of the first time from which on the estimate is within `tolerance` for good."""
    # NaN is not close.
    close = np.abs(estimate.rate_per_s / rate_per_s - 1) <= tolerance
    far = np.flatnonzero(~close)
    first = int(far[-1]) + 1 if len(far) else 0
    return first if first < len(close) else None


def telescopes_of(run: Run) -> list[str]:
    """Names of a run's telescopes."""
    return [str(name) for name in run.series["telescope"].values] if (
        "telescope_scans" in run.series) else []


def describe(run: Run, telescope: str, interval_s: float, rate_per_s: float) -> list[str]:
    """Lines about one telescope. 0 for an interval or a rate: as the run has it."""
    seen = observe(run, telescope)
    seen = seen.every(interval_s or choose_interval_s(seen))
    infected, hosts = infected_in(run)
    elapsed_s = seconds_since_start(run.series["time"].values)
    rate_per_s = rate_per_s or fit_growth(elapsed_s, infected, hosts).rate_per_s
    lines = [f"Telescope {telescope}{' of ' + run.worm if run.worm else ''}: "
             f"{seen.scans[-1]:,.0f} scans of {seen.sources[-1]:,.0f} sources, "
             f"intervals of {seen.interval_s:g} s",
             f"  true growth rate   {rate_per_s * 3600:.4g} per hour"]
    for what, estimate in (("scans", growth_from_scans(seen)),
                           ("sources", growth_from_sources(seen))):
        text = f"  from {what + ',':<9} last {_last(estimate)} per hour; "
        stable = stable_from(estimate, rate_per_s)
        if stable is None:
            lines.append(text + f"never within {TOLERANCE:.0%} for good")
            continue
        after_s = estimate.elapsed_s[stable]
        share = float(np.interp(after_s, elapsed_s, infected))
        time = run.series["time"].values[0] + np.timedelta64(int(after_s * 1e6), "us")
        lines.append(text + f"within {TOLERANCE:.0%} for good from {clock(time)}, "
                            f"with {percent(share, hosts)} infected")
    return lines


def _last(estimate: Estimate) -> str:
    return f"{estimate.rate_per_s[-1] * 3600:.4g} ± {estimate.sd_per_s[-1] * 3600:.2g}"


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/early-warning",
        description="Says when the network telescopes of a run knew how fast it grew.")
    parser.add_argument("file", type=Path, help="run file (HDF5) with telescopes")
    parser.add_argument("--telescope", metavar="NAME", help="only this one")
    parser.add_argument("--interval", metavar="DURATION", default="",
                        help='length of an interval, such as "5 min"; default: 50 of them while '
                             "it grows")
    parser.add_argument("--rate", metavar="PER_HOUR", type=float, default=0,
                        help="the true growth rate; default: from the run's infections")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, or 2 where the file cannot be used."""
    options = parse_arguments(arguments)
    interval_s = duration_s(options.interval)
    if options.interval and interval_s <= 0:
        print(f"--interval {options.interval} (no duration): write \"5 min\"", file=sys.stderr)
        return 2
    try:
        run = open_run(options.file)
        names = telescopes_of(run)
        if options.telescope:
            names = [name for name in names if name == options.telescope]
        if not names:
            raise RunFileError(f"{options.file}: no early warning (it has no such telescope): add "
                               "[telescope.NAME] to the scenario")
        for one in run.worms:
            for name in names:
                print("\n".join(describe(one, name, interval_s, options.rate / 3600)))
    except RunFileError as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
