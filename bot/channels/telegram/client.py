"""The connection to the Bot API: how it is made, and what its errors mean to us.

Responsible for the library's settings: texts go out plain and without previews of links, floods are waited for, and nothing is
asked more often than Telegram allows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram import LinkPreviewOptions
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Defaults, ExtBot
from telegram.request import HTTPXRequest

from bot.conversation.deliver import DeliveryDelayedError, DeliveryRefusedError
from bot.settings import Settings

Bot = ExtBot[int]
# How often a call that nobody keeps for later is tried again after a flood; the outbox keeps its own for as long as it takes.
RETRIES = 3
_SECONDS = 20.0
_CONNECTIONS = 64
WRONG_TOKEN = (
    "Telegram does not accept the token in TELEGRAM_BOT_TOKEN. Copy it again from BotFather (/mybots, then API Token), "
    "or leave it empty to run without Telegram."
)
NO_TOKEN = "not set up: put the token of a bot into TELEGRAM_BOT_TOKEN (docs/telegram.md says how to get one)"


class BlockedError(DeliveryRefusedError):
    """The person blocked the bot, or is no longer there."""


def make_bot(settings: Settings) -> Bot:
    """A bot that is not connected yet. A proxy of the environment is used, as for any address outside."""
    for name in ("telegram.ext.AIORateLimiter", "telegram.Bot", "telegram.ext.ExtBot", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they log addresses with the token in them, and whole errors
    return ExtBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=HTTPXRequest(_CONNECTIONS, _SECONDS, _SECONDS, pool_timeout=_SECONDS),
        get_updates_request=HTTPXRequest(2, _SECONDS, _SECONDS, pool_timeout=_SECONDS),
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=AIORateLimiter(),
    )


def bot_id_of(settings: Settings) -> int:
    """The bot's own number, which its token begins with."""
    return int(settings.telegram_bot_token.get_secret_value().partition(":")[0])


@contextmanager
def delivering() -> Iterator[None]:
    """Errors of Telegram's as the outbox knows them."""
    try:
        yield
    except RetryAfter as error:
        raise DeliveryDelayedError(seconds_of(error)) from None
    except Forbidden:
        raise BlockedError from None
    except BadRequest as error:
        raise (BlockedError if "chat not found" in error.message.lower() else DeliveryRefusedError) from None
    except (NetworkError, Conflict, InvalidToken):
        raise DeliveryDelayedError from None


def seconds_of(error: RetryAfter) -> float:
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


def describe(error: TelegramError) -> str:
    """One sentence for whoever runs the assistant; never with the token."""
    if isinstance(error, InvalidToken):
        return WRONG_TOKEN
    if isinstance(error, Conflict):
        return (
            "Another program fetches the updates of this bot: stop it, or give each its own bot. "
            "A bot serves one program at a time; this one tries again."
        )
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return "Telegram cannot be reached; trying again. Check the network, and TELEGRAM_API_URL if it is set."
    return f"Telegram answers with an error ({type(error).__name__})."
