"""R(t), the case reproduction number: infections caused by a host, by the time it was infected.

    R(t) = mean over hosts infected in [t, t + width) of the infections that each caused

(the cohort reproduction number of Fraser, PLoS ONE 2007; what Wallinga and Teunis, American Journal
of Epidemiology 2004, estimate where the tree is not known). Here the tree is known and counted. Its
interval is that of a mean, 1.96 standard errors.

It is cut off at the end of the run. `observed` is the share of the infections by such hosts that
the record can hold (censoring.py); below 0.95 the bin is `censored`: R is too low there.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from annelid.measures.censoring import OBSERVED_SHARE, observed_share
from annelid.run_file import choose_bin
from annelid.transmission import TransmissionTree



def reproduction_number(tree: TransmissionTree, width_s: float | None = None) -> xr.Dataset:
    """R(t) of all replicates of a tree together; variables of dims (time): starts of bins, UTC.

    width_s: width of the bins in seconds; default: a round one that makes 24 or more until
        99 % of the infections have happened.
    reproduction_number, low, high: infections a host and their 95 % interval; NaN where fewer
        than 2 hosts (low, high) or none were infected.
    cases: hosts infected in the bin. observed: share of what they cause that is recorded.
    censored: observed < 0.95 in the middle of the bin.
    ValueError: the tree is empty.
    """
    if len(tree) == 0:
        raise ValueError("no R(t) (no host was infected): give a tree with infections")
    nearly_all_s = max(float(np.quantile(tree.time_s, 0.99)), 1e-3 * tree.end_s)
    width_s = width_s or choose_bin(np.linspace(0, nearly_all_s, 1001))[1]
    bins = int(np.ceil(max(tree.end_s, tree.time_s.max() + 1e-6) / width_s))
    place = (tree.time_s // width_s).astype(np.int64)
    cases = np.bincount(place, minlength=bins)
    caused = np.bincount(place, tree.offspring, minlength=bins)
    squares = np.bincount(place, tree.offspring.astype(float) ** 2, minlength=bins)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = caused / cases
        variance = np.maximum(squares - cases * mean ** 2, 0) / (cases - 1)
        error = np.where(cases > 1, 1.96 * np.sqrt(variance / cases), np.nan)
    observed = observed_share(tree, (np.arange(bins) + 0.5) * width_s)
    times = tree.start + (np.arange(bins) * width_s * 1e6).astype("timedelta64[us]")
    one = {"units": "1"}
    return xr.Dataset(
        {"reproduction_number": ("time", mean, one | {"long_name": "case reproduction number"}),
         "low": ("time", np.maximum(mean - error, 0), one), "high": ("time", mean + error, one),
         "cases": ("time", cases, {"units": "hosts"}), "observed": ("time", observed, one),
         "censored": ("time", ~(observed >= OBSERVED_SHARE))},
        {"time": times.astype("datetime64[ns]")}, {"width_s": float(width_s)})
