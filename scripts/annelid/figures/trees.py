"""The transmission tree of a run as the figures share it: read once, never larger than memory."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import h5py

from annelid.measures.mixing import same_world
from annelid.run_file import Run, RunFileError, open_run
from annelid.transmission import TransmissionTree, transmission_tree

MOST_INFECTIONS = 20_000_000  # about 2 GB; of more, the first replicate alone
TOGETHER = "all together"


def tree_of(run: Run) -> TransmissionTree | None:
    """The tree of a run (of its worm); None where it kept no events or nobody was infected."""
    tree = _read(run.path, worm_index(run), first_alone(run))
    return tree if tree is not None and len(tree) > 0 else None


def worm_index(run: Run) -> int | None:
    """Number of the worm that the run is about; None where it is about all."""
    if not run.worm:
        return None
    return list(open_run(run.path).series["worm"].values).index(run.worm)


def first_alone(run: Run) -> bool:
    """True where the file has so many infections that figures show the first replicate alone."""
    with h5py.File(run.path, "r") as file:
        rows = file["events/host"].shape[0] if "events/host" in file else 0
    return run.has_replicates and rows > MOST_INFECTIONS


def tree_of_one_world(run: Run) -> TransmissionTree | None:
    """The tree of `tree_of`, or of its first replicate where each has a world of its own."""
    tree = tree_of(run)
    if tree is not None and not same_world(run, tree):
        tree = tree.select(tree.replicate == 0)
    return tree if tree is not None and len(tree) > 0 else None


def which_replicates(run: Run) -> str:
    """What the figures say of the replicates that a tree is of."""
    return "the first alone" if first_alone(run) else TOGETHER


@lru_cache(maxsize=2)
def _read(path: Path, worm: int | None, first_only: bool) -> TransmissionTree | None:
    try:
        return transmission_tree(path, replicate=0 if first_only else None, worm=worm)
    except RunFileError:
        return None
