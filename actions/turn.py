"""One turn as an action sees it: Rasa's tracker turned into our own words, and slots into events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from bot.core.geography import Place
from bot.core.heard import Decision, Entity, Heard
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.screening import Answers

TOPIC_INTENT = "faq"
# Rasa keeps the intents "back" and "restart" for itself.
_ACTS_BY_INTENT = {"go_back": "back", "start_over": "restart"}
_KINDS = {"state", "city", "zip", "foreign_postcode", "age", "number", "phone", "email"}


@dataclass(frozen=True)
class Turn:
    """The conversation so far and the message just heard."""

    conversation_id: str
    slots: Mapping[str, Any]
    heard: Heard
    message_id: str

    @property
    def language(self) -> Language:
        return self.heard.language

    @property
    def audience(self) -> Audience | None:
        value = self.slots.get("audience")
        return Audience(value) if value in set(Audience) else None

    @property
    def place(self) -> Place | None:
        return as_place(self.slots.get("place"))

    @property
    def answers(self) -> Answers:
        """The slots as the rules know them, with the place as a Place."""
        return {**self.slots, "place": as_place(self.slots.get("place")) or self.slots.get("place")}


def read_turn(tracker: Tracker) -> Turn:
    """The turn of a tracker as the action server receives it."""
    slots = dict(tracker.slots)
    message = tracker.latest_message or {}
    return Turn(tracker.sender_id, slots, read_heard(message, slots.get("language")), str(message.get("message_id") or ""))


def read_heard(message: Mapping[str, Any], spoken: str | None) -> Heard:
    """What Rasa understood of a message. The language changes only when the message is surely in the other one."""
    detected = message.get("language") or {}
    language = detected.get("code") if detected.get("sure") or not spoken else spoken
    intent = (message.get("intent") or {}).get("name")
    rankings = message.get("topics") or []
    return Heard(
        text=str(message.get("text") or ""),
        language=Language.parse(language),
        act=_ACTS_BY_INTENT.get(intent, intent) if intent and intent != TOPIC_INTENT else None,
        decision=Decision(message.get("decision") or Decision.UNSURE),
        parts=tuple(tuple(entry["topic"] for entry in ranking) for ranking in rankings),
        score=float(rankings[0][0]["score"]) if rankings and rankings[0] else 0.0,
        entities=tuple(
            Entity(entity["entity"], entity["value"], bool(entity.get("sure", True)))
            for entity in message.get("entities") or []
            if entity.get("entity") in _KINDS
        ),
    )


def as_place(value: Any) -> Place | None:
    """The place of a slot value; None where it was skipped or never given."""
    return value if isinstance(value, Place) else Place(**value) if isinstance(value, dict) else None


def set_slots(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[EventType]:
    """SlotSet events for what changed, with places as plain JSON."""
    return [SlotSet(name, plain_value(value)) for name, value in after.items() if plain_value(before.get(name)) != plain_value(value)]


def plain_value(value: Any) -> Any:
    """A slot value as JSON."""
    return {name: getattr(value, name) for name in Place.__dataclass_fields__} if isinstance(value, Place) else value
