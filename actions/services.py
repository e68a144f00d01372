"""What every action shares, opened once: the knowledge, the database and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.core.geography import lookup_zip
from bot.knowledge.load import load_knowledge
from bot.knowledge.model import Knowledge
from bot.settings import Settings, load_settings
from bot.store.database import Database, open_database


@dataclass(frozen=True)
class Services:
    """The knowledge, the database and the settings of this process."""

    knowledge: Knowledge
    database: Database
    settings: Settings


@lru_cache(maxsize=1)
def services() -> Services:
    """Opened at the first call and kept."""
    settings = load_settings()
    lookup_zip("53202")  # reads the table of places now, not while the first person waits
    return Services(load_knowledge(), open_database(settings.database_url), settings)
