"""Handoffs of two partners with their conversations, for tests of what staff do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.core.conversation import Author, Said
from bot.core.handoff import Agent
from bot.store.conversation_schema import Conversation, Message
from bot.store.conversations import create_conversation
from bot.store.database import Database
from bot.store.figure_schema import Figure, Journey
from bot.store.handoffs import save_handoff
from bot.store.partners import import_partners
from bot.store.schema import Handoff, NoticeTarget, OfficeService, Partner
from bot.store.staff_schema import Audit, Staff, StaffFailure, StaffLink, StaffSession
from tests.conftest import SEED
from tests.store.handoffs import handoff

HERE, SISTER, THERE = "wrtp", "wrtp-madison", "mrtp-mn"
ANA, BEN = Agent("ana", "Ana", "wrtp"), Agent("ben", "Ben", "wrtp")
EVE, NATIONAL = Agent("eve", "Eve", "mrtp-mn"), Agent("nat", "Nat")
SAID = Said(Author.SYSTEM, "Somebody came or went.")


def clear(database: Database) -> None:
    """Offices as in the seed; no handoff, no conversation, no figure, no target."""
    with database.transaction() as session:
        for table in (Handoff, Message, Conversation, Journey, Figure, NoticeTarget, OfficeService):
            session.execute(delete(table))
    import_partners(database, SEED, "seed")


def clear_accounts(database: Database, *partners: str) -> None:
    """No account, and only these intermediaries."""
    with database.writing() as connection:
        for table in (Audit, StaffSession, StaffFailure, StaffLink, Staff, Partner):
            connection.execute(delete(table))
        connection.execute(insert(Partner), [{"id": each, "name": each.upper(), "counts_as": each} for each in partners])


def ask(
    database: Database, conversation_id: str = "c1", office_id: str | None = HERE, channel: str = "web", **changes: Any
) -> str:
    """A conversation and its handoff; gives the reference."""
    create_conversation(database, conversation_id, "hash", channel, "en", None, Said(Author.ASSISTANT, "Hello"))
    return save_handoff(database, handoff(conversation_id=conversation_id, office_id=office_id, **changes))


def row_of(database: Database, reference: str) -> Handoff:
    with database.transaction() as session:
        return session.scalars(select(Handoff).where(Handoff.reference == reference)).one()


def set_row(database: Database, reference: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(Handoff).where(Handoff.reference == reference).values(**values))
