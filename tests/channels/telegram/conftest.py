"""An emulated Telegram, and a gateway before it that fetches its updates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.telegram.emulator import Emulator, serving
from tests.channels.telegram.gateways import Gateway, running, settings_for


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with serving() as emulator:
        yield emulator


@pytest.fixture
def gateway(emulator: Emulator, tmp_path: Path) -> Iterator[Gateway]:
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        yield gateway
