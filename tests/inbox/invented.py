"""Invented people who wait for staff: for tests of pages, and for the pictures of docs/staff.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot.core.conversation import Author, Said
from bot.core.geography import Place
from bot.core.handoff import ContactKind, HandoffReason
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.screening import Result
from bot.store.base import utc_now
from bot.store.conversations import add_messages, create_conversation, lock_conversation
from bot.store.database import Database
from bot.store.handoffs import save_handoff
from bot.store.schema import Handoff
from tests.store.handoffs import handoff

_CARD = {
    "office_id": "wrtp", "name": "WRTP | BIG STEP", "short_name": "WRTP", "kind": "regional", "state": "WI",
    "phone": {"value": "414-555-0142", "confirm": True, "source_date": "2024"},
}  # fmt: skip
_SOURCE = {"title": "Industrial Manufacturing Technician fact sheet", "url": "https://example.org/imt", "date": "2020"}
REFERENCES = {"maria": "IMT-7K2MXB", "dana": "IMT-4QZ9TD", "plant": "IMT-9FH3WR", "sam": "IMT-2VX8KN"}
MARIA = [
    Said(Author.VISITOR, "hola, quiero saber si puedo entrar sin diploma"),
    Said(Author.ASSISTANT, "No hay una sola regla de estudios para todo IMT. La mayoría de las empresas pide diploma o GED.",
         ("Ver si estoy listo", "Hablar con una persona"), topics=("education",), sources=(_SOURCE,), language="es"),
    Said(Author.VISITOR, "quiero hablar con una persona"),
    Said(Author.ASSISTANT, "Con gusto. Este es el socio más cercano a usted.", cards=(_CARD,), language="es"),
    Said(Author.VISITOR, "Maria, 414 555 0117"),
    Said(Author.ASSISTANT, "Listo. Guarde su número de referencia.", language="es"),
]  # fmt: skip


def invent(
    database: Database, number: int, said: Sequence[Said] = (), minutes: int = 5, channel: str = "web", **changes: Any
) -> str:
    """A conversation with its handoff, made so many minutes ago; gives the reference."""
    conversation_id = f"{number:032x}"
    language = str(changes.get("language", Language.ES))
    create_conversation(database, conversation_id, "hash", channel, language, None, Said(Author.ASSISTANT, "Hello"))
    with database.writing() as connection:
        add_messages(connection, lock_conversation(connection, conversation_id), list(said))
    reference = save_handoff(database, handoff(conversation_id=conversation_id, **changes))
    with database.writing() as connection:
        made = {"created_at": utc_now() - timedelta(minutes=minutes)}
        connection.execute(update(Handoff).where(Handoff.reference == reference).values(made))
    return reference


def rename(database: Database, reference: str, wanted: str) -> str:
    """Give a handoff a reference of one's choice, so that pictures do not change each time."""
    with database.writing() as connection:
        connection.execute(update(Handoff).where(Handoff.reference == reference).values(reference=wanted))
    return wanted


def invent_all(database: Database) -> dict[str, str]:
    """Four people of one intermediary; gives the references by name."""
    maria = invent(
        database, 1, MARIA, 12, office_id="wrtp", contact_name="Maria Fuentes", contact_value="414-555-0117",
        answers={"seeker_path": "looking", "place": Place("WI", "Milwaukee", "53215"), "age_band": "18_or_over",
                 "production": "yes", "diploma": "working_on_it", "schedule": "full_time"},
        topics=("wages", "how_to_apply"),
    )  # fmt: skip
    dana = invent(
        database, 2, [Said(Author.VISITOR, "my supervisor calls me names because of where i come from")], 48,
        office_id="wrtp-madison", contact_name="Dana", language=Language.EN, reason=HandoffReason.COMPLAINT, result=None,
        answers={}, topics=(), contact_kind=ContactKind.EMAIL, contact_value="dana@example.org", channel="telegram",
    )  # fmt: skip
    plant = invent(
        database, 3, [Said(Author.VISITOR, "We run a food plant with 80 people, what does it cost us?")], 95,
        office_id="wrtp", contact_name="Lee Novak", language=Language.EN, audience=Audience.EMPLOYER, result=Result.PERSON,
        answers={"place": Place("WI", "Racine"), "product": "Frozen food", "workers": 80, "mentors": "not_sure", "hires": "both",
                 "sponsorship": "not_sure"},
        contact_kind=ContactKind.EMAIL, contact_value="lee.novak@example.org",
    )  # fmt: skip
    sam = invent(
        database, 4, [Said(Author.VISITOR, "can somebody call me?")], 190, office_id="wrtp", contact_name=None,
        language=Language.EN, reason=HandoffReason.ASSISTANT_COULD_NOT_HELP, contact_kind=ContactKind.THEY_CALL,
        contact_value=None, result=None, answers={}, topics=(),
    )  # fmt: skip
    found = {"maria": maria, "dana": dana, "plant": plant, "sam": sam}
    return {name: rename(database, found[name], wanted) for name, wanted in REFERENCES.items()}
