"""Who is writing at this moment: kept in memory for seconds. It is no part of what was said, and lost without harm.

Responsible for remembering within this process: of two gateways on a database each knows of its own writers only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.core.conversation import Author

# Writers say so every 3 seconds at most while they write; Telegram shows a sign for 5.
SECONDS = 6.0


class Typing:
    """One for each process. `heard` are told of each sign, with the conversation and who writes."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, Author], float] = {}
        self.heard: list[Callable[[str, Author], None]] = []

    def note(self, conversation_id: str, author: Author) -> None:
        """They write. What is over is forgotten on the way."""
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[conversation_id, author] = now + SECONDS
        for hear in self.heard:
            hear(conversation_id, author)

    def end(self, conversation_id: str, author: Author) -> None:
        """They have sent it."""
        self._until.pop((conversation_id, author), None)

    def is_at(self, conversation_id: str, author: Author) -> bool:
        """Whether they wrote within the last seconds."""
        return self._until.get((conversation_id, author), 0.0) > time.monotonic()
