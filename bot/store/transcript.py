"""What was said in a conversation, read from Rasa's table `events`.

Responsible for reading the lines of all sessions, for adding those of the running turn, for finding an answer again, and for
erasing them. Must not know what the lines are for. Rasa owns the table and may not have made it yet; nothing here writes to
it but `erase_events`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import Engine, Select, bindparam, column, create_engine, delete, func, inspect, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from bot.core.handoff import Author as Author
from bot.core.handoff import Line as Line
from bot.store.erasing import empty_log, overwrite_deleted

_WAIT_SECONDS = 3
_COLUMNS = ("id", "sender_id", "type_name", "timestamp", "action_name", "data")
_EVENTS = table("events", *(column(name) for name in _COLUMNS))
_SAID = (
    select(_EVENTS.c.data)
    .where(_EVENTS.c.sender_id == bindparam("conversation_id"), _EVENTS.c.type_name.in_(("user", "bot")))
    .order_by(_EVENTS.c.id)
)
_LATEST = (
    select(_EVENTS.c.type_name, _EVENTS.c.data)
    .where(_EVENTS.c.sender_id == bindparam("conversation_id"), _EVENTS.c.type_name.in_(("user", "bot")))
    .order_by(_EVENTS.c.id.desc())
    .limit(50)
)
_LANGUAGE = (
    select(_EVENTS.c.data)
    .where(_EVENTS.c.sender_id == bindparam("conversation_id"), _EVENTS.c.type_name == "slot")
    .where(_EVENTS.c.action_name == "language")
    .order_by(_EVENTS.c.id.desc())
    .limit(1)
)
_KEPT = select(_EVENTS.c.data).where(_EVENTS.c.sender_id == bindparam("conversation_id")).order_by(_EVENTS.c.id)
_ERASE = delete(_EVENTS).where(_EVENTS.c.sender_id == bindparam("conversation_id"))
_OLD = select(_EVENTS.c.sender_id).group_by(_EVENTS.c.sender_id).having(func.max(_EVENTS.c.timestamp) < bindparam("before"))
_AUTHORS = {"user": Author.PERSON, "bot": Author.ASSISTANT}
# Rasa's own commands, which nobody said.
_COMMANDS = frozenset({"/session_start", "/restart"})


class TrackerUnavailableError(Exception):
    """Rasa's table cannot be read or written now; the message holds neither an address nor what was said."""


def read_transcript(tracker: str | Engine, conversation_id: str) -> list[Line]:
    """Everything said in a conversation, over all its sessions, in order; without a table yet, nothing.

    `tracker` is Settings.tracker_url, or an open engine. Raises TrackerUnavailableError.
    """
    return list(_lines(json.loads(data) for data in _scalars(tracker, _SAID, {"conversation_id": conversation_id})))


def find_replies(tracker: str | Engine, conversation_id: str, message_id: str) -> list[dict[str, Any]] | None:
    """What Rasa said to the message that was sent to it with this `message_id` in its metadata, as its REST channel says it.

    None where Rasa keeps no such message. Rasa keeps a turn in one transaction, when it is over: there is all of it or nothing.
    Raises TrackerUnavailableError.
    """
    replies: list[dict[str, Any]] = []
    for kind, data in _latest(tracker, conversation_id):
        event = json.loads(data)
        if kind == "bot":
            replies.insert(0, _as_sent(event))
        elif (event.get("metadata") or {}).get("message_id") == message_id:
            return replies
        else:
            replies = []
    return None


def find_language(tracker: str | Engine, conversation_id: str) -> str | None:
    """The language that Rasa speaks in a conversation: the last value of its slot `language`. Raises TrackerUnavailableError."""
    found = _scalars(tracker, _LANGUAGE, {"conversation_id": conversation_id})
    return json.loads(found[0]).get("value") if found else None


