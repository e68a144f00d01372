"""What leads away from a form: a question in the middle, a wish for something else, a child, or nothing understood.

Pure. A question is answered or offers its choices, then ours comes back; nobody is held in a form against their will.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.ages import UNDER_16, is_about_child, own_band
from bot.core.heard import Decision, Heard
from bot.core.replies import read_reply
from bot.core.screening import SKIPPED, FormName
from bot.core.turns import End, Move, Scene, Turn, ask_next
from bot.core.wishes import Wish, change_of_request, wish_of

FAILURES_BEFORE_HELP = 2
FAILURES_BEFORE_LEAVING = 3
MOST_CHOICES = 3
# Below this score a guess at what somebody asks in the middle is more often wrong than it helps.
LIKELY = 0.5
# Questions of these words alone are about our own question: "and if I don't have it?", "what's the difference".
_ABOUT_OURS = re.compile(
    r"(?:(?:and|so|but|what|which|if|i|we|you|do|don'?t|not|have|has|it|that|this|one|ones|any|mean|means|is|are|the|a|"
    r"difference|for|y|e|pero|si|no|lo|la|"
    r"tengo|tenemos|que|cual|cuales|es|son|eso|esto|significa|quiere|decir|diferencia|hay|what's|whats|like|como|"
    r"por ejemplo|example|to|me|or|o)(?: |$))+"
)
_ABOUT_CONSENT = ("privacy_data", "scam_trust", "contact_human")
_OTHER_ACTS = ("something_else", "i_am_employer", "i_am_seeker", "i_am_staff")
_FEW_WORDS = 5


def think_of_child(scene: Scene) -> Turn | None:
    """Under 16, said anywhere, ends the form with what there is for young people."""
    if scene.asked.id == "age_band":
        return None
    if own_band(scene.heard) == UNDER_16:
        return scene.end(End.YOUTH, age_band=UNDER_16)
    return scene.end(End.YOUTH) if is_about_child(scene.heard) else None


def grant(scene: Scene) -> Turn | None:
    """A wish that is clearly something else is served at once."""
    wish = wish_of(scene.heard)
    if wish is Wish.VERDICT:
        return _count_at_consent(scene, scene.ask_again(Move("phrase", "verdict_in_form")))
    if change_of_request(scene.heard) is Wish.CANCEL_REQUEST and scene.heard.act is None:
        return scene.end(End.CANCELLED if scene.form is FormName.HANDOFF else End.LEFT)
    if wish is Wish.PERSON:
        return scene.end(End.PERSON) if scene.form is not FormName.HANDOFF else None
    if scene.form is FormName.HANDOFF:
        return scene.end(End.LEFT) if wish or _leaves_handoff(scene) else None
    if wish is Wish.NEAREST and scene.form is not FormName.NEAREST:
        return scene.ask_again(Move("nearest")) if scene.known.get("place") not in (None, SKIPPED) else scene.end(End.LEFT)
    if wish is Wish.CHECK_EMPLOYER and scene.form is FormName.SEEKER:
        return scene.end(End.EMPLOYER)
    if wish in (Wish.CHECK, Wish.CHECK_EMPLOYER) and scene.form is FormName.NEAREST:
        return scene.end(End.LEFT)
    return scene.ask_again(Move("phrase", "resume")) if wish else None


def _leaves_handoff(scene: Scene) -> bool:
    """At the question for consent, to say who or where one is begins something else."""
    heard = scene.heard
    if scene.asked.id != "consent":
        return heard.act == "something_else"
    place = [*heard.values("zip"), *heard.values("state"), *heard.values("city", sure_only=True)]
    alone = len(heard.plain.split()) <= _FEW_WORDS and not heard.is_question
    return heard.act in _OTHER_ACTS or (bool(place) and alone and read_reply(scene.asked, heard) is None)


def digress(scene: Scene) -> Turn | None:
    """A question in the middle is answered, then ours comes again."""
    heard = scene.heard
    move = _answer_to(heard) if heard.plain else None
    if move is None:
        return None
    if move.kind == "why":
        return scene.ask_again(Move("phrase", f"why_{scene.asked.id}"))
    turn = _count_at_consent(scene, scene.ask_again(move))
    return replace(turn, memory=replace(turn.memory, hurt="complaint")) if "complaint" in move.topics else turn


def _answer_to(heard: Heard) -> Move | None:
    sure = heard.decision is Decision.ANSWERED and heard.topic not in (None, "chitchat", "out_of_scope")
    if sure and (heard.is_question or len(heard.plain.split()) >= 4):
        return Move("answer", topics=topics_of(heard))
    if not heard.is_question or heard.decision is Decision.ANSWERED:
        return None
    if heard.decision is Decision.DECLINED:
        return Move("decline")
    if heard.score >= LIKELY:
        return Move("answer", topics=topics_of(heard))
    choices = [topic for topic in (heard.parts[0] if heard.parts else ()) if topic not in ("chitchat", "out_of_scope")]
    about_ours = _ABOUT_OURS.fullmatch(f"{heard.plain} ") or not choices
    return Move("why") if about_ours else Move("choices", topics=tuple(choices[:MOST_CHOICES]))


def fail(scene: Scene) -> Turn:
    """Not understood: help, then the reason with a way to skip or a person, then out of the form."""
    memory = scene.memory.failed(scene.asked.id)
    failures = memory.failures[scene.asked.id]
    if scene.asked.id == "contact_name" and failures >= FAILURES_BEFORE_HELP:
        return ask_next(scene.form, {**scene.known, "contact_name": SKIPPED}, memory, Move("phrase", "name_left_out"))
    if scene.form is FormName.NEAREST and failures >= FAILURES_BEFORE_LEAVING and scene.known.get("handoff_reason"):
        return ask_next(scene.form, {**scene.known, "place": SKIPPED}, memory, Move("phrase", "skipped"))  # a person all the same
    if failures >= (FAILURES_BEFORE_HELP if scene.asked.id == "consent" else FAILURES_BEFORE_LEAVING):
        return Turn(scene.known, memory, (), None, End.LEFT)
    if failures < FAILURES_BEFORE_HELP:
        return Turn(scene.known, memory, (Move("phrase", f"help_{scene.asked.id}"),), scene.asked)
    offer = (Move("phrase", f"why_{scene.asked.id}"), Move("offer_skip", scene.asked.id))
    return Turn(scene.known, memory, offer, scene.asked)


def _count_at_consent(scene: Scene, turn: Turn) -> Turn:
    """Two messages that are neither yes nor no are an answer too; questions about what is passed on are not counted."""
    if scene.asked.id != "consent" or scene.heard.topic in _ABOUT_CONSENT:
        return turn
    memory = scene.memory.failed("consent")
    if memory.failures["consent"] >= FAILURES_BEFORE_HELP:
        return Turn(scene.known, memory, (), None, End.LEFT)
    return replace(turn, memory=memory)


def topics_of(heard: Heard) -> tuple[str, ...]:
    """The best topic of each question in a message."""
    return tuple(part[0] for part in heard.parts if part)
