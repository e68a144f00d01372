"""Runs in .venv-rasa, in a bot's folder: the topics that its NLU gives to questions.

    python -m tests.load.rasa_understand MODEL TEXTS.json OUT.json [--stock]

OUT.json: for each text its topics, best first, at most three.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any


def main(model: str, texts: str, out: str, stock: str = "") -> None:
    if not stock:
        from bot.nlu.serve import leave_out_unused

        leave_out_unused()
    questions = json.loads(Path(texts).read_text(encoding="utf-8"))
    Path(out).write_text(json.dumps(asyncio.run(_understand(model, questions))), encoding="utf-8")


async def _understand(model: str, questions: list[str]) -> list[list[str]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    return [_topics(await agent.parse_message(question))[:3] for question in questions]


def _topics(parsed: dict[str, Any]) -> list[str]:
    """Of ours, the first of each question that was heard, then the others; of the stock bot, its intents but for the acts."""
    if "topics" not in parsed:
        return [each["name"] for each in parsed["intent_ranking"] if each["name"] not in ("nlu_fallback", "greet", "thanks")]
    firsts = [ranking[0]["topic"] for ranking in parsed["topics"]]
    return firsts + [each["topic"] for each in parsed["topics"][0] if each["topic"] not in firsts]


if __name__ == "__main__":
    main(*sys.argv[1:])
