"""Answers what a message is about: a topic or two with where to go from there, choices where unsure, a kind refusal."""

from __future__ import annotations

import re
from collections.abc import Callable

from actions.answering import Answering
from actions.leading import check_title
from actions.requests import say_status
from actions.services import services
from bot.core.audiences import wants_production
from bot.core.geography import foreign_country
from bot.core.heard import Decision
from bot.core.routing import Audience
from bot.knowledge.model import Answer, PersonOffer

_MOST_CHOICES = 3
_FEW_WORDS = 5
_ABOUT_PLACES = ("where_available", "nearest_office", "how_to_apply", "eligibility_immigration")
_GREETING = re.compile(r"(?:hi|hello|hey|hola|buen\w*|saludos|good \w+)\b")


def answer_topics(answering: Answering) -> None:
    """Answered, declined or asked back, as it was understood."""
    heard = answering.heard
    if not heard.text.strip():
        answering.speaker.say("empty_message", answering.menu())
    elif heard.decision is Decision.ANSWERED and heard.parts:
        _answer_or_refer(answering, [part[0] for part in heard.parts])
    elif heard.decision is Decision.DECLINED:
        _decline(answering)
    else:
        _offer_choices(answering)


def say_topics(answering: Answering, topics: list[str]) -> None:
    """One or two topics in the order asked; the last message carries the buttons."""
    answering.remember(topics)
    if topics[0] == "chitchat":
        first = _GREETING.match(answering.heard.plain) and not answering.turn.slots.get("language")
        answering.say("greeting" if first else "chitchat_reply")
        return
    answers = [_known(answering, topic) for topic in topics if topic not in ("chitchat", "out_of_scope")]
    for answer in answers[:-1]:
        answering.speaker.answer(answer)
    leads: dict[str, Callable[[Answering, Answer], None]] = {
        "nearest_office": _lead_to_office,
        "how_to_apply": _say_how_to_apply,
        "contact_human": _lead_to_person,
        "status_of_my_referral": _lead_to_status,
    }
    leads.get(answers[-1].topic, _plain_answer)(answering, answers[-1])


def _known(answering: Answering, topic: str) -> Answer:
    return services().knowledge.answer(topic, answering.turn.language, answering.audience, answering.state)


def _answer_or_refer(answering: Answering, topics: list[str]) -> None:
    """What is offered where, asked about another country, is for the referral to say."""
    abroad = topics[0] in _ABOUT_PLACES and foreign_country(answering.heard.text) and not answering.learned.new_place
    if abroad and services().knowledge.find_referral(answering.heard.plain):
        _decline(answering)
    else:
        say_topics(answering, topics)


def _plain_answer(answering: Answering, answer: Answer) -> None:
    speaker = answering.speaker
    check = check_title(speaker, answering.audience)
    speaker.answer(answer, [*speaker.follow_ups(answer.next), check, speaker.text("choice_person")])
    if services().knowledge.topics[answer.topic].person is PersonOffer.ALWAYS:
        answering.offer("person", "complaint" if answer.topic == "complaint" else None)


def _lead_to_office(answering: Answering, answer: Answer) -> None:
    answering.speaker.answer(answer)
    answering.nearest()


def _say_how_to_apply(answering: Answering, answer: Answer) -> None:
    """Who names a place with it wants the partner there."""
    if answering.learned.new_place and answering.audience is not Audience.EMPLOYER:
        _lead_to_office(answering, answer)
    else:
        _plain_answer(answering, answer)


def _lead_to_person(answering: Answering, answer: Answer) -> None:
    answering.person()


def _lead_to_status(answering: Answering, answer: Answer) -> None:
    say_status(answering.speaker, None, answering.menu(), answering.turn.conversation_id)


def _offer_choices(answering: Answering) -> None:
    """Which of these? But who only tells who they are, or what they want, asked nothing."""
    speaker, heard = answering.speaker, answering.heard
    contact = (heard.values("phone") or heard.values("email")) and len(heard.plain.split()) <= _FEW_WORDS
    tells = contact or wants_production(heard) or (answering.learned.new_audience and not heard.is_question)
    if tells and _told(answering, refers=False):
        return
    ranked = heard.parts[0] if heard.parts else ()
    topics = [topic for topic in ranked if topic not in ("out_of_scope", "chitchat")]
    titles = speaker.follow_ups(topics[:_MOST_CHOICES])
    speaker.say("unsure", [*titles, speaker.text("choice_something_else"), speaker.text("choice_person")])


def _decline(answering: Answering) -> None:
    """Where else to ask; but who only tells of themselves did not ask anything that could be declined."""
    heard, speaker = answering.heard, answering.speaker
    referral = None if wants_production(heard) else services().knowledge.find_referral(heard.plain)
    if not heard.is_question and _told(answering, referral is not None):
        return
    if referral is None:
        speaker.say("decline", answering.menu())
        return
    text = referral.answer.say(answering.turn.language)
    speaker.answer(Answer("out_of_scope", text, services().knowledge.cited(referral.facts), ()), answering.menu())


def _told(answering: Answering, refers: bool) -> bool:
    """Answers what somebody tells of themselves: how to reach them, how old they are, who they are, where they are."""
    heard, learned, audience = answering.heard, answering.learned, answering.audience
    if heard.values("phone") or heard.values("email"):
        answering.person()
    elif learned.new_age:
        answering.say("noted_employer" if audience is Audience.EMPLOYER else "noted_seeker")
    elif refers:
        return False
    elif wants_production(heard):
        answering.say("noted_seeker")
    elif learned.new_audience and audience in (Audience.EMPLOYER, Audience.SEEKER):
        answering.say(f"noted_{audience}")
    elif learned.new_place:
        answering.nearest()
    else:
        return False
    return True
