"""The whole of it: Chromium before the gateway, the gateway before the real Rasa and action server, one database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.channels.web.processes import gateway, running
from tests.channels.widget.conftest import axe, browser  # noqa: F401 (fixtures)
from tests.dialogues.stack import Stack


@dataclass(frozen=True)
class Site:
    """The running website; `stack` is what stands behind it."""

    url: str
    stack: Stack


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    stack = Stack(tmp_path_factory.mktemp("site"))
    settings = stack.settings
    process = gateway(settings.database_url, settings.tracker_url, settings.rasa_port, settings.actions_port)
    try:
        stack.start()
        with running(process):
            yield Site(process.address.removesuffix("/health/live"), stack)
    finally:
        stack.stop()
