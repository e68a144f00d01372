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
from bot.store.claims import Claim, ClaimLostError, release_claim, renew_claims
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
        self._worker = uuid4().hex
        self._running: dict[Claim, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(repeat("deliver", self._take_up, 0))
                group.create_task(repeat("renew deliveries", self._renew, _LEASE.total_seconds() / 4))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _take_up(self) -> None:
        """Begin to send what is due, of many conversations at a time; wait if there is nothing, or no hand free."""
        self._room.bell.mail.clear()
        free = _AT_ONCE - len(self._running)
        values = (self._worker, list(self._senders), free, _LEASE)
        parcels = await self._room.call(claim_deliveries, *values) if free else []
        for parcel in parcels:
            self._running[parcel.claim] = asyncio.create_task(self._deliver(parcel))
        if not parcels:
            await wait(self._room.bell.mail, _POLL_SECONDS)

    async def _renew(self) -> None:
        if self._running:
            await self._room.call(renew_claims, Delivery, list(self._running), _LEASE)

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            await self._send(parcel)
        except ClaimLostError:
            log.info("delivery_gone", conversation=parcel.claim.conversation_id, seq=parcel.claim.seq)
        except Exception as error:  # the last resort; the lease runs out, and it is taken up again
            log_failure("delivery", error)
        finally:
            del self._running[parcel.claim]
            self._room.bell.mail.set()

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
