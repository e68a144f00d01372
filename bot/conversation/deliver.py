"""Sends what channels do not fetch by themselves, out of the outbox: in order, with pauses after failures, and dead in the end.

Must not know any channel: each brings a Sender. What is sent twice after a kill between sending and storing that it was sent
is for the channel to recognise, by conversation and number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from bot.conversation.bell import wait
from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.room import Room
from bot.core.conversation import DeliveryState, Message
from bot.store.claims import ClaimLostError, release_claim
from bot.store.conversation_schema import Delivery
from bot.store.outbox import Parcel, claim_deliveries, end_delivery

MOST_ATTEMPTS = 10
# Longer than a sender may take.
_LEASE = timedelta(seconds=60)
_SENDING_SECONDS = 45.0
_POLL_SECONDS = 1.0
_AT_ONCE = 20
_LONGEST_PAUSE = 300.0


class DeliveryRefusedError(Exception):
    """The channel will never take it, as when somebody blocked us."""


class DeliveryDelayedError(Exception):
    """The channel says when to try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Sender(Protocol):
    """A channel. Any exception but DeliveryRefusedError means: later."""

    async def send(self, conversation_id: str, message: Message) -> None: ...


class Deliverer:
    """One for each process."""

    def __init__(self, room: Room, senders: Mapping[str, Sender]) -> None:
        self._room, self._senders = room, senders
        self._worker = uuid4().hex

    async def run(self) -> None:
        """Until cancelled."""
        await repeat("deliver", self.deliver_due, 0)

    async def deliver_due(self) -> None:
        """Send what is due, several conversations at a time; wait if there is nothing."""
        parcels = await self._room.call(claim_deliveries, self._worker, list(self._senders), _AT_ONCE, _LEASE)
        await asyncio.gather(*map(self._deliver, parcels))
        if not parcels:
            await wait(self._room.bell.work, _POLL_SECONDS)

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            await self._send(parcel)
        except ClaimLostError:
            log.info("delivery_gone", conversation=parcel.claim.conversation_id, seq=parcel.claim.seq)

    async def _send(self, parcel: Parcel) -> None:
        claim = parcel.claim
        try:
            async with asyncio.timeout(_SENDING_SECONDS):
                await self._senders[parcel.channel].send(claim.conversation_id, parcel.message)
        except DeliveryRefusedError as error:
            await self._bury(parcel, error)
        except Exception as error:  # whatever a channel's library raises
            log_failure(f"deliver to {parcel.channel}", error)
            if claim.attempt >= MOST_ATTEMPTS:
                await self._bury(parcel, error)
            else:
                await self._room.call(release_claim, Delivery, claim, timedelta(seconds=_pause(claim.attempt, error)))
        else:
            await self._room.call(end_delivery, claim, DeliveryState.DELIVERED)

    async def _bury(self, parcel: Parcel, error: Exception) -> None:
        log.error("dead_letter", conversation=parcel.claim.conversation_id, seq=parcel.claim.seq, kind=type(error).__name__)
        await self._room.call(end_delivery, parcel.claim, DeliveryState.DEAD, type(error).__name__)


def _pause(attempt: int, error: Exception) -> float:
    return error.seconds if isinstance(error, DeliveryDelayedError) else min(_LONGEST_PAUSE, 0.5 * 2**attempt)
