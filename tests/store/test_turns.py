"""Turns and deliveries in both databases: each once and in order, whoever is killed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.core.conversation import Author, ChangeError, DeliveryState, Owner, Said, TurnState, require_change
from bot.store.base import utc_now
from bot.store.claims import Claim, ClaimLostError, claim_due, count_states, release_claim, renew_claims
from bot.store.conversation_erasing import erase_messages
from bot.store.conversation_schema import Delivery, Turn
from bot.store.conversations import ConversationErasedError, change_owner, read_view, receive_message
from bot.store.database import Database
from bot.store.outbox import claim_deliveries, end_delivery
from bot.store.turns import end_turn, list_slow_turns, read_question, tell_slow
from tests.store.test_conversations import begin, visitor

_LEASE = timedelta(seconds=30)
_OVER = timedelta(seconds=-1)
_ANSWER = [Said(Author.ASSISTANT, "One"), Said(Author.ASSISTANT, "Two", ("Yes",))]


def claim(database: Database, worker: str = "w1", lease: timedelta = _LEASE) -> list[Claim]:
    return claim_due(database, Turn, worker, 10, lease)


def texts(database: Database, conversation_id: str = "c1") -> list[str]:
    return [message.text for message in read_view(database, conversation_id).messages]


def test_of_each_conversation_the_first_open_message_is_claimed(database: Database) -> None:
    for conversation_id in ("c1", "c2"):
        begin(database, conversation_id)
        for number in (1, 2):
            receive_message(database, conversation_id, visitor(f"{number}", f"{number}"))
    first = claim(database)
    assert sorted((each.conversation_id, each.seq) for each in first) == [("c1", 2), ("c2", 2)]
    assert claim(database) == []
    end_turn(database, first[0], TurnState.ANSWERED, _ANSWER)
    (second,) = claim(database)
    assert (second.conversation_id, second.seq) == (first[0].conversation_id, 3)


def test_an_answer_and_the_end_of_its_turn_are_stored_together_and_once(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("How much?", "a"))
    (mine,) = claim(database)
    assert read_question(database, mine).text == "How much?"
    end_turn(database, mine, TurnState.ANSWERED, _ANSWER)
    for _ in range(2):
        with pytest.raises(ClaimLostError):
            end_turn(database, mine, TurnState.ANSWERED, _ANSWER)
    assert texts(database) == ["Hello", "How much?", "One", "Two"]
    assert claim(database) == []


def test_what_a_killed_worker_held_is_answered_by_another_and_only_by_it(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("How much?", "a"))
    (lost,) = claim(database, "w1", _OVER)
    (taken,) = claim(database, "w2")
    assert taken.attempt == 2
    with pytest.raises(ClaimLostError):
        end_turn(database, lost, TurnState.ANSWERED, _ANSWER)
    with pytest.raises(ClaimLostError):
        release_claim(database, Turn, lost, _LEASE)
    end_turn(database, taken, TurnState.ANSWERED, _ANSWER)
    assert texts(database) == ["Hello", "How much?", "One", "Two"]


def test_a_worker_that_lives_keeps_its_claim(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("How much?", "a"))
    mine = claim(database, "w1", _OVER)
    renew_claims(database, Turn, mine, _LEASE)
    assert claim(database, "w2") == []


def test_many_workers_claim_each_message_once(database: Database) -> None:
    for number in range(30):
        begin(database, f"c{number}")
        receive_message(database, f"c{number}", visitor("x", "a"))
    with ThreadPoolExecutor(6) as pool:
        found = [each for claims in pool.map(lambda n: claim(database, f"w{n}"), range(12)) for each in claims]
    assert len(found) == len({each.conversation_id for each in found}) == 30


def test_a_message_given_back_is_due_after_its_pause(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("x", "a"))
    (mine,) = claim(database)
    release_claim(database, Turn, mine, _LEASE)
    assert claim(database) == []
    assert count_states(database, Turn) == {"waiting": 1}


def test_the_assistant_says_nothing_once_staff_own_the_conversation(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("x", "a"))
    (mine,) = claim(database)
    change_owner(database, "c1", Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Joined"))
    with pytest.raises(ClaimLostError):
        end_turn(database, mine, TurnState.ANSWERED, _ANSWER)
    assert texts(database) == ["Hello", "x", "Joined"]


def test_an_erased_conversation_is_not_answered(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("x", "a"))
    (mine,) = claim(database)
    erase_messages(database, "c1")
    for attempt in (lambda: end_turn(database, mine, TurnState.ANSWERED, _ANSWER), lambda: read_question(database, mine)):
        with pytest.raises(ConversationErasedError):
            attempt()


def test_who_waits_for_long_is_told_once_and_only_about_the_first_message(database: Database) -> None:
    begin(database)
    for client_id in ("a", "b"):
        receive_message(database, "c1", visitor("x", client_id))
    assert list_slow_turns(database, utc_now() - timedelta(minutes=1), 1) == []
    (slow,) = list_slow_turns(database, utc_now(), 1)
    assert [tell_slow(database, slow, 1, Said(Author.SYSTEM, "Still working")) for _ in range(2)] == [True, False]
    assert list_slow_turns(database, utc_now(), 1) == []
    assert [each.seq for each in list_slow_turns(database, utc_now(), 2)] == [2]
    assert texts(database).count("Still working") == 1


def test_who_wrote_much_at_once_and_is_answered_one_by_one_is_not_told_to_wait(database: Database) -> None:
    begin(database)
    for client_id in ("a", "b"):
        receive_message(database, "c1", visitor("x", client_id))
    before = utc_now()
    end_turn(database, claim(database)[0], TurnState.ANSWERED, _ANSWER)
    assert list_slow_turns(database, before, 1) == []
    assert [each.seq for each in list_slow_turns(database, utc_now(), 1)] == [3], "since then it waits again"


def test_nobody_is_told_to_wait_after_the_answer(database: Database) -> None:
    begin(database)
    receive_message(database, "c1", visitor("x", "a"))
    (slow,) = list_slow_turns(database, utc_now(), 1)
    end_turn(database, claim(database)[0], TurnState.ANSWERED, _ANSWER)
    assert not tell_slow(database, slow, 1, Said(Author.SYSTEM, "Still working"))


def test_deliveries_go_out_in_order_and_once(database: Database) -> None:
    begin(database, channel="telegram")
    receive_message(database, "c1", visitor("x", "a"))
    end_turn(database, claim(database)[0], TurnState.ANSWERED, _ANSWER)
    assert claim_deliveries(database, "w1", ["sms"], 10, _LEASE) == []
    sent = []
    while parcels := claim_deliveries(database, "w1", ["telegram"], 10, _LEASE):
        assert len(parcels) == 1
        sent.append(parcels[0].message.text)
        end_delivery(database, parcels[0].claim, DeliveryState.DELIVERED)
    assert sent == ["Hello", "One", "Two"]


def test_a_dead_letter_holds_up_nothing(database: Database) -> None:
    begin(database, channel="telegram")
    receive_message(database, "c1", visitor("x", "a"))
    end_turn(database, claim(database)[0], TurnState.ANSWERED, _ANSWER[:1])
    (first,) = claim_deliveries(database, "w1", ["telegram"], 10, _LEASE)
    end_delivery(database, first.claim, DeliveryState.DEAD, "Blocked")
    assert count_states(database, Delivery) == {"dead": 1, "received": 1}
    (second,) = claim_deliveries(database, "w1", ["telegram"], 10, _LEASE)
    assert second.message.text == "One"


@pytest.mark.parametrize("end", ["answered", "failed", "left_to_staff", "delivered", "dead"])
def test_an_end_is_an_end(end: str) -> None:
    require_change("waiting", end)
    with pytest.raises(ChangeError):
        require_change(end, "waiting")
