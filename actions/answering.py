"""One message being answered outside a form: what is known about it, what is remembered, and the ways on from it."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions.leading import ask_for_consent, begin_screening, lead_to_nearest, lead_to_person
from actions.learning import learn
from actions.menus import menu_titles
from actions.speech import Speaker
from actions.turn import Turn
from actions.youth import FOR_YOUTH, say_youth
from bot.core.ages import UNDER_16
from bot.core.routing import Audience
from bot.core.wishes import asks_whom_to_call

_MOST_TOPICS_REMEMBERED = 30


class Answering:
    """Collects the events of the turn; each way on says what comes and adds its events."""

    def __init__(self, turn: Turn, speaker: Speaker) -> None:
        self.turn = turn
        self.heard = turn.heard
        self.speaker = speaker
        self.learned = learn(turn)
        self.audience, self.place = self.learned.audience, self.learned.place
        # To pass somebody on is offered until they say no; everything else only in the message before.
        offer = "handoff" if turn.slots.get("offer") == "handoff" else None
        self.events: list[EventType] = [SlotSet("language", str(turn.language)), SlotSet("offer", offer), *self.learned.events]

    @property
    def state(self) -> str | None:
        return self.place.state if self.place else None

    @property
    def _is_child(self) -> bool:
        return self.learned.age_band == UNDER_16

    def menu(self) -> list[str]:
        return menu_titles(self.speaker, self.audience)

    def remember(self, topics: list[str]) -> None:
        asked = [*(self.turn.slots.get("topics_asked") or []), *topics]
        self.events.append(SlotSet("topics_asked", list(dict.fromkeys(asked))[-_MOST_TOPICS_REMEMBERED:]))

    def offer(self, offer: str, reason: str | None = None) -> None:
        """What a yes to this message means."""
        self.events += [SlotSet("offer", offer), SlotSet("handoff_reason", reason)]

    def say(self, phrase: str) -> None:
        """Small talk; but somebody in danger is answered about that."""
        in_danger = self.turn.slots.get("offer") == "person" and self.turn.slots.get("handoff_reason") == "danger"
        if in_danger:
            self.speaker.say("care_again", [self.speaker.text("choice_person")])
            self.events.append(SlotSet("offer", "person"))
        else:
            self.speaker.say(phrase, self.menu())

    def begin(self, audience: Audience | None = None) -> None:
        audience = audience or self.audience
        if self._is_child and audience is not Audience.EMPLOYER:
            say_youth(self.speaker)
        else:
            self.events += begin_screening(self.speaker, audience, self.turn.answers)

    def nearest(self) -> None:
        if self._is_child:
            say_youth(self.speaker)
        else:
            self.events += lead_to_nearest(self.speaker, self.place, self.audience)

    def person(self, reason: str = "asked_for_person") -> None:
        slots = self.turn.slots  # no office's telephone is for danger and complaints
        grave = slots.get("offer") == "person" and slots.get("handoff_reason") in ("danger", "complaint")
        if self._is_child:
            self.speaker.say("handoff_child", self.speaker.follow_ups(FOR_YOUTH))
        elif asks_whom_to_call(self.heard.text) and not grave and self.learned.age_band != "16_17":
            self.nearest()
        else:
            self.events += lead_to_person(self.speaker, self.place, self.audience, self.learned.age_band, reason)

    def hand_over(self) -> None:
        self.events += ask_for_consent()
