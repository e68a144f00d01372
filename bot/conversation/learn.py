"""Keeps questions that were answered badly for staff to look at: declined, answered with "which of these?", or found unhelpful.

What could be about somebody is taken out first; nothing that is kept leads to a conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.conversation.room import Room
from bot.core.conversation import Said
from bot.core.heard import Decision
from bot.core.redact import redact
from bot.core.wishes import finds_unhelpful
from bot.knowledge.model import Knowledge
from bot.knowledge.vocabulary import load_vocabulary
from bot.store.claims import Claim
from bot.store.questions import Why, find_answered, keep_question

_NO_TOPICS = frozenset({"out_of_scope", "chitchat"})


async def learn_from(room: Room, claim: Claim, text: str, said: Sequence[Said]) -> None:
    """Look at a message and its answer, and keep what there is to learn from them."""
    found = _badly_answered(room.knowledge, text, said)
    if finds_unhelpful(text) or said[-1].text in _both(room.knowledge, "insult_reply"):
        answered = await room.read(find_answered, claim.conversation_id, claim.seq)
        found = (answered[0], Why.UNHELPFUL, answered[1]) if answered else None
    if found is None:
        return
    question, why, topics = found
    bare = redact(question, await asyncio.to_thread(load_vocabulary))
    if bare:
        thought = [topic for topic in topics if topic not in _NO_TOPICS]
        await room.call(keep_question, said[-1].language or "en", bare, why, thought)


def _badly_answered(knowledge: Knowledge, text: str, said: Sequence[Said]) -> tuple[str, Why, Sequence[str]] | None:
    last = said[-1]
    if last.text in _both(knowledge, "unsure"):
        thought = [title for title in last.choices if title not in _both(knowledge, "choice_person")]
        return text, Why.UNSURE, [topic for title in thought if (topic := knowledge.topic_of_label(title))]
    return (text, Why.DECLINED, []) if decision_of(knowledge, said) is Decision.DECLINED else None


def decision_of(knowledge: Knowledge, said: Sequence[Said]) -> Decision | None:
    """What became of a question, in a form or not; None where nothing was asked."""
    declines = (*_both(knowledge, "decline"), *_both(knowledge, "decline_in_form"))
    if any("out_of_scope" in each.topics or each.text.startswith(declines) for each in said):
        return Decision.DECLINED
    if any(each.text.startswith(_both(knowledge, "unsure")) for each in said):
        return Decision.UNSURE
    return Decision.ANSWERED if any(each.topics for each in said) else None


def _both(knowledge: Knowledge, phrase: str) -> tuple[str, str]:
    return knowledge.phrases[phrase].en, knowledge.phrases[phrase].es
