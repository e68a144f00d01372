"""Looks after handoffs that nobody takes up, and people who left before they were answered; tells people what happens; counts.

Responsible for the words and for looking again and again. Each step is made once, however many processes look (`escalation`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.room import Room
from bot.conversation.texts import tell
from bot.core.conversation import Said
from bot.core.hours import tell_time
from bot.core.language import Language
from bot.store.base import utc_now
from bot.store.counting import BATCH, count_changed
from bot.store.escalation import Move, Step, list_steps, take_step
from bot.store.reading_on import reach_who_left

_HANDOFFS_SECONDS, _REPLIES_SECONDS, _FIGURES_SECONDS = 1.0, 10.0, 2.0


class Clock:
    """One for each process."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(repeat("clock", self.look, _HANDOFFS_SECONDS))
            group.create_task(repeat("replies", self.look_for_left, _REPLIES_SECONDS))
            group.create_task(repeat("figures", self.count, _FIGURES_SECONDS))

    async def look(self, now: datetime | None = None) -> None:
        """Make each step that is due."""
        for step in await self._room.read(list_steps, now or utc_now()):
            try:
                if await self._room.call(take_step, step, self._words(step)):
                    log.info("handoff_step", reference=step.reference, move=step.move)
                    self._room.bell.ring(step.conversation_id)
            except Exception as error:  # the others must not wait for this one
                log_failure("handoff step", error)

    async def look_for_left(self, now: datetime | None = None) -> None:
        """Bring answers of staff to who did not come back to see them."""
        for reference in await self._room.call(reach_who_left, now or utc_now()):
            log.info("reply_due", reference=reference)

    async def count(self) -> None:
        """Bring the figures up to date, in small steps that others' writing comes between."""
        while await self._room.call(count_changed) >= BATCH:
            pass

    def _words(self, step: Step) -> Said | None:
        """What the person hears; nothing where there is nothing new for them."""
        if step.move is Move.TELL and step.opening is None:
            return None
        language = Language.parse(step.language)
        national = self._room.knowledge.say("national_office", language)
        blanks = {"reference": step.reference, "name": step.office or national, "next": step.next_office or national}
        choices = ("choice_person", "choice_nearest") if step.move is Move.EXPIRE else ()
        phrase = f"clock_{step.move}"
        if step.opening and step.move in (Move.TELL, Move.PASS_ON):
            phrase += "_closed"
            blanks["opening"] = tell_time(step.opening, language)
        return tell(self._room.knowledge, phrase, step.language, *choices, **blanks)
