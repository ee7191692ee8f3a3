"""annelid.open: a run file or a study file as an xarray Dataset."""

from __future__ import annotations

import os

import xarray as xr

from annelid.run_file import open_run
from annelid.study_file import is_study, open_study


def open(path: str | os.PathLike[str]) -> xr.Dataset:  # noqa: A001
    """The series of a run file or study file: named axes, units, times as dates.

    A run has counts[time, state], country_counts[time, country, state], sector_counts[time, sector,
    state], vector_infections[time, vector] and what results/FORMAT.md lists besides; in modelled
    hosts, of which one stands for `attrs["real_hosts_per_host"]` real ones. An ensemble leads with
    an axis `replicate` or `quantile`, a study with `point` and `replicate`; a study has
    parameter_value[point, parameter] in SI units. Rows that are not final are left out. Series are
    read from the file when they are first used, so keep it in its place. `encoding["source"]` is
    its path.

    RunFileError: there is no such file, or it is neither.
    """
    data = open_study(path).data if is_study(path) else open_run(path).series
    data.encoding["source"] = os.fspath(path)
    return data
