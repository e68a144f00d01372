"""One person's data on request: all of it as JSON, or erased. The inbox and the commands call this; both are recorded.

`agent` is who asks, and sees no other intermediary's people.
"""

from __future__ import annotations

import asyncio
import json

from bot.conversation.erase import erase_everything
from bot.conversation.room import Room
from bot.core.handoff import Agent
from bot.store.base import utc_now
from bot.store.person import find_person, note_use, read_person
from bot.store.telegram_updates import drop_updates_of
from bot.store.transcript import read_events


async def export_person(room: Room, agent: Agent, reference: str, staff_id: int | None = None) -> str:
    """JSON of everything that is kept. Raises HandoffNotFoundError, SharedPersonError or TrackerUnavailableError."""
    found = await room.read(find_person, agent, reference)
    rasa = await asyncio.to_thread(read_events, room.tracker_url, found.conversation_id)
    await room.call(note_use, found, "exported", staff_id)
    tables = await room.read(read_person, found)
    everything = {"reference": reference, "exported_at": utc_now().isoformat(), **tables, "rasa_events": rasa}
    return json.dumps(everything, ensure_ascii=False, indent=2) + "\n"


async def erase_person(room: Room, agent: Agent, reference: str, staff_id: int | None = None) -> None:
    """As at the wish of the person; it cannot be undone. Raises as `export_person`."""
    found = await room.read(find_person, agent, reference)
    await room.call(drop_updates_of, found.conversation_id)
    await erase_everything(room, found.conversation_id)
    await room.call(note_use, found, "erased", staff_id)
