"""A handoff as the dialogue makes it, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.core.geography import Place
from bot.core.handoff import CONSENT_VERSION, Author, ContactKind, Handoff, HandoffReason, Line
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.screening import Result

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def handoff(**changes: Any) -> Handoff:
    values: dict[str, Any] = {
        "conversation_id": "c", "request_key": "turn-1", "audience": Audience.SEEKER, "language": Language.ES, "state": "WI",
        "office_id": None, "result": Result.READY, "answers": {"age_band": "18_or_over", "place": Place("WI", zip="53215")},
        "topics": ("wages",), "transcript": (Line(Author.PERSON, "my night shift story", AT, ()),),
        "consent_version": CONSENT_VERSION, "consented_at": AT, "contact_name": "Ana Secreta",
        "contact_kind": ContactKind.PHONE, "contact_value": "414-555-0100", "reason": HandoffReason.FINISHED_SCREENING,
    }  # fmt: skip
    return Handoff(**values | changes)
