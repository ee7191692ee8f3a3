"""The lines of Python in scripts/README.md run as they stand."""

from __future__ import annotations

import re

import numpy as np
from conftest import PROJECT

from annelid.figures import COMPARE, KINDS, STUDY_KINDS
from annelid.measures.outcomes import OUTCOMES

PAGE = (PROJECT / "scripts" / "README.md").read_text(encoding="utf-8")


def test_the_example_runs(monkeypatch):
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    [block] = [block for block in blocks if "import annelid" in block]
    names: dict[str, object] = {}
    values = []
    for line in block.splitlines():
        code = line.split("  #")[0]
        if re.match(r"(run|tree) = |import|from", code):
            exec(code, names)
        elif code:
            values.append(eval(code, names))
    assert values[0].dims == ("replicate", "time")
    assert values[1].dims == ("quantile", "time")
    assert values[2].shape == (4,) and np.isfinite(values[2]).all()
    assert values[-1].dims == ("infector_country", "country")
    assert len(values) == 9


def test_every_kind_is_in_the_tables():
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    for kind in (*KINDS, *STUDY_KINDS, COMPARE):
        assert listed.count(kind) == 1, kind
    assert ", ".join(OUTCOMES) in PAGE
