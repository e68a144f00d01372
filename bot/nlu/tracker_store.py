"""Rasa's tracker store: the table `events`, in a SQLite file or in PostgreSQL, with a bound on what a turn costs.

Rasa copies the tracker for each action and posts its whole session to the action server, so a turn costs the more the
longer the session is. A session of more than `max_session_events` events is therefore started anew between two turns, with
the same slots and the same form, and the older events stay in the table.

Responsible for reading and writing that table from inside Rasa. Must not know what is said in it. Imports nothing else of
`bot`, and runs on Python 3.10 with SQLAlchemy 1.4. In endpoints.yml:

    tracker_store:
      type: bot.nlu.tracker_store.TrackerStore
      url: ${TRACKER_URL}        # sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME
"""

from __future__ import annotations

import itertools
import json
import logging
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.core.tracker_store import TrackerStore as AnyTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

logger = logging.getLogger(__name__)

MAX_SESSION_EVENTS = 60
_PRAGMAS = ("journal_mode = WAL", "busy_timeout = 5000", "synchronous = NORMAL")
_CONNECT_SECONDS = 5
_ATTEMPTS, _PAUSE_SECONDS = 12, 5.0
_MARK = "_stored_events"
# Floats of today's times are 2.4e-7 apart.
_TICK = 1e-6

