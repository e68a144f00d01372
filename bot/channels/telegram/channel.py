"""The Telegram channel of a gateway: puts its parts together and runs them.

Responsible for who may read: of all gateways on a database one holds the lease, and the others wait and say so. Whoever holds
it fetches updates, or has told Telegram where to send them, and works on what is stored. Every gateway sends.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import uuid4

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import bot_id_of, describe, make_bot
from bot.channels.telegram.commands import set_commands
from bot.channels.telegram.handling import handle
from bot.channels.telegram.reader import Reader
from bot.channels.telegram.receiving import Post, poll, set_webhook
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.visits import Hall
from bot.channels.telegram.working import Working
from bot.conversation.loops import log, repeat
from bot.conversation.room import Room
from bot.settings import Settings
from bot.store.leases import release_lease, take_lease

_LEASE = timedelta(seconds=9)
_RENEW_SECONDS = 2.0
_WAIT_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
_WRONG_TOKEN_SECONDS = 300.0


class Telegram:
    """The channel, for one process."""

    def __init__(self, settings: Settings, room: Room) -> None:
        self._settings, self._room = settings, room
        self._bot, self._bot_id = make_bot(settings), bot_id_of(settings)
        self._working = Working(room, self._bot)
        room.typing.heard.append(self._working.show_staff)
        self._hall = Hall(room, self._bot, self._bot_id, self._working)
        self._reader = Reader(room, self._bot_id, partial(handle, self._hall))
        self._holder = uuid4().hex
        self._waits = False
        self.sender = TelegramSender(room, self._bot)
        self.post = Post(self._reader)

    @property
    def _lease(self) -> str:
        return f"telegram:{self._bot_id}"

    async def run(self) -> None:
        """Until cancelled. Telegram out of reach and a wrong token are told of in one sentence, and tried again."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.post.run())
                group.create_task(repeat("telegram", self._serve, _WAIT_SECONDS))
        finally:
            await self._working.stop()

    async def fetch(self, file_id: str) -> bytes | None:
        """A file that somebody sent; None where Telegram does not give it (any more)."""
        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except TelegramError:
            return None

    async def close(self) -> None:
        """When nobody sends any more: a sender would open the connection again."""
        with suppress(TelegramError):
            await self._bot.shutdown()
            await self._bot.request.shutdown()  # of a gateway that only sent, the library takes nothing to be open

    async def _serve(self) -> None:
        """Read for as long as the lease is ours."""
        if not await self._room.call(take_lease, self._lease, self._holder, _LEASE):
            self._tell_waiting()
            return
        self._waits = False
        reading = asyncio.create_task(self._read())
        try:
            while not reading.done() and await self._room.call(take_lease, self._lease, self._holder, _LEASE):
                await asyncio.wait({reading}, timeout=_RENEW_SECONDS)
        finally:
            reading.cancel()
            (ended,) = await asyncio.gather(reading, return_exceptions=True)
            with suppress(Exception):  # the database may be what failed; the lease runs out
                await asyncio.shield(self._room.call(release_lease, self._lease, self._holder))
        if isinstance(ended, Exception):
            raise ended

    def _tell_waiting(self) -> None:
        if not self._waits:
            log.info(
                "telegram", state="waiting", why="Another gateway reads this bot's updates; this one takes over when it ends."
            )
        self._waits = True

    async def _read(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._reader.run())
            group.create_task(self._receive())

    async def _receive(self) -> None:
        """Begin as set up, however often Telegram has to be asked; then fetch, or leave it to the webhook."""
        told = ""
        while True:
            try:
                await self._begin()
                break
            except TelegramError as error:
                if (sentence := describe(error)) != told:
                    log.error("telegram", problem=sentence)
                told = sentence
                await asyncio.sleep(_WRONG_TOKEN_SECONDS if isinstance(error, InvalidToken) else _AGAIN_SECONDS)
        if not self._settings.telegram_webhook_url:
            await poll(self._bot, self._reader)

    async def _begin(self) -> None:
        await self._bot.initialize()
        await set_commands(self._bot, self._room.knowledge)
        if self._settings.telegram_webhook_url:
            await set_webhook(self._bot, self._settings)
        else:
            await self._bot.delete_webhook()
        way = "webhook" if self._settings.telegram_webhook_url else "long polling"
        log.info("telegram", state="serving", bot=self._bot.username, by=way)
