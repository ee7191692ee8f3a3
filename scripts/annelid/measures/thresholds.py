"""When an outbreak passed a number of infections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from annelid.measures.curves import infections
from annelid.run_file import seconds_since_start


def time_to(run: xr.Dataset, hosts: Sequence[float]) -> xr.DataArray:
    """Seconds until so many infections, seeds included; dims ([replicate,] threshold).

    The first row that has as many: late by at most the time between rows. NaN where it never came.
    Of several replicates some may never get there: a median over the rest would be early, so take
    it as a quantile with NaN as infinity.
    """
    total = infections(run)
    axis = total.dims.index("time")
    elapsed_s = seconds_since_start(run["time"].values)
    found = []
    for number in hosts:
        reached = total.values >= number
        first = elapsed_s[reached.argmax(axis=axis)]
        found.append(np.where(reached.any(axis=axis), first, np.nan))
    dims = [dim for dim in total.dims if dim != "time"]
    coords = {dim: total[dim] for dim in dims if dim in total.coords} | {"threshold": list(hosts)}
    return xr.DataArray(np.stack(found, axis=-1), coords, [*dims, "threshold"],
                        attrs={"units": "s", "long_name": "time to so many infections"})
