"""Telegram's tables in both databases: updates once and in order, chats, pieces whose fate is not known."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from bot.core.conversation import Author, Said
from bot.store.base import utc_now
from bot.store.conversation_erasing import erase_messages
from bot.store.conversations import ConversationErasedError, read_view, say_once
from bot.store.database import Database
from bot.store.telegram_chats import Chat, count_chats, find_chat, find_chat_of, mark_chat, open_chat, remember_campaign
from bot.store.telegram_pieces import begin_piece, end_piece, list_candidates
from bot.store.telegram_updates import StoredUpdate, count_waiting, finish_update, forget_updates, list_due_updates, store_updates

BOT, ANA, BEN = 42, 501, 502
NOW, LATER = timedelta(0), timedelta(minutes=5)
HELLO = Said(Author.ASSISTANT, "Hello", cause="greeting")


def update(number: int, chat: int | None = ANA) -> StoredUpdate:
    return StoredUpdate(number, chat, number * 10, {"text": f"message {number}"})


def due(database: Database, *without: int) -> list[int]:
    return [each.update_id for each in list_due_updates(database, BOT, without)]


def begin(database: Database, chat_id: int = ANA, conversation_id: str = "c1") -> Chat:
    open_chat(database, BOT, chat_id, conversation_id, "hash", "es", None, HELLO)
    chat = find_chat(database, BOT, chat_id)
    assert chat
    return chat


def test_an_update_is_stored_once_for_each_bot(database: Database) -> None:
    for _ in range(3):
        store_updates(database, BOT, [update(7), update(7)], NOW)
    store_updates(database, 43, [update(7)], NOW)
    assert list_due_updates(database, BOT) == [update(7)]
    assert count_waiting(database) == 2


def test_a_done_update_keeps_neither_chat_nor_words_and_stays_done(database: Database) -> None:
    store_updates(database, BOT, [update(7)], NOW)
    finish_update(database, BOT, 7)
    store_updates(database, BOT, [update(7)], NOW)
    assert due(database) == []
    forget_updates(database, BOT, utc_now() + LATER)
    store_updates(database, BOT, [update(7)], NOW)
    assert due(database) == [], "the newest is known for ever"


def test_what_came_out_of_order_waits_for_what_is_missing(database: Database) -> None:
    store_updates(database, BOT, [update(7)], NOW)
    finish_update(database, BOT, 7)
    store_updates(database, BOT, [update(10), update(11, BEN)], LATER)
    assert due(database) == []
    store_updates(database, BOT, [update(8, BEN)], LATER)
    assert due(database) == [8]
    store_updates(database, BOT, [update(9)], LATER)
    assert due(database) == [8, 9, 10, 11]
    assert due(database, BEN) == [9, 10]


def test_what_waited_long_enough_goes_on_but_never_before_an_earlier_one_of_its_chat(database: Database) -> None:
    store_updates(database, BOT, [update(5, BEN)], NOW)
    store_updates(database, BOT, [update(7)], LATER)
    store_updates(database, BOT, [update(9), update(10, BEN)], NOW)
    assert due(database) == [5, 10]


@pytest.mark.parametrize("seed", range(5))
def test_any_arrival_of_a_webhook_is_put_in_order(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    store_updates(database, BOT, [update(99)], NOW)
    arriving = list(range(100, 140))
    arriving.sort(key=lambda number: number + chance.randint(0, 9))
    done = []
    finish_update(database, BOT, 99)
    for number in arriving:
        store_updates(database, BOT, [update(number, ANA if number % 3 else BEN)], LATER)
        for each in list_due_updates(database, BOT):
            done.append(each.update_id)
            finish_update(database, BOT, each.update_id)
    assert done == list(range(100, 140))


def test_a_chat_is_a_conversation_until_that_is_erased(database: Database) -> None:
    chat = begin(database)
    assert (chat.language, chat.campaign, chat.blocked, chat.asked) == ("es", None, False, None)
    assert find_chat_of(database, "c1") == chat
    for campaign in ("wi_flyer", "later"):
        remember_campaign(database, "c1", campaign)
    mark_chat(database, chat, blocked=True, stopped_seq=4)
    found = find_chat(database, BOT, ANA)
    assert found and (found.campaign, found.blocked, found.stopped_seq) == ("wi_flyer", True, 4)
    erase_messages(database, "c1")
    assert find_chat(database, BOT, ANA) is None
    assert begin(database, conversation_id="c2").blocked is False
    assert [(each.chat_id, each.language, each.messages, each.requests) for each in count_chats(database)] == [(ANA, "es", 0, 0)]


def test_of_one_cause_one_thing_is_said(database: Database) -> None:
    begin(database)
    assert [say_once(database, "c1", Said(Author.SYSTEM, "x", cause=cause)) for cause in ("a", "a", "b")] == [2, 2, 3]
    assert len(read_view(database, "c1").messages) == 3


def test_a_piece_is_fresh_once_and_its_number_is_kept(database: Database) -> None:
    store_updates(database, BOT, [update(7)], NOW)
    chat = begin(database)
    first = begin_piece(database, chat, 1, 0)
    assert (first.fresh, first.after_id, first.message_id) == (True, 70, None)
    again = begin_piece(database, chat, 1, 0)
    assert (again.fresh, again.after_id, again.message_id) == (False, 70, None)
    end_piece(database, chat, 1, 0, 75, "place", True)
    assert begin_piece(database, chat, 1, 0).message_id == 75
    found = find_chat(database, BOT, ANA)
    assert found and (found.asked, found.keyboard) == ("place", True)
    erase_messages(database, "c1")
    with pytest.raises(ConversationErasedError):
        begin_piece(database, chat, 1, 0)


def test_a_piece_is_looked_for_where_it_may_be_and_no_other_message_is(database: Database) -> None:
    ana, ben = begin(database), begin(database, BEN, "c2")
    store_updates(database, BOT, [update(7)], NOW)
    begin_piece(database, ana, 1, 0)
    begin_piece(database, ben, 1, 0)
    end_piece(database, ben, 1, 0, 72, None, False)
    store_updates(database, BOT, [update(8)], NOW)
    candidates = list_candidates(database, ana, 70)
    assert {71, 73, 79, 81} <= set(candidates)
    assert not {70, 72, 80} & set(candidates)
    assert len(candidates) < 50
