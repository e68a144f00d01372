"""Every dialogue of the YAML files, played over REST with the real Rasa, the real actions and a real database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT
from tests.dialogues.outcomes import OUTCOMES
from tests.dialogues.player import Played, play
from tests.dialogues.script import Dialogue, read_dialogues
from tests.dialogues.stack import Stack

DIALOGUES = read_dialogues()
COVERED = yaml.safe_load((Path(__file__).parent / "coverage.txt").read_text(encoding="utf-8"))
_HANDOFFS = "SELECT * FROM handoffs WHERE conversation_id = ?"
_EVENTS = "SELECT type_name, data FROM events WHERE sender_id = ? ORDER BY id"


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.id)
def test_dialogue(stack: Stack, dialogue: Dialogue) -> None:
    played = play(stack.settings.rasa_url, dialogue)
    faults = [*played.faults, *end_faults(stack, played)]
    assert not faults, "\n".join(["", *faults, "", played.transcript()])


def test_every_case_is_covered() -> None:
    covered = {case for dialogue in DIALOGUES for case in dialogue.covers}
    assert sorted(set(COVERED) - covered) == []
    assert sorted(covered - set(COVERED)) == [], "cases that coverage.txt does not list"


def test_there_are_enough_dialogues_in_spanish_or_both_languages() -> None:
    own = [dialogue for dialogue in DIALOGUES if not dialogue.id.startswith("dlg-")]
    spanish = [dialogue for dialogue in own if dialogue.language == "es" or any(step.language for step in dialogue.steps)]
    assert len(own) >= 60
    assert len(spanish) >= 30


def test_every_act_is_an_intent_of_the_domain() -> None:
    acts = yaml.safe_load((ROOT / "data" / "nlu" / "acts.yml").read_text(encoding="utf-8"))["nlu"]
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {entry["intent"] for entry in acts} == {name for intent in domain["intents"] for name in intent} - {"faq"}


# The end of a dialogue


def end_faults(stack: Stack, played: Played) -> Iterator[str]:
    """What is not as the script says when all is said."""
    end = played.dialogue.end
    yield from (f"the outcome is not {name}" for name in end.outcome if not OUTCOMES[name](played))
    yield from (
        f"“{text}” was said"
        for text in end.never_said
        if any(text.lower() in exchange.text.lower() for exchange in played.exchanges)
    )
    handoffs = [row for conversation in played.conversation_ids for row in _rows(stack.database_file, _HANDOFFS, conversation)]
    expected = end.handoffs if end.handoffs is not None else int(end.handoff is not None)
    if len(handoffs) != expected:
        yield f"{len(handoffs)} requests are stored, not {expected}"
    elif end.handoff is not None:
        yield from _handoff_faults(played, handoffs[-1], dict(end.handoff))
    yield from _stored_faults(stack, played)


def _handoff_faults(played: Played, row: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    answers = json.loads(row["answers"])
    wanted = expected.pop("answers", {})
    yield from (f"{name} is {row[name]!r}, not {value!r}" for name, value in expected.items() if row[name] != value)
    yield from (
        f"the answer {name} is {answers.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if answers.get(name) != value
    )
    yield from _transcript_faults(played, row)


def _transcript_faults(played: Played, row: dict[str, Any]) -> Iterator[str]:
    """The person who takes over reads every line that was said before."""
    lines = json.loads(row["transcript"])
    kept = {
        author: [line["text"].replace("\n \n", "\n\n") for line in lines if line["author"] == author]
        for author in ("person", "assistant")
    }
    before = [exchange for exchange in played.exchanges if exchange.conversation_id == row["conversation_id"]]
    given = next((number for number, exchange in enumerate(before) if row["reference"] in exchange.text), len(before))
    said = [exchange.said for exchange in before[: given + 1]]
    if kept["person"] != said:
        yield f"the transcript has what the person said as {kept['person']}, not {said}"
    replies = [reply.text for exchange in before[:given] for reply in exchange.replies]
    yield from (f"the transcript lacks the answer “{text[:60]}”" for text in replies if text not in kept["assistant"])


def _stored_faults(stack: Stack, played: Played) -> Iterator[str]:
    stored = "\n".join(
        text
        for conversation in played.conversation_ids
        for file, query in ((stack.tracker_file, _EVENTS), (stack.database_file, _HANDOFFS))
        for row in _rows(file, query, conversation)
        for text in map(str, row.values())
    )
    stored = stored.encode().decode("unicode_escape", "ignore") if "\\u" in stored else stored
    yield from (f"“{text}” is still stored" for text in played.dialogue.end.never_stored if text in stored)
    if played.dialogue.end.erased:
        yield from (f"“{said}” is still stored after the erasing" for said in _said_before_erasing(played) if said in stored)


def _said_before_erasing(played: Played) -> list[str]:
    """What was typed before the erasing and could only come from there: no title of a button, and not said again later."""
    erasing = max(n for n, exchange in enumerate(played.exchanges) if OUTCOMES["erased"](Played(played.dialogue, [exchange])))
    titles = {choice for exchange in played.exchanges for choice in exchange.choices}
    later = {exchange.said for exchange in played.exchanges[erasing + 1 :]}
    return [
        exchange.said for exchange in played.exchanges[:erasing] if len(exchange.said) > 3 and exchange.said not in titles | later
    ]


def _rows(file: Path, query: str, conversation: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, (conversation,))]
