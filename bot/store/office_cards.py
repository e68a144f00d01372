"""What may be shown of an office.

Responsible for the rule of showing: confirmed data plainly, other data with "confirm before you go", and data marked
"do not show" never; a confirmation by telephone does not lift that mark, only taking it out of the partner file does.
Must not know wording or channels.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.core.confidence import Freshness
from bot.core.routing import OfficeKind
from bot.store.database import Database
from bot.store.schema import ContactChannel, Office

_OFFICE = select(Office.name, Office.short_name, Office.kind, Office.state, Office.zip).where(Office.id == bindparam("id"))
_CHANNELS = select(ContactChannel.kind, ContactChannel.value, ContactChannel.source_date, ContactChannel.confirmed_on).where(
    ContactChannel.office_id == bindparam("id"), ContactChannel.freshness != str(Freshness.HIDDEN)
)
_WHERE = select(Office.id, Office.latitude, Office.longitude)


class OfficeNotFoundError(LookupError):
    """There is no office of that id."""


@dataclass(frozen=True)
class Shown:
    """A value to show; `confirm` asks the person to check it before they go. `source_date` may be "n.d."."""

    value: str
    confirm: bool
    source_date: str


@dataclass(frozen=True)
class OfficeCard:
    """An office as it may be shown; parts that may not be shown or are unknown are None. The caller fills in `miles`."""

    office_id: str
    name: str
    short_name: str
    kind: OfficeKind
    state: str
    street: Shown | None = None
    city: Shown | None = None
    zip: str | None = None
    phone: Shown | None = None
    email: Shown | None = None
    website: Shown | None = None
    miles: float | None = None


def describe_office(database: Database, office_id: str) -> OfficeCard:
    """The card of an office. Raises OfficeNotFoundError."""
    with database.reading() as connection:
        office = connection.execute(_OFFICE, {"id": office_id}).one_or_none()
        channels = connection.execute(_CHANNELS, {"id": office_id}).all()
    if office is None:
        raise OfficeNotFoundError(office_id)
    shown = {row.kind: Shown(row.value, row.confirmed_on is None, row.source_date) for row in channels}
    return OfficeCard(
        office_id=office_id,
        name=office.name,
        short_name=office.short_name or office.name,
        kind=OfficeKind(office.kind),
        state=office.state,
        street=shown.get("street"),
        city=shown.get("city"),
        zip=office.zip if office.zip and "street" in shown else None,
        phone=shown.get("phone"),
        email=shown.get("email"),
        website=shown.get("website"),
    )


def find_coordinates(database: Database, office_ids: Collection[str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the offices whose place is known."""
    if not office_ids:
        return {}
    query = _WHERE.where(Office.id.in_(office_ids), Office.latitude.is_not(None), Office.longitude.is_not(None))
    with database.reading() as connection:
        return {row.id: (row.latitude, row.longitude) for row in connection.execute(query)}
