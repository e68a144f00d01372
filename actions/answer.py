"""Answers any message outside a form: a topic or two, a choice, a kind refusal, or an act of the dialogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.leading import ask_for_consent, begin_screening, check_title, lead_to_nearest, lead_to_person
from actions.learning import learn
from actions.menus import SMALL_TALK, menu_titles
from actions.requests import erase_everything, forget_child, say_status
from actions.services import services
from actions.speech import Speaker
from actions.turn import Turn, read_turn
from bot.core.form import CARE_ACTS
from bot.core.geography import foreign_country
from bot.core.heard import Decision
from bot.core.language import Language
from bot.core.reference import find_reference
from bot.core.replies import Reply, read_reply
from bot.core.routing import Audience
from bot.core.screening import Kind, Question
from bot.knowledge.model import Answer, PersonOffer

MOST_TOPICS_REMEMBERED = 30
_MOST_CHOICES = 3
_ABOUT_PLACES = ("where_available", "nearest_office", "how_to_apply", "eligibility_immigration")
_CONSENT = Question("consent", Kind.CHOICE, ("yes", "no"))
_NO_THANKS = re.compile(r"(?:no,? (?:thanks|thank you|thx|gracias)|nah (?:i'?m )?good)\b")
_GREETING = re.compile(r"(?:hi|hello|hey|hola|buen\w*|saludos|good \w+)\b")


class ActionAnswer(Action):
    """The one action outside forms."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = read_turn(tracker)
        return _Answering(turn, Speaker(dispatcher, services().knowledge, turn.language)).run()


