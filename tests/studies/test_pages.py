"""results/STUDY.md lists what is in the files, with axes and types."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import h5py
from annelid.calibration import command
from conftest import PROJECT, Bench, synthetic_curve

STUDY_PAGE, POSTERIOR_PAGE = (PROJECT / "results" / "STUDY.md").read_text(
    encoding="utf-8").split("# The posterior file")

FIT = """\
scenario = "x.toml"
observed = "curve.csv"
particles = 10
replicates = 2
generations = 1
[parameter."worm.vector.scan.rate"]
min = "0.01 /s"
max = "0.1 /s"
"""


def listed(page: str) -> dict[str, tuple[str, str]]:
    """Axes and type of every dataset of a page."""
    rows = re.findall(r"^\| (`/.*?) \|(.*?)\| (\w+) \|", page, flags=re.MULTILINE)
    return {name: (name[1:] if axes.strip() == "itself" else axes.strip(), kind)
            for names, axes, kind in rows for name in re.findall(r"`(.*?)`", names)}


def held(path: Path) -> dict[str, tuple[str, str]]:
    """The same of a file; axes without values are left out."""
    found = {}

    def visit(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if not isinstance(item, h5py.Dataset) or bytes(item.attrs.get("NAME", b"")).startswith(
                b"This is a netCDF dimension"):
            return
        axes = ([name] if h5py.h5ds.is_scale(item.id)
                else [axis[0].name.rsplit("/", 1)[-1] for axis in item.dims])
        kind = "text" if h5py.check_string_dtype(item.dtype) else str(item.dtype)
        found[f"/{name}"] = (" ".join(axes), kind)

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def test_the_study_file(bench: Bench, failing: Callable[[str], None]) -> None:
    failing('scan.rate="0.05 /s" --set seeds.hosts=5 ')
    bench.sweep(expect=3)
    assert held(bench.folder / "out" / "study.h5") == listed(STUDY_PAGE)
    attributes = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", STUDY_PAGE.split(
        "| Root attribute")[1], flags=re.MULTILINE)))
    # Steps differ with the rate; and it is no design for Sobol indices.
    elsewhere = {"step_us", "saltelli", "saltelli_samples"}
    with h5py.File(bench.folder / "out" / "study.h5") as file:
        assert set(file.attrs) - {"_NCProperties"} == set(attributes) - elsewhere


def test_the_posterior_file(bench: Bench) -> None:
    synthetic_curve(bench.folder, "x.toml", ['worm.vector.scan.rate="0.03 /s"'], seed=11)
    bench.write(FIT, "fit.toml")
    assert command.main(["fit.toml", "--output", "out"]) == 0
    assert held(bench.folder / "out" / "posterior.h5") == listed(POSTERIOR_PAGE)
