"""The ZIP code nearest to a point, for somebody who shares where they are instead of writing it.

Responsible for that step only; a place with state and city comes from `geography.lookup_zip`. Its data is the table in the
`zipcodes` wheel, read once when first needed (half a second).
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any

import zipcodes

from bot.core.grid import miles_between
from bot.core.states import STATES

_WHEEL: Any = zipcodes
# Farther than this are only wilderness, the sea and other countries.
_FARTHEST_MILES = 60.0
_RING = range(-2, 3)
_Spot = tuple[float, float, str]


def zip_of_point(latitude: float, longitude: float) -> str | None:
    """Of a point in degrees; None where no ZIP of a state lies within 60 miles.

    Only ordinary ZIPs count: a post box or a firm stands for nobody's home.
    """
    row, column = int(latitude // 1), int(longitude // 1)
    near = (spot for north in _RING for east in _RING for spot in _spots().get((row + north, column + east), ()))
    distances = ((miles_between(latitude, longitude, spot[0], spot[1]), spot[2]) for spot in near)
    distance, found = min(distances, default=(_FARTHEST_MILES, None))
    return found if distance < _FARTHEST_MILES else None


@lru_cache(maxsize=1)
def _spots() -> dict[tuple[int, int], list[_Spot]]:
    """ZIPs by the whole degree in which they lie."""
    spots: dict[tuple[int, int], list[_Spot]] = defaultdict(list)
    for digit in "0123456789":
        for row in _WHEEL.similar_to(digit):
            latitude, longitude = float(row["lat"] or 0), float(row["long"] or 0)
            if row["state"] in STATES and row["zip_code_type"] == "STANDARD" and row["active"] and (latitude or longitude):
                spots[int(latitude // 1), int(longitude // 1)].append((latitude, longitude, row["zip_code"]))
    return dict(spots)
