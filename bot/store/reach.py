"""The rows of the router's index for an office.

Responsible for how `office_reach` is derived. Must not know how it is searched, nor the partner file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.core.grid import RESOLUTIONS, cell_of, unit_vector
from bot.core.routing import KIND_RANK, Audience, OfficeKind
from bot.core.states import STATES

EVERY_NATIONAL = "US"  # the bucket of every national office, whichever states it serves
_KINDS = {rank: kind for kind, rank in KIND_RANK.items()}


def tier_of(kind: OfficeKind, reachable: bool) -> int:
    """0 to 2 for reachable offices by kind, 3 to 5 for the others."""
    return KIND_RANK[kind] + (0 if reachable else len(KIND_RANK))


TIERS = range(2 * len(KIND_RANK))


def read_tier(tier: int) -> tuple[OfficeKind, bool]:
    """The kind, and whether the office is reachable."""
    return _KINDS[tier % len(KIND_RANK)], tier < len(KIND_RANK)


def reach_rows(
    office_id: str,
    organisation: str,
    kind: OfficeKind,
    reachable: bool,
    coordinates: tuple[float, float] | None,
    areas: Iterable[tuple[str, Audience]],
    everywhere: bool,
) -> Iterator[dict[str, Any]]:
    """The rows of one office. `areas` are the states and audiences it serves; `everywhere` adds every state."""
    shared = {"office_id": office_id, "organisation": organisation, "tier": tier_of(kind, reachable)} | _position(coordinates)
    for state, audience in sorted(_buckets(kind, set(areas), everywhere)):
        yield {**shared, "state": state, "audience": str(audience)}


def _buckets(kind: OfficeKind, areas: set[tuple[str, Audience]], everywhere: bool) -> set[tuple[str, Audience]]:
    audiences = {audience for _, audience in areas}
    states = set(STATES) if everywhere else set()
    if kind is OfficeKind.NATIONAL:
        states.add(EVERY_NATIONAL)
    served = areas | {(state, audience) for state in states for audience in audiences}
    return served | {(state, Audience.STAFF) for state, _ in served}


def _position(coordinates: tuple[float, float] | None) -> dict[str, Any]:
    names = ("latitude", "longitude", "x", "y", "z", "cell_fine", "cell_middle", "cell_coarse")
    if coordinates is None:
        return dict.fromkeys(names)
    cells = (cell_of(*coordinates, size) for size in RESOLUTIONS)
    return dict(zip(names, (*coordinates, *unit_vector(*coordinates), *cells), strict=True))
