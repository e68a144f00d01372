"""What Telegram thinks of the bot, for whoever sets it up; and the one line about it that the start shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from telegram import WebhookInfo
from telegram.error import TelegramError

from bot.channels.telegram.client import NO_TOKEN, Bot, describe, make_bot
from bot.channels.telegram.receiving import webhook_url
from bot.settings import Settings

_T = TypeVar("_T")
_LINE_SECONDS = 5.0


class TelegramCheckError(Exception):
    """The bot cannot be used; one sentence says why."""


def check(settings: Settings) -> list[str]:
    """The bot's name, its webhook, what waits, and its commands, a line each. Raises TelegramCheckError."""
    return asyncio.run(_with_bot(settings, _look))


def where(settings: Settings) -> str:
    """Where people find the bot, or why they do not, in one line and within a few seconds."""
    try:
        return asyncio.run(asyncio.wait_for(_with_bot(settings, _name), _LINE_SECONDS))
    except (TelegramCheckError, TimeoutError) as error:
        return str(error) or "Telegram does not answer; the assistant goes on trying."


async def _with_bot(settings: Settings, ask: Callable[[Bot, Settings], Awaitable[_T]]) -> _T:
    if not settings.telegram_bot_token.get_secret_value():
        raise TelegramCheckError(NO_TOKEN)
    bot = make_bot(settings)
    try:
        await bot.initialize()
        return await ask(bot, settings)
    except TelegramError as error:
        raise TelegramCheckError(describe(error)) from None
    finally:
        await bot.shutdown()


async def _name(bot: Bot, settings: Settings) -> str:
    return f"https://t.me/{bot.username} (by {'webhook' if settings.telegram_webhook_url else 'long polling'})"


async def _look(bot: Bot, settings: Settings) -> list[str]:
    webhook = await bot.get_webhook_info()
    english, spanish = await bot.get_my_commands(), await bot.get_my_commands(language_code="es")
    return [
        f"Bot       {bot.first_name} (@{bot.username}), https://t.me/{bot.username}",
        f"Groups    {_groups(bot)}",
        f"Webhook   {_webhook(webhook, settings)}",
        f"Waiting   {webhook.pending_update_count} updates",
        f"Commands  English: {_commands([one.command for one in english])}; "
        f"Spanish: {_commands([one.command for one in spanish])}",
    ]


def _groups(bot: Bot) -> str:
    if not bot.can_join_groups:
        return "cannot be added to groups, as it should be"
    return "can be added to groups, which it leaves at once; better turn that off with BotFather: /setjoingroups"


def _webhook(found: WebhookInfo, settings: Settings) -> str:
    wanted = webhook_url(settings) if settings.telegram_webhook_url else ""
    if not found.url:
        return "none; updates are fetched" if not wanted else f"none yet; {wanted} is set when the assistant starts"
    failed = f"; last error: {found.last_error_message}" if found.last_error_message else ""
    known = found.url if found.url == wanted else f"{found.url}, which is not what TELEGRAM_WEBHOOK_URL says"
    return f"{known}{failed}"


def _commands(names: Sequence[str]) -> str:
    return " ".join(f"/{name}" for name in names) or "none yet, they are set when the assistant starts"
