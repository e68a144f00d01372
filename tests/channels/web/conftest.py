"""The website in this process, before a Rasa that is told what to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.channels.web.sites import open_site
from tests.conversation.rooms import ToldRasa


@pytest.fixture
def rasa() -> ToldRasa:
    return ToldRasa()


@pytest.fixture
def site(tmp_path: Path, rasa: ToldRasa) -> Iterator[TestClient]:
    with open_site(tmp_path, rasa) as client:
        yield client
