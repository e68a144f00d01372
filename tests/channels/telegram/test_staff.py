"""While staff talk with a person: files go to them, and each sees that the other writes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import Author, Owner, Said
from bot.store.attachments import Attachment, list_attachments
from bot.store.conversations import change_owner, read_view
from bot.store.handoffs import save_handoff
from bot.store.telegram_chats import find_chat
from tests.channels.telegram.emulator import BOT
from tests.channels.telegram.gateways import Gateway, settle
from tests.channels.telegram.people import Person, until
from tests.store.handoffs import handoff

FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 10, "height": 10}
CASES: list[tuple[dict[str, Any], Attachment]] = [
    ({"photo": [{**SIZED, "file_id": "small"}, {**SIZED, "file_id": "large"}]}, Attachment("photo", "photo.jpg", "large")),
    ({"document": {**FILE, "file_name": "résumé.pdf"}}, Attachment("file", "résumé.pdf", "f")),
    ({"document": {**FILE, "file_name": "../../a\n\x00<b>.pdf"}}, Attachment("file", "a b .pdf", "f")),
    ({"document": FILE}, Attachment("file", "file", "f")),
    ({"document": {**FILE, "file_name": "a" * 300 + ".pdf"}}, Attachment("file", "a" * 116 + ".pdf", "f")),
    ({"voice": {**FILE, "duration": 3}}, Attachment("voice", "voice.ogg", "f")),
    ({"video": {**SIZED, "duration": 1}}, Attachment("voice", "recording", "f")),
    ({"video_note": {**FILE, "length": 1, "duration": 1}}, Attachment("voice", "video.mp4", "f")),
]


@pytest.fixture
def ana(gateway: Gateway) -> Person:
    """Somebody whom staff talk with."""
    person = gateway.person()
    person.say("hi")
    person.wait(1)
    change_owner(gateway.database, this_of(gateway), Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Dana joined."))
    gateway.run(lambda: _ring(gateway))
    person.wait(2)
    return person


def this_of(gateway: Gateway) -> str:
    chat = find_chat(gateway.database, int(BOT["id"]), 501)
    assert chat
    return chat.conversation_id


async def _ring(gateway: Gateway) -> None:
    gateway.room.bell.ring(this_of(gateway))


@pytest.mark.parametrize(("content", "kept"), CASES)
def test_files_are_for_staff(gateway: Gateway, ana: Person, content: dict[str, Any], kept: Attachment) -> None:
    ana.send(**content, caption="here it is")
    until(lambda: list_attachments(gateway.database, this_of(gateway)))
    assert list(list_attachments(gateway.database, this_of(gateway)).values()) == [kept]
    last = read_view(gateway.database, this_of(gateway)).messages[-1]
    assert (last.author, last.text) == (Author.VISITOR, f"📎 {kept.name}\nhere it is")
    settle()
    assert len(ana.texts) == 2, "nobody says that it cannot be read"


def test_a_file_is_for_staff_who_have_a_request_and_the_person_is_told(gateway: Gateway) -> None:
    person = gateway.person()
    person.say("hi")
    person.wait(1)
    save_handoff(gateway.database, handoff(conversation_id=this_of(gateway), office_id=None))
    for _ in range(2):
        person.send(photo=[SIZED], media_group_id="13")
    assert person.wait(2)[-1].startswith("I can't open this myself, but the staff")
    until(lambda: len(list_attachments(gateway.database, this_of(gateway))) == 2)
    settle()
    assert len(person.texts) == 2, "told once for an album"


def test_a_sticker_is_for_nobody(gateway: Gateway, ana: Person) -> None:
    ana.send(sticker={**SIZED, "type": "regular", "is_animated": False, "is_video": False})
    assert ana.wait(3)[-1].startswith("🙂 I only")


def test_a_file_is_fetched_when_it_is_asked_for(gateway: Gateway) -> None:
    gateway.emulator.files["f"] = b"%PDF"
    assert gateway.run(lambda: gateway.app.state.telegram.fetch("f")) == b"%PDF"
    assert gateway.run(lambda: gateway.app.state.telegram.fetch("gone")) is None


def test_the_person_sees_that_staff_write(gateway: Gateway, ana: Person) -> None:
    before = len(gateway.emulator.called("sendChatAction"))
    gateway.run(lambda: _write(gateway))
    until(lambda: len(gateway.emulator.called("sendChatAction")) > before)
    assert gateway.emulator.called("sendChatAction")[-1] == {"chat_id": 501, "action": "typing"}


def test_nobody_is_told_that_staff_write_while_the_assistant_has_the_conversation(gateway: Gateway) -> None:
    person = gateway.person()
    person.say("hi")
    person.wait(1)
    gateway.run(lambda: _write(gateway))
    settle()
    assert gateway.emulator.called("sendChatAction") == []


async def _write(gateway: Gateway) -> None:
    gateway.room.typing.note(this_of(gateway), Author.STAFF)
