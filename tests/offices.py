"""Invented offices: planted in bulk, and routed by looking at every one of them.

`route_by_force` is what the router over SQL is compared with: it shares nothing with it but the sort key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert

from bot.core.confidence import read_confidence
from bot.core.geography import Place
from bot.core.grid import miles_between
from bot.core.partner_checks import AUDIENCES
from bot.core.partner_rows import group_organisations
from bot.core.routing import Area, Audience, Candidate, OfficeKind, Route, RoutedOffice, order_candidates
from bot.core.states import neighbours_of
from bot.store.database import Database
from bot.store.reach import reach_rows
from bot.store.schema import Office, OfficeReach, Partner

Areas = frozenset[tuple[str, Audience]]
_BATCH = 5000


@dataclass(frozen=True)
class FakeOffice:
    """What routing needs to know of an office."""

    id: str
    organisation: str
    kind: OfficeKind
    reachable: bool
    coordinates: tuple[float, float] | None
    areas: Areas
    everywhere: bool = False

    def serves(self, state: str, audience: Audience) -> bool:
        return (self.everywhere and self.welcomes(audience)) or any(
            area[0] == state and audience in (area[1], Audience.STAFF) for area in self.areas
        )

    def welcomes(self, audience: Audience) -> bool:
        return any(audience in (area[1], Audience.STAFF) for area in self.areas)


def offices_of(rows: Sequence[dict[str, str]]) -> list[FakeOffice]:
    """The rows of a partner file."""
    organisations = group_organisations({row["id"]: row["confidence"] for row in rows})
    return [_office_of(row, organisations[row["id"]][1]) for row in rows]


def _office_of(row: dict[str, str], organisation: str) -> FakeOffice:
    serves = [AUDIENCES[name] for name in row["serves"].split(";")]
    marks = read_confidence(row["confidence"], "")
    return FakeOffice(
        id=row["id"],
        organisation=organisation,
        kind=OfficeKind(row["kind"]),
        reachable=bool(row["phone"] or row["email"] or row["website"]) and not marks.other_programme,
        coordinates=(float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None,
        areas=frozenset((state, audience) for state in row["states_served"].split(";") for audience in serves),
        everywhere=marks.everywhere,
    )


def plant_offices(database: Database, offices: Iterable[FakeOffice]) -> None:
    """Write offices and their rows in the router's index."""
    remaining = iter(offices)
    while batch := list(islice(remaining, _BATCH)):
        with database.transaction() as session:
            session.execute(insert(Partner), [{"id": each.id, "name": each.id, "counts_as": each.organisation} for each in batch])
            session.execute(insert(Office), [office_values(each) for each in batch])
            session.execute(insert(OfficeReach), [row for each in batch for row in reach_values(each)])


def reach_values(office: FakeOffice) -> Iterator[dict[str, Any]]:
    return reach_rows(
        office.id, office.organisation, office.kind, office.reachable, office.coordinates, office.areas, office.everywhere
    )


def office_values(office: FakeOffice) -> dict[str, Any]:
    blank = ("short_name", "street", "city", "state", "zip", "languages", "source_url", "source_date", "confidence")
    latitude, longitude = office.coordinates or (None, None)
    known = {"id": office.id, "partner_id": office.id, "position": 0, "kind": str(office.kind), "name": office.id}
    return dict.fromkeys((*blank, "contact_checked", "coord_basis"), "") | known | {"latitude": latitude, "longitude": longitude}


def route_by_force(offices: Iterable[FakeOffice], place: Place, audience: Audience) -> Route:
    """The route by looking at every office."""
    order = order_candidates(place)
    candidates = [candidate for office in offices if (candidate := _as_seen(office, place.state, audience))]
    serving = sorted((each for each in candidates if each.area is not Area.NEIGHBOUR), key=order)
    first = serving[0] if serving else None
    others = [each for each in serving if first and each.organisation != first.organisation]
    limit = _limit(place, first)
    across = sorted((each for each in candidates if _may_cross(each, place, *limit)), key=order)
    return Route(*(_chosen(place, found[:1]) for found in (serving, others, across)))


def _as_seen(office: FakeOffice, state: str, audience: Audience) -> Candidate | None:
    if office.serves(state, audience):
        area = Area.SERVES
    elif office.kind is OfficeKind.NATIONAL and office.welcomes(audience):
        area = Area.NATIONAL_ELSEWHERE
    elif any(office.serves(neighbour, audience) for neighbour in neighbours_of(state)):
        area = Area.NEIGHBOUR
    else:
        return None
    latitude, longitude = office.coordinates or (None, None)
    return Candidate(office.id, office.organisation, office.kind, office.reachable, latitude, longitude, area)


def _limit(place: Place, first: Candidate | None) -> tuple[float, float]:
    miles = _miles(place, first) if first and first.kind is OfficeKind.REGIONAL else None
    return 60.0, float("inf") if miles is None else miles


def _may_cross(candidate: Candidate, place: Place, at_most: float, less_than: float) -> bool:
    miles = _miles(place, candidate)
    fit = candidate.area is Area.NEIGHBOUR and candidate.kind is OfficeKind.REGIONAL and candidate.reachable
    return fit and miles is not None and miles <= at_most and miles < less_than


def _miles(place: Place, candidate: Candidate) -> float | None:
    if None in (place.latitude, place.longitude, candidate.latitude, candidate.longitude):
        return None
    return miles_between(*map(float, (place.latitude, place.longitude, candidate.latitude, candidate.longitude)))  # type: ignore[arg-type]


def _chosen(place: Place, found: list[Candidate]) -> RoutedOffice | None:
    return next((RoutedOffice(each.office_id, each.organisation, each.kind, _miles(place, each)) for each in found), None)
