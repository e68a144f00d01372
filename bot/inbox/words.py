"""What the pages call things, in plain English.

Responsible for words only. Every status, reason, result, outcome and screening answer has some; a test sees to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.figures import Step, Wait
from bot.core.handoff import ContactKind, HandoffReason, HandoffStatus, Outcome, TransferReason
from bot.core.heard import Decision
from bot.core.screening import SKIPPED, Result
from bot.core.staff import Role
from bot.store.cases import Group
from bot.store.questions import Why

GROUPS = {Group.UNATTENDED: "Waiting", Group.UNDERWAY: "In progress", Group.ENDED: "Ended"}
STATUSES = {
    HandoffStatus.NEW: "New",
    HandoffStatus.NOTIFIED: "Office told",
    HandoffStatus.ACCEPTED: "Accepted",
    HandoffStatus.IN_CONVERSATION: "In conversation",
    HandoffStatus.WAITING_FOR_PERSON: "Waiting for them",
    HandoffStatus.RETURNED: "With the assistant",
    HandoffStatus.CLOSED: "Closed",
    HandoffStatus.EXPIRED: "Expired",
    HandoffStatus.CANCELLED: "Taken back",
}
REASONS = {
    HandoffReason.FINISHED_SCREENING: "Finished the screening",
    HandoffReason.ASKED_FOR_PERSON: "Asked for a person",
    HandoffReason.COMPLAINT: "Complaint",
    HandoffReason.DANGER: "Danger",
    HandoffReason.ASSISTANT_COULD_NOT_HELP: "The assistant could not help",
}
ROLES = {
    Role.AGENT: "Agent: the people of their intermediary",
    Role.MANAGER: "Manager: also its offices and canned replies",
    Role.NATIONAL: "National staff: everybody's people",
    Role.ADMINISTRATOR: "Administrator: also every office, and accounts",
}
RESULTS = {
    Result.READY: "Looks ready to talk to you",
    Result.NEXT_STEP: "Something helps first",
    Result.PERSON: "A person has to look at it",
}
OUTCOMES = {
    Outcome.CONTACTED: "Contacted",
    Outcome.APPLIED: "Applied",
    Outcome.HIRED: "Hired",
    Outcome.REGISTERED: "Registered apprentice",
    Outcome.COMPLETED: "Completed the apprenticeship",
    Outcome.MEETING: "Meeting held",
    Outcome.AGREEMENT: "Agreement",
    Outcome.SPONSOR: "Sponsor established",
    Outcome.NOT_NOW: "Not now",
    Outcome.LOST: "Lost touch",
}
TRANSFERS = {
    TransferReason.NEARER: "The other office is nearer",
    TransferReason.SERVES_THEM: "The other office serves them",
    TransferReason.LANGUAGE: "Language",
    TransferReason.NO_CAPACITY: "No capacity here",
    TransferReason.ASKED_FOR: "They asked for it",
    TransferReason.OTHER: "Another reason",
}
CONTACTS = {
    ContactKind.PHONE: "Telephone",
    ContactKind.EMAIL: "E-mail",
    ContactKind.THEY_CALL: "They will contact you themselves",
    ContactKind.NONE: "No contact was given",
}
AUDIENCES = {"seeker": "Job seeker", "employer": "Employer", "staff": "Staff"}
LANGUAGES = {"en": "English", "es": "Spanish"}
CHANNELS = {"web": "Website", "telegram": "Telegram"}
STEPS: Mapping[str, str] = {
    Step.WROTE: "Wrote a first message",
    Step.BEGAN: "Began the screening",
    Step.FINISHED: "Finished the screening",
    Step.PASSED_ON: "Asked to be passed on",
    Step.ACCEPTED: "Accepted by staff",
    **{str(outcome): title for outcome, title in OUTCOMES.items()},
}
DECISIONS = {
    Decision.ANSWERED: "Answered",
    Decision.UNSURE: "Not sure: asked back with choices",
    Decision.DECLINED: "Declined: not about the programme",
}
WAITS = {Wait.ACCEPT: "until somebody accepted", Wait.REPLY: "until the first reply in the chat"}
WHYS = {Why.DECLINED: "declined", Why.UNSURE: "asked back", Why.UNHELPFUL: "did not help"}
QUESTIONS = {
    "seeker_path": "Situation",
    "place": "Place",
    "age_band": "Age",
    "production": "Wants production work",
    "diploma": "High school diploma or GED",
    "schedule": "Working hours",
    "product": "Makes",
    "workers": "Production workers",
    "mentors": "Experienced workers who can mentor",
    "union_on_site": "Union on site",
    "hires": "Apprentices would be",
    "sponsorship": "Sponsorship",
}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "seeker_path": {"looking": "Looking for work", "working": "Already works in manufacturing", "employer": "Employer"},
    "age_band": {"18_or_over": "18 or over", "16_17": "16 or 17", "under_16": "Under 16"},
    "schedule": {"full_time": "Can work full time", "other": "Not full time"},
    "hires": {"new": "New hires", "current": "Current workers", "both": "New hires and current workers"},
    "sponsorship": {"alone": "On their own", "group": "In a group"},
}
_COMMON = {
    "yes": "Yes", "no": "No", "not_sure": "Not sure", "prefer_not": "Would rather not say", "working_on_it": "Working on it",
    SKIPPED: "Skipped",
}  # fmt: skip


def answers_in_words(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Question and answer, in the order of the questions."""
    for name, title in QUESTIONS.items():
        if answers.get(name) is not None:
            yield title, _in_words(name, answers[name])


def duration(minutes: float) -> str:
    """Rounded to what is worth saying."""
    for unit, length, until in (("minute", 1, 90), ("hour", 60, 48 * 60), ("day", 1440, math.inf)):
        if minutes < until:
            number = round(minutes / length)
            return f"{number} {unit}{'s' if number != 1 else ''}" if number else "less than a minute"
    return ""


def _in_words(name: str, answer: Any) -> str:
    if isinstance(answer, Mapping):
        return ", ".join(str(answer[part]) for part in ("city", "state", "zip") if answer.get(part))
    text = str(answer)
    return ANSWERS.get(name, {}).get(text) or _COMMON.get(text, text)
