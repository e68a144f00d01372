"""Answers what visitors wrote: each conversation in order, each message once, many conversations at a time.

The worker claims messages, asks Rasa and stores the answer together with the end of the turn. A message that was tried before
is looked for in Rasa's tracker first: an answer that Rasa gave and we could not store is taken from there, not asked for
again (docs/adr/0005-gateway.md). Must not know channels.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.conversation.cards import place_cards
from bot.conversation.learn import decision_of, learn_from
from bot.conversation.loops import log, repeat
from bot.conversation.measures import DECLINED, MESSAGES, STAGES, TOPICS, TURNS
from bot.conversation.room import Room
from bot.conversation.texts import tell
from bot.conversation.worker import Worker
from bot.core.conversation import Author, Said, TurnState
from bot.core.heard import Decision
from bot.rasa_client import RasaClient, RasaError, RasaSilent, RasaUnavailable, Reply, merge_messages
from bot.store.base import utc_now
from bot.store.claims import Claim, claim_due, release_claim
from bot.store.conversation_schema import Turn
from bot.store.conversations import ConversationErasedError
from bot.store.transcript import TrackerUnavailableError, find_replies
from bot.store.turns import Question, Slow, end_turn, list_slow_turns, read_question, tell_slow

LEASE = timedelta(seconds=12)
STILL_WORKING_AFTER = timedelta(seconds=3)
_POLL_SECONDS = 0.5
_MOST_AT_ONCE = 32
_LONGEST_PAUSE = 8.0
_MOST_SILENCES = 3


class Answerer:
    """One for each process. `is_able` tells whether the action server answers: without it Rasa is silent, and not to blame."""

    def __init__(
        self,
        room: Room,
        rasa: RasaClient,
        is_able: Callable[[], Awaitable[bool]],
        apology_after: timedelta = timedelta(seconds=20),
        lease: timedelta = LEASE,
    ) -> None:
        self._room, self._rasa, self._is_able = room, rasa, is_able
        self._apology_after, self._lease = apology_after, lease
        self._silences: Counter[tuple[str, int]] = Counter()

    async def run(self) -> None:
        """Until cancelled."""
        bell = self._room.bell
        worker = Worker(
            "turn",
            self._room,
            Turn,
            take=self._take,
            work=self._try,
            rest=lambda claim: bell.ring(claim.conversation_id),
            woken=bell.work,
            at_once=_MOST_AT_ONCE,
            lease=self._lease,
            poll_seconds=_POLL_SECONDS,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run())
            group.create_task(repeat("notice", self._tell_slow, _POLL_SECONDS))

    async def _take(self, worker: str, limit: int) -> dict[Claim, Claim]:
        return {claim: claim for claim in await self._room.call(claim_due, Turn, worker, limit, self._lease)}

    async def _try(self, claim: Claim) -> None:
        """One message, to an end or to a later attempt."""
        question = await self._room.read(read_question, claim)
        STAGES.labels("queue").observe((utc_now() - question.received_at).total_seconds())
        try:
            replies = await self._replies(claim, question)
        except RasaError as error:
            await self._postpone(claim, question, error)
            return
        said = [_said(reply, await self._room.read(place_cards, reply.cards) if reply.cards else ()) for reply in replies]
        decision = decision_of(self._room.knowledge, said)
        seen = [*(reply.seen for reply in replies), {"question": str(decision)} if decision else {}]
        await self._end(claim, question, TurnState.ANSWERED, said, seen)
        _count(said, decision)
        self._room.bell.ring(claim.conversation_id)
        await learn_from(self._room, claim, question.text, said)

    async def _replies(self, claim: Claim, question: Question) -> list[Reply]:
        """Raises RasaError."""
        message_id = f"{claim.conversation_id}:{claim.seq}"
        if claim.attempt > 1 and (found := await self._find(claim.conversation_id, message_id)):
            return found
        metadata = {"message_id": message_id, "channel": question.channel}
        if question.language:
            metadata["language"] = question.language
        started = time.perf_counter()
        replies = await self._rasa.send(claim.conversation_id, question.text, metadata)
        STAGES.labels("rasa").observe(time.perf_counter() - started)
        return replies

    async def _find(self, conversation_id: str, message_id: str) -> list[Reply]:
        """What Rasa answered already. Raises RasaUnavailable where that cannot be known: asking again might say it twice."""
        try:
            found = await asyncio.to_thread(find_replies, self._room.tracker_url, conversation_id, message_id)
        except TrackerUnavailableError:
            raise RasaUnavailable("The tracker cannot be read.") from None
        return merge_messages(found or [])

    async def _postpone(self, claim: Claim, question: Question, error: RasaError) -> None:
        """Try again later; what makes Rasa silent although all works is given up, lest it should hold up what follows."""
        key = (claim.conversation_id, claim.seq)
        if isinstance(error, RasaSilent) and await self._is_able():
            self._silences[key] += 1
        if self._silences[key] >= _MOST_SILENCES:
            sorry = self._system("answer_failed", question.language, "choice_person")
            await self._end(claim, question, TurnState.FAILED, [sorry])
            return
        log.warning("turn_postponed", conversation=claim.conversation_id, seq=claim.seq, kind=type(error).__name__)
        pause = min(_LONGEST_PAUSE, 0.25 * 2 ** min(claim.attempt, 8))
        await self._room.call(release_claim, Turn, claim, timedelta(seconds=pause))

    async def _end(
        self, claim: Claim, question: Question, state: TurnState, said: Sequence[Said], seen: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        await self._room.call(end_turn, claim, state, said, seen)
        self._silences.pop((claim.conversation_id, claim.seq), None)
        TURNS.labels(state).inc()
        STAGES.labels("answer").observe((utc_now() - question.received_at).total_seconds())
        MESSAGES.labels(said[0].author, question.channel).inc(len(said))

    async def _tell_slow(self) -> None:
        """Tell who waits: first that we still work, later that we are sorry; once each."""
        now = utc_now()
        for slow in await self._room.read(list_slow_turns, now - self._apology_after, 2):
            await self._tell(slow, 2, self._system("answer_late", slow.language, "choice_person"))
        for slow in await self._room.read(list_slow_turns, now - STILL_WORKING_AFTER, 1):
            await self._tell(slow, 1, self._system("still_working", slow.language))

    def _system(self, phrase: str, language: str | None, *choices: str) -> Said:
        return tell(self._room.knowledge, phrase, language, *choices)

    async def _tell(self, slow: Slow, notice: int, said: Said) -> None:
        try:
            if await self._room.call(tell_slow, slow, notice, said):
                self._room.bell.ring(slow.conversation_id)
        except ConversationErasedError:
            return


def _said(reply: Reply, cards: Sequence[dict[str, object]]) -> Said:
    return Said(
        Author.ASSISTANT,
        reply.text,
        tuple(dict.fromkeys(reply.choices)),
        tuple(cards),
        tuple(reply.topics),
        tuple(reply.sources),
        language=reply.language,
    )


def _count(said: Sequence[Said], decision: Decision | None) -> None:
    for topic in {topic for each in said for topic in each.topics}:
        TOPICS.labels(topic).inc()
    if decision is Decision.DECLINED:
        DECLINED.inc()
