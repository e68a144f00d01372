"""Erasing: nothing of a conversation is left in any table or file."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

import bot.conversation.erase
from bot.conversation.erase import erase, erase_again
from bot.conversation.receive import WrongTokenError, begin, open_conversation, receive
from bot.conversation.room import Room
from bot.store.base import utc_now
from bot.store.conversations import ConversationErasedError
from bot.store.database import open_database, upgrade_database
from tests.conversation.rooms import make_room

_SECRET = "plantedsecret"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    upgrade_database(f"sqlite:///{tmp_path / 'imt.db'}")
    return make_room(open_database(f"sqlite:///{tmp_path / 'imt.db'}"), tmp_path)


def rasa_keeps(folder: Path, conversation_id: str) -> None:
    with sqlite3.connect(folder / "tracker.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, sender_id, type_name, data)")
        connection.execute("INSERT INTO events (sender_id, type_name, data) VALUES (?, 'user', ?)", (conversation_id, _SECRET))
    connection.close()


def found(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and _SECRET.encode() in path.read_bytes()]


def test_nothing_is_left_and_only_its_person_hears_that_it_is_gone(room: Room, tmp_path: Path) -> None:
    async def play() -> None:
        begun = await begin(room, "web", "es", "https://a.test/" + _SECRET)
        await receive(room, begun.id, "a", _SECRET, "web")
        rasa_keeps(tmp_path, begun.id)
        assert found(tmp_path)
        with structlog.testing.capture_logs() as logs:
            await erase(room, begun.id)
        assert [(entry["event"], entry["conversation"]) for entry in logs] == [("erased", begun.id)], "for after a restore"
        with pytest.raises(ConversationErasedError):
            await open_conversation(room, begun.id, begun.token)
        with pytest.raises(WrongTokenError):
            await open_conversation(room, begun.id, "another")

    asyncio.run(play())
    room.close()
    assert found(tmp_path) == []


def test_what_a_running_turn_writes_afterwards_is_erased_too(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        begun = await begin(room, "web", None, None)
        await erase(room, begun.id)
        rasa_keeps(tmp_path, begun.id)
        await erase_again(room)
        assert found(tmp_path)
        monkeypatch.setattr(bot.conversation.erase, "utc_now", lambda: utc_now() + timedelta(minutes=10))
        await erase_again(room)

    asyncio.run(play())
    room.close()
    assert found(tmp_path) == []
