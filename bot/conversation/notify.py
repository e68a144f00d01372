"""Tells partners of handoffs, and people what staff answered after they left: out of the notices, with pauses after failures.

A notice to a partner holds the reference, how urgent it is and a link, and nothing personal. Must not know how an address is
reached (`post`), nor when a notice is due (`clock`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.post import AddressError
from bot.conversation.room import Room
from bot.core.language import Language
from bot.store.claims import ClaimLostError
from bot.store.notices import (
    NoticeKind,
    Sending,
    begin_sending,
    bury_notice,
    claim_notices,
    end_notice,
    postpone_notice,
)
from bot.store.reading_on import read_unseen

MOST_ATTEMPTS = 8
# A sender that is killed before it sends is followed by another after this; one that lives is quicker.
_LEASE = timedelta(seconds=30)
_SENDING_SECONDS = 20.0
# When we end, what is being sent may finish.
_LAST_SECONDS = 3.0
_POLL_SECONDS = 1.0
_AT_ONCE = 10
_LONGEST_PAUSE = 900.0

_FINAL = ("refused", "interrupted")

Send = Callable[[str, str, str], Awaitable[bool]]


async def try_to_send(send: Send, address: str, title: str, body: str) -> str | None:
    """The kind of what went wrong, None where nothing did."""
    try:
        async with asyncio.timeout(_SENDING_SECONDS):
            return None if await send(address, title, body) else "failed"
    except AddressError:
        return "refused"
    except TimeoutError:  # its thread may still be sending
        return "interrupted"
    except Exception as error:  # whatever a service's library raises; its message may hold the address
        return type(error).__name__[:64]


class Notifier:
    """One for each process. `send(address, title, body)` tells whether it was taken, and raises AddressError."""

    def __init__(self, room: Room, send: Send, public_url: str) -> None:
        self._room, self._send, self._public_url = room, send, public_url.rstrip("/")
        self._worker = uuid4().hex
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await repeat("notify", self.notify_due, 0)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=_LAST_SECONDS)

    async def notify_due(self) -> None:
        """Send what is due; wait if there is nothing."""
        sendings = await self._room.call(claim_notices, self._worker, _AT_ONCE, _LEASE)
        self._running = {asyncio.create_task(self._notify(sending)) for sending in sendings}
        if self._running:
            await asyncio.wait(self._running)
        else:
            await asyncio.sleep(_POLL_SECONDS)

    async def _notify(self, sending: Sending) -> None:
        try:
            await self._try(sending)
        except ClaimLostError:
            log.info("notice_gone", reference=sending.reference)
        except Exception as error:  # the last resort; the lease runs out, and it is taken up again or dead
            log_failure("notice", error)

    async def _try(self, sending: Sending) -> None:
        if sending.address is None:
            await self._room.call(bury_notice, sending.claim, "gone")
            return
        words = await self._words(sending)
        await self._room.call(begin_sending, sending.claim, _LEASE)
        error = await try_to_send(self._send, sending.address, *words) if words else None
        if error is None:
            await self._room.call(end_notice, sending.claim)
        elif error in _FINAL or sending.claim.attempt >= MOST_ATTEMPTS:
            log.error("notice_dead", reference=sending.reference, kind=error)
            await self._room.call(bury_notice, sending.claim, error)
        else:
            pause = min(_LONGEST_PAUSE, 2.0 * 4 ** (sending.claim.attempt - 1))
            await self._room.call(postpone_notice, sending.claim, timedelta(seconds=pause), error)

    async def _words(self, sending: Sending) -> tuple[str, str] | None:
        """Title and body; staff are told in English. None where the person has come back and seen everything."""
        say = self._room.knowledge.say
        if sending.kind is NoticeKind.REPLY:
            language = Language.parse(sending.language)
            unseen = await self._room.read(read_unseen, sending.conversation_id, sending.seq or 0)
            if not unseen.texts:
                return None
            texts = "\n\n".join(unseen.texts)
            title = say("reply_title", language, reference=sending.reference)
            return title, say("reply_body", language, text=texts, page=unseen.page or self._public_url)
        title = say("notice_title_urgent" if sending.urgent else "notice_title", Language.EN, reference=sending.reference)
        link = f"{self._public_url}/staff/handoffs/{sending.reference}"
        return title, say(f"notice_{sending.kind}", Language.EN, link=link)
