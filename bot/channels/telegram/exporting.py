"""Who came how and what came of it, for statistics: without a name, a word or a number of anybody's.

A person is a keyed hash: the same in each export made with the same key, so that exports can be put together, and of no use
without the key.
"""

from __future__ import annotations

import csv
import io

from bot.core.pseudonyms import pseudonym
from bot.store.database import Database
from bot.store.telegram_chats import count_chats

COLUMNS = ("person", "campaign", "language", "began_on", "messages", "requests")


def export_chats(database: Database, secret: str) -> str:
    """CSV with a line for each chat. Raises ValueError without a secret."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    for chat in count_chats(database):
        person = pseudonym(secret, "telegram", chat.bot_id, chat.chat_id)
        writer.writerow((person, chat.campaign, chat.language, chat.began_at.date(), chat.messages, chat.requests))
    return lines.getvalue()
