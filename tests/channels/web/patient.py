"""A visitor over HTTP who sends each message until it is acknowledged, as the widget does, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class PatientVisitor:
    """One conversation; `http` has the address of a gateway."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._sent = 0
        self.url, self._headers = "", {"": ""}

    async def begin(self, language: str = "en") -> None:
        begun = (await self._until("POST", "/api/conversations", 201, json={"language": language})).json()
        self.url, self._headers = f"/api/conversations/{begun['id']}", {"Authorization": f"Bearer {begun['token']}"}

    async def send(self, text: str, times: int = 1) -> None:
        """The same message `times` times, and as often as it takes."""
        self._sent += 1
        body = {"client_id": f"m{self._sent}", "text": text}
        for _ in range(times):
            await self._until("POST", f"{self.url}/messages", 202, json=body)

    async def read_until(self, answers: int) -> list[dict[str, Any]]:
        """All messages, once the assistant has said as much beside its greeting."""
        while True:
            messages = (await self._until("GET", f"{self.url}/messages", 200)).json()["messages"]
            if sum(message["author"] == "assistant" for message in messages) > answers:
                return list(messages)
            await asyncio.sleep(0.2)

    async def _until(self, method: str, path: str, status: int, **body: Any) -> httpx.Response:
        while True:
            try:
                answer = await self._http.request(method, path, headers=self._headers if self.url else {}, **body)
                assert answer.status_code == status, answer.text
                return answer
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
