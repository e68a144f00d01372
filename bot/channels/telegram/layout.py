"""Lays a message out as Telegram shows it: texts, sources as links, a pin on the map, and buttons or keys under the last piece.

Everything is sent as plain text with entities beside it, so nothing that anybody wrote can break it. Must not send anything,
nor know the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.telegram.splitting import LONGEST_TEXT, split, units
from bot.core.conversation import Author, Choice, Message
from bot.core.language import Language
from bot.knowledge.model import Knowledge

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
PLACE, CONTACT, DELETE = "place", "contact", "delete"
# What a message asks for shows in its last words, whatever stands before.
_ASKING = {
    PLACE: ("ask_place", "help_place", "zip_unknown", "outside_us"),
    CONTACT: ("ask_contact", "help_contact", "phone_wrong", "email_wrong", "contact_new"),
}
_MOST_SOURCES = 3
_LONGEST_KEY = 64


@dataclass(frozen=True)
class Pin:
    """An office on the map. Without an address it is a bare location."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True)
class Piece:
    """One message of Telegram's: a text with its links, or a pin."""

    text: str = ""
    entities: tuple[MessageEntity, ...] = ()
    pin: Pin | None = None
    markup: Markup | None = None


def lay_out(message: Message, knowledge: Knowledge, language: Language, keyboard: bool) -> list[Piece]:
    """The pieces of a message, at least one. `keyboard`: keys are on the person's screen and have to go."""
    text = f"{knowledge.say('telegram_staff', language)}\n{message.text}" if message.author is Author.STAFF else message.text
    pieces = [Piece(part) for part in split(text)]
    pieces = _with_sources(pieces, message.sources, knowledge.say("telegram_sources", language))
    pieces += [Piece(pin=pin) for card in message.cards[:1] if (pin := _pin(card, knowledge, language))]
    markup = _markup(message, knowledge, language)
    pieces = pieces or [Piece("…")]
    if keyboard and not isinstance(markup, ReplyKeyboardMarkup) and (markup is None or len(pieces) > 1):
        pieces[0] = replace(pieces[0], markup=ReplyKeyboardRemove())
    if markup:
        pieces[-1] = replace(pieces[-1], markup=markup)
    return pieces


def asked_by(message: Message, knowledge: Knowledge) -> str | None:
    """What a message asks for: a place, a contact, or whether everything shall be erased."""
    if message.author is Author.SYSTEM and message.text in _both(knowledge, "delete_ask"):
        return DELETE
    if message.author is not Author.ASSISTANT:
        return None
    endings = {what: tuple(text for phrase in phrases for text in _both(knowledge, phrase)) for what, phrases in _ASKING.items()}
    return next((what for what, texts in endings.items() if message.text.rstrip().endswith(texts)), None)


def _both(knowledge: Knowledge, phrase: str) -> tuple[str, str]:
    return knowledge.phrases[phrase].en, knowledge.phrases[phrase].es


def _with_sources(pieces: list[Piece], sources: Sequence[Mapping[str, Any]], label: str) -> list[Piece]:
    """The sources under the last text, each a link; on a piece of their own where there is no room."""
    text, entities = label, []
    for source in [source for source in sources if source.get("title")][:_MOST_SOURCES]:
        text += "\n• "
        title, date = str(source["title"]), str(source.get("date") or "")
        if str(source.get("url") or "").startswith(("http://", "https://")):
            entities.append(MessageEntity(MessageEntity.TEXT_LINK, units(text), units(title), url=str(source["url"])))
        text += f"{title} ({date})" if date[:4].isdigit() else title
    if text == label:
        return pieces
    last = pieces[-1].text if pieces else ""
    if not last or units(last) + 2 + units(text) > LONGEST_TEXT:
        return [*pieces, Piece(text, tuple(entities))]
    moved = MessageEntity.shift_entities(units(last) + 2, entities)
    return [*pieces[:-1], Piece(f"{last}\n\n{text}", tuple(moved))]


def _pin(card: Mapping[str, Any], knowledge: Knowledge, language: Language) -> Pin | None:
    latitude, longitude = card.get("latitude"), card.get("longitude")
    if latitude is None or longitude is None:
        return None
    parts = [part for name in ("street", "city") if (part := card.get(name))]
    ends = " ".join(str(card[name]) for name in ("state", "zip") if card.get(name))
    address = ", ".join([*(str(part["value"]) for part in parts), ends]) if parts else ""
    caution = f" ({knowledge.say('card_confirm', language)})" if any(part.get("confirm") for part in parts) else ""
    return Pin(latitude, longitude, str(card["name"]), address + caution)


def _markup(message: Message, knowledge: Knowledge, language: Language) -> Markup | None:
    asked = asked_by(message, knowledge)
    if asked in (PLACE, CONTACT):
        return _keys(asked == PLACE, message.choices, knowledge, language)
    return buttons(message.choices) if message.choices else None


def buttons(choices: Sequence[Choice]) -> InlineKeyboardMarkup:
    """Buttons one a row; each carries the token of its choice."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(choice.title, callback_data=choice.id)] for choice in choices])


def _keys(place: bool, choices: Sequence[Choice], knowledge: Knowledge, language: Language) -> ReplyKeyboardMarkup:
    """Native keys, the first of which shares a location or a phone number; the others are the choices, and typing does too."""
    what = "location" if place else "contact"
    share = KeyboardButton(
        knowledge.say(f"telegram_share_{what}", language), request_location=place or None, request_contact=not place or None
    )
    hint = knowledge.say(f"telegram_type_{'place' if place else 'contact'}", language)[:_LONGEST_KEY]
    rows = [[share], *([KeyboardButton(choice.title)] for choice in choices)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True, input_field_placeholder=hint)
