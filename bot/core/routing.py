"""Which office comes first for a person: one total order, and the choice of a first, a second and one across the border.

Responsible for the rule. Must not know databases, CSV files or wording.

The order (design.md, Routing; facts/gaps.md B and D):
1. service area: an office that serves the person's state and audience, then national offices of the audience elsewhere;
2. reachable: an office without website, phone and e-mail comes after every reachable one of the same area, whatever its
   kind, because to send somebody to it is to strand them; so does one whose "IMT" is another programme (a name trap);
3. kind: regional, then state agency, then national;
4. distance in great-circle miles, offices without coordinates after those with; a person without coordinates has no
   distances at all;
5. the office's id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.core.geography import Place
from bot.core.grid import FURTHEST, chord_of_miles, miles_between, squared_chord, unit_vector

ACROSS_BORDER_MILES = 60.0
SortKey = tuple[int, int, int, int, float, str]


class Audience(StrEnum):
    """Whom an office serves; staff ask on behalf of either."""

    SEEKER = "seeker"
    EMPLOYER = "employer"
    STAFF = "staff"


class OfficeKind(StrEnum):
    """What an office is."""

    REGIONAL = "regional"
    STATE_AGENCY = "state_agency"
    NATIONAL = "national"


class Area(IntEnum):
    """How an office's service area stands to the person."""

    SERVES = 0
    NATIONAL_ELSEWHERE = 1
    NEIGHBOUR = 2


KIND_RANK = {OfficeKind.REGIONAL: 0, OfficeKind.STATE_AGENCY: 1, OfficeKind.NATIONAL: 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An office as the rule sees it from where the person is. `organisation` is what counts once among the choices."""

    office_id: str
    organisation: str
    kind: OfficeKind
    reachable: bool
    latitude: float | None
    longitude: float | None
    area: Area

    @property
    def located(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class RoutedOffice:
    """A chosen office; `miles` is None where the person or the office has no coordinates."""

    office_id: str
    organisation: str
    kind: OfficeKind
    miles: float | None


@dataclass(frozen=True, slots=True)
class Route:
    """The offices to offer: `second` is of another organisation, `across_border` serves a neighbouring state only."""

    first: RoutedOffice | None = None
    second: RoutedOffice | None = None
    across_border: RoutedOffice | None = None


class ReasonKind(StrEnum):
    """Why the first office is the first."""

    ONLY_REGIONAL = "only_regional"
    NEAREST_REGIONAL = "nearest_regional"
    ONE_OF_REGIONAL = "one_of_regional"  # several serve the state and distances are unknown
    STATE_AGENCY_ONLY = "state_agency_only"
    NATIONAL_FALLBACK = "national_fallback"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class RouteReason:
    """Why, and how far."""

    kind: ReasonKind
    miles: float | None = None


def order_candidates(place: Place) -> Order:
    """The total order as seen from `place`: call it with a candidate for its sort key."""
    return Order(place)


def choose_route(place: Place, candidates: Iterable[Candidate]) -> Route:
    """The route among `candidates`. An office given more than once counts in its best area."""
    order = order_candidates(place)
    best = sorted(_once_each(candidates), key=order)
    serving = [candidate for candidate in best if candidate.area is not Area.NEIGHBOUR]
    first = next(iter(serving), None)
    second = next((other for other in serving if first and other.organisation != first.organisation), None)
    limit = border_limit(place, first)
    across = next((other for other in best if other.area is Area.NEIGHBOUR and _is_offered(other, order, limit)), None)
    return Route(*(_routed(place, office) for office in (first, second, across)))


def border_limit(place: Place, first: Candidate | None) -> tuple[float, float]:
    """Squared chords: at most 60 miles, and strictly less than to a regional first office with coordinates."""
    if first is None or first.kind is not OfficeKind.REGIONAL or not first.located:
        return chord_of_miles(ACROSS_BORDER_MILES), FURTHEST + 1
    return chord_of_miles(ACROSS_BORDER_MILES), order_candidates(place).distance(first)


def explain_route(route: Route) -> RouteReason:
    """Why `route.first` is the first, for one sentence to the person."""
    first, second = route.first, route.second
    if first is None:
        return RouteReason(ReasonKind.NOBODY)
    if first.kind is OfficeKind.STATE_AGENCY:
        return RouteReason(ReasonKind.STATE_AGENCY_ONLY, first.miles)
    if first.kind is OfficeKind.NATIONAL:
        return RouteReason(ReasonKind.NATIONAL_FALLBACK, first.miles)
    if second is None or second.kind is not OfficeKind.REGIONAL:
        return RouteReason(ReasonKind.ONLY_REGIONAL, first.miles)
    return RouteReason(ReasonKind.ONE_OF_REGIONAL if first.miles is None else ReasonKind.NEAREST_REGIONAL, first.miles)


class Order:
    """Distances and sort keys as seen from one place."""

    def __init__(self, place: Place) -> None:
        known = place.latitude is not None and place.longitude is not None
        self.origin = unit_vector(place.latitude or 0.0, place.longitude or 0.0) if known else None

    def __call__(self, candidate: Candidate) -> SortKey:
        unlocated = int(self.origin is not None and not candidate.located)
        reach, kind = int(not candidate.reachable), KIND_RANK[candidate.kind]
        return candidate.area, reach, kind, unlocated, self.distance(candidate), candidate.office_id

    def distance(self, candidate: Candidate) -> float:
        """Squared chord, which sorts as great-circle miles do; 0 where there is no distance."""
        if self.origin is None or candidate.latitude is None or candidate.longitude is None:
            return 0.0
        return squared_chord(unit_vector(candidate.latitude, candidate.longitude), self.origin)


def _once_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.office_id)
        if known is None or candidate.area < known.area:
            best[candidate.office_id] = candidate
    return list(best.values())


def _is_offered(candidate: Candidate, order: Order, limit: tuple[float, float]) -> bool:
    within, nearer_than = limit
    if order.origin is None or not candidate.located or not candidate.reachable or candidate.kind is not OfficeKind.REGIONAL:
        return False
    return order.distance(candidate) <= within and order.distance(candidate) < nearer_than


def _routed(place: Place, office: Candidate | None) -> RoutedOffice | None:
    if office is None:
        return None
    return RoutedOffice(office.office_id, office.organisation, office.kind, _miles(place, office))


def _miles(place: Place, office: Candidate) -> float | None:
    if place.latitude is None or place.longitude is None or office.latitude is None or office.longitude is None:
        return None
    return miles_between(place.latitude, place.longitude, office.latitude, office.longitude)
