"""Export and erasing of one person's data in the inbox: who may, what it gives, and that it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.core.staff import Role
from bot.store.database import Database
from bot.store.handoffs import find_handoff
from bot.store.staff_schema import Audit
from tests.inbox.people import OTHER, OWN, Browser
from tests.store.inboxes import set_row
from tests.store.kept import SAID, TRACES, keep_in_rasa, rasa_keeps, request, staff_of, tell_much, traces

Enter = Callable[..., Browser]
ID = "f" * 32
MAY = [(Role.MANAGER, OWN), (Role.NATIONAL, None), (Role.ADMINISTRATOR, None)]


@pytest.fixture
def reference(database: Database, tmp_path: Path) -> str:
    """Of somebody of whom everything is kept that may be."""
    keep_in_rasa(tmp_path, ID)
    return tell_much(database, ID)


def recorded(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(Audit.action).where(Audit.action.in_(["exported", "erased"]))))


@pytest.mark.parametrize(("role", "partner"), MAY)
def test_a_file_with_everything(enter: Enter, database: Database, reference: str, role: Role, partner: str | None) -> None:
    person = enter(role, partner)
    assert f"/{reference}/person" in person.get(f"/handoffs/{reference}").text
    given = person.post(f"/handoffs/{reference}/person/export")
    assert given.headers["content-disposition"] == f'attachment; filename="{reference}.json"'
    assert [what for what in TRACES if what not in given.text] == []
    kept = given.json()
    assert kept["rasa_events"][0]["text"] == SAID
    assert kept["handoffs"][0]["reference"] == reference
    assert {"messages", "handoff_notes", "handoff_outcomes", "telegram_chats", "telegram_pieces", "audit"} <= set(kept)
    assert "hash" not in given.text
    assert recorded(database) == ["exported"]


@pytest.mark.parametrize(("role", "partner"), MAY)
def test_erased_once_the_reference_is_typed(
    enter: Enter, database: Database, tmp_path: Path, reference: str, role: Role, partner: str | None
) -> None:
    person = enter(role, partner)
    for typed in ("", "yes", "IMT-222222"):
        refused = person.post(f"/handoffs/{reference}/person/erase", typed=typed)
        assert (refused.status_code, f"type {reference}" in refused.text) == (422, True)
    assert find_handoff(database, reference)
    done = person.post(f"/handoffs/{reference}/person/erase", typed=f" {reference.lower()} ")
    assert (done.status_code, f"{reference} is erased" in done.text) == (200, True)
    assert traces(database, reference) == []
    assert rasa_keeps(tmp_path) == []
    assert recorded(database) == ["erased"]
    assert person.post(f"/handoffs/{reference}/person/erase", typed=reference).status_code == 404


def test_agents_may_neither(enter: Enter, database: Database, reference: str) -> None:
    person = enter(Role.AGENT, OWN)
    assert "/person" not in person.get(f"/handoffs/{reference}").text
    for answer in (
        person.get(f"/handoffs/{reference}/person"),
        person.post(f"/handoffs/{reference}/person/export"),
        person.post(f"/handoffs/{reference}/person/erase", typed=reference),
    ):
        assert answer.status_code == 403
        assert "Zzyzxa" not in answer.text
    assert find_handoff(database, reference)
    assert recorded(database) == []


def test_who_has_a_request_elsewhere_too_is_for_those_who_see_both(enter: Enter, database: Database, reference: str) -> None:
    other = request(database, staff_of(database), ID, request_key="turn-2")
    set_row(database, other, office_id=OTHER)
    person = enter(Role.MANAGER, OWN)
    for answer in (
        person.get(f"/handoffs/{reference}/person"),
        person.post(f"/handoffs/{reference}/person/export"),
        person.post(f"/handoffs/{reference}/person/erase", typed=reference),
    ):
        assert (answer.status_code, "Another intermediary" in answer.text) == (403, True)
    assert find_handoff(database, other)
    assert enter(Role.NATIONAL).post(f"/handoffs/{reference}/person/erase", typed=reference).status_code == 200
    assert find_handoff(database, other) is None


def test_nothing_is_done_where_a_part_cannot_be_reached(
    enter: Enter, site: TestClient, database: Database, reference: str
) -> None:
    room = site.app.state.room  # type: ignore[attr-defined]
    object.__setattr__(room, "tracker_url", "nonsense")
    person = enter(Role.MANAGER, OWN)
    assert person.post(f"/handoffs/{reference}/person/export").status_code == 503
    assert recorded(database) == []
