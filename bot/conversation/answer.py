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
from uuid import uuid4

from bot.conversation.bell import wait
from bot.conversation.cards import place_cards
from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.measures import DECLINED, MESSAGES, STAGES, TOPICS, TURNS
from bot.conversation.room import Room
from bot.conversation.texts import tell
from bot.core.conversation import Author, Said, TurnState
from bot.core.heard import Decision
from bot.rasa_client import RasaClient, RasaError, RasaSilent, RasaUnavailable, Reply, merge_messages
from bot.store.base import utc_now
from bot.store.claims import Claim, ClaimLostError, claim_due, release_claim, renew_claims
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
        self._worker = uuid4().hex
        self._declines = _texts(room, "decline", "decline_in_form")
        self._unsure = _texts(room, "unsure")
        self._running: dict[Claim, asyncio.Task[None]] = {}
        self._silences: Counter[tuple[str, int]] = Counter()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(repeat("answer", self._take_up, 0))
                group.create_task(repeat("renew", self._renew, self._lease.total_seconds() / 4))
                group.create_task(repeat("notice", self._tell_slow, _POLL_SECONDS))
        finally:
            for task in self._running.values():
                task.cancel()

    async def _take_up(self) -> None:
        """Claim what is due and begin to answer it; wait if there is nothing."""
        self._room.bell.work.clear()
        free = _MOST_AT_ONCE - len(self._running)
        claims = await self._room.call(claim_due, Turn, self._worker, free, self._lease) if free else []
        for claim in claims:
            self._running[claim] = asyncio.create_task(self._answer(claim))
        if not claims:
            await wait(self._room.bell.work, _POLL_SECONDS)

    async def _renew(self) -> None:
        if self._running:
            await self._room.call(renew_claims, Turn, list(self._running), self._lease)

    async def _answer(self, claim: Claim) -> None:
        """One message, to an end or to a later attempt."""
        try:
            await self._try(claim)
        except (ClaimLostError, ConversationErasedError):
            log.info("turn_gone", conversation=claim.conversation_id, seq=claim.seq)
        except Exception as error:  # the last resort; the lease runs out, and the message is taken up again
            log_failure("turn", error)
        finally:
            del self._running[claim]
            self._room.bell.ring(claim.conversation_id)

    async def _try(self, claim: Claim) -> None:
        question = await self._room.read(read_question, claim)
        STAGES.labels("queue").observe((utc_now() - question.received_at).total_seconds())
        try:
            replies = await self._replies(claim, question)
        except RasaError as error:
            await self._postpone(claim, question, error)
            return
        said = [_said(reply, await self._room.read(place_cards, reply.cards) if reply.cards else ()) for reply in replies]
        decision = _decision(said, self._declines, self._unsure)
        seen = [*(reply.seen for reply in replies), {"question": str(decision)} if decision else {}]
        await self._end(claim, question, TurnState.ANSWERED, said, seen)
        _count(said, decision)

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


def _texts(room: Room, *phrases: str) -> tuple[str, ...]:
    return tuple(text for name in phrases for text in (room.knowledge.phrases[name].en, room.knowledge.phrases[name].es))


def _decision(said: Sequence[Said], declines: tuple[str, ...], unsure: tuple[str, ...]) -> Decision | None:
    """What became of a question, in a form or not; None where nothing was asked."""
    if any("out_of_scope" in each.topics or each.text.startswith(declines) for each in said):
        return Decision.DECLINED
    if any(each.text.startswith(unsure) for each in said):
        return Decision.UNSURE
    return Decision.ANSWERED if any(each.topics for each in said) else None


def _count(said: Sequence[Said], decision: Decision | None) -> None:
    for topic in {topic for each in said for topic in each.topics}:
        TOPICS.labels(topic).inc()
    if decision is Decision.DECLINED:
        DECLINED.inc()
