"""The rule of routing, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.geography import Place
from bot.core.routing import Area, Candidate, OfficeKind, ReasonKind, Route, choose_route, explain_route

HERE = Place("WI", latitude=43.0, longitude=-88.0)
NEAR = Candidate("near", "near", OfficeKind.REGIONAL, True, 43.1, -88.0, Area.SERVES)
FAR = replace(NEAR, office_id="far", organisation="far", latitude=45.0)
AGENCY = replace(NEAR, office_id="agency", organisation="agency", kind=OfficeKind.STATE_AGENCY, latitude=43.0)
NATIONAL = replace(NEAR, office_id="national", organisation="national", kind=OfficeKind.NATIONAL, latitude=43.0)
ACROSS = replace(NEAR, office_id="across", organisation="across", latitude=43.05, area=Area.NEIGHBOUR)


def ids(route: Route) -> tuple[str | None, ...]:
    return tuple(office.office_id if office else None for office in (route.first, route.second, route.across_border))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], (None, None, None)),
        ([FAR, NEAR], ("near", "far", None)),
        ([AGENCY, NATIONAL, FAR], ("far", "agency", None)),
        ([NATIONAL, AGENCY], ("agency", "national", None)),
        ([replace(NEAR, reachable=False), FAR], ("far", "near", None)),
        ([replace(NEAR, reachable=False), AGENCY], ("agency", "near", None)),
        ([replace(NEAR, latitude=None, longitude=None), FAR], ("far", "near", None)),
        ([NEAR, replace(FAR, organisation="near"), AGENCY], ("near", "agency", None)),
        ([replace(NATIONAL, area=Area.NATIONAL_ELSEWHERE), replace(AGENCY, reachable=False)], ("agency", "national", None)),
        ([replace(FAR, latitude=43.1), NEAR], ("far", "near", None)),
    ],
)
def test_order(candidates: list[Candidate], expected: tuple[str | None, ...]) -> None:
    assert ids(choose_route(HERE, candidates)) == expected
    assert ids(choose_route(HERE, reversed(candidates))) == expected


@pytest.mark.parametrize(
    ("candidates", "across"),
    [
        ([NEAR, ACROSS], "across"),
        ([AGENCY, ACROSS], "across"),
        ([replace(NEAR, latitude=None, longitude=None), ACROSS], "across"),
        ([ACROSS], "across"),
        ([NEAR, replace(ACROSS, latitude=43.1)], None),
        ([NEAR, replace(ACROSS, latitude=43.2)], None),
        ([AGENCY, replace(ACROSS, latitude=43.0 + 59.9 / 69.0955)], "across"),
        ([AGENCY, replace(ACROSS, latitude=43.0 + 60.1 / 69.0931)], None),
        ([AGENCY, replace(ACROSS, reachable=False)], None),
        ([AGENCY, replace(ACROSS, kind=OfficeKind.STATE_AGENCY)], None),
        ([AGENCY, replace(ACROSS, latitude=None, longitude=None)], None),
        ([AGENCY, ACROSS, replace(ACROSS, area=Area.SERVES, kind=OfficeKind.NATIONAL)], None),
    ],
)
def test_across_the_border(candidates: list[Candidate], across: str | None) -> None:
    assert ids(choose_route(HERE, candidates))[2] == across


def test_a_person_without_coordinates_gets_offices_by_kind_and_id() -> None:
    nowhere = Place("WI")
    unlocated = replace(FAR, office_id="a", organisation="a", latitude=None, longitude=None)
    assert ids(choose_route(nowhere, [NEAR, FAR, unlocated, ACROSS, AGENCY])) == ("a", "far", None)


@pytest.mark.parametrize(
    ("candidates", "place", "kind", "miles"),
    [
        ([NEAR, FAR], HERE, ReasonKind.NEAREST_REGIONAL, 6.9),
        ([NEAR, FAR], Place("WI"), ReasonKind.ONE_OF_REGIONAL, None),
        ([NEAR, AGENCY], HERE, ReasonKind.ONLY_REGIONAL, 6.9),
        ([NEAR], HERE, ReasonKind.ONLY_REGIONAL, 6.9),
        ([AGENCY, NATIONAL], HERE, ReasonKind.STATE_AGENCY_ONLY, 0),
        ([NATIONAL], HERE, ReasonKind.NATIONAL_FALLBACK, 0),
        ([], HERE, ReasonKind.NOBODY, None),
    ],
)
def test_reason(candidates: list[Candidate], place: Place, kind: ReasonKind, miles: float | None) -> None:
    reason = explain_route(choose_route(place, candidates))
    assert reason.kind is kind
    assert reason.miles == (miles if miles is None else pytest.approx(miles, abs=0.1))
