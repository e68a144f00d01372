"""The whole of it: browsers and an emulated Telegram before the gateway, the gateway before the real Rasa and action server, one
database, and a server that keeps e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.conversation.caught_mail import CaughtMail, read_caught_mail
from bot.run import MAIL, _mail_catcher
from bot.settings import Settings
from tests.channels.telegram.emulator import TOKEN, Emulator, serving
from tests.channels.web.processes import Process, gateway, running
from tests.channels.widget.conftest import axe, browser  # noqa: F401 (fixtures)
from tests.dialogues.stack import Stack
from tests.inbox.people import KEY


@dataclass(frozen=True)
class World:
    """What runs; `stack` is what stands behind the gateway at `url`."""

    url: str
    stack: Stack
    emulator: Emulator

    def mails(self) -> list[CaughtMail]:
        """The newest first."""
        return read_caught_mail(self.stack.folder / MAIL)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    stack = Stack(tmp_path_factory.mktemp("world"))
    settings = stack.settings
    (catcher,), reached = _mail_catcher(stack.folder, Settings(smtp_url="", notice_targets=""))
    with serving() as emulator:
        more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": emulator.url, "STAFF_KEY": KEY, **reached}
        urls = (settings.database_url, settings.tracker_url)
        process = gateway(*urls, settings.rasa_port, settings.actions_port, log=stack.folder / "gateway.log", **more)
        try:
            stack.start()
            with _catching(catcher.command, stack.folder), running(process):
                yield World(process.address.removesuffix("/health/live"), stack, emulator)
        finally:
            stack.stop()


class _Catcher(Process):
    """It is waited for by whoever sends: notices are tried again."""

    def _answers(self) -> bool:
        return True


def _catching(command: tuple[str, ...], folder: Path) -> AbstractContextManager[None]:
    """Its folder is named from where it is started, and processes of tests start elsewhere."""
    return running(_Catcher([str(folder / MAIL) if part == str(MAIL) else part for part in command], {}, ""))
