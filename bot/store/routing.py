"""The router over SQL: finds the few offices among which the rule of `bot.core.routing` chooses.

Responsible for fetching enough candidates at a cost that does not grow with the table. Must not decide anything itself:
whatever it fetches is put in order by `choose_route`, and the tests compare it with all offices put in order.

Where all that could matter to a person is at most 64 rows, one query fetches it. Else the tiers (reachability, then kind)
are walked in order, each from fine to coarse cells around the person until its nearest office is proven to be the nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Row, Select, bindparam, literal, select, union_all

from bot.core.geography import Place
from bot.core.grid import RESOLUTIONS, Block, block_around, unit_vector
from bot.core.routing import Area, Audience, Candidate, Route, border_limit, choose_route
from bot.core.states import STATES, neighbours_of
from bot.store.database import Database
from bot.store.reach import EVERY_NATIONAL, TIERS, read_tier
from bot.store.schema import OfficeReach

_ALL_IN_ONE = 64
_HANDFUL = 8
_CELLS = 9
_MOST_NEIGHBOURS = max(len(state.neighbours) for state in STATES.values())
_NO_ORGANISATION = ""
_Rows = Sequence[Row[Any]]

_reach = OfficeReach.__table__.c
_COLUMNS = (_reach.office_id, _reach.organisation, _reach.tier, _reach.latitude, _reach.longitude)
_dx, _dy, _dz = (_reach[axis] - bindparam(f"p{axis}", type_=Double()) for axis in "xyz")
_CHORD = (_dx * _dx + _dy * _dy + _dz * _dz).label("chord")  # the same order as bot.core.grid.squared_chord


def find_route(database: Database, place: Place, audience: Audience) -> Route:
    """The offices to offer to somebody at `place`."""
    with database.reading() as connection:
        search = _Search(connection, place, audience)
        candidates = search.fetch_all()
        if candidates is None:
            candidates = search.fetch_serving()
            candidates += search.fetch_across(choose_first(place, candidates))
    return choose_route(place, candidates)


def choose_first(place: Place, candidates: list[Candidate]) -> Candidate | None:
    """The candidate that `choose_route` puts first."""
    first = choose_route(place, candidates).first
    return next((candidate for candidate in candidates if first and candidate.office_id == first.office_id), None)


def _in_bucket(state: str) -> Select[Any]:
    return select(*_COLUMNS).where(_reach.state == bindparam(state), _reach.audience == bindparam("audience"))


def _branch(area: Area, rows: Select[Any]) -> Select[Any]:
    return select(rows.add_columns(literal(int(area)).label("area")).limit(_ALL_IN_ONE + 1).subquery())


def _all_in_bucket(state: str) -> Select[Any]:
    """All rows of a bucket; the order keeps PostgreSQL from reading the table instead of the index."""
    return _in_bucket(state).order_by(_reach.tier, _reach.office_id)


def _all_across() -> Select[Any]:
    regional = _reach.audience == bindparam("audience"), _reach.tier == 0, _reach.latitude.is_not(None)
    return select(*_COLUMNS).where(_in_neighbours(), *regional)


def _in_neighbours() -> ColumnElement[bool]:
    return _reach.state.in_([bindparam(f"neighbour{number}") for number in range(_MOST_NEIGHBOURS)])


def _near(cells: Any | None) -> Select[Any]:
    """Rows by distance: all of a bucket and tier, or those in nine cells of one resolution."""
    rows = select(*_COLUMNS, _CHORD).where(_reach.audience == bindparam("audience"), _reach.tier == bindparam("tier"))
    if cells is None:
        rows = rows.where(_reach.x.is_not(None))
    else:
        rows = rows.where(cells.in_([bindparam(f"cell{number}") for number in range(_CELLS)]))
    return rows.order_by(_CHORD, _reach.office_id)


def _near_in_bucket(cells: Any | None) -> Select[Any]:
    here = _reach.state == bindparam("state"), _reach.organisation != bindparam("excluded")
    return _near(cells).where(*here).limit(_HANDFUL)


def _near_across(cells: Any | None) -> Select[Any]:
    within = _CHORD.element <= bindparam("within", type_=Double())
    nearer = _CHORD.element < bindparam("nearer_than", type_=Double())
    return _near(cells).where(_in_neighbours(), within, nearer).limit(1)


_CELL_COLUMNS = (_reach.cell_fine, _reach.cell_middle, _reach.cell_coarse)
_EVERYTHING = union_all(
    _branch(Area.SERVES, _all_in_bucket("state")),
    _branch(Area.NATIONAL_ELSEWHERE, _all_in_bucket("national")),
    _branch(Area.NEIGHBOUR, _all_across()),
).limit(_ALL_IN_ONE + 1)
_BY_CELL = tuple(_near_in_bucket(column) for column in _CELL_COLUMNS)
_BY_DISTANCE = _near_in_bucket(None)
_ACROSS_BY_CELL = tuple(_near_across(column) for column in _CELL_COLUMNS)
_ACROSS_BY_DISTANCE = _near_across(None)
_LISTED = (
    _in_bucket("state")
    .where(_reach.tier == bindparam("tier"), _reach.organisation != bindparam("excluded"))
    .order_by(_reach.office_id)
    .limit(_HANDFUL)
)
_LISTED_UNLOCATED = _LISTED.where(_reach.latitude.is_(None))


class _Search:
    """One person's search: the parameters that all its queries share, and the queries."""

    def __init__(self, connection: Connection, place: Place, audience: Audience) -> None:
        self.connection, self.place = connection, place
        self.blocks: tuple[Block, ...] = ()
        self.shared: dict[str, Any] = {"audience": str(audience)}
        neighbours: list[str] = []
        if place.latitude is not None and place.longitude is not None:
            here = place.latitude, place.longitude
            self.blocks = tuple(block_around(*here, size) for size in RESOLUTIONS)
            self.origin = dict(zip(("px", "py", "pz"), unit_vector(*here), strict=True))
            neighbours = sorted(neighbours_of(place.state))
        padded = neighbours + [""] * (_MOST_NEIGHBOURS - len(neighbours))
        self.neighbours = {f"neighbour{number}": state for number, state in enumerate(padded)}
        self.has_neighbours = bool(neighbours)

    def fetch_all(self) -> list[Candidate] | None:
        """Every candidate, or None where there are too many."""
        values = {"state": self.place.state, "national": EVERY_NATIONAL, **self.neighbours, **self.shared}
        rows = self.connection.execute(_EVERYTHING, values).all()
        return None if len(rows) > _ALL_IN_ONE else [_candidate(row, Area(row.area)) for row in rows]

    def fetch_serving(self) -> list[Candidate]:
        """Candidates among which are the first, and the second of another organisation."""
        found: list[Candidate] = []
        for area, state in ((Area.SERVES, self.place.state), (Area.NATIONAL_ELSEWHERE, EVERY_NATIONAL)):
            for tier in TIERS:
                for rows in self._walk_tier({"state": state, "tier": tier}, found):
                    found += [_candidate(row, area) for row in rows]
                    if len({candidate.organisation for candidate in found}) > 1:
                        return found
        return found

    def fetch_across(self, first: Candidate | None) -> list[Candidate]:
        """The nearest office across the border that the rule allows, if there is one."""
        if not self.has_neighbours:
            return []
        within, nearer_than = border_limit(self.place, first)
        values = {**self.neighbours, "tier": 0, "within": within, "nearer_than": nearer_than}
        for block, statement in zip(self.blocks, _ACROSS_BY_CELL, strict=True):
            rows = self._execute_near(statement, values, block)
            if _proven(rows, block) or block.proven > min(within, nearer_than):
                break
        else:
            rows = self._execute_near(_ACROSS_BY_DISTANCE, values, None)
        return [_candidate(row, Area.NEIGHBOUR) for row in rows]

    def _walk_tier(self, bucket: dict[str, Any], found: list[Candidate]) -> Iterator[_Rows]:
        """Rows of a tier in batches: the best ones, then the best of any other organisation; stop when content."""
        for step in (self._nearest, self._unlocated) if self.blocks else (self._listed,):
            none_yet = not found
            yield step(bucket | {"excluded": found[0].organisation if found else _NO_ORGANISATION})
            if none_yet and found:
                yield step(bucket | {"excluded": found[0].organisation})

    def _nearest(self, bucket: dict[str, Any]) -> _Rows:
        for block, statement in zip(self.blocks, _BY_CELL, strict=True):
            if proven := _proven(self._execute_near(statement, bucket, block), block):
                return proven
        return self._execute_near(_BY_DISTANCE, bucket, None)

    def _unlocated(self, bucket: dict[str, Any]) -> _Rows:
        return self.connection.execute(_LISTED_UNLOCATED, bucket | self.shared).all()

    def _listed(self, bucket: dict[str, Any]) -> _Rows:
        return self.connection.execute(_LISTED, bucket | self.shared).all()

    def _execute_near(self, statement: Select[Any], values: dict[str, Any], block: Block | None) -> _Rows:
        cells = {f"cell{number}": cell for number, cell in enumerate(block.cells)} if block else {}
        return self.connection.execute(statement, values | cells | self.shared | self.origin).all()


def _proven(rows: _Rows, block: Block) -> _Rows:
    return [row for row in rows if row.chord <= block.proven]


def _candidate(row: Row[Any], area: Area) -> Candidate:
    kind, reachable = read_tier(row.tier)
    return Candidate(row.office_id, row.organisation, kind, reachable, row.latitude, row.longitude, area)
