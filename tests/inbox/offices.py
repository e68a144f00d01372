"""An office's page in tests: what its forms hold, and what its history says."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from bot.core.staff import Scope
from bot.store.database import Database
from bot.store.schema import OfficeHistory
from tests.inbox.people import OWN, Browser

OFFICE = f"/partners/offices/{OWN}"
ALL = Scope(None)
CONTACTS: dict[str, Any] = {
    "phone": "414-342-9787", "email": "office@wrtp.org", "website": "https://wrtp.org", "street": "3841 W. Wisconsin Avenue",
    "city": "Milwaukee", "state": "WI", "zip": "53208", "states_served": "Wisconsin, mn", "serves": ["candidates", "employers"],
}  # fmt: skip
HOURS = {"zone": "America/Chicago", "day0": "8 am - noon, 1 pm - 4:30 pm", "day4": "9-12", "holidays": "on",
         "closed_days": "2026-12-24 to 2026-12-26", "hours": "4", "minutes": "30"}  # fmt: skip


def field_of(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def history(database: Database, office_id: str = OWN) -> list[tuple[str, dict[str, Any]]]:
    query = select(OfficeHistory.actor, OfficeHistory.changes).where(OfficeHistory.office_id == office_id)
    with database.reading() as connection:
        return [(row.actor, row.changes) for row in connection.execute(query.order_by(OfficeHistory.id))][1:]


def save(person: Browser, seen: str | None = None, **changes: Any) -> Any:
    return person.post(f"{OFFICE}/contacts", seen=seen or field_of(person.get(OFFICE), "seen"), **(CONTACTS | changes))


def save_hours(person: Browser, seen: str | None = None, **changes: Any) -> Any:
    return person.post(f"{OFFICE}/hours", hours_seen=seen or field_of(person.get(OFFICE), "hours_seen"), **(HOURS | changes))