def merge_current(stored: Iterable[Line], current_events: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The stored lines and those of the running turn, which Rasa stores only when the turn is over.

    `current_events` are the events that the action server is given: the latest session, stored or not. A line is the same
    when the same side said it at the same instant, however often that happened.
    """
    merged = list(stored)
    known = Counter((line.author, line.at) for line in merged)
    for line in _lines(current_events):
        key = (line.author, line.at)
        if known[key]:
            known[key] -= 1
        else:
            merged.append(line)
    return merged


def erase_events(tracker: str | Engine, conversation_id: str) -> int:
    """Delete everything that Rasa keeps of a conversation; gives the number of events. Raises TrackerUnavailableError.

    In the middle of a turn too: `bot.nlu.tracker_store` sees it and does not write the turn back.
    """
    engine = _writer(tracker) if isinstance(tracker, str) else tracker
    try:
        with engine.begin() as connection:
            overwrite_deleted(connection)
            erased = connection.execute(_ERASE, {"conversation_id": conversation_id}).rowcount
        empty_log(engine)
    except DBAPIError as error:
        if _has_no_table(engine):
            return 0
        raise TrackerUnavailableError(type(error).__name__) from None
    return erased


def read_events(tracker: str | Engine, conversation_id: str) -> list[dict[str, Any]]:
    """Everything that Rasa keeps of a conversation, as it keeps it. Raises TrackerUnavailableError."""
    return [json.loads(data) for data in _scalars(tracker, _KEPT, {"conversation_id": conversation_id})]


def list_old_senders(tracker: str | Engine, before: datetime) -> list[str]:
    """The conversations of which Rasa keeps nothing that happened since. Raises TrackerUnavailableError."""
    return _scalars(tracker, _OLD, {"before": before.timestamp()})


def _scalars(tracker: str | Engine, query: Select[Any], values: Mapping[str, Any]) -> list[Any]:
    """The first column; nothing where Rasa has not made its table yet."""
    engine = _reader(tracker) if isinstance(tracker, str) else tracker
    try:
        with engine.connect() as connection:
            return list(connection.scalars(query, values))
    except DBAPIError as error:
        if _has_no_table(engine):
            return []
        raise TrackerUnavailableError(type(error).__name__) from None


def _latest(tracker: str | Engine, conversation_id: str) -> list[tuple[str, str]]:
    """Kind and data of what was said last, newest first."""
    engine = _reader(tracker) if isinstance(tracker, str) else tracker
    try:
        with engine.connect() as connection:
            rows = connection.execute(_LATEST, {"conversation_id": conversation_id})
            return [(row.type_name, row.data) for row in rows]
    except DBAPIError as error:
        if _has_no_table(engine):
            return []
        raise TrackerUnavailableError(type(error).__name__) from None


def _as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data") or {}
    return {"text": event.get("text"), "buttons": data.get("buttons"), "custom": data.get("custom")}


def _lines(events: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    for event in events:
        author = _AUTHORS.get(str(event.get("event")))
        text = str(event.get("text") or "").strip()
        choices = _choices(event)
        if author and (text or choices) and not _is_command(event, text):
            yield Line(author, text, datetime.fromtimestamp(float(event.get("timestamp") or 0), UTC), choices)


def _choices(event: Mapping[str, Any]) -> tuple[str, ...]:
    data = event.get("data") or {}
    buttons = [*(data.get("buttons") or ()), *(data.get("quick_replies") or ())]
    return tuple(str(button["title"]) for button in buttons if button.get("title"))


def _is_command(event: Mapping[str, Any], text: str) -> bool:
    """A command of Rasa's, or a reminder that it plays back to itself as if the person had spoken."""
    return event.get("event") == "user" and (text in _COMMANDS or bool((event.get("metadata") or {}).get("is_external")))


@lru_cache(maxsize=4)
def _reader(address: str) -> Engine:
    """An engine that cannot write; with SQLite it does not even make the file. It holds no connection between two readings."""
    url = _parse(address)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, "ro")
    return _open_postgresql(url, "-c default_transaction_read_only=on")


@lru_cache(maxsize=4)
def _writer(address: str) -> Engine:
    url = _parse(address)
    return _open_sqlite(url, "rw") if url.get_backend_name() == "sqlite" else _open_postgresql(url, "")


def _open_sqlite(url: URL, mode: str) -> Engine:
    address = url.set(database=f"file:{quote(str(url.database))}", query={"mode": mode, "uri": "true"})
    return create_engine(address, poolclass=NullPool, connect_args={"timeout": _WAIT_SECONDS}, hide_parameters=True)


def _open_postgresql(url: URL, options: str) -> Engine:
    limits = f"{options} -c statement_timeout={_WAIT_SECONDS * 1000}".strip()
    arguments = {"connect_timeout": _WAIT_SECONDS, "options": limits}
    address = url.set(drivername="postgresql+psycopg")
    return create_engine(address, poolclass=NullPool, connect_args=arguments, hide_parameters=True)


def _parse(address: str) -> URL:
    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        raise TrackerUnavailableError("The address of the tracker is not one of a database.") from None


def _has_no_table(engine: Engine) -> bool:
    """Whether Rasa has not made its table, or not even its file, yet."""
    if engine.dialect.name == "sqlite":
        return _lacks_file(engine.url) or _lacks_table(engine)
    return _lacks_table(engine)


def _lacks_file(url: URL) -> bool:
    return not Path(unquote(str(url.database).removeprefix("file:"))).exists()


def _lacks_table(engine: Engine) -> bool:
    try:
        return not inspect(engine).has_table("events")
    except DBAPIError:
        return False
