"""Handoffs: kept once, shown without personal data, changed by the right person only, and erased for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.core.geography import Place
from bot.core.handoff import (
    ENDED,
    TRANSITIONS,
    UNATTENDED,
    UNDERWAY,
    Actor,
    Author,
    ContactError,
    ContactKind,
    HandoffError,
    HandoffReason,
    HandoffStatus,
    Line,
    MinorError,
    TransitionError,
    require_transition,
)
from bot.core.reference import find_reference
from bot.store import handoffs
from bot.store.database import Database, open_database, upgrade_database
from bot.store.handoffs import (
    HandoffEndedError,
    HandoffNotFoundError,
    NoReferenceLeftError,
    UnknownOfficeError,
    cancel_handoff,
    erase_person,
    find_handoff,
    find_handoffs_of,
    save_handoff,
    update_contact,
)
from bot.store.partners import import_partners
from bot.store.schema import Handoff as HandoffRow
from bot.store.schema import Office
from tests.conftest import SEED
from tests.store.handoffs import AT, handoff

SECRETS = ("Ana Secreta", "414-555-0100", "my night shift story", "53215")


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    """No handoffs yet; the tables are made once for all tests here."""
    with tables.transaction() as session:
        session.execute(delete(HandoffRow))
    yield tables


def rows(database: Database) -> list[HandoffRow]:
    with database.transaction() as session:
        return list(session.scalars(select(HandoffRow).order_by(HandoffRow.id)))


def test_everything_is_kept(database: Database) -> None:
    reference = save_handoff(database, handoff())
    (row,) = rows(database)
    assert find_reference(f"it is {reference.lower()}") == reference == row.reference
    assert (row.audience, row.language, row.state, row.result, row.reason) == (
        "seeker", "es", "WI", "ready_to_talk", "finished_screening",
    )  # fmt: skip
    assert row.answers == {"age_band": "18_or_over", "place": asdict(Place("WI", zip="53215"))}
    assert row.topics == ["wages"]
    assert row.transcript == [{"author": "person", "text": "my night shift story", "at": AT.isoformat(), "choices": []}]
    assert (row.contact_name, row.contact_kind, row.contact_value) == ("Ana Secreta", "phone", "414-555-0100")
    assert (row.status, row.consented_at) == ("new", AT)


def test_the_same_request_again_changes_nothing(database: Database) -> None:
    reference = save_handoff(database, handoff())
    again = handoff(contact_name="Somebody Else", answers={}, reason=HandoffReason.COMPLAINT)
    assert save_handoff(database, again) == reference
    assert [row.contact_name for row in rows(database)] == ["Ana Secreta"]
    assert save_handoff(database, handoff(request_key="turn-2")) != reference
    assert save_handoff(database, handoff(conversation_id="d")) != reference


def test_the_same_request_by_many_threads_at_once_is_kept_once(database: Database) -> None:
    together = Barrier(8)

    def save(_number: int) -> str:
        together.wait()
        return save_handoff(database, handoff())

    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(save, range(8)))
    assert len(references) == len(rows(database)) == 1


def test_a_reference_that_is_taken_is_drawn_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["IMT-2B2B2B", "IMT-2B2B2B", "IMT-2B2B2B", "IMT-3C3C3C"])
    monkeypatch.setattr(handoffs, "new_reference", lambda: next(drawn))
    assert save_handoff(database, handoff()) == "IMT-2B2B2B"
    assert save_handoff(database, handoff(request_key="turn-2")) == "IMT-3C3C3C"


def test_it_does_not_draw_for_ever(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handoffs, "new_reference", lambda: "IMT-2B2B2B")
    save_handoff(database, handoff())
    with pytest.raises(NoReferenceLeftError):
        save_handoff(database, handoff(request_key="turn-2"))


def test_an_office_that_is_not_known_is_refused(database: Database) -> None:
    with pytest.raises(UnknownOfficeError) as caught:
        save_handoff(database, handoff(office_id="nowhere"))
    assert caught.value.__suppress_context__
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert rows(database) == []


def test_whoever_holds_the_reference_sees_the_status_and_nothing_personal(database: Database) -> None:
    import_partners(database, SEED, "seed")
    with database.reading() as connection:
        office = connection.execute(select(Office.id, Office.name).limit(1)).one()
    reference = save_handoff(database, handoff(office_id=office.id))
    view = find_handoff(database, reference)
    assert view is not None
    assert (view.reference, view.status, view.office_name) == (reference, HandoffStatus.NEW, office.name)
    assert view.created_at.tzinfo is UTC
    assert abs((datetime.now(UTC) - view.created_at).total_seconds()) < 60
    assert not any(secret in str(view) for secret in SECRETS)
    assert find_handoff(database, "IMT-2B2B2B") is None


def test_the_handoffs_of_a_conversation_come_newest_first(database: Database) -> None:
    first, second = (save_handoff(database, handoff(request_key=key)) for key in ("1", "2"))
    save_handoff(database, handoff(conversation_id="d"))
    assert [view.reference for view in find_handoffs_of(database, "c")] == [second, first]
    assert find_handoffs_of(database, "nobody") == []


def test_a_contact_is_changed(database: Database) -> None:
    reference = save_handoff(database, handoff())
    view = update_contact(database, "c", reference, "Ana", ContactKind.EMAIL, "ana@example.org")
    assert view == find_handoff(database, reference)
    (row,) = rows(database)
    assert (row.contact_name, row.contact_kind, row.contact_value) == ("Ana", "email", "ana@example.org")


def test_a_contact_is_changed_and_the_name_stays(database: Database) -> None:
    reference = save_handoff(database, handoff())
    update_contact(database, "c", reference, None, ContactKind.EMAIL, "ana@example.org")
    (row,) = rows(database)
    assert (row.contact_name, row.contact_value) == ("Ana Secreta", "ana@example.org")


def test_a_contact_is_changed_from_its_own_conversation_only(database: Database) -> None:
    reference = save_handoff(database, handoff())
    with pytest.raises(HandoffNotFoundError):
        update_contact(database, "somebody", reference, "Eve", ContactKind.PHONE, "1")
    with pytest.raises(HandoffNotFoundError):
        cancel_handoff(database, "somebody", reference)
    with pytest.raises(ContactError):
        update_contact(database, "c", reference, "Ana", ContactKind.THEY_CALL, "1")
    assert rows(database)[0].contact_name == "Ana Secreta"


def test_a_cancelled_handoff_keeps_no_contact_and_changes_no_more(database: Database) -> None:
    reference = save_handoff(database, handoff())
    assert cancel_handoff(database, "c", reference).status is HandoffStatus.CANCELLED
    assert cancel_handoff(database, "c", reference).status is HandoffStatus.CANCELLED
    (row,) = rows(database)
    assert (row.contact_name, row.contact_kind, row.contact_value) == (None, "none", None)
    with pytest.raises(HandoffEndedError):
        update_contact(database, "c", reference, "Ana", ContactKind.PHONE, "1")


def test_a_closed_handoff_is_not_cancelled(database: Database) -> None:
    reference = save_handoff(database, handoff())
    with database.transaction() as session:
        session.scalars(select(HandoffRow)).one().status = "closed"
    with pytest.raises(TransitionError, match="closed cannot become cancelled"):
        cancel_handoff(database, "c", reference)


def test_every_status_fits_its_column(database: Database) -> None:
    reference = save_handoff(database, handoff())
    for status in HandoffStatus:
        with database.transaction() as session:
            session.scalars(select(HandoffRow)).one().status = str(status)
        view = find_handoff(database, reference)
        assert view is not None
        assert view.status is status


def test_erasing_takes_every_handoff_of_the_conversation(database: Database) -> None:
    references = [save_handoff(database, handoff(request_key=key)) for key in ("1", "2")]
    other = save_handoff(database, handoff(conversation_id="d"))
    assert erase_person(database, "c") == 2
    assert erase_person(database, "c") == 0
    assert [find_handoff(database, reference) for reference in references] == [None, None]
    assert find_handoff(database, other) is not None
    assert save_handoff(database, handoff(request_key="1")) not in references


def erased(database: Database, _reference: str) -> None:
    assert erase_person(database, "c") == 1


def cancelled(database: Database, reference: str) -> None:
    cancel_handoff(database, "c", reference)
    erase_person(database, "c")


def changed(database: Database, reference: str) -> None:
    update_contact(database, "c", reference, None, ContactKind.THEY_CALL, None)
    erase_person(database, "c")


@pytest.mark.parametrize("act", [erased, cancelled, changed])
def test_nothing_of_a_person_is_left_in_the_files(tmp_path: Path, act: Callable[[Database, str], None]) -> None:
    url = f"sqlite:///{tmp_path / 'imt.db'}"
    upgrade_database(url)
    database = open_database(url)
    reference = save_handoff(database, handoff(transcript=(Line(Author.PERSON, "my night shift story" * 500, AT),)))
    act(database, reference)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [secret for secret in SECRETS if secret.encode() in kept]
    database.close()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"answers": {"age_band": "under_16"}, "contact_kind": ContactKind.NONE, "contact_value": None}, MinorError),
        ({"answers": {"age_band": "16_17"}}, MinorError),
        ({"contact_value": None}, ContactError),
        ({"contact_kind": ContactKind.THEY_CALL}, ContactError),
        ({"contact_kind": "fax"}, ContactError),
        ({"request_key": ""}, HandoffError),
        ({"consented_at": datetime(2026, 1, 1)}, HandoffError),
    ],
)
def test_what_may_not_be_kept_cannot_be_made(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        handoff(**changes)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_somebody_of_16_or_17_is_handed_over_without_contact(database: Database) -> None:
    minor = {"answers": {"age_band": "16_17"}, "contact_name": None, "contact_kind": ContactKind.NONE, "contact_value": None}
    reference = save_handoff(database, handoff(**minor))
    with pytest.raises(MinorError):
        update_contact(database, "c", reference, "Ana", ContactKind.PHONE, "1")


def test_the_table_of_transitions_is_complete() -> None:
    assert set(TRANSITIONS) == set(HandoffStatus)
    for old, new, actor in product(HandoffStatus, HandoffStatus, Actor):
        if actor in TRANSITIONS[old].get(new, ()):
            require_transition(old, new, actor)
        else:
            with pytest.raises(TransitionError):
                require_transition(old, new, actor)
    assert not [old for old in HandoffStatus if old in TRANSITIONS[old]]
    assert {HandoffStatus.NEW} | {new for allowed in TRANSITIONS.values() for new in allowed} == set(HandoffStatus)
    assert set(HandoffStatus) == UNATTENDED | UNDERWAY | ENDED
    assert {old for old in HandoffStatus if not TRANSITIONS[old]} == ENDED


def test_looking_up_goes_by_an_index(make_url: Callable[[str], str]) -> None:
    """PostgreSQL has the same unique constraints; SQLite tells its plan in words."""
    url = make_url("sqlite")
    upgrade_database(url)
    database = open_database(url)
    with database.reading() as connection:
        for statement in (handoffs._BY_REFERENCE, handoffs._BY_CONVERSATION):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.compile(database.engine)}", ("x",)).all()
            assert not [row for row in plan if str(row[-1]).startswith("SCAN")], plan
    database.close()


def test_the_documentation_has_every_status_what_it_can_become_and_by_whom() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "handoff.md").read_text(encoding="utf-8")
    lines = [line.split("|")[1:4] for line in text.splitlines() if re.match(r"\| `[a-z_]+`", line)]
    told: dict[HandoffStatus, dict[HandoffStatus, set[Actor]]] = {}
    for names, _meaning, becomes in lines:
        following = {
            HandoffStatus(new): {Actor(actor) for actor in actors.split(", ")}
            for new, actors in re.findall(r"`(\w+)` \(([^)]+)\)", becomes)
        }
        told |= {HandoffStatus(name): following for name in names.split("`")[1::2]}
    assert told == TRANSITIONS
