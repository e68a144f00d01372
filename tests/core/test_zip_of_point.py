"""Points and the ZIP nearest to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.geography import lookup_zip
from bot.core.grid import miles_between
from bot.core.zip_of_point import zip_of_point


@pytest.mark.parametrize(
    ("latitude", "longitude", "state"),
    [(43.0389, -87.9065, "WI"), (42.9634, -85.6681, "MI"), (21.3, -157.85, "HI"), (61.2, -149.9, "AK"), (18.46, -66.1, "PR")],
)
def test_a_point_in_a_city_is_in_its_state(latitude: float, longitude: float, state: str) -> None:
    place = lookup_zip(zip_of_point(latitude, longitude) or "")
    assert place and place.state == state


@pytest.mark.parametrize("point", [(19.43, -99.13), (25.67, -100.3), (51.5, 0.0), (0.0, 0.0), (90.0, 180.0), (-91.0, 400.0)])
def test_abroad_and_at_sea_there_is_none(point: tuple[float, float]) -> None:
    assert zip_of_point(*point) is None


@given(st.floats(33, 45), st.floats(-95, -78))
def test_what_is_found_is_near_and_a_zip_that_the_forms_know(latitude: float, longitude: float) -> None:
    found = zip_of_point(latitude, longitude)
    place = lookup_zip(found) if found else None
    assert found is None or (place and place.latitude and place.longitude)
    if place and place.latitude and place.longitude:
        assert miles_between(latitude, longitude, place.latitude, place.longitude) < 61
