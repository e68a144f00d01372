"""What is said to young people and kept of them: under 16 nothing is kept, and nobody under 18 is asked for a contact."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions.requests import erase_everything
from actions.services import services
from actions.speech import Speaker, source_lines
from actions.turn import Turn
from bot.core.ages import UNDER_16
from bot.core.screening import assess_seeker

MINORS = ("16_17", UNDER_16)
FOR_YOUTH = ("pre_apprenticeship", "eligibility_age")


def say_youth(speaker: Speaker, own: bool = True) -> None:
    """What there is before 16, to the young person or to who asks for a child. It stands alone: no office, no request."""
    assessment = assess_seeker({"age_band": UNDER_16})
    phrases = [f"reason_{assessment.reasons[0]}", f"step_{assessment.steps[0]}"] if own else ["youth_of_others"]
    text = "\n\n".join(speaker.text(phrase) for phrase in phrases)
    speaker.utter(text, speaker.follow_ups(FOR_YOUTH), sources=source_lines(services().knowledge.cited(assessment.facts)))


def forget_child(turn: Turn) -> list[EventType]:
    """Nothing is kept of somebody under 16 but that they are, so that nobody asks them for a contact."""
    return [*erase_everything(turn), SlotSet("age_band", UNDER_16)]
