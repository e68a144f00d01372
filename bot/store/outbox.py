"""The outbox: messages on their way to channels that have to be sent to.

Responsible for the table `outbox`. Must not know how a channel is reached.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot.core.conversation import DeliveryState, Message
from bot.store.claims import Claim, claim_due, end_claim
from bot.store.conversation_schema import Delivery
from bot.store.conversations import read_view
from bot.store.database import Database


@dataclass(frozen=True)
class Parcel:
    """A message to be sent, and its claim."""

    claim: Claim
    channel: str
    message: Message


def claim_deliveries(database: Database, worker: str, channels: Collection[str], limit: int, lease: timedelta) -> list[Parcel]:
    """What is due on these channels."""
    claims = claim_due(database, Delivery, worker, limit, lease, Delivery.channel.in_(channels))
    return [parcel for claim in claims if (parcel := _parcel(database, claim))]


def end_delivery(database: Database, claim: Claim, state: DeliveryState, error: str | None = None) -> None:
    """Mark it delivered or dead. Raises ClaimLostError."""
    with database.writing() as connection:
        end_claim(connection, Delivery, claim, state, error=error)


def _parcel(database: Database, claim: Claim) -> Parcel | None:
    channel = select(Delivery.channel).where(Delivery.conversation_id == claim.conversation_id, Delivery.seq == claim.seq)
    with database.reading() as connection:
        found = connection.scalar(channel)
    messages = read_view(database, claim.conversation_id, claim.seq - 1, 1).messages
    return Parcel(claim, found, messages[0]) if found and messages else None
