"""What every action shares, opened once: the knowledge, the database and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
    return Services(load_knowledge(), open_database(settings.database_url), settings)
