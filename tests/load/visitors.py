"""Visitors of the website, for locust: each begins a conversation, writes, waits for the answer, and thinks.

    .venv/bin/locust -f tests/load/visitors.py --headless -u 300 -r 30 -t 2m --host http://127.0.0.1:8080

against a website with high limits (LIMIT_CONVERSATIONS, LIMIT_MESSAGES, LIMIT_ADDRESS). `acknowledge` is the time until a
message is stored, `answer` until its answer was read. A message lost, doubled or out of order is a failure. Between an answer
and the next message a visitor takes PAUSE seconds, from half as much to half as much again: 20, for an answer has 85 words.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

from locust import FastHttpUser, between, events, task

_QUESTIONS = (
    "how much does it cost an employer?",
    "what is the return on investment?",
    "how long does it take?",
    "¿Cuánto le cuesta a la empresa?",
    "¿Qué es el IMT?",
    "do you have it in Wisconsin?",
)
_PATIENCE = 60.0
_PAUSE = float(os.environ.get("PAUSE", "20"))


class Visitor(FastHttpUser):
    """One visitor with one conversation."""

    wait_time = between(_PAUSE / 2, _PAUSE * 1.5)

    def on_start(self) -> None:
        begun = self.client.post("/api/conversations", json={"language": "en"}, name="begin").json()
        self.path, self.sent = f"/api/conversations/{begun['id']}/messages", 0
        self.bearer = {"Authorization": f"Bearer {begun['token']}"}
        # Nobody writes in the moment in which the page opens, least of all thirty at once.
        time.sleep(random.uniform(0, _PAUSE))

    @task
    def ask(self) -> None:
        self.sent += 1
        body = {"client_id": f"m{self.sent}", "text": random.choice(_QUESTIONS)}
        started = time.perf_counter()
        answer = self.client.post(self.path, json=body, headers=self.bearer, name="acknowledge")
        if answer.status_code == 202:
            self._report(started, self._wait(answer.json()["seq"]))

    def _wait(self, seq: int) -> str:
        """An empty word, or what is wrong."""
        deadline, after = time.monotonic() + _PATIENCE, seq
        while time.monotonic() < deadline:
            messages = self._read(after)
            if [message["seq"] for message in messages] != list(range(after + 1, after + 1 + len(messages))):
                return "out of order"
            if any(message["author"] == "assistant" for message in messages):
                return ""
            after += len(messages)
        return "lost"

    def _read(self, after: int) -> list[dict[str, Any]]:
        read = self.client.get(f"{self.path}?after={after}&wait=20", headers=self.bearer, name="read")
        return list(read.json()["messages"]) if read.status_code == 200 else []

    def _report(self, started: float, wrong: str) -> None:
        milliseconds = (time.perf_counter() - started) * 1000
        error = AssertionError(wrong) if wrong else None
        events.request.fire(
            request_type="turn", name="answer", response_time=milliseconds, response_length=0, exception=error, context={}
        )
