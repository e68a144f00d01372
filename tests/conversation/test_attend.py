"""What a person hears of the staff that take up their handoff: who comes and goes, by first name and intermediary."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from bot.conversation.attend import close_case, join_conversation, leave_conversation, pass_on, write_to_person
from bot.conversation.receive import begin, receive
from bot.conversation.room import Room
from bot.core.conversation import Author, Owner
from bot.core.handoff import Actor, Agent, HandoffStatus, Outcome, TransferReason
from bot.store.case_work import wait_for_person
from bot.store.cases import read_case
from bot.store.conversations import OwnerChangedError, View, read_view
from bot.store.database import Database
from bot.store.handoff_changes import HandoffChangedError
from bot.store.handoffs import save_handoff
from tests.conversation.rooms import make_room
from tests.store.handoffs import handoff
from tests.store.inboxes import ANA, BEN, HERE, NATIONAL, THERE, clear, row_of


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    clear(database)
    return make_room(database, tmp_path)


def heard(room: Room, language: str, *steps: Callable[[str], Awaitable[object]]) -> View:
    """The conversation after the steps, each given the reference."""

    async def play() -> View:
        begun = await begin(room, "web", language, None)
        reference = await room.call(save_handoff, handoff(conversation_id=begun.id, office_id=HERE))
        for step in steps:
            await step(reference)
        return await room.read(read_view, begun.id, 1)

    return asyncio.run(play())


def test_joining_writing_and_leaving(room: Room) -> None:
    view = heard(
        room,
        "es",
        lambda reference: join_conversation(room, ANA, reference),
        lambda reference: write_to_person(room, ANA, reference, "¡Hola!"),
        lambda reference: leave_conversation(room, ANA, reference),
    )
    joined, hello, left = view.messages
    assert joined.text.startswith("Ana, de Wisconsin Regional")
    assert (hello.author, hello.text) == (Author.STAFF, "¡Hola!")
    assert left.text.startswith("Ana, de Wisconsin Regional")
    assert (joined.author, joined.language) == (Author.SYSTEM, "es")
    assert view.owner is Owner.ASSISTANT


def test_national_staff_have_a_name_too(room: Room) -> None:
    (joined,) = heard(room, "en", lambda reference: join_conversation(room, NATIONAL, reference)).messages
    assert joined.text.startswith("Nat from the national IMT team has joined")


def test_passed_on_and_closed(room: Room) -> None:
    there = Agent("eve", "Eve", THERE)
    view = heard(
        room,
        "en",
        lambda reference: join_conversation(room, ANA, reference),
        lambda reference: pass_on(room, ANA, reference, THERE, TransferReason.NEARER),
        lambda reference: close_case(room, there, reference, Outcome.CONTACTED, date(2026, 11, 24)),
    )
    _, passed, closed = view.messages
    assert "Ana from Wisconsin Regional" in passed.text
    assert "Minnesota" in passed.text or "MRTP" in passed.text
    assert "IMT-" in closed.text
    assert closed.text.startswith("Eve from ")
    assert view.owner is Owner.ASSISTANT


def test_only_who_has_it_writes(room: Room) -> None:
    async def refused(reference: str) -> None:
        with pytest.raises(OwnerChangedError):
            await write_to_person(room, ANA, reference, "Too early")
        await join_conversation(room, ANA, reference)
        with pytest.raises(HandoffChangedError):
            await write_to_person(room, BEN, reference, "Not mine")
        with pytest.raises(HandoffChangedError):
            await join_conversation(room, BEN, reference)

    assert [message.author for message in heard(room, "en", refused).messages] == [Author.SYSTEM]


def test_the_person_gives_the_conversation_back(room: Room) -> None:
    async def back(reference: str) -> None:
        await join_conversation(room, ANA, reference)
        conversation_id = row_of(room.database, reference).conversation_id
        for _ in range(2):
            await receive(room, conversation_id, "a", "Back to the assistant, please", "web")
        assert row_of(room.database, reference).status == HandoffStatus.RETURNED
        await receive(room, conversation_id, "b", "How much does it pay?", "web")

    view = heard(room, "en", back)
    _, asked, left, question = view.messages
    assert left.text.startswith("OK, the assistant answers you again")
    assert (view.owner, view.answering, question.text) == (Owner.ASSISTANT, True, "How much does it pay?")
    assert asked.author is Author.VISITOR


def test_the_word_alone_changes_nothing_while_the_assistant_answers(room: Room) -> None:
    async def word(reference: str) -> None:
        await receive(room, row_of(room.database, reference).conversation_id, "a", "assistant", "web")

    assert [message.text for message in heard(room, "en", word).messages] == ["assistant"]


def test_an_answer_ends_the_waiting(room: Room) -> None:
    async def answered(reference: str) -> None:
        await join_conversation(room, ANA, reference)
        await room.call(wait_for_person, ANA, reference)
        await receive(room, row_of(room.database, reference).conversation_id, "a", "Here I am", "web")
        assert row_of(room.database, reference).status == HandoffStatus.IN_CONVERSATION
        *_, change = (await room.read(read_case, ANA, reference)).changes
        assert change.actor is Actor.PERSON

    heard(room, "en", answered)
