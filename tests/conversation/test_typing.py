"""Who is writing: for some seconds, each in their conversation."""

from __future__ import annotations

import pytest

from bot.conversation import typing
from bot.conversation.typing import SECONDS, Typing
from bot.core.conversation import Author


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(typing.time, "monotonic", lambda: now[0])
    return now


def test_a_sign_is_for_its_conversation_and_writer(clock: list[float]) -> None:
    signs = Typing()
    signs.note("a", Author.STAFF)
    assert signs.is_at("a", Author.STAFF)
    assert not signs.is_at("a", Author.VISITOR)
    assert not signs.is_at("b", Author.STAFF)


def test_a_sign_ends_by_itself_or_when_it_was_sent(clock: list[float]) -> None:
    signs = Typing()
    signs.note("a", Author.STAFF)
    clock[0] += SECONDS - 1
    signs.note("b", Author.STAFF)
    assert signs.is_at("a", Author.STAFF)
    clock[0] += 1
    assert not signs.is_at("a", Author.STAFF)
    signs.end("b", Author.STAFF)
    assert not signs.is_at("b", Author.STAFF)
    signs.end("b", Author.STAFF)


def test_what_is_over_is_forgotten(clock: list[float]) -> None:
    signs = Typing()
    for number in range(1000):
        clock[0] += 1
        signs.note(str(number), Author.VISITOR)
    assert len(signs._until) <= SECONDS


def test_channels_are_told(clock: list[float]) -> None:
    signs, told = Typing(), []
    signs.heard.append(lambda *sign: told.append(sign))
    signs.note("a", Author.STAFF)
    assert told == [("a", Author.STAFF)]
