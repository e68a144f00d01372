"""The commands: what each does, and telling Telegram of them in both languages.

A command that only asks for something is said to the assistant in the words of the button for the same, so that it works in
the middle of a form too, and a person who has taken over reads what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from telegram import BotCommand

from bot.channels.telegram.client import RETRIES, Bot
from bot.channels.telegram.erasing import ask_to_erase
from bot.channels.telegram.incoming import COMMANDS
from bot.channels.telegram.visits import Visit
from bot.core.conversation import Author
from bot.core.language import Language
from bot.knowledge.model import Knowledge
from bot.store.telegram_chats import mark_chat, remember_campaign, set_language

LANGUAGES = {Language.EN: "English", Language.ES: "Español"}

# What a link can carry; anything else was typed, and may be anything.
_CAMPAIGN = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def set_commands(bot: Bot, knowledge: Knowledge) -> None:
    """Tell Telegram of the commands, in English for everybody and in Spanish for whose Telegram is in Spanish."""
    for language in Language:
        told = [BotCommand(name, knowledge.say(f"telegram_command_{name}", language)) for name in COMMANDS]
        code = None if language is Language.EN else str(language)
        if tuple(told) != await bot.get_my_commands(language_code=code):
            await bot.set_my_commands(told, language_code=code, rate_limit_args=RETRIES)


def language_named(text: str) -> Language | None:
    """The language that somebody picked or wrote after /language."""
    return next((one for one, name in LANGUAGES.items() if text.strip().lower() in (name.lower(), str(one), "espanol")), None)


async def _start(visit: Visit) -> None:
    campaign = visit.incoming.text if _CAMPAIGN.fullmatch(visit.incoming.text) else None
    if visit.chat is None:
        await visit.greet(campaign)
        return
    if campaign:
        await visit.hall.room.call(remember_campaign, visit.conversation_id, campaign)
    await visit.say(visit.text("greeting_again"), visit.menu(), author=Author.ASSISTANT)


async def _help(visit: Visit) -> None:
    visit = await visit.opened()
    await visit.say(visit.text("telegram_help"), visit.menu())


async def _language(visit: Visit) -> None:
    visit = await visit.opened()
    named = language_named(visit.incoming.text)
    if named is None:
        await visit.say(visit.text("telegram_language"), list(LANGUAGES.values()))
    else:
        await choose_language(visit, named)


async def choose_language(visit: Visit, language: Language, client_id: str = "") -> None:
    """For what the channel says, and for what the assistant says."""
    await visit.hall.room.call(set_language, visit.conversation_id, str(language))
    await visit.ask(LANGUAGES[language], client_id)


async def _stop(visit: Visit) -> None:
    """This is the last message to them until they write again."""
    visit = await visit.opened()
    last = await visit.say(visit.text("telegram_stopped"))
    if visit.chat:
        await visit.hall.room.call(mark_chat, visit.chat, stopped_seq=last)


async def _apply(visit: Visit) -> None:
    await (await visit.opened()).ask(visit.text("choice_check_readiness"))


async def _nearest(visit: Visit) -> None:
    await (await visit.opened()).ask(visit.text("choice_nearest"))


async def _human(visit: Visit) -> None:
    await (await visit.opened()).ask(visit.text("choice_person"))


async def _status(visit: Visit) -> None:
    label = visit.hall.room.knowledge.label("status_of_my_referral", visit.language)
    await (await visit.opened()).ask(label)


COMMAND_WAYS: Mapping[str, Callable[[Visit], Awaitable[None]]] = {
    "start": _start,
    "apply": _apply,
    "nearest": _nearest,
    "human": _human,
    "status": _status,
    "language": _language,
    "help": _help,
    "stop": _stop,
    "delete": ask_to_erase,
}
