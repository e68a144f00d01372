"""Spheres and cells: distances that sort alike in Python and in SQL, and the cells in which to look for the nearest.

Responsible for arithmetic on latitudes and longitudes in degrees. Must not know places, offices or databases.

Distances are compared as squared chords of the unit sphere. The squared chord grows with the great-circle distance,
and needs only subtraction, multiplication and addition, so Python, SQLite and PostgreSQL give the same bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_MILES = 3958.8
# Degrees per cell from fine to coarse; each divides 360. With a million offices nine cells of 0.1 held thousands in a big city.
RESOLUTIONS = (0.025, 0.2, 2.5)
FURTHEST = 4.0  # squared chord between opposite points
_SLACK = 1 - 1e-9  # far more than the rounding of the edge of a block


@dataclass(frozen=True, slots=True)
class Block:
    """3 × 3 cells around a point; every point nearer than `proven` (a squared chord) lies inside."""

    cells: tuple[int, ...]
    proven: float


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The point on the unit sphere."""
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def squared_chord(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Squared straight distance between two points of the unit sphere; written in the same order as the SQL."""
    x, y, z = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return x * x + y * y + z * z


def chord_of_miles(miles: float) -> float:
    """The squared chord of a great-circle distance."""
    return _chord_of_angle(miles / EARTH_RADIUS_MILES)


def miles_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in miles (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi, half_theta = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    haversine = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_theta) ** 2
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(1.0, haversine)))


def cell_of(latitude: float, longitude: float, size: float) -> int:
    """The number of the cell of `size` degrees that holds the point."""
    row, column = _row_and_column(latitude, longitude, size)
    return _number(row, column, size)


def block_around(latitude: float, longitude: float, size: float) -> Block:
    """The cell of the point and its eight neighbours, across the date line too."""
    row, column = _row_and_column(latitude, longitude, size)
    cells = {_number(row + up, column + right, size) for up in (-1, 0, 1) for right in (-1, 0, 1)}
    return Block(tuple(sorted(cells)), _proven(latitude, longitude, row, column, size))


def _row_and_column(latitude: float, longitude: float, size: float) -> tuple[int, int]:
    return math.floor((latitude + 90) / size), math.floor((longitude + 180) / size)


def _number(row: int, column: int, size: float) -> int:
    columns = round(360 / size)
    return row * columns + column % columns


def _proven(latitude: float, longitude: float, row: int, column: int, size: float) -> float:
    south, north = latitude - ((row - 1) * size - 90), (row + 2) * size - 90 - latitude
    west, east = longitude - ((column - 1) * size - 180), (column + 2) * size - 180 - longitude
    to_parallel = math.radians(min(south, north))
    # The nearest point of a meridian that lies `side` away is no nearer than its great circle.
    side = math.radians(min(west, east, 90.0))
    to_meridian = math.asin(math.cos(math.radians(latitude)) * math.sin(side))
    return _chord_of_angle(max(0.0, min(to_parallel, to_meridian) * _SLACK))


def _chord_of_angle(angle: float) -> float:
    chord = 2 * math.sin(min(angle, math.pi) / 2)
    return chord * chord
