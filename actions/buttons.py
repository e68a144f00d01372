"""Buttons: a pressed one comes back as its title, and on a channel without numbering its number may be typed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import Any

from rasa_sdk import Tracker

from actions.services import services
from bot.core.heard import Decision, Heard
from bot.knowledge.model import Knowledge
from bot.store.transcript import Author, TrackerUnavailableError, read_transcript

_ACTS = {
    "choice_check_readiness": "check_readiness",
    "choice_check_employer": "check_employer",
    "choice_nearest": "nearest",
    "choice_person": "human",
    "choice_something_else": "something_else",
    "choice_skip": "skip",
}
_CONSENTS = {"option_consent_yes": "human", "option_consent_no": "deny"}
# What these ask for is a number itself, so that one typed there is an answer; "the second" is a shift.
_WANT_NUMBERS = ("workers", "mentors", "hires")
_WANT_ORDINALS = ("schedule",)
_NUMBER = re.compile(r"(?:(?:option|opcion|choice|number|numero|no|the|la|el) )*(\d)")
_PLACES = (
    r"first|1st|primer[oa]?|(?:option|opcion|number|numero) (?:one|un[oa])",
    r"second|2nd|segund[oa]|(?:option|opcion|number|numero) (?:two|dos)",
    r"third|3rd|tercer[oa]?|(?:option|opcion|number|numero) (?:three|tres)",
    r"fourth|4th|cuart[oa]",
    r"fifth|5th",
)
_ORDINALS = [re.compile(rf"(?:the |el |la |option |opcion )?(?:{words})(?: one| option| opcion)?") for words in _PLACES]
_LAST = re.compile(r"(?:the |el |la )(?:last|ultim[oa])(?: one| option| opcion)?")


def press(heard: Heard, tracker: Tracker, knowledge: Knowledge) -> Heard:
    """The message as the button that it names, by number or by title; any other message as it is."""
    asked = tracker.slots.get("requested_slot")
    title = _titled(_numbered(heard.plain, tracker, asked), knowledge)
    return _as_act(Heard(title, heard.language) if title else heard, asked, knowledge)


def _as_act(heard: Heard, asked: str | None, knowledge: Knowledge) -> Heard:
    """A title that asks for something as the act that it is, a topic's as that topic."""
    acts = _ACTS if asked else {**_ACTS, **_CONSENTS}
    act = next((act for phrase, act in acts.items() if heard.plain in knowledge.plain_forms(phrase)), None)
    if act:
        return replace(heard, act=act)
    topic = knowledge.topic_of_label(heard.text)
    if topic is None or (
        asked and any(heard.plain in knowledge.plain_forms(name) for name in knowledge.phrases if asked in name)
    ):
        return heard
    return replace(heard, act=None, decision=Decision.ANSWERED, parts=((topic,),), score=1.0, asks_topic=True)


def _titled(title: str | None, knowledge: Knowledge) -> str | None:
    """A title of ours; a place on a list is read by its form, which remembers where it lies."""
    known = {pair.en for pair in knowledge.phrases.values()} | {pair.es for pair in knowledge.phrases.values()}
    return title if title and (title in known or knowledge.topic_of_label(title)) else None


def _numbered(said: str, tracker: Tracker, asked: str | None) -> str | None:
    """The title that a number or an ordinal stands for, if the message is nothing else."""
    place = _place_of(said, asked)
    titles = _last_titles(tracker) if place is not None else []
    return titles[place] if place is not None and -1 <= place < len(titles) and titles else None


def _place_of(said: str, asked: str | None) -> int | None:
    """Where on the list a message points, counted from 0; -1 is the last."""
    number = None if asked in _WANT_NUMBERS else _NUMBER.fullmatch(said)
    if number:
        return int(number[1]) - 1 if number[1] != "0" else None
    if asked in _WANT_ORDINALS:
        return None
    named = next((place for place, pattern in enumerate(_ORDINALS) if pattern.fullmatch(said)), None)
    return -1 if named is None and _LAST.fullmatch(said) else named


def _last_titles(tracker: Tracker) -> list[str]:
    """The buttons of the assistant's last turn. Where a session has just begun, that turn stands in the stored one before it."""
    events = list(reversed(tracker.events))
    users = [at for at, event in enumerate(events) if event.get("event") == "user"]
    if len(users) < 2:
        return _stored_titles(tracker.sender_id)
    said = (event for event in events[: users[1]] if event.get("event") == "bot")
    buttons: list[dict[str, Any]] = next((found for event in said if (found := (event.get("data") or {}).get("buttons"))), [])
    return [str(button.get("title") or "") for button in buttons]


def _stored_titles(conversation_id: str) -> list[str]:
    try:
        lines = read_transcript(services().settings.tracker_url, conversation_id)
    except TrackerUnavailableError:
        return []
    last = takewhile(lambda line: line.author is Author.ASSISTANT, reversed(lines))
    return list(next((line.choices for line in last if line.choices), ()))
