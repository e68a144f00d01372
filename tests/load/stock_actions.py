"""Our action server for a bot of the stock pipeline: what our components add to a message is made up from its intents.

So both bots do the same work in the actions and in the database. Run as `python -m tests.load.stock_actions`.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from rasa_sdk import Tracker

from bot.__main__ import main
from bot.nlu.decide import OUT_OF_SCOPE

_FALLBACK = "nlu_fallback"
_ACTS = ("greet", "thanks")
_KEPT = 5
_ZIP = re.compile(r"\b\d{5}\b")
_from_dict = Tracker.from_dict


def _read_tracker(state: dict[str, Any]) -> Tracker:
    _complete(state["latest_message"])
    return _from_dict(state)


def _complete(message: dict[str, Any]) -> None:
    """Topics, decision, language and ZIP, in the shape that `actions.turn.read_heard` reads."""
    text, intent = str(message.get("text") or ""), (message.get("intent") or {}).get("name")
    ranked = [each for each in message.get("intent_ranking") or [] if each["name"] not in (_FALLBACK, *_ACTS)]
    message["topics"] = [[{"topic": each["name"], "score": each["confidence"]} for each in ranked[:_KEPT]]]
    message["decision"] = "unsure" if intent == _FALLBACK else "declined" if intent == OUT_OF_SCOPE else "answered"
    message["language"] = {"code": "en", "sure": False}
    message["entities"] = [{"entity": "zip", "value": found.group(), "sure": True} for found in _ZIP.finditer(text)]
    if intent not in _ACTS:
        message["intent"] = {"name": "faq"}


if __name__ == "__main__":
    Tracker.from_dict = staticmethod(_read_tracker)
    sys.exit(main(["actions"]))
