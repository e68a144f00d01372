"""Earlier answers taken back in the middle of a form: "actually I'm in Ohio", "no wait, I'm 17", "change my ZIP".

Pure. It must not know what is asked next: the question just asked simply comes again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import words
from bot.core.ages import band_of
from bot.core.commands import names
from bot.core.heard import Heard
from bot.core.replies import Problem, is_outside_manufacturing, read_reply
from bot.core.screening import Kind, Question, questions_of
from bot.core.turns import Move, Scene, Turn, ask_next


def correct(scene: Scene) -> tuple[Turn | None, tuple[Question, Problem] | None]:
    """The turn of a correction; or the question corrected and what is wrong with its new answer; or neither."""
    rest = replace(scene.heard, text=words.CORRECTION.sub(" ", scene.heard.text).strip(" ,"))
    corrects = words.CORRECTION.search(scene.heard.plain) or _contradicts_age(scene.known, scene.heard) or _is_other_zip(scene)
    if not corrects or rest.is_question:
        return None, None
    known = dict(scene.known)
    changed = False
    for question in _spoken_of(scene):
        reply = read_reply(question, rest)
        if isinstance(reply, Problem):
            return None, (question, reply)
        if reply is not None:
            changed = True
            keep(known, question, reply.value)
        elif not changed and re.search(rf"\b(?:{words.CHANGE})\b", scene.heard.plain):
            known[question.id] = None
            return Turn(known, scene.memory, (Move("phrase", "correct_which"),), question), None
    return (ask_next(scene.form, known, scene.memory, Move("phrase", "corrected")) if changed else None), None


def keep(known: dict[str, Any], question: Question, value: Any) -> None:
    """Keep an answer, with what follows from it."""
    known[question.id] = value
    if question.id == "product":
        known["outside_manufacturing"] = is_outside_manufacturing(str(value)) or None


def speaks_of(question: Question, heard: Heard) -> bool:
    """The message holds something that only this question can be about."""
    if question.id == "place":
        return bool(heard.values("zip") or heard.values("city", sure_only=True) or heard.values("state"))
    if question.id == "contact":
        return bool(heard.values("phone") or heard.values("email"))
    return question.id == "age_band" and bool(heard.values("age"))


def _spoken_of(scene: Scene) -> list[Question]:
    """The answered questions that a correction names; after "I meant …" the last one where it names none."""
    earlier = [
        one for one in questions_of(scene.form, scene.known) if one.id != scene.asked.id and scene.known.get(one.id) is not None
    ]
    named = [question for question in earlier if names(question, scene.heard) or speaks_of(question, scene.heard)]
    if named or not re.search(rf"\b(?:{words.MEANT})\b", scene.heard.plain):
        return named
    return [question for question in earlier if scene.memory.order and question.id == scene.memory.order[-1]]


def _is_other_zip(scene: Scene) -> bool:
    """Nothing but a ZIP code where none was asked for: the one given before was not theirs."""
    return scene.asked.kind in (Kind.CHOICE, Kind.TEXT) and bool(re.fullmatch(r"\d{5}", scene.heard.plain))


def _contradicts_age(known: Mapping[str, Any], heard: Heard) -> bool:
    """Somebody who said to be an adult says an age under 18: the rules for minors hang on it."""
    ages = heard.values("age")
    first_person = re.search(r"\b(?:i'?m|i am|tengo)\b", heard.plain)
    return bool(ages and first_person and known.get("age_band") == "18_or_over" and band_of(max(ages)) != "18_or_over")
