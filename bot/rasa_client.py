"""Talks with Rasa's REST channel; the only code that knows its HTTP.

Responsible for one message in, the assistant's replies out, and telling silence from an answer. Must not know channels,
texts or the database. No error here holds a person's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

_FULL_WIDTH_SLASH = "\N{FULLWIDTH SOLIDUS}"


class RasaError(Exception):
    """There is no answer of the assistant."""


class RasaUnavailable(RasaError):
    """Rasa was not reached, took too long, or answered with an error."""


class RasaSilent(RasaError):
    """Rasa took the message and said nothing, which is how its REST channel reports a failure inside."""


@dataclass
class Reply:
    """One message of the assistant: its text and the language of it, titles to choose from, and what belongs to it.

    `seen` is how far the conversation came with it, for the figures (actions.seen).
    """

    text: str = ""
    choices: list[str] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    language: str | None = None
    seen: dict[str, Any] = field(default_factory=dict)


class RasaClient:
    """A connection to the Rasa at `url`; `timeout` in seconds is for a whole message."""

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        # No proxy of the environment stands between us and the loopback.
        self._http = httpx.AsyncClient(base_url=self.url, timeout=timeout, trust_env=False, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def check(self) -> None:
        """Raises RasaUnavailable unless Rasa answers."""
        await self._request("GET", "/")

    async def send(self, conversation_id: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[Reply]:
        """The replies to a message, at least one. Raises RasaUnavailable or RasaSilent."""
        if not conversation_id:
            raise ValueError("A message needs a conversation: without one Rasa puts everybody into the same.")
        message = {"sender": conversation_id, "message": escape(text), "metadata": dict(metadata or {})}
        response = await self._request("POST", "/webhooks/rest/webhook", message)
        replies = merge_messages(_messages(response))
        if not replies:
            raise RasaSilent("Rasa took the message and gave no answer; its log says why.")
        return replies

    async def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._http.request(method, path, json=body)
        except (TimeoutError, httpx.TimeoutException):
            raise RasaUnavailable(f"Rasa at {self.url} did not answer within {self._timeout:g} seconds.") from None
        except httpx.HTTPError:
            raise RasaUnavailable(f"Rasa does not answer at {self.url}.") from None
        if not response.is_success:
            raise RasaUnavailable(f"Rasa at {self.url} answered with status {response.status_code}.")
        return response


def escape(text: str) -> str:
    """The text as Rasa may have it: a "/" at its beginning is only a character.

    Rasa strips white space and then reads "/name{…}" as an intent with full confidence, so a space before it does not help.
    The full-width slash does: Rasa looks for "/" itself, and our own components fold it back (NFKC). Half surrogates cannot
    travel, and PostgreSQL stores no NUL.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", " ").strip()
    return f"{_FULL_WIDTH_SLASH}{text[1:]}" if text.startswith("/") else text


def _messages(response: httpx.Response) -> list[Mapping[str, Any]]:
    try:
        messages = response.json()
    except ValueError:
        messages = None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise RasaUnavailable(f"What answers at {response.url} is not Rasa's REST channel.")
    return messages


def merge_messages(messages: Iterable[Mapping[str, Any]]) -> list[Reply]:
    """Rasa sends the custom part of an answer as a message of its own, after the text that it belongs to."""
    replies: list[Reply] = []
    for message in messages:
        custom = message.get("custom") or {}
        titles = [str(button["title"]) for button in message.get("buttons") or []]
        if message.get("text") or (not replies and (custom or titles)):
            # Rasa cuts a text into messages at blank lines; the actions put a space there to keep it whole.
            replies.append(Reply((message.get("text") or "").replace("\n \n", "\n\n")))
        if replies:
            _add(replies[-1], titles, custom)
    return replies


def _add(reply: Reply, titles: list[str], custom: Mapping[str, Any]) -> None:
    reply.choices += titles
    reply.cards += custom.get("cards") or []
    reply.sources += custom.get("sources") or []
    reply.topics += custom.get("topics") or []
    reply.language = custom.get("language") or reply.language
    reply.seen = custom.get("seen") or reply.seen
