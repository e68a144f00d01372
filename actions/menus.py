"""What is offered under a message when nothing more fitting is known, and which phrase answers which act of small talk."""

from __future__ import annotations

from collections.abc import Mapping

from actions.services import services
from actions.speech import Speaker
from bot.core.routing import Audience

_MENUS = {
    Audience.EMPLOYER: ("employer_cost", "employer_roi", "choice_check_employer", "choice_nearest", "choice_person"),
    Audience.SEEKER: ("wages", "how_to_apply", "choice_check_readiness", "choice_nearest", "choice_person"),
    Audience.STAFF: ("staff_support", "what_is_imt", "choice_nearest", "choice_person"),
    None: ("what_is_imt", "wages", "employer_cost", "choice_check_readiness", "choice_person"),
}
SMALL_TALK: Mapping[str, str] = {
    "thanks": "thanks_reply",
    "bye": "bye_reply",
    "bot_challenge": "bot_reply",
    "insult": "insult_reply",
    "help": "help_reply",
    "something_else": "something_else_reply",
    "back": "help_reply",
    "why": "help_reply",
    "repeat": "help_reply",
    "resume": "help_reply",
    "skip": "help_reply",
    "prefer_not": "help_reply",
    "dont_know": "help_reply",
    "cancel": "cancelled",
    "affirm": "ok_reply",
    "deny": "ok_reply",
}


def menu_titles(speaker: Speaker, audience: Audience | None) -> list[str]:
    """The buttons for an audience: topics by their label, and ways into a form."""
    return [
        speaker.text(entry) if entry.startswith("choice_") else services().knowledge.label(entry, speaker.language)
        for entry in _MENUS[audience]
    ]
