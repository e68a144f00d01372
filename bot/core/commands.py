"""Commands in the middle of a form: stop, start over, a person, erase, back, why, skip, go on, and small talk.

Pure. It must not know what a message is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.core import words
from bot.core.audiences import audience_said
from bot.core.heard import Heard
from bot.core.replies import Reply, read_reply
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS, SKIPPED, FormName, Question, questions_of
from bot.core.turns import End, Move, Scene, Turn, ask_next

_NO_IDEA = re.compile(
    r"(?:(?:i )?(?:don'?t|do not) (?:understand|get)\b|no (?:le |te )?entiend\w+\b|"
    r"(?:what(?:'?s| is| does)?|que (?:es|significa|quiere decir)) (?:an? |un |una |el )?(?:\w+ )?(?:sponsor\w*|"
    r"patrocin\w+|mentor\w*|production|produccion)(?: means?)?$)"
)
_LOST = re.compile(r"\b(?:understand|get it|you mean|confus\w+|entiend\w+|explic\w+)\b")
_ENDINGS: Mapping[str, End] = {
    "cancel": End.CANCELLED,
    "bye": End.CANCELLED,
    "restart": End.RESTARTED,
    "human": End.PERSON,
    "delete_data": End.DELETE,
}
_SMALL_TALK = {"bot_challenge": "bot_reply", "insult": "insult_reply", "resume": "resume"}
_ASK_AGAIN = ("repeat", "greet", "thanks", "to_english", "to_spanish", "help")


def obey(scene: Scene) -> Turn | None:
    """The turn of a command, or None where the message is none."""
    return _end(scene) or _explain(scene) or _identify(scene) or _small_talk(scene)


def _end(scene: Scene) -> Turn | None:
    act = scene.heard.act or ""
    if act == "human" and scene.form is FormName.HANDOFF:  # "call me" is a yes there, "a person please" is not
        return None if read_reply(scene.asked, scene.heard) else scene.ask_again(Move("phrase", f"why_{scene.asked.id}"))
    if act in _ENDINGS:
        return scene.end(_ENDINGS[act])
    if act == "back":
        return _go_back(scene)
    return _skip(scene) if act == "skip" else None


def _go_back(scene: Scene) -> Turn:
    order = scene.memory.order
    earlier = [one for one in questions_of(scene.form, scene.known) if one.id in order and one.id != scene.asked.id]
    if not earlier:
        return scene.ask_again(Move("phrase", "nothing_before"))
    last = max(earlier, key=lambda question: order.index(question.id))
    rest = tuple(name for name in order if name not in (last.id, scene.asked.id))
    memory = replace(scene.memory, order=rest, pending=())
    return Turn({**scene.known, last.id: None}, memory, (Move("phrase", "went_back"),), last)


def _skip(scene: Scene) -> Turn:
    if scene.asked.id in ("consent", "contact"):
        return scene.end(End.CANCELLED)
    return ask_next(scene.form, {**scene.known, scene.asked.id: SKIPPED}, scene.memory, Move("phrase", "skipped"))


def _explain(scene: Scene) -> Turn | None:
    heard = scene.heard
    if heard.act == "why" or (heard.act is None and words.WHY.match(heard.plain)):
        return scene.ask_again(Move("phrase", f"why_{_meant_by_why(scene).id}"))
    lost = heard.act in ("repeat", "help") and _LOST.search(heard.plain)
    if lost or (heard.act is None and _NO_IDEA.match(heard.plain)):
        return scene.ask_again(Move("phrase", f"why_{scene.asked.id}"))
    return None


def _meant_by_why(scene: Scene) -> Question:
    """The question that a "why do you need my …" names, else the one just asked."""
    named = [question for question in (scene.asked, *QUESTIONS[scene.form]) if names(question, scene.heard)]
    return named[0] if named else scene.asked


def names(question: Question, heard: Heard) -> bool:
    """The message speaks of a question by one of its words."""
    return bool(re.search(rf"\b(?:{words.ABOUT.get(question.id, question.id)})\b", heard.plain))


def _identify(scene: Scene) -> Turn | None:
    """Who they are changes which questions are asked; staff go on for whom they help."""
    act, form = scene.heard.act, scene.form
    if act == "i_am_employer" and form is FormName.SEEKER:
        return ask_next(form, {**scene.known, "seeker_path": "employer"}, scene.memory)
    if form is FormName.EMPLOYER and audience_said(scene.heard) is Audience.SEEKER and not scene.heard.is_question:
        return scene.end(End.SEEKER)
    said_before = scene.known.get("audience") == Audience.STAFF
    if form is FormName.SEEKER and audience_said(scene.heard) is Audience.STAFF and not (scene.heard.is_question or said_before):
        return _go_on_for_client(scene)
    return None


def _go_on_for_client(scene: Scene) -> Turn:
    """The answer that came with it ("my client is looking for work") counts."""
    known, move = {**scene.known, "audience": str(Audience.STAFF)}, Move("phrase", "for_client")
    reply = read_reply(scene.asked, scene.heard)
    if isinstance(reply, Reply):
        return ask_next(scene.form, {**known, scene.asked.id: reply.value}, scene.memory, move)
    return Turn(known, scene.memory, (move,), scene.asked)


def _small_talk(scene: Scene) -> Turn | None:
    act = scene.heard.act or ""
    if act in _SMALL_TALK:
        return scene.ask_again(Move("phrase", _SMALL_TALK[act]))
    return scene.ask_again() if act in _ASK_AGAIN else None
