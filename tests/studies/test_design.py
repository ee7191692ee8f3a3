"""Where the points of a study lie."""

from __future__ import annotations

import numpy as np
from annelid.sweep.design import design_points, saltelli_matrix, sobol
from annelid.sweep.parameter import Parameter, Range
from annelid.sweep.quantities import Quantity, read_quantity
from annelid.sweep.toml_source import literal

RATE = Parameter("a", range=Range(Quantity(1, "/s"), Quantity(100, "/s"), "log"))
HOSTS = Parameter("b", range=Range(Quantity(10), Quantity(20), integer=True))


def test_quantities_in_si_units() -> None:
    for text, si, unit in (("10 /s", 10, "s-1"), ("2 d", 172800, "s"), ("90 /h", 0.025, "s-1"),
                           ("1_000", 1000, "1"), (0.5, 0.5, "1"), ("5e-1 ms", 0.0005, "s")):
        found = read_quantity(text)
        assert found is not None and np.isclose(found.si, si) and found.si_unit == unit, text
    for text in ("never", "10 parsec", "", [1], float("nan")):
        assert read_quantity(text) is None


def test_latin_hypercube_has_one_point_in_each_stratum() -> None:
    points = design_points("latin_hypercube", 20, False, 3, [RATE, HOSTS])
    shares = np.log10([read_quantity(rate).si for rate, _ in points]) / 2
    assert sorted((shares * 20).astype(int)) == list(range(20))
    assert all(isinstance(hosts, int) and 10 <= hosts <= 20 for _, hosts in points)
    assert points == design_points("latin_hypercube", 20, False, 3, [RATE, HOSTS])
    assert points != design_points("latin_hypercube", 20, False, 4, [RATE, HOSTS])


def test_sobol_points_fill_every_box() -> None:
    """16 points of two dimensions: one in each of 4 x 4 boxes, and of 16 x 1, …"""
    points = sobol(16, 2, seed=5)
    for across, up in ((4, 4), (16, 1), (1, 16), (2, 8)):
        boxes = {(int(x * across), int(y * up)) for x, y in points}
        assert len(boxes) == 16


def test_saltelli_layout_gives_sobol_indices() -> None:
    """Of y = x1 + 2 x2: first-order and total indices are 1/5 and 4/5, for x3 they are 0."""
    samples, parameters = 256, 3
    unit = saltelli_matrix(samples, parameters, seed=1)
    assert unit.shape == (samples * (parameters + 2), parameters)
    blocks = (unit[:, 0] + 2 * unit[:, 1]).reshape(parameters + 2, samples)
    a, b, mixed = blocks[0], blocks[1], blocks[2:]
    variance = np.var(np.concatenate([a, b]))
    first = np.mean(b * (mixed - a), axis=1) / variance
    total = np.mean((a - mixed)**2, axis=1) / 2 / variance
    assert np.allclose(first, [0.2, 0.8, 0], atol=0.02)
    assert np.allclose(total, [0.2, 0.8, 0], atol=0.02)


def test_grid_and_list() -> None:
    parameters = [Parameter("a", (1, 2)), Parameter("b", ("x", "y"))]
    assert design_points("grid", 0, False, 1, parameters) == [(1, "x"), (1, "y"), (2, "x"),
                                                              (2, "y")]
    assert design_points("list", 0, False, 1, parameters) == [(1, "x"), (2, "y")]


def test_values_as_the_program_reads_them() -> None:
    assert literal("2 d") == '"2 d"' and literal(True) == "true" and literal(0.5) == "0.5"
    assert literal({"a": ["x", 1]}) == '{ "a" = ["x", 1] }'
