"""Runs annelid, opens what it wrote (results/FORMAT.md), measures, compares and draws it.

    run = annelid.open("results/wannacry/run.h5")        xarray Dataset, time as dates
    annelid.measures.growth_rate(run)
    tree = annelid.transmission_tree(run)                 who infected whom
    annelid.measures.reproduction_number(tree)
    annelid.run("inputs/si-flat.toml", seed=2)            runs the program, opens its file
"""

from annelid import measures
from annelid.opening import open  # noqa: A004
from annelid.run_file import RunFileError
from annelid.running import ProgramError, run
from annelid.transmission import TransmissionTree, transmission_tree

__all__ = ["ProgramError", "RunFileError", "TransmissionTree", "measures", "open", "run",
           "transmission_tree"]