_events = SQLTrackerStore.SQLEvent.__table__
_sender = _events.c.sender_id == sa.bindparam("sender_id")
_all = sa.select(_events.c.id, _events.c.data).where(_sender).order_by(_events.c.id)
# By id, not by time as Rasa does: clocks are set back, and by id an index leads straight to the session.
_session_start = (
    sa.select(_events.c.id)
    .where(_sender, _events.c.type_name == SessionStarted.type_name)
    .order_by(_events.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_in_session = _events.c.id >= sa.func.coalesce(_session_start, 0)
_session = _all.where(_in_session)
_session_length = sa.select(sa.func.count()).where(_sender, _in_session)
_still_there = sa.select(_events.c.id).where(_sender, _events.c.id == sa.bindparam("id"))


class _Stored(NamedTuple):
    """How many of a tracker's events the table holds, and the row of the last; None where it need not be looked for."""

    number: int
    last_id: Optional[int] = None


class TrackerStore(SQLTrackerStore):
    """Keeps all events for ever, and hands Rasa a session of bounded length."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        max_session_events: int = MAX_SESSION_EVENTS,
    ) -> None:
        """`host` is the address under `url` in endpoints.yml: this is how Rasa passes it."""
        self.engine = _open_engine(host)
        self.sessionmaker = sessionmaker(bind=self.engine)
        self.max_session_events = int(max_session_events)
        _create_table(self.engine)
        AnyTrackerStore.__init__(self, domain, event_broker)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker of the latest session, which is started anew first if it has grown too long."""
        tracker = self._load(sender_id, _session)
        if tracker is None or not self._is_too_long(tracker):
            return tracker
        return self._start_session(tracker) or tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """The tracker of all sessions."""
        return self._load(conversation_id, _all)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what the table does not hold yet."""
        with self.engine.begin() as connection:
            new = self._unsaved(connection, tracker)
            _append(connection, tracker.sender_id, new)
        setattr(tracker, _MARK, _Stored(len(tracker.events)))
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    def _load(self, sender_id: str, query: Any) -> Optional[DialogueStateTracker]:
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"sender_id": sender_id}).all()
        if not rows:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, [json.loads(row.data) for row in rows], self.domain.slots)
        setattr(tracker, _MARK, _Stored(len(tracker.events), rows[-1].id))
        return tracker

    def _unsaved(self, connection: Connection, tracker: DialogueStateTracker) -> List[Event]:
        stored: Optional[_Stored] = getattr(tracker, _MARK, None)
        if stored is None:  # made by somebody else: Rasa's way, by counting
            stored = _Stored(connection.execute(_session_length, {"sender_id": tracker.sender_id}).scalar_one())
        new = list(itertools.islice(tracker.events, stored.number, None))
        if stored.last_id is None or _exists(connection, tracker.sender_id, stored.last_id):
            return new
        return _after_erasing(new)

    def _is_too_long(self, tracker: DialogueStateTracker) -> bool:
        """Too long, and nothing is going on: no turn is half done, and Rasa is not about to start a session by itself."""
        if len(tracker.events) <= self.max_session_events or not self.domain.slots:
            return False
        last = tracker.events[-1]
        return isinstance(last, ActionExecuted) and last.action_name == ACTION_LISTEN_NAME and not self._has_expired(tracker)

    def _has_expired(self, tracker: DialogueStateTracker) -> bool:
        """As Rasa's processor decides it: it looks for the last message, which a new session would hide from it."""
        said = tracker.get_last_event_for(UserUttered)
        limit = self.domain.session_config
        return bool(said and limit.are_sessions_enabled() and time.time() - said.timestamp > limit.session_expiration_time * 60)

    def _start_session(self, tracker: DialogueStateTracker) -> Optional[DialogueStateTracker]:
        """The tracker of a new session in the same state; None where that would gain little or cannot be written."""
        events = summarise(tracker)
        if len(events) * 2 > len(tracker.events):
            return None
        try:
            with self.engine.begin() as connection:
                _append(connection, tracker.sender_id, events)
        except SQLAlchemyError as error:
            logger.warning("A long session could not be started anew (%s); it goes on as it is.", type(error).__name__)
            return None
        return self._load(tracker.sender_id, _session)


def summarise(tracker: DialogueStateTracker) -> List[Event]:
    """The events of a new session in which slots, form and waiting are as they are now."""
    slots = {name: slot for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
    asked = slots.pop(REQUESTED_SLOT, None)
    events: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, slot.value) for name, slot in slots.items()]
    if tracker.active_loop_name:
        events.append(ActiveLoop(tracker.active_loop_name))
        if tracker.is_active_loop_rejected:
            events.append(ActionExecutionRejected(tracker.active_loop_name))
    if asked:
        events.append(SlotSet(REQUESTED_SLOT, asked.value))
    if tracker.is_paused():
        events.append(ConversationPaused())
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return _timed(events, after=max(event.timestamp for event in tracker.events))


def _timed(events: List[Event], after: float) -> List[Event]:
    """Each a moment later than the one before, and all later than what there is."""
    start = max(time.time(), after)
    for number, event in enumerate(events, 1):
        event.timestamp = start + number * _TICK
    return events


def _after_erasing(new: List[Event]) -> List[Event]:
    """What was erased during the turn stays erased: only what follows the restart, with which the turn wiped itself, is kept."""
    restarts = [number for number, event in enumerate(new) if isinstance(event, Restarted)]
    return new[restarts[-1] :] if restarts else []


def _append(connection: Connection, sender_id: str, events: Sequence[Event]) -> None:
    if events:
        connection.execute(_events.insert(), [_row(sender_id, event) for event in events])


def _row(sender_id: str, event: Event) -> Dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _exists(connection: Connection, sender_id: str, row_id: int) -> bool:
    return connection.execute(_still_there, {"sender_id": sender_id, "id": row_id}).first() is not None


def _open_engine(address: Optional[str]) -> Engine:
    """Errors hide their parameters: Rasa logs them, and they hold what people wrote."""
    if not address:
        raise RasaException("The tracker store in endpoints.yml has no url: set TRACKER_URL.")
    url = make_url(address)
    try:
        return _open_sqlite(url) if url.get_backend_name() == "sqlite" else _open_postgresql(url)
    except ImportError as error:  # Rasa would take it for a missing class and keep everything in memory
        raise RasaException(f"The driver of the tracker's database is not installed: {error.name}.") from None


def _open_sqlite(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False}, hide_parameters=True)
    sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _open_postgresql(url: URL) -> Engine:
    url = url.set(drivername="postgresql")
    options = create_engine_kwargs(url)
    options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS, **options.get("connect_args", {})}
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, **options)


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _create_table(engine: Engine) -> None:
    """Make the table and its index, once the server answers. Several processes may do so at the same time."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            SQLTrackerStore.Base.metadata.create_all(engine)
            with engine.begin() as connection:
                connection.execute(sa.text("CREATE INDEX IF NOT EXISTS ix_events_sender_id_id ON events (sender_id, id)"))
            return
        except (OperationalError, ProgrammingError, IntegrityError) as error:
            if attempt == _ATTEMPTS:
                raise
            logger.warning("The tracker's database is not ready (%s); trying again.", type(error).__name__)
            time.sleep(_PAUSE_SECONDS)
