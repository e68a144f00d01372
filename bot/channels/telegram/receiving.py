"""Gets updates from Telegram, in one of two ways: it fetches them (long polling), or it is sent them (webhook).

Stored before acknowledged in both. Responsible for what is on the way; must not know what updates mean.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import warnings
from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.client import Bot, describe, seconds_of
from bot.channels.telegram.incoming import ALLOWED_UPDATES, read_bare_update, read_update
from bot.channels.telegram.reader import PATIENCE, Reader
from bot.conversation.loops import log, log_failure
from bot.settings import Settings
from bot.store.telegram_updates import StoredUpdate

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
DEFAULT_PATH = "/telegram"
LARGEST_UPDATE = 1_000_000
_WAIT_SECONDS = 10
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_CONFLICT_SECONDS = 10.0
_WEBHOOK_CONNECTIONS = 40


async def poll(bot: Bot, reader: Reader) -> None:
    """Fetch updates until cancelled. The offset moves on only when they are stored."""
    offset, pauses = None, _Pauses()
    while True:
        try:
            updates = await _fetch(bot, offset)
        except TelegramError as error:
            await asyncio.sleep(pauses.after(error))
            continue
        pauses.end()
        if updates:
            await reader.store(updates, timedelta(0))
            offset = updates[-1].update_id + 1


async def _fetch(bot: Bot, offset: int | None) -> list[StoredUpdate]:
    """What is new. Where the library stumbles over one update, which would come again for ever, they are read one by one."""
    try:
        wait = timedelta(seconds=_WAIT_SECONDS)
        found = await bot.get_updates(offset, timeout=wait, allowed_updates=ALLOWED_UPDATES, read_timeout=_WAIT_SECONDS + 10)
        return [read_update(update) for update in found]
    except TelegramError:
        raise
    except Exception as error:  # whatever the library makes of what it does not expect
        log_failure("updates", error)
    with warnings.catch_warnings(action="ignore"):  # that there is a method for this
        raw = await bot.do_api_request("getUpdates", {"offset": offset, "allowed_updates": ALLOWED_UPDATES})
    return [update for data in raw if (update := _read(data))]


class _Pauses:
    """Longer and longer after failures; each kind is told of once until it is over."""

    def __init__(self) -> None:
        self._told: str | None = None
        self._pause = _SHORTEST_PAUSE

    def after(self, error: TelegramError) -> float:
        sentence = describe(error)
        if sentence != self._told:
            log.error("telegram", problem=sentence)
            self._told = sentence
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        if isinstance(error, Conflict):
            return _CONFLICT_SECONDS
        self._pause = _LONGEST_PAUSE if isinstance(error, InvalidToken) else min(_LONGEST_PAUSE, self._pause * 2)
        return self._pause

    def end(self) -> None:
        if self._told:
            log.info("telegram", problem="over")
        self._told, self._pause = None, _SHORTEST_PAUSE


class Post:
    """Stores what webhooks deliver, all that arrives at a time in one transaction: waiting for the disk is what takes long."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._waiting: list[tuple[StoredUpdate, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()

    async def put(self, update: StoredUpdate) -> None:
        """Returns when it is stored. Raises what the database raised."""
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((update, stored))
        self._arrived.set()
        await stored

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            taken, self._waiting = self._waiting, []
            try:
                await self._reader.store([update for update, _ in taken], PATIENCE)
            except Exception as error:  # told to each who waits: Telegram will deliver again
                for _, stored in taken:
                    if not stored.done():
                        stored.set_exception(error)
            else:
                for _, stored in taken:
                    if not stored.done():
                        stored.set_result(None)


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _read(data: object) -> StoredUpdate | None:
    """The update, or what can be made of it: refused, it would come again and hold up all others. None for what is no update."""
    number = data.get("update_id") if isinstance(data, dict) else None
    if not isinstance(data, dict) or type(number) is not int or not 0 <= number < 2**63:
        return None
    try:
        return read_update(Update.de_json(data))
    except Exception as error:  # whatever the library makes of what it does not expect
        log_failure("update", error)
        return read_bare_update(number, data)


def webhook_url(settings: Settings) -> str:
    """Where Telegram is to send updates: the address as set, with a path of ours if it has none."""
    url = settings.telegram_webhook_url
    return url if urlsplit(url).path else f"{url}{DEFAULT_PATH}"


def webhook_path(settings: Settings) -> str:
    return urlsplit(webhook_url(settings)).path


async def set_webhook(bot: Bot, settings: Settings) -> None:
    secret = settings.telegram_webhook_secret.get_secret_value()
    await bot.set_webhook(
        webhook_url(settings), max_connections=_WEBHOOK_CONNECTIONS, allowed_updates=ALLOWED_UPDATES, secret_token=secret
    )


def add_webhook(app: FastAPI, settings: Settings, post: Post) -> None:
    """The route that Telegram sends updates to. Whoever lacks the secret is told nothing."""
    secret = settings.telegram_webhook_secret.get_secret_value()

    async def take(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        update = _read(_parse(await request.body()))
        if update is None:
            return Response(status_code=400)
        await post.put(update)
        return Response(status_code=200)

    app.add_api_route(webhook_path(settings), take, methods=["POST"], include_in_schema=False)
