"""The chat through a pipe; tests/test_run.py sits at a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bot.chat import Chat, ChatError
from bot.rasa_client import RasaSilent, RasaUnavailable, Reply

_OFFICE = {
    "name": "Office of Somewhere",
    "short_name": "OS",
    "state": "WI",
    "city": {"value": "Milwaukee", "confirm": False, "source_date": "2025-01"},
    "phone": {"value": "(414) 555-0100", "confirm": True, "source_date": "2019"},
    "miles": 3.2,
}
_SOURCE = {"title": "DOL", "date": "2025", "url": "https://x"}
_WAGES = Reply("It depends.", ["How long?", "A person"], [_OFFICE], [_SOURCE], ["wages"])


class FakeAssistant:
    """Answers from a list, an error among the answers being raised; remembers what it was sent."""

    def __init__(self, *answers: list[Reply] | Exception, down: bool = False) -> None:
        self._answers = list(answers)
        self._down = down
        self.sent: list[tuple[str, str, Mapping[str, Any]]] = []

    async def check(self) -> None:
        if self._down:
            raise RasaUnavailable("Rasa does not answer at http://127.0.0.1:5005.")

    async def send(self, conversation_id: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[Reply]:
        self.sent.append((conversation_id, text, metadata or {}))
        answer = self._answers.pop(0) if self._answers else [Reply("Yes.")]
        if isinstance(answer, Exception):
            raise answer
        return answer


def talk(assistant: FakeAssistant, typed: str, **options: Any) -> str:
    """The transcript, from the first typed line on."""
    out = StringIO()
    asyncio.run(Chat(assistant, console=Console(file=out, width=60), lines=StringIO(typed), **options).run())
    return out.getvalue()


def test_the_transcript() -> None:
    said = talk(FakeAssistant([_WAGES], [Reply("Eighteen months."), Reply("More?")]), "how much?\n\nhow long\n", language="en")
    hint, transcript = said.split("\n", 1)
    assert hint.startswith("Type a question")
    assert transcript == (
        "\n> how much?\nIt depends.\n    ▪ OS · Milwaukee, WI · 3.2 miles\n  [1] How long?\n  [2] A person\n"
        "\n> \n\n> how long\nEighteen months.\n\nMore?\n"
    )


def test_nothing_is_sent_before_something_is_typed() -> None:
    assistant = FakeAssistant()
    said = talk(assistant, "")
    assert assistant.sent == []
    assert "Type a question" in said
    assert "Escriba una pregunta" in said


def test_a_number_sends_the_title_of_the_choice() -> None:
    assistant = FakeAssistant([_WAGES], [_WAGES])
    talk(assistant, "how much?\n2\n[1]\n")
    assert [text for _, text, _ in assistant.sent] == ["how much?", "A person", "How long?"]


@pytest.mark.parametrize("typed", ["3", "0", "18", "53202", "²", "[x]"])
def test_other_numbers_are_answers(typed: str) -> None:
    assistant = FakeAssistant([_WAGES])
    talk(assistant, f"how much?\n{typed}\n")
    assert assistant.sent[-1][1] == typed


def test_the_same_title_twice_is_one_choice() -> None:
    said = talk(FakeAssistant([Reply("One", ["A", "B"]), Reply("Two", ["B", "C"])]), "x\n")
    assert [line.strip() for line in said.splitlines()[-3:]] == ["[1] A", "[2] B", "[3] C"]


def test_a_question_mark_shows_where_it_comes_from() -> None:
    assistant = FakeAssistant([_WAGES])
    said = talk(assistant, "how much?\n?\n", language="en")
    assert len(assistant.sent) == 1
    assert said.split("> ?\n")[1] == (
        "Where this comes from:\n  Office of Somewhere\n    Milwaukee\n    (414) 555-0100 (confirm before you go)\n  DOL · 2025 · https://x\n"
    )


def test_a_question_mark_without_sources_says_so() -> None:
    assert "La última respuesta no nombra ninguna fuente." in talk(FakeAssistant(), "?\n", language="es")


def test_language_and_conversation_are_sent() -> None:
    assistant = FakeAssistant()
    talk(assistant, "hola\n", language="es", conversation_id="c-7")
    talk(assistant, "hello\n")
    talk(assistant, "hello\n")
    assert assistant.sent[0] == ("c-7", "hola", {"language": "es"})
    assert assistant.sent[1][2] == {}
    assert assistant.sent[1][0] != assistant.sent[2][0]


def test_silence_is_said_and_the_chat_goes_on() -> None:
    said = talk(FakeAssistant(RasaSilent("nothing"), [Reply("Here.")]), "one\ntwo\n")
    assert "(No answer:" in said
    assert said.endswith("> two\nHere.\n")


def test_without_rasa_it_says_how_to_start_it() -> None:
    with pytest.raises(ChatError, match=r"^Rasa does not answer at http://127\.0\.0\.1:5005\. Start it with: make run$"):
        talk(FakeAssistant(down=True), "hello\n")


def test_rasa_gone_in_the_middle_of_a_pipe_ends_it() -> None:
    with pytest.raises(ChatError, match="Start it with: make run"):
        talk(FakeAssistant([_WAGES], RasaUnavailable("Rasa does not answer.")), "one\ntwo\nthree\n")


def test_replies_cannot_steer_the_terminal_nor_the_markup() -> None:
    said = talk(FakeAssistant([Reply("\x1b[31mred\x07 [bold]x[/bold] :smile:")]), "x\n")
    assert said.endswith("[31mred [bold]x[/bold] :smile:\n")


def test_long_texts_are_wrapped_on_a_terminal_only() -> None:
    long = "word " * 40 + "end"
    assert long in talk(FakeAssistant([Reply(long)]), "x\n")
    out = StringIO()
    console = Console(file=out, width=60, force_terminal=True)
    asyncio.run(Chat(FakeAssistant([Reply(long)]), console=console, lines=StringIO("x\n")).run())
    assert max(map(len, out.getvalue().splitlines()[-4:])) <= 60


def test_no_colour_without_a_terminal() -> None:
    assert "\x1b" not in talk(FakeAssistant([_WAGES]), "x\n?\n")
