"""What an update is to us: its kind and the little of it that is needed. Names and everything else are never stored.

Responsible for reading updates. Must not know what is done with them, nor the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.store.telegram_updates import StoredUpdate

ALLOWED_UPDATES = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
COMMANDS = ("start", "apply", "nearest", "human", "status", "language", "help", "stop", "delete")
_COMMAND = re.compile(rf"/({'|'.join(COMMANDS)})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_HERE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED, ChatMemberStatus.OWNER)


class Kind(StrEnum):
    """What an update is. ERASING is a confirmed /delete that has begun; FOREIGN is a group or a channel."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    LOCATION = "location"
    CONTACT = "contact"
    EDITED = "edited"
    PHOTO = "photo"
    FILE = "file"
    VOICE = "voice"
    STICKER = "sticker"
    POLL = "poll"
    OTHER = "other"
    BLOCKED = "blocked"
    RETURNED = "returned"
    FOREIGN = "foreign"
    ERASING = "erasing"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Incoming:
    """One update. `text` is what was written, a caption, what stands after a command, a button's token or a phone number."""

    kind: Kind
    text: str = ""
    command: str = ""
    language: str | None = None
    query_id: str | None = None
    pressed_id: int | None = None
    album: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    own_contact: bool = False
    file_id: str = ""
    file_name: str = ""

    @classmethod
    def load(cls, content: dict[str, Any]) -> Incoming:
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in content.items() if name in known}
        return cls(**{**values, "kind": Kind(values.get("kind", Kind.IGNORED))})

    def dump(self) -> dict[str, Any]:
        """As JSON, without what says nothing."""
        return {name: value for name, value in asdict(self).items() if value}


def read_update(update: Update) -> StoredUpdate:
    """An update as it is stored."""
    chat_id, message_id, incoming = _read(update)
    return StoredUpdate(update.update_id, chat_id, message_id, incoming.dump())


def read_bare_update(update_id: int, data: Mapping[str, Any]) -> StoredUpdate:
    """An update that the library does not understand: at least who wrote, and their words, so that they are answered."""
    message = data.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
        return StoredUpdate(update_id, None, None, {})
    sender, chat_id = message.get("from") or {}, message["chat"].get("id")
    if message["chat"].get("type") != ChatType.PRIVATE or type(chat_id) is not int or sender.get("is_bot"):
        return StoredUpdate(update_id, None, None, {})
    if isinstance(message.get("text"), str):
        incoming = _read_text(message["text"])
    else:
        incoming = Incoming(Kind.POLL if "poll" in message else Kind.OTHER)
    number = message.get("message_id")
    stored = replace(incoming, language=str(sender.get("language_code") or "")).dump()
    return StoredUpdate(update_id, chat_id, number if type(number) is int else None, stored)


def _read(update: Update) -> tuple[int | None, int | None, Incoming]:
    if query := update.callback_query:
        return (query.message.chat.id if query.message else None), None, _read_press(query)
    if change := update.my_chat_member:
        return change.chat.id, None, _read_member(change)
    message = update.message or update.edited_message or update.channel_post
    if message is None:
        return None, None, Incoming(Kind.IGNORED)
    if update.edited_message:
        incoming = _read_edited(message)
    else:
        incoming = Incoming(Kind.IGNORED) if _is_service(update, message) else _read_message(message)
    sender = message.from_user
    return message.chat.id, message.message_id, replace(incoming, language=sender.language_code if sender else None)


def _read_press(query: CallbackQuery) -> Incoming:
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return Incoming(Kind.IGNORED)
    pressed, language = query.message.message_id, query.from_user.language_code
    return Incoming(Kind.PRESS, query.data or "", language=language, query_id=query.id, pressed_id=pressed)


def _read_member(change: ChatMemberUpdated) -> Incoming:
    here = change.new_chat_member.status in _HERE
    if change.chat.type == ChatType.PRIVATE:
        return Incoming(Kind.RETURNED if here else Kind.BLOCKED, language=change.from_user.language_code)
    return Incoming(Kind.FOREIGN if here else Kind.IGNORED, language=change.from_user.language_code)


def _read_edited(message: Message) -> Incoming:
    """A live location is edited all the time: nobody means anything by it."""
    talks = message.chat.type == ChatType.PRIVATE and not message.location and not _is_bot(message)
    return Incoming(Kind.EDITED if talks else Kind.IGNORED)


def _read_message(message: Message) -> Incoming:
    if message.chat.type != ChatType.PRIVATE:
        return Incoming(Kind.FOREIGN)
    if _is_bot(message):
        return Incoming(Kind.IGNORED)
    if message.text is not None:
        return _read_text(message.text)
    if message.location:
        return Incoming(Kind.LOCATION, latitude=message.location.latitude, longitude=message.location.longitude)
    if message.contact:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return Incoming(Kind.CONTACT, message.contact.phone_number if own else "", own_contact=own)
    file_id, name = _file_of(message)
    caption = message.caption or ""
    return Incoming(_kind_of_file(message), caption, album=message.media_group_id, file_id=file_id, file_name=name)


def _read_text(text: str) -> Incoming:
    command = _COMMAND.fullmatch(text)
    return Incoming(Kind.COMMAND, (command[2] or "").strip(), command[1].lower()) if command else Incoming(Kind.TEXT, text)


def _is_service(update: Update, message: Message) -> bool:
    """Telegram tells of itself: a pin, a new title, somebody who left. That the bot was brought somewhere comes as a change."""
    return bool(filters.StatusUpdate.ALL.check_update(update)) and not message.new_chat_members


def _is_bot(message: Message) -> bool:
    return message.from_user is not None and message.from_user.is_bot


def _file_of(message: Message) -> tuple[str, str]:
    """What Telegram knows a file by, and its name; nothing for what nobody would open."""
    if message.photo:
        return message.photo[-1].file_id, "photo.jpg"  # the last is the largest
    named = message.document or message.video or message.audio
    if named:
        return named.file_id, _plain_name(named.file_name) or ("file" if message.document else "recording")
    spoken = message.voice or message.video_note
    return (spoken.file_id, "voice.ogg" if message.voice else "video.mp4") if spoken else ("", "")


def _plain_name(name: str | None) -> str:
    """Without what a file's name must not have anywhere; at most 120 characters, with the ending."""
    plain = "".join(" " if each in '/\\:*?"<>|' else each for each in name or "" if each.isprintable()).strip(" .")
    return plain if len(plain) <= 120 else plain[:100] + plain[-20:]


def _kind_of_file(message: Message) -> Kind:
    kinds = {
        Kind.PHOTO: message.photo or message.animation,
        Kind.FILE: message.document,
        Kind.VOICE: message.voice or message.video_note or message.video or message.audio,
        Kind.STICKER: message.sticker or message.dice,
        Kind.POLL: message.poll,
    }
    return next((kind for kind, found in kinds.items() if found), Kind.OTHER)
