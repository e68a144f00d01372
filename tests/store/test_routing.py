"""The router over SQL gives exactly what looking at every office gives."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import zipcodes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.core.geography import Place, lookup_city, lookup_zip
from bot.core.partner_rows import read_partner_rows
from bot.core.routing import Audience, OfficeKind, ReasonKind, RoutedOffice, explain_route
from bot.core.states import STATES
from bot.store.database import Database
from bot.store.routing import find_route
from tests.conftest import SEED
from tests.offices import FakeOffice, offices_of, plant_offices, route_by_force

PLACES = [place for row in zipcodes.list_all() if (place := lookup_zip(row["zip_code"]))]
SEED_OFFICES = offices_of(read_partner_rows(SEED.read_bytes()))


def ids(*offices: RoutedOffice | None) -> tuple[str | None, ...]:
    return tuple(office.office_id if office else None for office in offices)


@pytest.mark.parametrize("audience", Audience)
def test_every_zip_is_routed_as_by_force(seeded: Database, audience: Audience) -> None:
    step = 1 if seeded.engine.dialect.name == "sqlite" else 3  # every third on PostgreSQL: in full it takes 90 s
    for place in PLACES[::step]:
        assert find_route(seeded, place, audience) == route_by_force(SEED_OFFICES, place, audience), place


@pytest.mark.parametrize("audience", Audience)
def test_every_bare_state_is_routed_as_by_force(seeded: Database, audience: Audience) -> None:
    for place in map(Place, STATES):
        assert find_route(seeded, place, audience) == route_by_force(SEED_OFFICES, place, audience), place


@pytest.mark.parametrize(
    ("digits", "audience", "first", "second", "across"),
    [
        ("53202", Audience.SEEKER, "wrtp", "agency-wi", None),
        ("53703", Audience.SEEKER, "wrtp-madison", "agency-wi", None),
        ("53403", Audience.EMPLOYER, "wrtp-racine", "agency-wi", None),
        ("46516", Audience.SEEKER, "hea-in", "agency-in", None),
        ("48201", Audience.SEEKER, "mi-wdi", "agency-mi", None),
        ("55401", Audience.SEEKER, "wrtp", "agency-mn", None),
        ("90001", Audience.SEEKER, "agency-ca", "usdol-oa", None),
        ("79901", Audience.SEEKER, "usdol-oa", None, None),
        ("79901", Audience.EMPLOYER, "usdol-oa", "wai", None),
        ("14701", Audience.SEEKER, "mast-ny", "bnma-ny", None),
        ("16501", Audience.SEEKER, "kdp", "agency-pa", "mast-ny"),
        ("83854", Audience.SEEKER, "agency-id", "usdol-oa", "ajac-wa-spokane"),
    ],
)
def test_golden_routes(
    seeded: Database, digits: str, audience: Audience, first: str, second: str | None, across: str | None
) -> None:
    place = lookup_zip(digits)
    assert place is not None
    route = find_route(seeded, place, audience)
    assert ids(route.first, route.second, route.across_border) == (first, second, across)


def test_every_state_of_the_country_is_offered_somebody(seeded: Database) -> None:
    for state in STATES:
        for audience in Audience:
            assert find_route(seeded, Place(state), audience).first is not None
    texas = find_route(seeded, lookup_city("Austin", "TX")[0], Audience.STAFF)
    assert explain_route(texas).kind is ReasonKind.NATIONAL_FALLBACK


def test_bodies_that_may_be_one_are_never_first_and_second(seeded: Database) -> None:
    for place in (each for each in PLACES if each.state == "MI"):
        route = find_route(seeded, place, Audience.SEEKER)
        assert {"mi-wdi", "mi-hrdi"} != set(ids(route.first, route.second))


def test_an_empty_database_routes_to_nobody(database: Database) -> None:
    assert find_route(database, PLACES[0], Audience.SEEKER).first is None


def test_the_seed_needs_one_query(seeded: Database) -> None:
    statements: list[str] = []
    event.listen(seeded.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    for place in PLACES[::500]:
        find_route(seeded, place, Audience.SEEKER)
    assert len(statements) == len(PLACES[::500])


def invent_offices(count: int) -> list[FakeOffice]:
    """Offices at random ZIPs: duplicates, clusters, without coordinates, about the date line, in one state and in many."""
    chance = random.Random(20261122)
    return [_invent_office(number, chance) for number in range(count)]


def _invent_office(number: int, chance: random.Random) -> FakeOffice:
    place = chance.choice(PLACES)
    kind = chance.choices(list(OfficeKind), (80, 15, 5))[0]
    extra = chance.sample(sorted(STATES), chance.choice((0, 0, 0, 1, 3)))
    audiences = chance.choice(([Audience.SEEKER], [Audience.EMPLOYER], [Audience.SEEKER, Audience.EMPLOYER]))
    home = "WI" if number % 4 == 0 else place.state  # one crowded state
    return FakeOffice(
        id=f"office-{chance.randrange(10**9)}-{number}",
        organisation=f"body-{chance.randrange(max(2, number // 3 + 1))}" if number % 7 else "body-of-many",
        kind=kind,
        reachable=chance.random() < 0.9,
        coordinates=_invent_coordinates(place, chance),
        areas=frozenset((state, audience) for state in (home, *extra) for audience in audiences),
        everywhere=kind is OfficeKind.NATIONAL and chance.random() < 0.2,
    )


def _invent_coordinates(place: Place, chance: random.Random) -> tuple[float, float] | None:
    draw = chance.random()
    if draw < 0.1 or place.latitude is None or place.longitude is None:
        return None
    if draw < 0.3:
        return 43.0389, -87.9065  # a cluster in one point
    if draw < 0.5:
        return 43.0389 + chance.uniform(-0.2, 0.2), -87.9065 + chance.uniform(-0.2, 0.2)
    if draw < 0.55:
        return 51.9 + chance.uniform(-1, 1), chance.choice((179.99, -179.99, 178.5, -178.5, 180.0, -180.0))
    return place.latitude, place.longitude


FAKE_OFFICES = invent_offices(2000)


@pytest.fixture(scope="module")
def planted(tables: Database) -> Iterator[Database]:
    plant_offices(tables, FAKE_OFFICES)
    yield tables


@pytest.mark.parametrize("audience", Audience)
def test_invented_offices_are_routed_as_by_force(planted: Database, audience: Audience) -> None:
    for place in [*PLACES[::199], *map(Place, STATES)]:
        assert find_route(planted, place, audience) == route_by_force(FAKE_OFFICES, place, audience), place


def crowd(name: str, state: str, spot: tuple[float, float] | None, bodies: int, count: int = 100) -> list[FakeOffice]:
    """Regional offices that all serve one state, dealt out to some bodies."""
    area = frozenset({(state, Audience.SEEKER)})
    return [
        FakeOffice(f"{name}-{number}", f"{name}-body-{number % bodies}", OfficeKind.REGIONAL, True, spot, area)
        for number in range(count)
    ]


CROWDS = {
    "one body, others without coordinates": crowd("a", "WI", (43.0, -88.0), 1) + crowd("b", "WI", None, 3, 5),
    "nobody has coordinates": crowd("a", "WI", None, 2),
    "everybody is far away": crowd("a", "WI", (30.0, -100.0), 2),
    "a crowd of one body and far others": crowd("a", "WI", (43.0, -88.0), 1) + crowd("b", "WI", (30.0, -100.0), 2),
    "a crowd across the border": crowd("a", "WI", (46.0, -91.0), 1, 3) + crowd("b", "IL", (42.4, -88.0), 2),
    "a crowd across the border, too far": crowd("a", "WI", (46.0, -91.0), 1, 3) + crowd("b", "IL", (41.0, -88.0), 2),
}


@pytest.mark.parametrize("name", CROWDS)
def test_crowds_are_routed_as_by_force(database: Database, name: str) -> None:
    plant_offices(database, CROWDS[name])
    for place in (Place("WI", latitude=43.0, longitude=-88.0), Place("WI", latitude=42.5, longitude=-88.0), Place("WI")):
        assert find_route(database, place, Audience.SEEKER) == route_by_force(CROWDS[name], place, Audience.SEEKER)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.sampled_from(sorted(STATES)),
    latitude=st.floats(-90, 90) | st.floats(42.5, 43.5) | st.floats(50, 53),
    longitude=st.floats(-180, 180) | st.floats(-88.5, -87.5) | st.sampled_from([180.0, -180.0, 179.95, -179.95]),
    audience=st.sampled_from(Audience),
)
def test_people_anywhere_are_routed_as_by_force(
    planted: Database, state: str, latitude: float, longitude: float, audience: Audience
) -> None:
    place = Place(state, latitude=latitude, longitude=longitude)
    assert find_route(planted, place, audience) == route_by_force(FAKE_OFFICES, place, audience)


def test_new_york_city_is_not_sent_to_the_other_imt(seeded: Database) -> None:
    """igniteli-ny is the nearest, but its IMT is Industrial Maintenance Technician (facts/gaps.md B)."""
    place = lookup_zip("11201")
    assert place
    route = find_route(seeded, place, Audience.SEEKER)
    assert route.first and route.first.office_id == "coi-ny"
