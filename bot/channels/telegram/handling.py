"""What each kind of update does.

Responsible for the one table of kinds. Everything may be done twice, if we are killed before the update is marked as done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from telegram.error import BadRequest, Forbidden

from bot.channels.telegram.client import RETRIES
from bot.channels.telegram.commands import COMMAND_WAYS, LANGUAGES, choose_language
from bot.channels.telegram.erasing import confirm_erasing, erase_chat, is_yes
from bot.channels.telegram.incoming import Incoming, Kind
from bot.channels.telegram.layout import CONTACT, DELETE
from bot.channels.telegram.presses import press
from bot.channels.telegram.visits import Hall, Visit, visit_of
from bot.core.conversation import Owner
from bot.core.language import Language
from bot.core.zip_of_point import zip_of_point
from bot.store.telegram_chats import mark_chat
from bot.store.telegram_updates import StoredUpdate

_UNREADABLE = {
    Kind.PHOTO: "telegram_photo",
    Kind.FILE: "telegram_file",
    Kind.VOICE: "telegram_voice",
    Kind.STICKER: "telegram_sticker",
    Kind.POLL: "telegram_poll",
    Kind.OTHER: "empty_message",
}


async def handle(hall: Hall, update: StoredUpdate) -> None:
    """Do what an update asks for."""
    incoming = Incoming.load(update.content)
    if update.chat_id is None or incoming.kind is Kind.IGNORED:
        return
    if incoming.kind is Kind.FOREIGN:
        await _leave(hall, update.chat_id, Language.parse(incoming.language))
        return
    visit = await visit_of(hall, update.update_id, update.chat_id, incoming)
    if incoming.kind in (Kind.BLOCKED, Kind.RETURNED):
        await _mark_blocked(visit, incoming.kind is Kind.BLOCKED)
        return
    await _resume(visit)
    await _WAYS.get(incoming.kind, _say_unreadable)(visit)


async def _hear(visit: Visit, text: str, client_id: str = "") -> None:
    """What somebody wrote or picked: an answer to whether everything shall be erased, or something for the conversation."""
    if visit.chat and visit.chat.asked == DELETE:
        said = is_yes(visit, text)
        if said:
            await confirm_erasing(visit)
            return
        await visit.hall.room.call(mark_chat, visit.chat, asked=None)
        if said is False:
            await visit.say(visit.text("delete_kept"), visit.menu())
            return
    visit = await visit.opened()
    language = next((one for one, name in LANGUAGES.items() if name == text), None)
    await (choose_language(visit, language, client_id) if language else visit.ask(text, client_id))


async def _leave(hall: Hall, chat_id: int, language: Language) -> None:
    """Groups and channels: nobody's conversation belongs there."""
    me = await hall.bot.get_me()
    text = hall.room.knowledge.say("telegram_private_only", language, link=f"https://t.me/{me.username}")
    with suppress(Forbidden, BadRequest):
        await hall.bot.send_message(chat_id, text, rate_limit_args=RETRIES)
    with suppress(Forbidden, BadRequest):
        await hall.bot.leave_chat(chat_id, rate_limit_args=RETRIES)


async def _mark_blocked(visit: Visit, blocked: bool) -> None:
    if visit.chat and visit.chat.blocked != blocked:
        await visit.hall.room.call(mark_chat, visit.chat, blocked=blocked)


async def _resume(visit: Visit) -> None:
    """Who writes again wants to be answered."""
    if visit.chat and (visit.chat.blocked or visit.chat.stopped_seq is not None):
        await visit.hall.room.call(mark_chat, visit.chat, blocked=False, stopped_seq=None)


async def _text(visit: Visit) -> None:
    await _hear(visit, visit.incoming.text)


async def _command(visit: Visit) -> None:
    await COMMAND_WAYS[visit.incoming.command](visit)


async def _press(visit: Visit) -> None:
    if (pressed := await press(visit)) is not None:
        await _hear(visit, *pressed)


async def _location(visit: Visit) -> None:
    """The nearest ZIP stands for the point, which is not kept."""
    point = (visit.incoming.latitude or 0.0, visit.incoming.longitude or 0.0)
    found = await asyncio.to_thread(zip_of_point, *point)
    visit = await visit.opened()
    await (visit.ask(f"📍 {found}") if found else visit.say(visit.text("telegram_location_unknown")))


async def _contact(visit: Visit) -> None:
    """A number counts where one was asked for, and only the person's own."""
    visit = await visit.opened()
    if not visit.incoming.own_contact:
        await visit.say(visit.text("telegram_contact_other"))
    elif visit.chat and visit.chat.asked == CONTACT:
        await visit.ask(visit.incoming.text)
    else:
        await visit.say(visit.text("telegram_contact_unasked"))


async def _edited(visit: Visit) -> None:
    await (await visit.opened()).say(visit.text("telegram_edited"))


async def _say_unreadable(visit: Visit) -> None:
    """Files go to staff who have to do with the person. Else what cannot be read is named; its words are taken. Albums once."""
    visit, incoming = await visit.opened(), visit.incoming
    album = f"album:{incoming.album}" if incoming.album else ""
    if owner := await visit.hand_file():
        if owner is Owner.ASSISTANT:
            await visit.say(visit.text("telegram_file_kept"), cause=album)
        return
    await visit.say(visit.text(_UNREADABLE.get(incoming.kind, "empty_message")), cause=album)
    if incoming.text:
        await visit.ask(incoming.text)


_WAYS: Mapping[Kind, Callable[[Visit], Awaitable[None]]] = {
    Kind.TEXT: _text,
    Kind.COMMAND: _command,
    Kind.PRESS: _press,
    Kind.LOCATION: _location,
    Kind.CONTACT: _contact,
    Kind.EDITED: _edited,
    Kind.ERASING: erase_chat,
}
