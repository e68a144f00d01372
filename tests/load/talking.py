"""What is said to a bot in the benchmark, and how long the answers take.

Responsible for the messages and for timing them. Must not know which bot answers.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from bot.rasa_client import RasaClient, RasaError
from bot.settings import ROOT

_QUESTIONS = ROOT / "tests" / "nlu" / "questions"
_GREETINGS = ("hi", "hello", "hey there", "good morning")
_PLACES = ("I live near 53202", "we are in 44114", "my zip is 98101", "close to 60601")
_THANKS = ("thanks", "thank you", "thx")
# The same questions come again in a long conversation, but never in the same words: no cache may help.
_ENDINGS = ("", "please", "pls", "ok", "really", "today", "now", "then", "anyway", "again", "friend", "tell me", "right", "maybe")
_LONG_CYCLE = 15
_EARLY = 5
_AROUND = 2
_SECONDS = 60.0

Conversation = list[str]


@dataclass
class Talk:
    """The answer times in milliseconds, in order; how many answers never came; and the seconds that all took."""

    times: list[float] = field(default_factory=list)
    silent: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.times) / self.seconds


def read_questions(language: str) -> list[str]:
    """The texts of the labelled questions in a language, in an order of their own that never changes."""
    path = _QUESTIONS / f"dev_{language}.tsv"
    texts = [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    random.Random(language).shuffle(texts)
    return texts


def conversations() -> Iterator[Conversation]:
    """Six turns each: a greeting, three questions in two languages, a place, thanks. No question comes twice too soon."""
    english, spanish = cycle(read_questions("en")), cycle(read_questions("es"))
    greetings, places, thanks = cycle(_GREETINGS), cycle(_PLACES), cycle(_THANKS)
    while True:
        yield [next(greetings), next(english), next(spanish), next(places), next(english), next(thanks)]


def long_conversation(turns: int, number: int) -> Conversation:
    """What is said around turn `turns` (5 more than a multiple of 15) is what was said around turn 5, in a word more."""
    if turns % _LONG_CYCLE != _EARLY:
        raise ValueError(f"{turns} turns do not end where the fifth question stands")
    questions = read_questions("en")[-_LONG_CYCLE * (number + 1) :][:_LONG_CYCLE]
    texts = (f"{question} {ending}".strip() for ending in cycle(_ENDINGS) for question in questions)
    return list(islice(texts, turns + _AROUND))


def early_and_late(times: Sequence[float], turns: int) -> tuple[list[float], list[float]]:
    """The five turns around the fifth and the five around the last."""
    early, late = times[_EARLY - 1 - _AROUND : _EARLY + _AROUND], times[turns - 1 - _AROUND : turns + _AROUND]
    return list(early), list(late)


def talk(url: str, scripts: Sequence[Conversation], prefix: str, clients: int = 1) -> Talk:
    """Every conversation, `clients` of them at a time, each waiting for its answer before it goes on."""
    return asyncio.run(_talk(url, scripts, prefix, clients))


async def _talk(url: str, scripts: Sequence[Conversation], prefix: str, clients: int) -> Talk:
    heard, waiting = Talk(), iter(enumerate(scripts))
    async with RasaClient(url, _SECONDS) as client:
        started = time.perf_counter()
        await asyncio.gather(*(_work(client, waiting, prefix, heard) for _ in range(clients)))
        heard.seconds = time.perf_counter() - started
    return heard


async def _work(client: RasaClient, waiting: Iterator[tuple[int, Conversation]], prefix: str, heard: Talk) -> None:
    for number, script in waiting:
        for text in script:
            started = time.perf_counter()
            try:
                await client.send(f"{prefix}-{number}", text)
            except RasaError:
                heard.silent += 1
            heard.times.append((time.perf_counter() - started) * 1000)
