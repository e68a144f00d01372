"""People of whom much is kept, and a search of all that is kept, for tests of erasing."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update

from bot.core.conversation import Author, Said
from bot.core.handoff import Agent, Outcome
from bot.core.staff import Role
from bot.store.audit import record_alone
from bot.store.case_work import accept_handoff, close_handoff
from bot.store.conversation_schema import Conversation, Delivery, Message
from bot.store.conversations import add_messages, lock_conversation
from bot.store.database import Database
from bot.store.handoff_schema import Handoff, HandoffChange, Notice
from bot.store.handoffs import save_handoff
from bot.store.inbox_schema import HandoffNote
from bot.store.inbox_work import add_note, mark_read
from bot.store.schema import Base
from bot.store.staff import NewStaff, add_staff, list_staff
from bot.store.staff_schema import Audit
from bot.store.telegram_chats import open_chat
from bot.store.telegram_schema import TelegramPiece, TelegramUpdate
from tests.store.handoffs import handoff
from tests.store.inboxes import HERE

BOT, CHAT = 4242424242, 7712034990017
# What was invented for one person; a search for these words must find nothing once they are erased.
TRACES = ("xylophonist", "Zzyzxa", "414-555-0173", "weekday zither", "wi_flyer_q", "quokka note", str(CHAT), "53299")
SAID = "i am a xylophonist, can i join"


def staff_of(database: Database) -> Agent:
    """Somebody of the staff, made once."""
    if not list_staff(database):
        add_staff(database, NewStaff("ana@example.org", "Ana", Role.MANAGER, HERE, "hash", "nonce"))
    return Agent(str(list_staff(database)[0].staff.id), "Ana", HERE)


def tell_much(database: Database, conversation_id: str, ended: bool = True, **changes: Any) -> str:
    """Somebody on Telegram with everything that may be kept; gives the reference."""
    agent = staff_of(database)
    open_chat(database, BOT, CHAT, conversation_id, "hash", "es", "wi_flyer_q", Said(Author.ASSISTANT, "Hello"))
    with database.writing() as connection:
        words = [Said(Author.VISITOR, SAID, client_id="1"), Said(Author.ASSISTANT, "Yes", ("Zzyzxa",), topics=("wages",))]
        add_messages(connection, lock_conversation(connection, conversation_id), words)
        piece = {"conversation_id": conversation_id, "seq": 3, "number": 0, "bot_id": BOT, "after_id": 1, "message_id": 2}
        connection.execute(insert(TelegramPiece), piece)
        content = {"bot_id": BOT, "update_id": 9, "chat_id": CHAT, "message_id": 1, "content": {"text": SAID}}
        connection.execute(insert(TelegramUpdate), {**content, "due_at": datetime.now(UTC)})
    return request(database, agent, conversation_id, ended, **changes)


def request(database: Database, agent: Agent, conversation_id: str, ended: bool = True, **changes: Any) -> str:
    """A request with a note and an outcome, ended or still worked on."""
    personal: dict[str, Any] = {
        "contact_name": "Zzyzxa", "contact_value": "414-555-0173", "contact_time": "weekday zither",
        "answers": {"place": {"state": "WI", "zip": "53299"}},
    }  # fmt: skip
    made = handoff(conversation_id=conversation_id, office_id=HERE, **{**personal, **changes})
    reference = save_handoff(database, made)
    with database.reading() as connection:
        handoff_id = connection.scalar(select(Handoff.id).where(Handoff.reference == reference)) or 0
    accept_handoff(database, agent, reference)
    add_note(database, handoff_id, int(agent.staff_id), "quokka note")
    mark_read(database, handoff_id, int(agent.staff_id), 2)
    record_alone(database, "opened", int(agent.staff_id), handoff_id, "detail")
    notice = {"handoff_id": handoff_id, "label": "the person's contact", "kind": "reply", "cause": "reply", "state": "dead"}
    with database.writing() as connection:
        connection.execute(insert(Notice), notice)
    if ended:
        bye = Said(Author.SYSTEM, "It has ended.")
        close_handoff(database, agent, reference, bye, Outcome.APPLIED, date(2026, 1, 2))
    return reference


def age(database: Database, days: float) -> None:
    """As if everything had happened so long ago."""
    ago = datetime.now(UTC) - timedelta(days=days)
    columns = ((Conversation, "created_at"), (Message, "at"), (Handoff, "created_at"), (HandoffChange, "at"),
               (HandoffNote, "at"), (Audit, "at"), (TelegramUpdate, "received_at"), (Delivery, "due_at"))  # fmt: skip
    with database.writing() as connection:
        for table, column in columns:
            connection.execute(update(table).values({column: ago}))


def keep_in_rasa(folder: Path, conversation_id: str, days: float = 0) -> str:
    """As Rasa would; gives the address of its store."""
    at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    with sqlite3.connect(folder / "tracker.db") as connection:
        columns = "id INTEGER PRIMARY KEY, sender_id, type_name, timestamp FLOAT, intent_name, action_name, data"
        connection.execute(f"CREATE TABLE IF NOT EXISTS events ({columns})")
        values = (conversation_id, at, json.dumps({"event": "user", "text": SAID, "timestamp": at}))
        connection.execute("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'user', ?, ?)", values)
    connection.close()
    return f"sqlite:///{folder / 'tracker.db'}"


def rasa_keeps(folder: Path) -> list[str]:
    """Whose events Rasa keeps."""
    with sqlite3.connect(folder / "tracker.db") as connection:
        found = [str(row[0]) for row in connection.execute("SELECT sender_id FROM events ORDER BY sender_id")]
    connection.close()
    return found


def everything(database: Database) -> str:
    """All rows of all tables."""
    with database.reading() as connection:
        return "\n".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in Base.metadata.tables)


def traces(database: Database, *more: str) -> list[str]:
    """What of the person can be found: in rows, and in the files of a SQLite database."""
    rows, raw = everything(database), b""
    if database.engine.dialect.name == "sqlite":
        folder = Path(str(database.engine.url.database)).parent
        raw = b"".join(path.read_bytes() for path in sorted(folder.glob("*.db*")))
    return [what for what in (*TRACES, *more) if what in rows or what.encode() in raw]
