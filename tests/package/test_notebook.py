"""The example notebook runs as it stands, and what it prints agrees with the theory beside it."""

from __future__ import annotations

import os
import re

import nbclient
import nbformat
import pytest
from conftest import PROJECT

FOLDER = PROJECT / "scripts" / "notebooks"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    """Executed by a kernel of its own."""
    book = nbformat.read(FOLDER / "outbreak.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in book.cells), "commit it without outputs"
    client = nbclient.NotebookClient(book, timeout=120, kernel_name="python3",
                                     resources={"metadata": {"path": str(FOLDER)}})
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT / "scripts")}
    client.execute(env=environment)
    return book


def printed(book: nbformat.NotebookNode) -> str:
    return "".join(output["text"] for cell in book.cells for output in cell.get("outputs", [])
                   if output["output_type"] == "stream" and output["name"] == "stdout")


def test_it_shows_three_pictures_and_a_dataset(notebook):
    kinds = [kind for cell in notebook.cells for output in cell.get("outputs", [])
             for kind in output.get("data", {})]
    assert kinds.count("image/png") == 3 and "text/html" in kinds


def test_it_agrees_with_theory(notebook):
    rows = re.findall(r"^(.+?) {2,}([\d.]+) +theory ([\d.]+)", printed(notebook), re.MULTILINE)
    found = {name: (float(measured), float(theory)) for name, measured, theory in rows}
    within = {"growth per hour": 0.05, "R0": 0.1, "dispersion k": 0.2, "generation time": 0.1,
              "attack rate": 0.01}
    assert found.keys() == within.keys()
    for name, (measured, theory) in found.items():
        assert measured == pytest.approx(theory, rel=within[name]), name


def test_patching_averts_infections(notebook):
    [low] = re.findall(r"infections averted: [\d,]+ \[([\d,-]+),", printed(notebook))
    assert int(low.replace(",", "")) > 0
