"""Conversations in both databases: numbers without gaps, once whatever is sent again, owners, erasing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.core.conversation import Author, Owner, Said
from bot.store.attachments import Attachment, list_attachments, receive_file
from bot.store.base import utc_now
from bot.store.conversation_erasing import BLANK, blank_messages, erase_messages, finish_erasing, list_to_erase_again
from bot.store.conversation_schema import Delivery, Message, Turn
from bot.store.conversations import (
    ConversationErasedError,
    ConversationNotFoundError,
    OwnerChangedError,
    UnknownChoiceError,
    change_owner,
    create_conversation,
    find_access,
    find_choice,
    list_changes,
    read_view,
    receive_message,
    say_as_staff,
)
from bot.store.database import Database
from bot.store.handoffs import save_handoff
from bot.store.schema import Handoff
from tests.store.handoffs import handoff


def begin(database: Database, conversation_id: str = "c1", channel: str = "web") -> None:
    greeting = Said(Author.ASSISTANT, "Hello", ("Wages", "Cost"))
    create_conversation(database, conversation_id, "hash", channel, "en", "https://a.test/", greeting)


def visitor(text: str, client_id: str) -> Said:
    return Said(Author.VISITOR, text, client_id=client_id)


def test_a_conversation_begins_with_its_greeting(database: Database) -> None:
    begin(database)
    view = read_view(database, "c1")
    assert [(message.seq, message.author, message.text) for message in view.messages] == [(1, Author.ASSISTANT, "Hello")]
    assert [choice.title for choice in view.messages[0].choices] == ["Wages", "Cost"]
    assert (view.owner, view.erased, view.answering, view.last_seq) == (Owner.ASSISTANT, False, False, 1)


def test_a_message_sent_again_is_stored_once(database: Database) -> None:
    begin(database)
    assert [receive_message(database, "c1", visitor("How much?", "a")) for _ in range(3)] == [2, 2, 2]
    assert receive_message(database, "c1", visitor("How much?", "b")) == 3
    assert [message.client_id for message in read_view(database, "c1", 1).messages] == ["a", "b"]
    assert read_view(database, "c1").answering


def test_many_at_once_are_numbered_without_gaps_and_once(database: Database) -> None:
    begin(database)
    ids = [str(number % 20) for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda each: (each, receive_message(database, "c1", visitor("x", each))), ids))
    assert sorted(set(given)) == sorted({(client_id, seq) for client_id, seq in given})
    assert len(set(given)) == 20
    assert [message.seq for message in read_view(database, "c1").messages] == list(range(1, 22))


def test_a_choice_is_known_in_its_own_conversation_only(database: Database) -> None:
    begin(database)
    begin(database, "c2")
    token = read_view(database, "c1").messages[0].choices[1].id
    assert find_choice(database, "c1", token) == "Cost"
    for conversation_id, wrong in (
        ("c2", token),
        ("c1", "1-"),
        ("c1", "Cost"),
        ("c1", ""),
        ("c1", "9" * 40 + "-a"),
        ("c1", "٣-a"),
    ):
        with pytest.raises(UnknownChoiceError):
            find_choice(database, conversation_id, wrong)


def test_of_two_that_take_over_one_succeeds(database: Database) -> None:
    begin(database)
    joined = Said(Author.SYSTEM, "A person has joined.")

    def take(_: int) -> bool:
        try:
            change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, joined)
        except OwnerChangedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
    assert read_view(database, "c1").owner is Owner.STAFF
    assert read_view(database, "c1").last_seq == 2


def test_what_waits_for_the_assistant_is_left_to_staff_that_take_over(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("Before", "a"))
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Joined"))
    receive_message(database, "c1", visitor("After", "b"))
    assert not read_view(database, "c1").answering
    with database.reading() as connection:
        assert set(connection.scalars(select(Turn.state))) == {"left_to_staff"}


def test_staff_write_only_in_what_they_own(database: Database) -> None:
    begin(database)
    with pytest.raises(OwnerChangedError):
        say_as_staff(database, "c1", Said(Author.STAFF, "Hi"))
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Joined"))
    (message,) = say_as_staff(database, "c1", Said(Author.STAFF, "Hi"))
    assert (message.seq, message.author) == (3, Author.STAFF)


def test_nothing_said_is_left_of_an_erased_conversation(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("My secret", "a"))
    erase_messages(database, "c1")
    view = read_view(database, "c1")
    assert (view.erased, view.messages) == (True, ())
    access = find_access(database, "c1")
    assert access and access.erased and access.token_hash == "hash" and access.language is None
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Message)) == 0
        assert connection.scalar(select(func.count()).select_from(Turn)) == 0
    for attempt in (lambda: receive_message(database, "c1", visitor("x", "b")), lambda: erase_messages(database, "c1")):
        with pytest.raises(ConversationErasedError):
            attempt()


def test_an_erased_conversation_is_looked_at_once_more(database: Database) -> None:
    begin(database)
    erase_messages(database, "c1")
    assert list_to_erase_again(database, utc_now()) == []
    later = utc_now() + timedelta(minutes=10)
    assert list_to_erase_again(database, later) == ["c1"]
    finish_erasing(database, "c1")
    assert list_to_erase_again(database, later) == []


def test_an_unknown_conversation(database: Database) -> None:
    assert find_access(database, "c1") is None
    with pytest.raises(ConversationNotFoundError):
        read_view(database, "c1")
    with pytest.raises(ConversationNotFoundError):
        receive_message(database, "c1", visitor("x", "a"))


def test_every_change_shows(database: Database) -> None:
    begin(database)
    seen = [list_changes(database, ["c1", "c9"])]
    receive_message(database, "c1", visitor("x", "a"))
    seen.append(list_changes(database, ["c1"]))
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Joined"))
    seen.append(list_changes(database, ["c1"]))
    erase_messages(database, "c1")
    seen.append(list_changes(database, ["c1"]))
    assert len({each["c1"] for each in seen}) == 4
    assert "c9" not in seen[0]


@pytest.mark.parametrize(("channel", "waiting"), [("web", 0), ("telegram", 1)])
def test_what_a_channel_does_not_fetch_waits_to_be_sent(database: Database, channel: str, waiting: int) -> None:
    begin(database, channel=channel)
    receive_message(database, "c1", visitor("x", "a"))
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Delivery)) == waiting


def test_blanked_messages_hold_nothing_and_the_conversation_goes_on(database: Database) -> None:
    begin(database)
    begin(database, "c2")
    receive_message(database, "c1", visitor("call me at 414-555-0100", "a"))
    blank_messages(database, "c1")
    blank_messages(database, "nobody")
    receive_message(database, "c1", visitor("what now?", "b"))
    view = read_view(database, "c1")
    assert [(message.seq, message.text) for message in view.messages] == [(1, BLANK), (2, BLANK), (3, "what now?")]
    assert not view.messages[0].choices and not view.erased
    assert read_view(database, "c2").messages[0].text == "Hello"


FILE = Attachment("file", "resume.pdf", "abc")


def test_a_file_is_kept_only_for_staff_and_once(database: Database) -> None:
    begin(database, channel="telegram")
    assert receive_file(database, "c1", visitor("📎 resume.pdf", "a"), FILE) is None
    assert read_view(database, "c1").last_seq == 1, "the assistant keeps nothing"
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Ana joined."))
    assert [receive_file(database, "c1", visitor("📎 resume.pdf", "a"), FILE) for _ in range(2)] == [Owner.STAFF] * 2
    assert list_attachments(database, "c1") == {3: FILE}
    assert not read_view(database, "c1").answering


@pytest.mark.parametrize(("ended", "owner"), [(False, Owner.ASSISTANT), (True, None)])
def test_a_file_is_kept_for_who_has_an_open_request(database: Database, ended: bool, owner: Owner | None) -> None:
    begin(database, channel="telegram")
    reference = save_handoff(database, handoff(conversation_id="c1", office_id=None))
    if ended:
        with database.writing() as connection:
            connection.execute(update(Handoff).where(Handoff.reference == reference).values(status="closed"))
    assert receive_file(database, "c1", visitor("📎 resume.pdf", "a"), FILE) is owner
    assert list_attachments(database, "c1") == ({} if ended else {2: FILE})
    assert not read_view(database, "c1").answering, "nobody but staff can answer it"


@pytest.mark.parametrize("erase", [blank_messages, erase_messages])
def test_files_are_erased_with_what_was_said(database: Database, erase: Callable[[Database, str], None]) -> None:
    begin(database, channel="telegram")
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Ana joined."))
    receive_file(database, "c1", visitor("📎 resume.pdf", "a"), FILE)
    erase(database, "c1")
    assert list_attachments(database, "c1") == {}
