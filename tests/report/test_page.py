"""The page in a real browser: page.test.mjs looks at pages that are made here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT

from annelid.report import main

HERE = Path(__file__).parent
MODULES = PROJECT / "build" / "report_tests"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium")
    if not found:
        pytest.skip("chromium is not installed: scripts/setup --tests")
    return found


@pytest.fixture(scope="module")
def node_modules(template: Path) -> Path:
    """The driver and the accessibility checker, from npm; installed once."""
    modules = MODULES / "node_modules"
    lock, known = HERE / "package-lock.json", modules / "of-lock.json"
    if not known.is_file() or known.read_bytes() != lock.read_bytes():
        MODULES.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, MODULES)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"],
                       cwd=MODULES, check=True)
        shutil.copy(lock, known)
    return modules


@pytest.fixture(scope="module")
def pages(template, wannacry, ensemble, quantiles, two_worms, hostile, make_run,
          tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    runs = {"wannacry": [wannacry], "ensemble": [ensemble], "quantiles": [quantiles],
            "worms": [two_worms], "compared": [ensemble, make_run(replicates=5, shift=2000)],
            "flat": [make_run(flat=True)], "unfinished": [make_run(final_rows=30)],
            "hostile": [hostile], "units": [make_run(), make_run(hours=12)]}
    for name, files in runs.items():
        assert main(["--template", str(template), *map(str, files), "--output",
                     str(folder / f"{name}.html")]) == 0
    return {name: str(folder / f"{name}.html") for name in runs}


def test_the_page_in_a_browser(chromium, node_modules, pages):
    done = subprocess.run(["node", "--test", "--test-reporter=spec", HERE / "page.test.mjs"],
                          text=True, capture_output=True, check=False, timeout=300,
                          env={**os.environ, "NODE_MODULES": str(node_modules),
                               "CHROMIUM": chromium, "PAGES": json.dumps(pages)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout and "skipped 0" in done.stdout
