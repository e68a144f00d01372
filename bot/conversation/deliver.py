"""Sends what channels do not fetch by themselves, out of the outbox: in order, with pauses after failures, and dead in the end.

Must not know any channel: each brings a Sender. What is sent twice after a kill between sending and storing that it was sent
is for the channel to recognise, by conversation and number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from bot.conversation.loops import log, log_failure
from bot.conversation.room import Room
from bot.conversation.worker import Worker
from bot.core.conversation import DeliveryState, Message
from bot.store.claims import Claim, release_claim
from bot.store.conversation_schema import Delivery
from bot.store.outbox import Parcel, claim_deliveries, end_delivery

MOST_ATTEMPTS = 10
# What a killed process was sending is due again after this; a living one renews it.
_LEASE = timedelta(seconds=12)
_SENDING_SECONDS = 45.0
_POLL_SECONDS = 1.0
_AT_ONCE = 20
_LONGEST_PAUSE = 300.0


class DeliveryRefusedError(Exception):
    """The channel will never take it, as when somebody blocked us."""


class DeliveryDelayedError(Exception):
    """The channel cannot take it now, whatever it is: to be tried again after `seconds`, or after longer and longer pauses."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Sender(Protocol):
    """A channel. Any exception but DeliveryRefusedError means: later; of the unexpected ones, not for ever."""

    async def send(self, conversation_id: str, message: Message) -> None: ...


class Deliverer:
    """One for each process."""

    def __init__(self, room: Room, senders: Mapping[str, Sender]) -> None:
        self._room, self._senders = room, senders

    async def run(self) -> None:
        """Until cancelled."""
        mail = self._room.bell.mail
        worker = Worker(
            "delivery",
            self._room,
            Delivery,
            take=self._take,
            work=self._send,
            rest=lambda _: mail.set(),
            woken=mail,
            at_once=_AT_ONCE,
            lease=_LEASE,
            poll_seconds=_POLL_SECONDS,
        )
        await worker.run()

    async def _take(self, worker: str, limit: int) -> dict[Claim, Parcel]:
        parcels = await self._room.call(claim_deliveries, worker, list(self._senders), limit, _LEASE)
        return {parcel.claim: parcel for parcel in parcels}

    async def _send(self, parcel: Parcel) -> None:
        claim = parcel.claim
        try:
            async with asyncio.timeout(_SENDING_SECONDS):
                await self._senders[parcel.channel].send(claim.conversation_id, parcel.message)
        except DeliveryRefusedError as error:
            await self._bury(parcel, error)
        except DeliveryDelayedError as error:
            log.warning("delivery_postponed", conversation=claim.conversation_id, seq=claim.seq, channel=parcel.channel)
            await self._room.call(release_claim, Delivery, claim, timedelta(seconds=_pause(claim.attempt, error.seconds)))
        except Exception as error:  # whatever a channel's library raises
            log_failure(f"deliver to {parcel.channel}", error)
            if claim.attempt >= MOST_ATTEMPTS:
                await self._bury(parcel, error)
            else:
                await self._room.call(release_claim, Delivery, claim, timedelta(seconds=_pause(claim.attempt)))
        else:
            await self._room.call(end_delivery, claim, DeliveryState.DELIVERED)

    async def _bury(self, parcel: Parcel, error: Exception) -> None:
        log.error("dead_letter", conversation=parcel.claim.conversation_id, seq=parcel.claim.seq, kind=type(error).__name__)
        await self._room.call(end_delivery, parcel.claim, DeliveryState.DEAD, type(error).__name__)


def _pause(attempt: int, seconds: float | None = None) -> float:
    return min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempt, 16)) if seconds is None else seconds