class _Answering:
    """One message being answered."""

    def __init__(self, turn: Turn, speaker: Speaker) -> None:
        self.turn = turn
        self.heard = turn.heard
        self.speaker = speaker
        self.learned = learn(turn)
        self.audience, self.place = self.learned.audience, self.learned.place
        # To pass somebody on is offered until they say no; everything else only in the message before.
        offer = "handoff" if turn.slots.get("offer") == "handoff" else None
        self.events: list[EventType] = [SlotSet("language", str(turn.language)), SlotSet("offer", offer), *self.learned.events]

    def run(self) -> list[EventType]:
        self._say()
        return forget_child(self.turn) if self.learned.age_band == "under_16" else self.events

    def _say(self) -> None:
        for attempt in (self._care, self._unfinished, self._reference, self._label, self._offered, self._act, self._place_alone):
            if attempt():
                return
        if not self.heard.text.strip():
            self.speaker.say("empty_message", self._menu())
        elif self.heard.decision is Decision.ANSWERED and self.heard.parts:
            self._answer_or_refer([part[0] for part in self.heard.parts])
        elif self.heard.decision is Decision.DECLINED:
            self._decline()
        else:
            self._offer_choices()

    # Messages that are not about a topic

    def _unfinished(self) -> bool:
        """A form whose end failed (the database did not answer) is ended now; once, lest a fault should hold somebody up."""
        ended = self.turn.slots.get("form_end")
        if not ended or ended.get("again"):
            return False
        self.events += [SlotSet("form_end", {**ended, "again": True}), FollowupAction("action_form_ended")]
        return True

    def _reference(self) -> bool:
        reference = find_reference(self.heard.text)
        if reference:
            say_status(self.speaker, reference, self._menu())
        return reference is not None

    def _label(self) -> bool:
        """A button comes back as its title."""
        topic = services().knowledge.topic_of_label(self.heard.text)
        starts: dict[str, Callable[[], None]] = {
            "choice_check_readiness": lambda: self._begin(Audience.SEEKER),
            "choice_check_employer": lambda: self._begin(Audience.EMPLOYER),
            "choice_nearest": self._nearest,
            "choice_person": self._person,
            "choice_something_else": lambda: self._small_talk("something_else_reply"),
        }
        for phrase, start in starts.items():
            if self.heard.plain in services().knowledge.plain_forms(phrase):
                start()
                return True
        if topic:
            self._answer([topic])
        return topic is not None

    def _care(self) -> bool:
        if self.heard.act not in CARE_ACTS:
            return False
        answer = services().knowledge.answer(self.heard.act or "", self.turn.language, self.audience, self._state)
        self.speaker.answer(answer, [self.speaker.text("choice_person")])
        self._remember(["complaint"])
        self.events += [SlotSet("offer", "person"), SlotSet("handoff_reason", "danger")]
        return True

    def _offered(self) -> bool:
        """Yes or no to what was offered last."""
        offer, said = self.turn.slots.get("offer"), self._yes_or_no()
        if offer not in ("screening", "handoff", "person", "delete") or said is None:
            return False
        self.events.append(SlotSet("offer", None))
        if said == "no":
            refused = {"delete": "delete_kept", "handoff": "handoff_declined"}
            self.speaker.say(refused.get(offer, "ok_reply"), self._menu())
            return True
        taken: dict[str, Callable[[], None]] = {
            "screening": lambda: self._begin(self.audience),
            "handoff": self._handoff,
            "person": lambda: self._person(str(self.turn.slots.get("handoff_reason") or "asked_for_person")),
            "delete": self._erase,
        }
        taken[offer]()
        return True

    def _yes_or_no(self) -> str | None:
        """To a question of ours that ended in "yes" and "no" an answer in own words counts too."""
        if self.heard.act in ("affirm", "deny"):
            return "yes" if self.heard.act == "affirm" else "no"
        asks = self.heard.decision is Decision.ANSWERED and self.heard.topic != "chitchat"
        if self.heard.act or self.turn.slots.get("offer") == "person" or asks:
            return "no" if _NO_THANKS.match(self.heard.plain) else None
        reply = read_reply(_CONSENT, self.heard)
        return str(reply.value) if isinstance(reply, Reply) else None

    def _act(self) -> bool:
        act = self.heard.act or ("deny" if _NO_THANKS.match(self.heard.plain) and not self.heard.is_question else None)
        acts: dict[str, Callable[[], None]] = {
            "greet": lambda: self._small_talk("greeting_again" if self.turn.slots.get("topics_asked") else "greeting"),
            "human": self._person,
            "check_readiness": lambda: self._begin(self.audience),
            "delete_data": self._ask_to_erase,
            "restart": self._restart,
            "i_am_employer": lambda: self._small_talk("noted_employer"),
            "i_am_seeker": lambda: self._small_talk("noted_seeker"),
            "i_am_staff": lambda: self._answer(["staff_support"]),
            "to_english": lambda: self._switch(Language.EN),
            "to_spanish": lambda: self._switch(Language.ES),
        }
        if act in acts:
            acts[act]()
        elif act and act in SMALL_TALK:
            self._small_talk(SMALL_TALK[act])
        return act is not None

    def _place_alone(self) -> bool:
        """Nothing but a place, or the one that was asked for: show who serves it."""
        alone = len(self.heard.plain.split()) <= 5 and not self.heard.is_question
        if not self.learned.new_place or not (alone or self.turn.slots.get("offer") == "nearest"):
            return False
        self._nearest()
        return True

    # Ways to answer

    def _answer_or_refer(self, topics: list[str]) -> None:
        """What is offered where, asked about another country, is for the referral to say."""
        abroad = topics[0] in _ABOUT_PLACES and foreign_country(self.heard.text) and not self.learned.new_place
        if abroad and services().knowledge.find_referral(self.heard.plain):
            self._decline()
        else:
            self._answer(topics)

    def _answer(self, topics: list[str]) -> None:
        """One or two topics in the order asked; the last message carries the buttons."""
        self._remember(topics)
        if topics[0] == "chitchat":
            first = _GREETING.match(self.heard.plain) and not self.turn.slots.get("language")
            self._small_talk("greeting" if first else "chitchat_reply")
            return
        answers = [self._knowledge_of(topic) for topic in topics if topic not in ("chitchat", "out_of_scope")]
        for answer in answers[:-1]:
            self.speaker.answer(answer)
        leads: dict[str, Callable[[Answer], None]] = {
            "nearest_office": self._lead_to_office,
            "contact_human": self._lead_to_person,
            "status_of_my_referral": self._lead_to_status,
        }
        last = answers[-1]
        leads.get(last.topic, self._plain_answer)(last)

    def _plain_answer(self, answer: Answer) -> None:
        check = check_title(self.speaker, self.audience)
        self.speaker.answer(answer, [*self.speaker.follow_ups(answer.next), check, self.speaker.text("choice_person")])
        if services().knowledge.topics[answer.topic].person is PersonOffer.ALWAYS:
            reason = "complaint" if answer.topic == "complaint" else None
            self.events += [SlotSet("offer", "person"), SlotSet("handoff_reason", reason)]

    def _lead_to_office(self, answer: Answer) -> None:
        self.speaker.answer(answer)
        self._nearest()

    def _lead_to_person(self, answer: Answer) -> None:
        self._person()

    def _lead_to_status(self, answer: Answer) -> None:
        say_status(self.speaker, None, self._menu(), self.turn.conversation_id)

    def _offer_choices(self) -> None:
        ranked = self.heard.parts[0] if self.heard.parts else ()
        topics = [topic for topic in ranked if topic not in ("out_of_scope", "chitchat")]
        titles = self.speaker.follow_ups(topics[:_MOST_CHOICES])
        self.speaker.say("unsure", [*titles, self.speaker.text("choice_something_else"), self.speaker.text("choice_person")])

    def _decline(self) -> None:
        """Where else to ask; but who only tells of themselves did not ask anything that could be declined."""
        referral = services().knowledge.find_referral(self.heard.plain)
        if not self.heard.is_question and self._told(referral is not None):
            return
        if referral is None:
            self.speaker.say("decline", self._menu())
            return
        text = referral.answer.say(self.turn.language)
        self.speaker.answer(Answer("out_of_scope", text, services().knowledge.cited(referral.facts), ()), self._menu())

    def _told(self, refers: bool) -> bool:
        """Answers what somebody tells of themselves: how to reach them, how old they are, who they are, where they are."""
        if self.heard.values("phone") or self.heard.values("email"):
            self._person()
        elif self.learned.new_age:
            self._small_talk("noted_employer" if self.audience is Audience.EMPLOYER else "noted_seeker")
        elif refers:
            return False
        elif self.learned.new_audience and self.audience in (Audience.EMPLOYER, Audience.SEEKER):
            self._small_talk(f"noted_{self.audience}")
        elif self.learned.new_place:
            self._nearest()
        else:
            return False
        return True

    def _small_talk(self, phrase: str) -> None:
        in_danger = self.turn.slots.get("offer") == "person" and self.turn.slots.get("handoff_reason") == "danger"
        if in_danger:
            self.speaker.say("care_again", [self.speaker.text("choice_person")])
            self.events.append(SlotSet("offer", "person"))
        else:
            self.speaker.say(phrase, self._menu())

    # Ways on

    def _begin(self, audience: Audience | None) -> None:
        self.events += begin_screening(self.speaker, audience)

    def _nearest(self) -> None:
        self.events += lead_to_nearest(self.speaker, self.place, self.audience)

    def _person(self, reason: str = "asked_for_person") -> None:
        self.events += lead_to_person(self.speaker, self.place, self.audience, self.learned.age_band, reason)

    def _handoff(self) -> None:
        self.events += ask_for_consent()

    # Commands

    def _ask_to_erase(self) -> None:
        self.speaker.say("delete_ask", [self.speaker.text("choice_yes"), self.speaker.text("choice_no")])
        self.events.append(SlotSet("offer", "delete"))

    def _erase(self) -> None:
        self.events = erase_everything(self.turn)
        self.speaker.say("delete_done", self._menu())

    def _restart(self) -> None:
        kept = ("language", "audience")
        self.events += [SlotSet(name, None) for name, value in self.turn.slots.items() if value is not None and name not in kept]
        self.speaker.say("restarted", self._menu())

    def _switch(self, language: Language) -> None:
        self.speaker.language = language
        self.events.append(SlotSet("language", str(language)))
        self.speaker.say("language_changed", self._menu())

    # Small things

    def _knowledge_of(self, topic: str) -> Answer:
        return services().knowledge.answer(topic, self.turn.language, self.audience, self._state)

    def _remember(self, topics: list[str]) -> None:
        asked = [*(self.turn.slots.get("topics_asked") or []), *topics]
        self.events.append(SlotSet("topics_asked", list(dict.fromkeys(asked))[-MOST_TOPICS_REMEMBERED:]))

    def _menu(self) -> list[str]:
        return menu_titles(self.speaker, self.audience)

    @property
    def _state(self) -> str | None:
        return self.place.state if self.place else None
