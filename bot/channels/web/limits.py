"""How much somebody may send: new conversations and messages by address, messages by conversation.

Counted in the memory of this process. Must not know routes.
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.core.addresses import network_of
from bot.settings import Settings


class TooManyError(Exception):
    """More than is allowed; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Limits:
    """One for each process."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._conversations = parse(settings.limit_conversations)
        self._messages = parse(settings.limit_messages)
        self._address = parse(settings.limit_address)

    def count_conversation(self, address: str) -> None:
        """Raises TooManyError."""
        self._hit(self._conversations, "begin", network_of(address))

    def count_message(self, address: str, conversation_id: str) -> None:
        """Raises TooManyError."""
        self._hit(self._messages, "conversation", conversation_id)
        self._hit(self._address, "address", network_of(address))

    def _hit(self, limit: RateLimitItem, *key: str) -> None:
        if not self._limiter.hit(limit, *key):
            reset = self._limiter.get_window_stats(limit, *key).reset_time
            raise TooManyError(max(1, math.ceil(reset - time.time())))
