"""The two languages of the assistant and text pairs in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that the assistant speaks."""

    EN = "en"
    ES = "es"

    @classmethod
    def parse(cls, value: str | None) -> Language:
        """English unless `value` names Spanish, as in "es", "es-MX" or "ES"."""
        return cls.ES if (value or "").lower().startswith("es") else cls.EN


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages."""

    en: str
    es: str

    def say(self, language: Language) -> str:
        return self.es if language is Language.ES else self.en
