"""Attack rate: the share of the hosts at risk that an outbreak infected.

    A = infections / hosts at risk at the start

(Anderson and May, Infectious Diseases of Humans, 1991). In an SI model without defences A tends to
1; in an SIR model without latency A solves A = 1 - exp(-R0 A) (Kermack and McKendrick 1927).
"""

from __future__ import annotations

import xarray as xr

from annelid.measures.curves import at_risk, infected, infections


def attack_rate(run: xr.Dataset, by: str | None = None) -> xr.DataArray:
    """Share of the hosts at risk infected by the last row; dims ([replicate][, `by`]), no unit.

    by: "country" or "sector": then those count that are still in an infected state, `removed` among
        them, but not hosts that were cleaned. None: every infection counts, so that where hosts are
        infected again the rate can pass 1.
    NaN where nobody is at risk.
    """
    hosts = at_risk(run, by)
    last = (infections(run) if by is None else infected(run, by)).isel(time=-1, drop=True)
    rate = last / hosts.where(hosts > 0)
    return rate.assign_attrs(units="1", long_name="attack rate")
