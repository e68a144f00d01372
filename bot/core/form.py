"""One turn of a form: what a message does to the answers, what is said back, and what is asked next.

Pure: it is given what was understood and what is remembered, and returns the moves to make. It must not know wordings
(phrases have names), Rasa, or the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import words
from bot.core.commands import obey
from bot.core.corrections import correct, keep, speaks_of
from bot.core.digressions import FAILURES_BEFORE_HELP, digress, fail, grant, think_of_child, topics_of
from bot.core.heard import Decision, Heard
from bot.core.replies import Problem, Reply, is_bare_yes, read_reply, unknown_reply
from bot.core.screening import QUESTIONS, FormName, Kind, Question, questions_of
from bot.core.turns import End, Memory, Move, Scene, Turn, ask_next

CARE_ACTS = ("danger_to_self", "danger_from_others", "injury", "fear_of_reporting")


def take_turn(form: FormName, asked_id: str, answers: Mapping[str, Any], memory: Memory, heard: Heard) -> Turn:
    """Read a message as the reply to the question `asked_id`, or as whatever else it is."""
    asked = next((question for question in QUESTIONS[form] if question.id == asked_id), QUESTIONS[form][0])
    scene = Scene(form, asked, dict(answers), replace(memory, hurt=""), heard)
    if memory.hurt and (turn := _after_hurt(scene, memory.hurt)):
        return turn
    readings = (_care, think_of_child, obey, grant, _choose_place, _correct, _answer, digress, _beside)
    return next((turn for read in readings if (turn := read(scene))), None) or fail(scene)


def _care(scene: Scene) -> Turn | None:
    """Danger comes before any question of ours."""
    if scene.heard.act not in CARE_ACTS:
        return None
    hurt = replace(scene.memory, hurt=scene.heard.act or "")
    return Turn(scene.known, hurt, (Move("care", scene.heard.act or ""),), scene.asked)


def _after_hurt(scene: Scene, hurt: str) -> Turn | None:
    """A yes brings in the person who was offered; a no is no answer to the question that stood open before."""
    if scene.heard.act == "affirm" or is_bare_yes(scene.heard):
        return scene.end(End.PERSON)
    if scene.heard.act != "deny":
        return None
    if hurt == "danger_to_self":
        return Turn(scene.known, replace(scene.memory, hurt=hurt), (Move("phrase", "care_again"),), scene.asked)
    return scene.ask_again(Move("phrase", "resume"))


def _choose_place(scene: Scene) -> Turn | None:
    """The reply to "which of these places?": a state, a city with its state, or the number on the list."""
    pending, heard = scene.memory.pending, scene.heard
    if not pending or scene.asked.kind is not Kind.PLACE:
        return None
    chosen = [place for place in pending if place.state in heard.values("state")]
    number = _number_on_list(heard)
    if not chosen and number is not None and number <= len(pending):
        chosen = [pending[number - 1]]
    return ask_next(scene.form, {**scene.known, "place": chosen[0]}, scene.memory) if len(chosen) == 1 else None


def _number_on_list(heard: Heard) -> int | None:
    said = set(heard.plain.split())
    spoken = next((place for place, names in enumerate(words.ORDINALS, start=1) if names & said), None)
    numbers = [] if heard.values("zip") else [int(number) for number in heard.values("number")]
    return spoken or (numbers[0] if numbers and numbers[0] >= 1 else None)


def _correct(scene: Scene) -> Turn | None:
    turn, wrong = correct(scene)
    if wrong is None:
        return turn
    question, problem = wrong
    return _problem(replace(scene, asked=question).keep(question, None), problem)


def _answer(scene: Scene) -> Turn | None:
    asked, heard = scene.asked, scene.heard
    if (both := _answer_then_question(scene)) is not None:
        return both
    reply = read_reply(asked, heard)
    if reply is None and (value := unknown_reply(asked, heard)):
        reply = Reply(value)
    if isinstance(reply, Problem):
        return _problem(scene, reply)
    if reply is None or _is_aside(asked, heard) or _says_too_little(scene):
        return None
    known = dict(scene.known)
    keep(known, asked, reply.value)
    moves = (Move("answer", topics=topics_of(heard)),) if _asks_too(asked, heard) else ()
    return ask_next(scene.form, _volunteered(scene, known), scene.memory, *moves)


def _answer_then_question(scene: Scene) -> Turn | None:
    """ "Yes. Also, do we pay for class?": a sentence that answers ours, then one that asks. Consent is not read so."""
    asked, heard = scene.asked, scene.heard
    first, _, rest = re.sub(r"[.!;]\s+", "\n", heard.text, count=1).partition("\n")
    asks = replace(heard, text=rest).is_question and heard.decision is Decision.ANSWERED
    if not rest or not asks or asked.kind not in (Kind.CHOICE, Kind.NUMBER, Kind.TEXT) or asked.id == "consent":
        return None
    reply = read_reply(asked, replace(heard, text=first))
    if not isinstance(reply, Reply):
        return None
    known = dict(scene.known)
    keep(known, asked, reply.value)
    return ask_next(scene.form, known, scene.memory, Move("answer", topics=topics_of(heard)))


def _beside(scene: Scene) -> Turn | None:
    """No answer to this question, but to another one that is still open ("53215" where the work was asked for): it is kept.

    Never at the question for consent: nothing is taken before a yes.
    """
    if scene.asked.id == "consent":
        reachable = scene.heard.values("phone") or scene.heard.values("email")
        return scene.ask_again(Move("phrase", "help_consent")) if reachable else None
    known = _volunteered(scene, dict(scene.known))
    return None if known == scene.known else ask_next(scene.form, known, scene.memory, Move("phrase", "noted"))


def _says_too_little(scene: Scene) -> bool:
    """ "Yes" is no answer to "16 or 17, or under 16?", nor to the three ranges; after them the question stands whole again."""
    failures = scene.memory.failures
    ranges = bool(failures.get("which_minor_band")) or failures.get("age_band") == 1
    return scene.asked.id == "age_band" and ranges and is_bare_yes(scene.heard)


def _problem(scene: Scene, problem: Problem) -> Turn:
    """Say what is wrong; a choice of places is no failure the first time."""
    asked, memory = scene.asked, scene.memory
    if problem.kind != "which_place" or memory.pending:
        memory = memory.failed(asked.id).failed(problem.kind)
    if problem.kind == "outside_us" and memory.failures[problem.kind] >= FAILURES_BEFORE_HELP:
        return Turn(scene.known, memory, (), None, End.OUTSIDE_US)
    stuck = memory.failures.get(asked.id, 0) >= FAILURES_BEFORE_HELP
    moves = (Move("phrase", problem.kind), *((Move("offer_skip", asked.id),) if stuck else ()))
    return Turn(scene.known, replace(memory, pending=problem.choices), moves, asked, None, problem.choices)


def _is_aside(asked: Question, heard: Heard) -> bool:
    """A question to us that only happens to hold something that looks like an answer."""
    return (
        heard.is_question
        and asked.kind in (Kind.CHOICE, Kind.NUMBER)
        and len(heard.plain.split()) > 5
        and heard.decision is Decision.ANSWERED
    )


def _asks_too(asked: Question, heard: Heard) -> bool:
    """The answer came together with a question: "53215, do I need a diploma?"."""
    return (
        "?" in heard.text
        and heard.decision is Decision.ANSWERED
        and asked.kind in (Kind.PLACE, Kind.CONTACT)
        and len(heard.plain.split()) > 3
    )


def _volunteered(scene: Scene, known: dict[str, Any]) -> dict[str, Any]:
    """A place, an age or a product said along the way is kept, so that it need not be asked again."""
    for question in questions_of(scene.form, known):
        if question.id != scene.asked.id and known.get(question.id) is None and speaks_of(question, scene.heard):
            reply = read_reply(question, scene.heard)
            if isinstance(reply, Reply):
                known[question.id] = reply.value
    made = words.MAKES.search(scene.heard.text)
    if made and scene.form is FormName.EMPLOYER and known.get("product") is None and not scene.heard.is_question:
        keep(known, next(question for question in QUESTIONS[scene.form] if question.id == "product"), made[1].strip())
    return known
