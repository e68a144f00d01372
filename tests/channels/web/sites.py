"""A website for tests: the real application over HTTP, with a Rasa that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from bot.channels.web.app import create_app
from bot.settings import Settings
from bot.store.database import upgrade_database
from tests.conversation.rooms import ToldRasa


@contextmanager
def open_site(folder: Path, rasa: ToldRasa | None = None, url: str = "", **settings: Any) -> Iterator[TestClient]:
    """A client of a running website on a database of its own."""
    settings = {
        "limit_conversations": "10000/minute",
        "limit_messages": "10000/minute",
        "limit_address": "10000/minute",
    } | settings
    made = Settings(database_url=url or f"sqlite:///{folder / 'imt.db'}", **settings)
    upgrade_database(made.database_url)
    app = create_app(made)
    told = rasa or ToldRasa()
    told.check, told.close = _nothing, _nothing  # type: ignore[attr-defined]
    app.state.rasa = told
    with TestClient(app, base_url="http://localhost:8080", client=("127.0.0.1", 5000)) as client:
        yield client


async def _nothing() -> None:
    return None


class Visitor:
    """Somebody with a conversation."""

    def __init__(self, client: TestClient, **body: Any) -> None:
        begun = client.post("/api/conversations", json=body)
        assert begun.status_code == 201, begun.text
        self.client, self.begun = client, begun.json()
        self.url = f"/api/conversations/{self.begun['id']}"
        self.headers = {"Authorization": f"Bearer {self.begun['token']}"}

    def send(self, client_id: str, text: str | None = None, **more: Any) -> Any:
        body = {"client_id": client_id, **({"text": text} if text is not None else {}), **more}
        return self.client.post(f"{self.url}/messages", json=body, headers=self.headers)

    def read(self, after: int = 0, wait: float = 20) -> dict[str, Any]:
        got = self.client.get(f"{self.url}/messages", params={"after": after, "wait": wait}, headers=self.headers)
        assert got.status_code == 200, got.text
        return dict(got.json())

    def read_until(self, seq: int) -> list[dict[str, Any]]:
        """All messages, once there are as many."""
        while len(messages := self.read(0, 0)["messages"]) < seq:
            self.read(len(messages))
        return list(messages)
