"""Outlines of countries on an equal-area map, from Debian's package gmt-dcw.

The Digital Chart of the World has polygons of about 250 countries with their ISO 3166 alpha-2
codes, as netCDF: CC_lon and CC_lat, integers of 16 bits to be divided by `scale` and added to
`min`; a longitude of 65535 starts a new ring.
"""

from __future__ import annotations

from pathlib import Path as FilePath

import h5py
import numpy as np
from matplotlib.path import Path

SHAPES = FilePath("/usr/share/gmt-dcw/dcw-gmt.nc")
NEW_RING = 65535
LEFT_OUT = {"AQ"}  # no hosts to speak of, and a third of the picture
# The seam of the map lies in the Bering Strait, so that it cuts no country.
CENTRE_DEG = 11.0
SMALLEST_ISLAND_DEG = 0.5
GRID_DEG = 0.2  # about one dot of the printed map; neighbours snap to the same points
SMALLEST_AREA = 3e-4  # on the projected map, about a millimetre square; smaller ones become dots
DOT_RADIUS = 0.012
CITIES = {"HK": (114.2, 22.3), "MO": (113.55, 22.2)}  # longitude, latitude; no outlines in the chart
# Equal Earth, the projection of Šavrič, Patterson and Jenny (2018).
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796


def country_paths(dots: set[str]) -> dict[str, Path]:
    """Projected outlines by ISO alpha-2 code, large countries first; empty without the package.

    Countries too small to be seen are left out, unless they are among `dots`: then a dot stands
    for them.
    """
    if not SHAPES.is_file():
        return {}
    outlines: dict[str, list[np.ndarray]] = {}
    with h5py.File(SHAPES, "r") as file:
        for name in file:
            code = name.removesuffix("_lon")
            if name.endswith("_lon") and len(code) == 2 and code not in LEFT_OUT:
                outlines[code] = [project(ring) for ring in read_rings(file, code)]
    sizes = {code: sum(area(ring) for ring in rings) for code, rings in outlines.items()}
    paths = {}
    # Enclaves are drawn after, and so over, the country around them.
    for code in sorted(outlines, key=lambda code: -sizes[code]):
        if sizes[code] >= SMALLEST_AREA:
            paths[code] = Path.make_compound_path(
                *(Path(ring, closed=True) for ring in outlines[code]))
        elif code in dots:
            paths[code] = dot(outlines[code][0].mean(axis=0))
    for code in dots & (CITIES.keys() - paths.keys()):
        paths[code] = dot(project(np.array([CITIES[code]]))[0])
    return paths


def dot(centre: np.ndarray) -> Path:
    """A disc; centre: projected, shape (2,)."""
    return Path.circle(tuple(centre), DOT_RADIUS)


def read_rings(file: h5py.File, code: str) -> list[np.ndarray]:
    """Closed rings of a country, snapped to the grid; degrees, each of shape (points, 2).

    Islands smaller than the grid are dropped, apart from the largest one.
    """
    raw_lon, raw_lat = file[f"{code}_lon"][:], file[f"{code}_lat"][:]
    points = np.column_stack([degrees(raw_lon, file[f"{code}_lon"]),
                              degrees(raw_lat, file[f"{code}_lat"])])
    marks = np.flatnonzero(raw_lon == NEW_RING)
    rings = [points[first:last] for first, last in
             zip(marks + 1, np.append(marks[1:], len(points))) if last - first >= 3]
    sizes = [np.ptp(ring, axis=0).max() for ring in rings]
    least = min(SMALLEST_ISLAND_DEG, max(sizes))
    return [snap(ring) for ring, size in zip(rings, sizes) if size >= least]


def snap(ring: np.ndarray) -> np.ndarray:
    """The ring on the grid, closed and without repeated points; shape (points, 2)."""
    ring = np.round(ring / GRID_DEG) * GRID_DEG
    moved = np.any(np.diff(ring, axis=0) != 0, axis=1)
    return np.vstack([ring[np.concatenate([[True], moved])], ring[:1]])


def degrees(raw: np.ndarray, dataset: h5py.Dataset) -> np.ndarray:
    """Stored integers as degrees; same shape."""
    return raw / dataset.attrs["scale"][0] + dataset.attrs["min"][0]


def project(ring: np.ndarray) -> np.ndarray:
    """Degrees of longitude and latitude to Equal Earth coordinates; shape (points, 2)."""
    lon = ring[:, 0] - CENTRE_DEG
    lon = np.radians(lon - 360 * np.round(lon.mean() / 360))
    theta = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(ring[:, 1])))
    t2 = theta**2
    t6 = t2**3
    x = 2 * np.sqrt(3) * lon * np.cos(theta) / (
        3 * (9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1))
    return np.column_stack([x, theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))])


def area(ring: np.ndarray) -> float:
    """Area inside a closed ring of shape (points, 2)."""
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])))
