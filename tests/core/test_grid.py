"""Cells and chords: what lies outside a block is never nearer than the block proves."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.grid import RESOLUTIONS, block_around, cell_of, chord_of_miles, miles_between, squared_chord, unit_vector

LATITUDES = st.floats(-89.9, 89.9)
LONGITUDES = st.floats(-180, 180)
NEARBY = st.floats(-8, 8)


@given(LATITUDES, LONGITUDES, NEARBY, NEARBY, st.sampled_from(RESOLUTIONS))
@example(71.0, 179.99, 0.0, 0.05, 0.1)
def test_a_point_outside_the_block_is_further_than_proven(lat: float, lon: float, up: float, right: float, size: float) -> None:
    block = block_around(lat, lon, size)
    other = max(-90.0, min(90.0, lat + up)), (lon + right + 180) % 360 - 180
    if cell_of(*other, size) not in block.cells:
        assert squared_chord(unit_vector(lat, lon), unit_vector(*other)) > block.proven


@given(LATITUDES, LONGITUDES, st.sampled_from(RESOLUTIONS))
def test_a_block_holds_its_own_cell_and_nine_in_all(lat: float, lon: float, size: float) -> None:
    block = block_around(lat, lon, size)
    assert cell_of(lat, lon, size) in block.cells
    assert len(block.cells) == 9
    assert block.proven > 0


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_chords_and_miles_agree(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    miles = miles_between(lat1, lon1, lat2, lon2)
    chord = squared_chord(unit_vector(lat1, lon1), unit_vector(lat2, lon2))
    assert math.isclose(chord, chord_of_miles(miles), rel_tol=1e-6, abs_tol=1e-12)
