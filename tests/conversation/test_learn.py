"""Questions that were answered badly are kept for review: without a person in them, and each once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.conversation.answer import LEASE, _said
from bot.conversation.learn import learn_from
from bot.conversation.receive import begin, receive
from bot.conversation.room import Room
from bot.core.conversation import TurnState
from bot.core.language import Language
from bot.core.wishes import finds_unhelpful
from bot.rasa_client import Reply
from bot.store.base import utc_now
from bot.store.claims import claim_due
from bot.store.conversation_schema import Turn
from bot.store.database import Database
from bot.store.question_schema import ReviewQuestion
from bot.store.questions import Question, Why, list_questions
from bot.store.retention import forget_old_records
from bot.store.turns import end_turn
from tests.conversation.rooms import ToldRasa, answering, make_room
from tests.store.kept import everything

DIPLOMA = "do i need a diploma for this"


def talk(room: Room, *turns: tuple[str, Reply]) -> str:
    """One conversation; gives its id."""

    async def play() -> str:
        begun = await begin(room, "web", "en", None)
        for number, (text, reply) in enumerate(turns, 1):
            await receive(room, begun.id, str(number), text, "web")
            (claim,) = claim_due(room.database, Turn, "worker", 1, LEASE)
            said = [_said(reply, ())]
            end_turn(room.database, claim, TurnState.ANSWERED, said)
            await learn_from(room, claim, text, said)
        return begun.id

    return asyncio.run(play())


def phrase(room: Room, name: str, language: Language = Language.EN, choices: Sequence[str] = ()) -> Reply:
    return Reply(room.knowledge.say(name, language), list(choices), language=str(language))


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    return make_room(database, tmp_path)


def kept(room: Room) -> list[Question]:
    return list_questions(room.database, False)


def test_the_gateway_keeps_them(room: Room) -> None:
    rasa = ToldRasa(lambda *_: [phrase(room, "decline")])

    async def play() -> None:
        begun = await begin(room, "web", "en", None)
        async with answering(room, rasa), asyncio.timeout(60):
            await receive(room, begun.id, "1", DIPLOMA, "web")
            while not kept(room):
                await asyncio.sleep(0.02)

    asyncio.run(play())


def test_a_declined_question_is_kept_once_and_counted(room: Room) -> None:
    for text in (DIPLOMA, f"{DIPLOMA.upper()}!!"):
        talk(room, (text, phrase(room, "decline")))
    (question,) = kept(room)
    assert (question.text, question.language, question.counts) == (DIPLOMA, "en", {Why.DECLINED: 2})
    assert question.topics == []


def test_with_choices_it_is_kept_with_what_the_assistant_thought_of(room: Room) -> None:
    labels = [room.knowledge.label(topic, Language.ES) for topic in ("wages", "duration")]
    talk(room, ("cuanto pagan por hora", phrase(room, "unsure", Language.ES, [*labels, "Otra cosa", "Hablar con una persona"])))
    (question,) = kept(room)
    assert (question.language, question.counts, question.topics) == ("es", {Why.UNSURE: 1}, ["wages", "duration"])


@pytest.mark.parametrize(("complaint", "reply"), [("that does not help at all", "decline"), ("this is useless", "insult_reply")])
def test_an_answer_that_did_not_help_is_kept_with_its_topic(room: Room, complaint: str, reply: str) -> None:
    answer = Reply("Most employers ask for one.", topics=["eligibility_education"], language="en")
    talk(room, (DIPLOMA, answer), (complaint, phrase(room, reply)))
    (question,) = kept(room)
    assert (question.text, question.counts, question.topics) == (DIPLOMA, {Why.UNHELPFUL: 1}, ["eligibility_education"])


@pytest.mark.parametrize("topics", [[], ["wages"]])
def test_nothing_is_kept_of_what_was_answered_or_of_what_nothing_was_said_to(room: Room, topics: list[str]) -> None:
    talk(room, (DIPLOMA, Reply("Yes.", topics=topics, language="en")))
    talk(room, ("not helpful", phrase(room, "decline")))
    assert kept(room) == []


def test_what_is_kept_holds_nobody_and_no_conversation(room: Room) -> None:
    said = "my name is Zzyzxa Quokka. call me at 414-555-0173. " + DIPLOMA
    conversation_id = talk(room, (said, phrase(room, "decline")))
    (question,) = kept(room)
    assert question.text == DIPLOMA
    with room.database.writing() as connection:
        for table in ("messages", "journeys", "conversations"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    found = everything(room.database)
    assert not [what for what in ("Zzyzxa", "Quokka", "0173", conversation_id) if what in found]


def test_old_questions_go(room: Room) -> None:
    talk(room, (DIPLOMA, phrase(room, "decline")))
    before = utc_now()
    with room.database.writing() as connection:
        connection.execute(update(ReviewQuestion).values(decision="wages"))
    forget_old_records(room.database, before - timedelta(days=1))
    assert list_questions(room.database, True)
    forget_old_records(room.database, before)
    assert list_questions(room.database, True) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("That did not help.", True), ("that didn't help me at all", True), ("not helpful", True),
        ("that's not what i asked", True),
        ("eso no me ayuda", True), ("no me sirvió de nada", True), ("no es lo que pregunté", True), ("wrong answer", True),
        ("does it help to have a ged", False), ("no", False), ("no me ayudan con la gasolina?", False), ("help", False),
        ("do they not help with tools", False),
    ],
)  # fmt: skip
def test_what_says_that_an_answer_was_none(text: str, is_one: bool) -> None:
    assert finds_unhelpful(text) is is_one
