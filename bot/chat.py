"""The terminal chat: type a question, read the answer. Also reads from a pipe, one message a line.

Responsible for typing and showing. Must not know what is said, nor how Rasa is reached. Nothing typed is kept on disk.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from io import FileIO
from typing import Any, Protocol, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from rich.console import Console
from rich.text import Text

from bot.rasa_client import RasaClient, RasaError, RasaSilent, RasaUnavailable, Reply
from bot.settings import Settings

LANGUAGES = ("en", "es")
_HINT = {
    "en": "Type a question about the IMT apprenticeship. A number picks a choice, ? shows where the answer comes from, "
    "Ctrl-D leaves.",
    "es": "Escriba una pregunta sobre el aprendizaje IMT. Un número elige una opción, ? muestra de dónde viene la respuesta, "
    "Ctrl-D sale.",
}
_TEXTS = {
    "en": {
        "sources": "Where this comes from:",
        "no_sources": "The last answer names no source.",
        "confirm": "confirm before you go",
        "miles": "miles",
        "silent": "(No answer: the assistant met an error. Its log says more.)",
        "bye": "Goodbye.",
    },
    "es": {
        "sources": "De dónde viene esto:",
        "no_sources": "La última respuesta no nombra ninguna fuente.",
        "confirm": "confirme antes de ir",
        "miles": "millas",
        "silent": "(Sin respuesta: hubo un error. El registro dice más.)",
        "bye": "Hasta luego.",
    },
}
_HOW_TO_START = "Start it with: make run"
_CARD_PARTS = ("street", "city", "phone", "email", "website")


class Assistant(Protocol):
    """What the chat needs of the assistant."""

    async def check(self) -> None: ...

    async def send(self, conversation_id: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[Reply]: ...


class ChatError(Exception):
    """The chat cannot go on; the message says what to do."""


async def chat(settings: Settings, language: str | None = None, conversation_id: str | None = None) -> None:
    """Chat with the Rasa of the settings until the person leaves. Raises ChatError."""
    async with RasaClient(settings.rasa_url, settings.rasa_timeout_seconds) as client:
        await Chat(client, language, conversation_id).run()


class Chat:
    """One conversation, on a terminal or through a pipe."""

    def __init__(
        self,
        assistant: Assistant,
        language: str | None = None,
        conversation_id: str | None = None,
        console: Console | None = None,
        lines: TextIO | None = None,
    ) -> None:
        self._assistant = assistant
        self._metadata = {"language": language} if language else {}
        self._hints = [_HINT[language]] if language else [*_HINT.values()]
        self._texts = _TEXTS[language or "en"]
        self._conversation_id = conversation_id or f"terminal-{uuid.uuid4().hex}"
        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._input = lines or sys.stdin
        self._on_terminal = self._console.is_terminal and self._input.isatty()
        self._replies: list[Reply] = []

    async def run(self) -> None:
        """Read and answer until the input ends. Raises ChatError."""
        try:
            await self._assistant.check()
        except RasaUnavailable as error:
            raise ChatError(f"{error} {_HOW_TO_START}") from None
        for hint in self._hints:
            self._print(hint, "dim")
        async for line in self._lines():
            await self._take(line.strip())
        if self._on_terminal:
            self._print(self._texts["bye"], "dim")

    async def _lines(self) -> AsyncIterator[str]:
        """What is typed; ends at Ctrl-D, Ctrl-C or the end of the pipe."""
        if not self._on_terminal:
            async for line in _read_beside(self._input):
                self._print(f"\n> {line.strip()}")
                yield line
            return
        session: PromptSession[str] = PromptSession("\n> ", history=InMemoryHistory())
        while True:
            try:
                line = await session.prompt_async()
            except (EOFError, KeyboardInterrupt):
                return
            yield line

    async def _take(self, line: str) -> None:
        if line == "?":
            self._show_sources()
        elif line:
            await self._ask(self._picked(line))

    def _picked(self, line: str) -> str:
        """The title behind a number, or the line as it is."""
        choices = _choices(self._replies)
        number = int(line.strip("[]")) if line.strip("[]").isdecimal() else 0
        return choices[number - 1] if 1 <= number <= len(choices) else line

    async def _ask(self, text: str) -> None:
        try:
            with self._console.status("…") if self._on_terminal else nullcontext():
                self._replies = await self._assistant.send(self._conversation_id, text, self._metadata)
        except RasaSilent:
            self._print(self._texts["silent"], "yellow")
        except RasaError as error:
            if not self._on_terminal:
                raise ChatError(f"{error} {_HOW_TO_START}") from None
            self._print(f"{error} {_HOW_TO_START}", "yellow")
        else:
            self._show()

    def _show(self) -> None:
        for number, reply in enumerate(self._replies):
            self._print(f"\n{reply.text}" if self._on_terminal or number else reply.text)
            for card in reply.cards:
                self._print(f"    ▪ {self._summary(card)}", "cyan")
        for number, title in enumerate(_choices(self._replies), 1):
            self._print(f"  [{number}] {title}", "green")

    def _show_sources(self) -> None:
        cards = [card for reply in self._replies for card in reply.cards]
        sources = [source for reply in self._replies for source in reply.sources]
        self._print(self._texts["sources" if cards or sources else "no_sources"], "bold")
        for card in cards:
            self._print("\n".join([f"  {card.get('name', '')}", *self._details(card)]))
        for source in sources:
            self._print("  " + " · ".join(str(source[key]) for key in ("title", "date", "url") if source.get(key)))

    def _summary(self, card: Mapping[str, Any]) -> str:
        """A card in one line: the reply's text already says the rest."""
        miles = f"{card['miles']:g} {self._texts['miles']}" if card.get("miles") is not None else ""
        place = ", ".join(filter(None, (_value(card.get("city")), str(card.get("state") or ""))))
        return " · ".join(filter(None, (str(card.get("short_name") or card.get("name") or ""), place, miles)))

    def _details(self, card: Mapping[str, Any]) -> list[str]:
        return [
            f"    {_value(card[part])}" + (f" ({self._texts['confirm']})" if _is_doubtful(card[part]) else "")
            for part in _CARD_PARTS
            if card.get(part)
        ]

    def _print(self, text: str, style: str = "") -> None:
        """Wrapped to the width of a terminal; as it is elsewhere. Characters that would steer a terminal are left out."""
        self._console.print(Text(_printable(text), style), soft_wrap=not self._console.is_terminal)


async def _read_beside(source: TextIO) -> AsyncIterator[str]:
    """The lines of a file or pipe, read in a thread that nobody waits for: a pipe that stays silent does not hold Ctrl-C up."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is gone: nobody listens
            for line in _plain_lines(source):
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _plain_lines(source: TextIO) -> Iterator[str]:
    """Without Python's buffer where there is a file behind: a thread inside that buffer would break the end of the program."""
    try:
        raw = FileIO(source.fileno(), closefd=False)
    except (OSError, ValueError):
        yield from source
    else:
        with raw:
            yield from (line.decode("utf-8", "replace") for line in raw)


def _choices(replies: Sequence[Reply]) -> list[str]:
    return list(dict.fromkeys(title for reply in replies for title in reply.choices))


def _value(part: Any) -> str:
    return str(part.get("value", "") if isinstance(part, dict) else part or "")


def _is_doubtful(part: Any) -> bool:
    return isinstance(part, dict) and bool(part.get("confirm"))


def _printable(text: str) -> str:
    return "".join(character for character in text if character == "\n" or unicodedata.category(character) != "Cc")
