"""A gateway in this process, on a real socket, before an emulated Telegram and a Rasa that is told what to say."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from bot.channels.web.app import create_app
from bot.conversation.room import Room
from bot.settings import Settings
from bot.store.database import Database, upgrade_database
from tests.channels.telegram.emulator import TOKEN, Emulator
from tests.channels.telegram.people import Person, until
from tests.conversation.rooms import ToldRasa
from tests.test_run import free_port

SECRET = "tests-of-the-webhook-secret"
_T = TypeVar("_T")


class Gateway:
    """What tests need of a running gateway."""

    def __init__(self, emulator: Emulator, rasa: ToldRasa, settings: Settings) -> None:
        self.emulator, self.rasa, self.settings = emulator, rasa, settings
        self.url = f"http://127.0.0.1:{settings.gateway_port}"
        self.app: Any = create_app(settings)
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def room(self) -> Room:
        room: Room = self.app.state.room
        return room

    @property
    def database(self) -> Database:
        return self.room.database

    def person(self, chat_id: int = 501, language: str | None = "en", name: str = "Zzyzxa") -> Person:
        return Person(self.emulator, chat_id, language, name)

    def run(self, work: Callable[[], Any]) -> Any:
        """Something of the gateway's own, on its loop."""
        assert self.loop
        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(60)


def settings_for(folder: Path, emulator: Emulator, **more: Any) -> Settings:
    return Settings(
        **{
            "database_url": f"sqlite:///{folder / 'imt.db'}",
            "gateway_port": free_port(),
            "telegram_bot_token": TOKEN,
            "telegram_api_url": emulator.url,
            "pseudonym_secret": "a key for the tests of pseudonyms",
            **more,
        }
    )


def webhook() -> dict[str, Any]:
    """Settings that turn a gateway to its webhook."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/telegram"
    return {"gateway_port": port, "telegram_webhook_url": address, "telegram_webhook_secret": SECRET}


@contextmanager
def running(emulator: Emulator, settings: Settings, rasa: ToldRasa | None = None, wait: bool = True) -> Iterator[Gateway]:
    """A gateway while the block lasts, once it serves."""
    upgrade_database(settings.database_url)
    gateway = Gateway(emulator, rasa or ToldRasa(), settings)
    gateway.app.state.rasa = _Closable(gateway.rasa)
    server = uvicorn.Server(
        uvicorn.Config(gateway.app, port=settings.gateway_port, ws="none", log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=_serve, args=(server, gateway), daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        if wait:
            until(lambda: emulator.webhook.url or emulator.called("getUpdates"))
        yield gateway
    finally:
        server.should_exit = True
        thread.join()


def _serve(server: uvicorn.Server, gateway: Gateway) -> None:
    async def run() -> None:
        gateway.loop = asyncio.get_running_loop()
        await server.serve()

    asyncio.run(run())


class _Closable:
    """A Rasa that the gateway may close."""

    def __init__(self, rasa: ToldRasa) -> None:
        self.send = rasa.send

    async def check(self) -> None:
        """It is there."""

    async def close(self) -> None:
        """Nothing is open."""


def settle(seconds: float = 0.4) -> None:
    """Time for something that must not happen."""
    time.sleep(seconds)
