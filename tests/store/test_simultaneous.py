"""Many at once: of two agents that take the same handoff one has it, and after a takeover the assistant says nothing.

CLAIMS in the environment sets how many of each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from bot.core.conversation import Author, Owner, Said, TurnState
from bot.core.handoff import Agent
from bot.store.case_work import take_conversation
from bot.store.claims import Claim, ClaimLostError, claim_due
from bot.store.conversation_schema import Turn
from bot.store.conversations import OwnerChangedError, read_view, receive_message
from bot.store.database import Database
from bot.store.handoff_changes import HandoffChangedError
from bot.store.turns import end_turn
from tests.store.inboxes import ANA, BEN, SAID, ask, clear, row_of

CLAIMS = int(os.environ.get("CLAIMS", "25"))


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    clear(tables)
    yield tables


def test_each_handoff_has_one_owner(database: Database) -> None:
    references = [ask(database, f"c{number}") for number in range(CLAIMS)]
    together = Barrier(2)

    def take_all(agent: Agent) -> set[str]:
        taken = set()
        for reference in references:
            together.wait()
            try:
                take_conversation(database, agent, reference, SAID)
            except (HandoffChangedError, OwnerChangedError):
                continue
            taken.add(reference)
        return taken

    with ThreadPoolExecutor(2) as pool:
        anas, bens = pool.map(take_all, (ANA, BEN))
    assert anas | bens == set(references)
    assert not anas & bens
    assert {row_of(database, reference).staff_id for reference in anas} <= {"ana"}
    assert {len(read_view(database, f"c{number}").messages) for number in range(CLAIMS)} == {2}


def test_after_a_takeover_the_assistant_says_nothing(database: Database) -> None:
    references = [ask(database, f"c{number}") for number in range(CLAIMS)]
    for number in range(CLAIMS):
        receive_message(database, f"c{number}", Said(Author.VISITOR, "How much?", client_id="a"))
    claims = {claim.conversation_id: claim for claim in claim_due(database, Turn, "w", CLAIMS, timedelta(minutes=10))}
    together = Barrier(2)

    def answer(claim: Claim) -> None:
        together.wait()
        try:
            end_turn(database, claim, TurnState.ANSWERED, [Said(Author.ASSISTANT, "One"), Said(Author.ASSISTANT, "Two")])
        except ClaimLostError:
            return

    def take(reference: str) -> None:
        together.wait()
        take_conversation(database, ANA, reference, SAID)

    with ThreadPoolExecutor(2) as pool:
        for number, reference in enumerate(references):
            list(pool.map(lambda work: work(), (lambda: answer(claims[f"c{number}"]), lambda: take(reference))))  # noqa: B023
    for number in range(CLAIMS):
        view = read_view(database, f"c{number}")
        texts = [message.text for message in view.messages]
        assert view.owner is Owner.STAFF
        assert texts in (["Hello", "How much?", SAID.text], ["Hello", "How much?", "One", "Two", SAID.text])
