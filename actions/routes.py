"""Finds whom to send a person to, from what the conversation knows."""

from __future__ import annotations

from actions.services import services
from bot.core.geography import Place
from bot.core.routing import Audience, Route
from bot.store.office_cards import describe_office
from bot.store.routing import find_route

_NOWHERE = Place("")


def route_for(place: Place | None, audience: Audience | None) -> Route:
    """The route for a place; without one, the national office."""
    return find_route(services().database, place or _NOWHERE, audience or Audience.SEEKER)


def organisation_for(place: Place | None, audience: Audience | None) -> str | None:
    """The name of the office that serves a place, None where the place is unknown."""
    first = route_for(place, audience).first if place else None
    return describe_office(services().database, first.office_id).name if first else None
