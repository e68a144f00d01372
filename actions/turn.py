"""One turn as an action sees it: Rasa's tracker turned into our own words, and slots into events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.buttons import press
from bot.core.audiences import audience_said, turn_to
from bot.core.geography import Place
from bot.core.heard import Decision, Entity, Heard
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.screening import Answers
from bot.core.wishes import asks_if_bot
from bot.knowledge.load import load_knowledge

TOPIC_INTENT = "faq"
# Rasa keeps the intents "back" and "restart" for itself.
_ACTS_BY_INTENT = {"go_back": "back", "start_over": "restart"}
_KINDS = {"state", "city", "zip", "foreign_postcode", "age", "number", "phone", "email"}
_ASKED_FOR = {"to_english": Language.EN, "to_spanish": Language.ES}
# Somebody's name or company says nothing about the language that they speak.
_NAMES_ASKED = ("contact_name", "contact", "product")
_WORD = re.compile(r"[¿¡\"'(]*[^\W\d_]{2,}(?:['’][^\W\d_]+)?[.,;:!?\"')]*")
_WORDS_LIKE_STATES = ("me", "de", "la", "al", "in", "or", "oh", "hi", "ok", "id", "ma", "pa", "va", "ne")
_LONGER_WORDS_LIKE_STATES = ("ill", "miss", "mass", "wash", "del", "cal")
_FEWEST_WORDS, _FEWEST_WORDS_BESIDE_NAMES = 2, 7


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


def read_turn(tracker: Tracker, settled: bool = False) -> Turn:
    """The turn of a tracker as the action server receives it. A channel may say in the metadata which language it is set to.

    `settled`: an earlier action of this turn has read the message, and its language stands.
    """
    slots = dict(tracker.slots)
    message = tracker.latest_message or {}
    spoken = slots.get("language") or (message.get("metadata") or {}).get("language")
    heard = press(read_heard(message, spoken, slots.get("requested_slot")), tracker, load_knowledge())
    if settled and spoken:
        heard = replace(heard, language=Language.parse(spoken))
    # The gateway's own id of a message stays the same when it has to ask Rasa again; Rasa's would be another.
    message_id = (message.get("metadata") or {}).get("message_id") or message.get("message_id")
    turn = Turn(tracker.sender_id, slots, heard, str(message_id or ""))
    audience = audience_said(heard) or turn.audience
    return replace(turn, heard=replace(heard, parts=tuple(turn_to(audience, ranked) for ranked in heard.parts)))


def read_heard(message: Mapping[str, Any], spoken: str | None, asked: str | None = None) -> Heard:
    """What Rasa understood of a message, given the language spoken so far and the slot that was asked."""
    intent = (message.get("intent") or {}).get("name")
    act = _ACTS_BY_INTENT.get(intent, intent) if intent and intent != TOPIC_INTENT else None
    if act is None and asks_if_bot(str(message.get("text") or "")):
        act = "bot_challenge"
    rankings = message.get("topics") or []
    return Heard(
        text=str(message.get("text") or ""),
        language=_language(message, spoken, asked, act),
        act=act,
        decision=Decision(message.get("decision") or Decision.UNSURE),
        parts=tuple(tuple(entry["topic"] for entry in ranking) for ranking in rankings),
        score=float(rankings[0][0]["score"]) if rankings and rankings[0] else 0.0,
        entities=tuple(_entities(message, asked, act)),
    )


def _language(message: Mapping[str, Any], spoken: str | None, asked: str | None, act: str | None) -> Language:
    """The language changes on demand, or when enough words are surely in the other one."""
    detected = message.get("language") or {}
    if act in _ASKED_FOR:
        return _ASKED_FOR[act]
    if not spoken:
        return Language.parse(detected.get("code"))
    changes = detected.get("sure") and _tells_language(message, asked, act)
    return Language.parse(detected.get("code") if changes else spoken)


def _tells_language(message: Mapping[str, Any], asked: str | None, act: str | None) -> bool:
    """Whether there are words beside names and numbers: "Mia", "Milwaukee" and "IMT-7K3MPW" are the same in both languages.

    One word alone tells little ("ok", "no"), unless it greets, asks for help or names a topic ("sueldo").
    """
    words = [word for word in _without_places(message).split() if _WORD.fullmatch(word)]
    if len(words) == 1 and asked not in _NAMES_ASKED:
        return act in ("greet", "help") or _names_topic(message)
    return len(words) >= (_FEWEST_WORDS_BESIDE_NAMES if asked in _NAMES_ASKED else _FEWEST_WORDS)


def _names_topic(message: Mapping[str, Any]) -> bool:
    """The word is surely about a topic of ours, and nothing that is found in any text ("banana", "Milwaukee")."""
    best = (message.get("topics") or [[{"topic": None}]])[0][0]["topic"]
    sure = message.get("decision") == Decision.ANSWERED and best not in ("chitchat", "out_of_scope")
    return sure and not message.get("entities")


def _without_places(message: Mapping[str, Any]) -> str:
    letters = list(str(message.get("text") or ""))
    for entity in message.get("entities") or []:
        if entity.get("entity") in ("city", "state"):
            letters[entity["start"] : entity["end"]] = " " * (entity["end"] - entity["start"])
    return "".join(letters)


def _entities(message: Mapping[str, Any], asked: str | None, act: str | None) -> Iterator[Entity]:
    """What stands in the message, without the states that are words."""
    text = str(message.get("text") or "")
    found = [entity for entity in message.get("entities") or [] if entity.get("entity") in _KINDS]
    words = [entity for entity in found if _is_word(entity, text, asked, act)]
    for entity in found:
        if entity not in words:
            sure = bool(entity.get("sure", True)) and (asked == "place" or not _rests_on_word(entity, words, text))
            yield Entity(entity["entity"], entity["value"], sure)


def _rests_on_word(entity: Mapping[str, Any], words: list[Mapping[str, Any]], text: str) -> bool:
    """ "hay dinero del gobierno": the towns Hay and Dinero were sure for a Delaware that is none."""
    after = [text[entity["end"] : word["start"]] for word in words if word["start"] >= entity["end"]]
    in_small_letters = entity["entity"] == "city" and text[entity["start"]].islower()
    return in_small_letters and any(len(between.split()) <= 1 for between in after)


def _is_word(entity: Mapping[str, Any], text: str, asked: str | None, act: str | None) -> bool:
    """ "hi" and "ok" in an act, "ill" in "nah ill call", "me" in "me equivoque", "oh" where no place was asked: no states."""
    written, others = text[entity["start"] : entity["end"]], text[: entity["start"]] + text[entity["end"] :]
    if entity.get("entity") != "state" or (len(written) != 2 and written not in _LONGER_WORDS_LIKE_STATES):
        return False
    goes_on = re.search(r"[^\W\d]", text[entity["end"] :])
    alone = not re.search(r"\w", others) and asked != "place"
    return act is not None or (written in (*_WORDS_LIKE_STATES, *_LONGER_WORDS_LIKE_STATES) and bool(goes_on or alone))


def as_place(value: Any) -> Place | None:
    """The place of a slot value; None where it was skipped or never given."""
    return value if isinstance(value, Place) else Place(**value) if isinstance(value, dict) else None


def set_slots(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[EventType]:
    """SlotSet events for what changed, with places as plain JSON."""
    return [
        SlotSet(name, plain_value(value)) for name, value in after.items() if plain_value(before.get(name)) != plain_value(value)
    ]


def plain_value(value: Any) -> Any:
    """A slot value as JSON."""
    return {name: getattr(value, name) for name in Place.__dataclass_fields__} if isinstance(value, Place) else value
