"""Where in the space of parameters a study has its points.

grid: every value of each parameter with every one of the others, the last changing fastest.
list: the first values of all, then the second, …
latin_hypercube: McKay, Beckman and Conover (1979); sobol: Sobol (1967), scrambled (Owen 1998); both
by scipy.stats.qmc. With `saltelli`, Sobol's N points of 2 d dimensions make the matrices A and
B of Saltelli et al. (2010): points are A, B, then A with column 1 of B, … with column d; N (d + 2)
in all, which is what first-order and total Sobol indices need.
"""

from __future__ import annotations

import itertools
import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from annelid.sweep.parameter import Parameter

DESIGNS = ("grid", "list", "latin_hypercube", "sobol")
SAMPLED = ("latin_hypercube", "sobol")


def least_points(design: str, samples: int, saltelli: bool, parameters: list[Parameter]) -> int:
    """How many points a design has, without making them."""
    if design == "grid":
        return math.prod(len(one.values) for one in parameters)
    if design == "list":
        return len(parameters[0].values)
    return samples * (len(parameters) + 2) if saltelli else samples


def design_points(design: str, samples: int, saltelli: bool, seed: int,
                  parameters: list[Parameter]) -> list[tuple[Any, ...]]:
    """One value of a scenario for each parameter, point by point; the same for the same seed."""
    if design == "grid":
        return list(itertools.product(*(one.values for one in parameters)))
    if design == "list":
        return list(zip(*(one.values for one in parameters)))
    if saltelli:
        unit = saltelli_matrix(samples, len(parameters), seed)
    elif design == "sobol":
        unit = sobol(samples, len(parameters), seed)
    else:
        from scipy.stats import qmc  # takes a second to load, which a grid need not wait for
        unit = qmc.LatinHypercube(len(parameters), seed=seed).random(samples)
    return [tuple(one.range.at(share) for one, share in zip(parameters, row)) for row in unit]


def sobol(samples: int, dimensions: int, seed: int) -> np.ndarray:
    """Shape (samples, dimensions), from 0 to 1."""
    from scipy.stats import qmc  # as above
    with warnings.catch_warnings():
        # Other numbers than powers of 2 are less even, and still better than random ones.
        warnings.simplefilter("ignore", UserWarning)
        return qmc.Sobol(dimensions, scramble=True, seed=seed).random(samples)


def saltelli_matrix(samples: int, dimensions: int, seed: int) -> np.ndarray:
    """Shape (samples * (dimensions + 2), dimensions), from 0 to 1."""
    both = sobol(samples, 2 * dimensions, seed)
    a, b = both[:, :dimensions], both[:, dimensions:]
    blocks = [a, b]
    for column in range(dimensions):
        mixed = a.copy()
        mixed[:, column] = b[:, column]
        blocks.append(mixed)
    return np.concatenate(blocks)
