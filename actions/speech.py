"""Says things: turns phrases, answers and offices into messages with buttons, sources and cards.

Every text comes from the knowledge; nothing is worded here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from bot.core.geography import state_name
from bot.core.language import Language
from bot.core.routing import Audience, OfficeKind, Route, RoutedOffice, explain_route
from bot.core.screening import Kind, Question
from bot.knowledge.model import Answer, Fact, Knowledge
from bot.store.database import Database
from bot.store.office_cards import OfficeCard, Shown, describe_office

LONGEST_MESSAGE = 900


class Speaker:
    """One turn's voice, in one language."""

    def __init__(self, dispatcher: CollectingDispatcher, knowledge: Knowledge, language: Language) -> None:
        self._dispatcher = dispatcher
        self._knowledge = knowledge
        self.language = language

    def text(self, phrase: str, **values: object) -> str:
        return self._knowledge.say(phrase, self.language, **values)

    def say(self, phrase: str, choices: Iterable[str] = (), **values: object) -> None:
        """A phrase by name, with button titles under it."""
        self.utter(self.text(phrase, **values), choices)

    def utter(self, text: str, choices: Iterable[str] = (), **custom: Any) -> None:
        """One message. A button is a shortcut for typing its title: the title is what comes back."""
        buttons = [{"title": title, "payload": title} for title in dict.fromkeys(choices)]
        # Rasa's channels cut a text at blank lines into messages of their own; `bot.rasa_client` puts the blank line back.
        beside = {key: value for key, value in custom.items() if value} | {"language": str(self.language)}
        self._dispatcher.utter_message(text=text.replace("\n\n", "\n \n"), buttons=buttons or None, json_message=beside)

    def answer(self, answer: Answer, choices: Iterable[str] = ()) -> None:
        """An answer with where it comes from."""
        self.utter(answer.text, choices, topics=[answer.topic], sources=source_lines(answer.facts))

    def follow_ups(self, topics: Iterable[str]) -> list[str]:
        return [self._knowledge.label(topic, self.language) for topic in topics]

    def options(self, question: Question) -> list[str]:
        if question.kind is Kind.CONTACT:
            return [self.text("option_contact_they_call")]
        titles = [self.text(f"option_{question.id}_{option}") for option in question.options]
        return [*titles, self.text("choice_skip")] if question.optional and "prefer_not" not in question.options else titles

    def office(
        self,
        route: Route,
        database: Database,
        state: str | None,
        before: str = "",
        choices: Iterable[str] = (),
        sources: Iterable[dict[str, str]] = (),
    ) -> None:
        """The chosen office, why it was chosen, the second choice, and one across the border if there is one."""
        if route.first is None:
            self.utter(before, choices, sources=[*sources])
            return
        first = describe_office(database, route.first.office_id)
        blocks = [before, self._card_text(first, route.first), self._route_reason(route, state)]
        cards = [_card(first, route.first)]
        if route.across_border:
            other = describe_office(database, route.across_border.office_id)
            miles = round(route.across_border.miles or 0)
            blocks.append(self.text("card_border", miles=miles, name=other.name, state=state_name(other.state, self.language)))
            cards.append(_card(other, route.across_border))
        text = "\n\n".join(block for block in blocks if block)
        if route.second:
            second = describe_office(database, route.second.office_id)
            cards.append(_card(second, route.second))
            text = _while_short(text, self.text("card_second", name=_with_website(second)))
        self.utter(text, choices, cards=cards, sources=[*sources])

    def how_to_reach(self, route: Route, database: Database) -> str:
        """The chosen office in one line: its name with website, phone and e-mail, as far as they are known."""
        if route.first is None:
            return self.text("national_office")
        card = describe_office(database, route.first.office_id)
        ways = [shown for shown in (card.website, card.phone, card.email) if shown]
        return ", ".join([card.name, *(shown.value for shown in ways)]) + (self._caution(ways[0]) if ways else "")

    def _route_reason(self, route: Route, state: str | None) -> str:
        if not state:
            return self.text("route_national_unknown")
        return self.text(f"route_{explain_route(route).kind}", state=state_name(state, self.language))

    def _card_text(self, card: OfficeCard, routed: RoutedOffice) -> str:
        lines = [self.text("card_first", name=card.name)]
        if routed.miles is not None and card.kind is not OfficeKind.NATIONAL:
            lines.append(self._distance(routed.miles))
        street = [part.value for part in (card.street, card.city) if part]
        if street:
            label = "card_address" if card.street else "card_city"
            value = ", ".join([*street, " ".join(filter(None, (card.state, card.zip)))])
            lines.append(self.text(label, value=value) + self._caution(card.street or card.city))
        for label, shown in (("card_phone", card.phone), ("card_email", card.email), ("card_website", card.website)):
            if shown:
                lines.append(self.text(label, value=shown.value) + self._caution(shown))
        if not (card.phone or card.email or card.website):
            lines.append(self.text("card_no_contact"))
        return "\n".join(lines)

    def _distance(self, miles: float) -> str:
        return self.text("card_miles", miles=round(miles)) if round(miles) > 1 else self.text("card_near")

    def _caution(self, shown: Shown | None) -> str:
        if shown is None or not shown.confirm:
            return ""
        year = shown.source_date[:4]
        note = self.text("card_dated", date=year) if year.isdigit() else self.text("card_confirm")
        return f" ({note})"


def audience_of_form(form: str) -> Audience:
    """Whom a form is for."""
    return Audience.EMPLOYER if form == "employer_form" else Audience.SEEKER


def source_lines(facts: Iterable[Fact]) -> list[dict[str, str]]:
    """Title, address and date of each source, each address once."""
    return list({fact.url: {"title": fact.source, "url": fact.url, "date": fact.date} for fact in facts}.values())


def _while_short(text: str, more: str) -> str:
    """One paragraph more, unless the message would be too long for a phone."""
    return f"{text}\n\n{more}" if len(text) + len(more) < LONGEST_MESSAGE else text


def _with_website(card: OfficeCard) -> str:
    return f"{card.name} ({card.website.value})" if card.website else card.name


def _card(card: OfficeCard, routed: RoutedOffice) -> dict[str, Any]:
    data = {key: value for key, value in asdict(card).items() if value is not None}
    return {**data, "kind": str(card.kind), "miles": None if routed.miles is None else round(routed.miles, 1)}
