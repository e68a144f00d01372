"""Runs in .venv-rasa, in our bot's folder, beside its action server: where the time of a turn goes inside Rasa.

    python -m tests.load.rasa_stages MODEL CONVERSATIONS.json OUT.json

OUT.json: `stages`, the milliseconds of each stage, a list with a number for each message; `calls`, the bodies that were
posted to the action server.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WARM_UP = 12
_KEPT_CALLS = 200


class Clock:
    """Adds up what each stage takes in one message."""

    def __init__(self) -> None:
        self._now: defaultdict[str, float] = defaultdict(float)

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        """Time every call of a method, plain or asynchronous."""
        method = getattr(owner, name)
        setattr(
            owner, name, self._timed_async(method, stage) if asyncio.iscoroutinefunction(method) else self._timed(method, stage)
        )

    def take(self) -> dict[str, float]:
        """The milliseconds since it was last asked."""
        taken, self._now = dict(self._now), defaultdict(float)
        return taken

    def _timed(self, method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(method)
        def timed(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*arguments, **options)
            finally:
                self._now[stage] += (time.perf_counter() - started) * 1000

        return timed

    def _timed_async(self, method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(method)
        async def timed(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return await method(*arguments, **options)
            finally:
                self._now[stage] += (time.perf_counter() - started) * 1000

        return timed


def main(model: str, conversations: str, out: str) -> None:
    from bot.nlu.serve import check_schemas_once, leave_out_unused

    leave_out_unused()
    check_schemas_once()
    scripts = json.loads(Path(conversations).read_text(encoding="utf-8"))
    Path(out).write_text(json.dumps(asyncio.run(_measure(model, scripts))), encoding="utf-8")


async def _measure(model: str, scripts: list[list[str]]) -> dict[str, Any]:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.utils import AvailableEndpoints

    clock, calls, stages = Clock(), list[Any](), list[dict[str, float]]()
    _instrument(clock, calls)
    agent = await load_agent(model, endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"))
    for number, script in enumerate(scripts):
        for text in script:
            clock.take()
            await agent.handle_message(UserMessage(text, CollectingOutputChannel(), f"stages-{number}"))
            stages.append(clock.take())
    names = {name for taken in stages for name in taken}
    kept = stages[_WARM_UP:]
    return {"stages": {name: [taken.get(name, 0.0) for taken in kept] for name in names}, "calls": calls[-_KEPT_CALLS:]}


def _instrument(clock: Clock, calls: list[Any]) -> None:
    """Put the clock around every stage, in the classes, before Rasa takes their functions; the names are the report's."""
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor
    from rasa.utils.endpoints import EndpointConfig

    from bot.nlu.components import ActClassifier, TopicClassifier
    from bot.nlu.encoder import _CachedEncoder
    from bot.nlu.entities import EntityFinder
    from bot.nlu.language import LanguageModel
    from bot.nlu.topics import TopicModel
    from bot.nlu.tracker_store import TrackerStore

    _record_calls(EndpointConfig, calls)
    for owner, name, stage in (
        (TopicClassifier, "process", "topics, all"),
        (_CachedEncoder, "encode", "encode"),
        (TopicModel, "votes", "votes, all"),
        (TopicModel, "_by_ngrams", "n-grams"),
        (LanguageModel, "detect", "language"),
        (ActClassifier, "process", "acts"),
        (EntityFinder, "process", "entities"),
        (MessageProcessor, "_parse_message_with_graph", "parse, all"),
        (MessageProcessor, "_predict_next_with_tracker", "policies"),
        (MessageProcessor, "run_action_extract_slots", "slots"),
        (TrackerStore, "retrieve", "tracker load"),
        (TrackerStore, "save", "tracker save"),
        (EndpointConfig, "request", "action call"),
        (Agent, "handle_message", "turn, all"),
    ):
        clock.wrap(owner, name, stage)


def _record_calls(endpoint: Any, calls: list[Any]) -> None:
    request = endpoint.request

    async def recorded(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(options.get("json"))
        return await request(self, *arguments, **options)

    endpoint.request = recorded


if __name__ == "__main__":
    main(*sys.argv[1:])
