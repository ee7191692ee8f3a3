"""Generation times: from the infection of a host to the infections that it causes.

While an outbreak grows at rate K, short times are over-represented among those observed at one time
("backward"): their density is the true one times exp(-K t). All infections by the same cohort of
infectors ("forward") have the true one while few targets are used up (Champredon and Dushoff,
Proceedings of the Royal Society B 2015). So `infectors_before_s` cuts by the infector's own time.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from annelid.transmission import NOBODY, TransmissionTree


def generation_times(tree: TransmissionTree,
                     infectors_before_s: float | None = None) -> xr.DataArray:
    """Seconds from infection to infection, dims (infection); seeds have none.

    infectors_before_s: only infections by hosts infected before this time since the start;
        `measures.censoring.complete_before_s` is a time until which the end of the run cuts off
        little. None: all, with the bias to short ones above.
    """
    used = tree.parent != NOBODY
    if infectors_before_s is not None:
        used[used] = tree.time_s[tree.parent[used]] < infectors_before_s
    return xr.DataArray(np.asarray(tree.generation_time_s[used]), dims="infection",
                        attrs={"units": "s", "long_name": "generation time"})
