"""Answers any message outside a form: an act of the dialogue, a wish, a reference number, a place, or a topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Answering
from actions.changes import change_request
from actions.leading import check_title
from actions.menus import SMALL_TALK
from actions.offers import NO_THANKS, take_offer
from actions.requests import say_status
from actions.services import services
from actions.speech import Speaker
from actions.topics import answer_topics, say_topics
from actions.turn import Turn, read_turn
from actions.youth import forget_child, say_youth
from bot.core.ages import UNDER_16, is_about_child
from bot.core.form import CARE_ACTS
from bot.core.language import Language
from bot.core.reference import find_reference
from bot.core.routing import Audience
from bot.core.wishes import Wish, asks_for_news, wish_of

# Who was hurt at work or fears to report it is not to hear of the 988 line again at the next "thanks".
_DANGERS = ("danger_to_self", "danger_from_others")


class ActionAnswer(Action):
    """The one action outside forms."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = read_turn(tracker)
        return answer_message(turn, Speaker(dispatcher, services().knowledge, turn.language))


def answer_message(turn: Turn, speaker: Speaker) -> list[EventType]:
    """Say the answer and give the events; the first of these ways that fits is taken."""
    answering = Answering(turn, speaker)
    ways = (_care, _unfinished, _youth, _change, _reference, _news, take_offer, _wish, _act, _place_alone)
    if not any(way(answering) for way in ways):
        answer_topics(answering)
    return forget_child(turn) if answering.learned.age_band == UNDER_16 else answering.events


def _care(answering: Answering) -> bool:
    if answering.heard.act not in CARE_ACTS:
        return False
    speaker = answering.speaker
    answer = services().knowledge.answer(answering.heard.act or "", answering.turn.language, answering.audience, answering.state)
    speaker.answer(answer, [speaker.text("choice_person")])
    answering.remember(["complaint"])
    answering.offer("person", "danger" if answering.heard.act in _DANGERS else "complaint")
    return True


def _unfinished(answering: Answering) -> bool:
    """A form whose end failed (the database did not answer) is ended now; once, lest a fault should hold somebody up."""
    ended = answering.turn.slots.get("form_end")
    if not ended or ended.get("again"):
        return False
    answering.events += [SlotSet("form_end", {**ended, "again": True}), FollowupAction("action_form_ended")]
    return True


def _youth(answering: Answering) -> bool:
    """Under 16, of themselves or of a child: what there is for young people, and nothing is kept."""
    own = answering.learned.new_age and answering.learned.age_band == UNDER_16
    if own or is_about_child(answering.heard):
        say_youth(answering.speaker, own)
        return True
    return False


def _change(answering: Answering) -> bool:
    events = change_request(answering.turn, answering.speaker, answering.menu())
    answering.events += events or []
    return events is not None


def _reference(answering: Answering) -> bool:
    reference = find_reference(answering.heard.text)
    if reference:
        say_status(answering.speaker, reference, answering.menu())
    return reference is not None


def _news(answering: Answering) -> bool:
    if not asks_for_news(answering.heard.text):
        return False
    say_status(answering.speaker, None, answering.menu(), answering.turn.conversation_id)
    return True


def _wish(answering: Answering) -> bool:
    wish = wish_of(answering.heard)
    wishes: dict[Wish, Callable[[], None]] = {
        Wish.CHECK: answering.begin,
        Wish.CHECK_EMPLOYER: lambda: answering.begin(Audience.EMPLOYER),
        Wish.NEAREST: answering.nearest,
        Wish.PERSON: answering.person,
        Wish.VERDICT: lambda: _give_no_verdict(answering),
    }
    if wish in wishes:
        wishes[wish]()
    return wish in wishes


def _give_no_verdict(answering: Answering) -> None:
    """Nobody here decides; what usually counts, and the check."""
    speaker, employer = answering.speaker, answering.audience is Audience.EMPLOYER
    check = check_title(speaker, answering.audience)
    speaker.say("verdict_employer" if employer else "verdict_seeker", [check, speaker.text("choice_person")], check=check)
    answering.offer("screening")


def _act(answering: Answering) -> bool:
    heard = answering.heard
    act = heard.act or ("deny" if NO_THANKS.match(heard.plain) and not heard.is_question else None)
    greeting = "greeting_again" if answering.turn.slots.get("topics_asked") else "greeting"
    acts: dict[str, Callable[[], None]] = {
        "greet": lambda: answering.say(greeting),
        "human": answering.person,
        "delete_data": lambda: _ask_to_erase(answering),
        "restart": lambda: _restart(answering),
        "i_am_employer": lambda: answering.say("noted_employer"),
        "i_am_seeker": lambda: answering.say("noted_seeker"),
        "i_am_staff": lambda: say_topics(answering, ["staff_support"]),
        "to_english": lambda: _switch(answering, Language.EN),
        "to_spanish": lambda: _switch(answering, Language.ES),
    }
    if act in acts:
        acts[act]()
    elif act and act in SMALL_TALK:
        answering.say(SMALL_TALK[act])
    return act is not None


def _place_alone(answering: Answering) -> bool:
    """Nothing but a place, or the one that was asked for: show who serves it."""
    alone = len(answering.heard.plain.split()) <= 5 and not answering.heard.is_question
    if not answering.learned.new_place or not (alone or answering.turn.slots.get("offer") == "nearest"):
        return False
    answering.nearest()
    return True


def _ask_to_erase(answering: Answering) -> None:
    speaker = answering.speaker
    speaker.say("delete_ask", [speaker.text("choice_yes"), speaker.text("choice_no")])
    answering.events.append(SlotSet("offer", "delete"))


def _restart(answering: Answering) -> None:
    kept = ("language", "audience")
    slots = answering.turn.slots.items()
    answering.events += [SlotSet(name, None) for name, value in slots if value is not None and name not in kept]
    answering.speaker.say("restarted", answering.menu())


def _switch(answering: Answering, language: Language) -> None:
    """Who speaks it already ("no hablo inglés") may mean the class, and can ask about that."""
    speaker, spoken = answering.speaker, answering.turn.slots.get("language")
    speaker.language = language
    answering.events.append(SlotSet("language", str(language)))
    more = speaker.follow_ups(["language_support"]) if spoken == language else ()
    speaker.say("language_changed", [*more, *answering.menu()])
