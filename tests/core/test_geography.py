"""Places: ZIP codes, cities, states and foreign countries as people write them."""

from __future__ import annotations

import math

import pytest
import zipcodes
from hypothesis import given
from hypothesis import strategies as st

from bot.core.geography import foreign_country, lookup_city, lookup_zip, miles_between, state_box, state_name, state_named
from bot.core.language import Language
from bot.core.states import PROGRAMME_STATES, STATES, neighbours_of

ALL_ZIPS = [row["zip_code"] for row in zipcodes.list_all()]


@pytest.mark.parametrize("text", ["53202", " 53202 ", "53202-1234", "532021234", "53202 1234"])
def test_zip_is_read_in_every_usual_spelling(text: str) -> None:
    place = lookup_zip(text)
    assert place is not None
    assert (place.state, place.city, place.zip) == ("WI", "Milwaukee", "53202")
    assert place.latitude == pytest.approx(43.05, abs=0.1)


@pytest.mark.parametrize("text", ["", "5320", "532022", "00000", "ABCDE", "٥٣٢٠٢", "53202-12", "53202-12345"])
def test_what_is_no_zip_gives_no_place(text: str) -> None:
    assert lookup_zip(text) is None


@pytest.mark.parametrize("text", ["09001", "96505", "34001", "96960"])
def test_military_and_freely_associated_zips_give_no_place(text: str) -> None:
    assert lookup_zip(text) is None


def test_zip_without_coordinates_stands_at_the_mean_of_its_city() -> None:
    place, city = lookup_zip("77352"), lookup_city("Livingston", "TX")[0]
    assert place is not None
    assert (place.latitude, place.longitude) == (city.latitude, city.longitude)


def test_every_state_and_territory_has_zips_and_a_box() -> None:
    states = {place.state for digits in ALL_ZIPS if (place := lookup_zip(digits))}
    assert states == set(STATES)
    assert len(STATES) == 56
    for code in STATES:
        south, north, west, east = state_box(code)
        assert south < north
        assert west < east


@given(st.sampled_from(ALL_ZIPS))
def test_every_zip_lies_in_the_box_of_its_state(digits: str) -> None:
    place = lookup_zip(digits)
    if place is not None and place.latitude is not None and place.longitude is not None:
        south, north, west, east = state_box(place.state)
        assert south < place.latitude < north
        assert west < place.longitude < east


@pytest.mark.parametrize(
    ("name", "state", "city"),
    [
        ("milwaukee", "WI", "Milwaukee"),
        ("ST. PAUL", "MN", "Saint Paul"),
        ("Saint Paul", "MN", "Saint Paul"),
        ("st louis", "MO", "Saint Louis"),
        ("Ft. Wayne", "IN", "Fort Wayne"),
        ("  new   york ", "NY", "New York"),
        ("Peñitas", "TX", "Penitas"),
        ("Coeur d'Alene", "ID", "Coeur D Alene"),
        ("Lee’s Summit", "MO", "Lees Summit"),
        ("O'Fallon", "IL", "O Fallon"),
        ("Manhattan", "NY", "New York"),
        ("Mayagüez", "PR", "Mayaguez"),
    ],
)
def test_city_is_found_however_it_is_written(name: str, state: str, city: str) -> None:
    places = lookup_city(name, state)
    assert [(place.state, place.city) for place in places] == [(state, city)]


def test_cities_of_one_name_come_biggest_first() -> None:
    assert lookup_city("Springfield")[0].state in ("IL", "MA", "MO")
    assert lookup_city("Portland")[0].state == "OR"
    assert len(lookup_city("Springfield")) > 15
    states = [place.state for place in lookup_city("Springfield")]
    assert len(states) == len(set(states))


@given(st.text(max_size=40), st.none() | st.sampled_from(sorted(STATES)))
def test_any_text_can_be_looked_up(text: str, state: str | None) -> None:
    assert all(state in (None, place.state) for place in lookup_city(text, state))
    lookup_zip(text)
    assert state_named(text) in {None, *STATES}
    assert foreign_country(text) in {None, "CA", "MX"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wi", "WI"), ("Wis.", "WI"), ("Wisconsin", "WI"), ("N.Y.", "NY"), ("n y", "NY"), ("Nueva York", "NY"),
        ("Pensilvania", "PA"), ("PENN", "PA"), ("Carolina del Sur", "SC"), ("Dakota del Norte", "ND"), ("Misuri", "MO"),
        ("Luisiana", "LA"), ("Nuevo México", "NM"), ("nuevo mexico", "NM"), ("Washington, D.C.", "DC"), ("Washington", "WA"),
        ("state of Ohio", "OH"), ("estado de Misuri", "MO"), ("W. Va.", "WV"), ("Virginia Occidental", "WV"), ("Míchigan", "MI"),
        ("Puerto Rico", "PR"), ("Islas Vírgenes", "VI"), ("Tejas", "TX"), ("Hawái", "HI"), ("Minn.", "MN"), ("Calif.", "CA"),
    ],
)  # fmt: skip
def test_state_is_named_in_both_languages_and_in_short(text: str, code: str) -> None:
    assert state_named(text) == code


@pytest.mark.parametrize("text", ["17", "", "5", "01", "Chicago", "north", "X", "México"])
def test_what_names_no_state(text: str) -> None:
    assert state_named(text) is None


@given(st.integers())
def test_digits_never_name_a_state(number: int) -> None:
    assert state_named(str(number)) is None


def test_every_state_is_named_by_its_own_names() -> None:
    for code in STATES:
        assert {state_named(state_name(code, language)) for language in Language} == {code}
    assert (state_name("PA", Language.ES), state_name("PA", Language.EN)) == ("Pensilvania", "Pennsylvania")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("N9A 2T6", "CA"), ("n9a2t6", "CA"), ("Windsor N9A-2T6", "CA"), ("Canada", "CA"), ("CP 06000", "MX"),
        ("C.P. 06000", "MX"),
        ("código postal 64000", "MX"), ("Monterrey, México", "MX"), ("Ciudad Juárez", "MX"), ("06000", None), ("53202", None),
        ("CP 53202", None), ("código postal 53202", None), ("New Mexico", None), ("Nuevo México", None), ("Mexico, MO", None),
        ("Mexico, Missouri", None), ("La Cañada", None), ("", None), ("Gulf of Mexico", None), ("Milwaukee", None),
    ],
)  # fmt: skip
def test_foreign_country_only_where_it_is_meant(text: str, country: str | None) -> None:
    assert foreign_country(text) == country


@given(st.integers(0, 99999))
def test_a_bare_number_is_never_foreign(number: int) -> None:
    assert foreign_country(f"{number:05}") is None


def test_miles_between_known_cities() -> None:
    assert miles_between(41.8781, -87.6298, 43.0389, -87.9065) == pytest.approx(81.4, abs=1)
    assert miles_between(0, 179.9, 0, -179.9) == pytest.approx(13.8, abs=0.1)
    assert miles_between(0, 0, 0, 180) == pytest.approx(math.pi * 3958.8)


def test_neighbours_are_mutual() -> None:
    pairs = {(one, other) for one in STATES for other in neighbours_of(one)}
    assert pairs == {(other, one) for one, other in pairs}
    assert all(one != other and other in STATES for one, other in pairs)
    assert neighbours_of("AK") == neighbours_of("XX") == frozenset()
    assert len(PROGRAMME_STATES) == 17
