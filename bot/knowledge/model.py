"""The shapes of what the assistant knows. No files and no rules about wording: see `load` and `check`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bot.core.heard import plain
from bot.core.language import Bilingual, Language
from bot.core.routing import Audience


class PersonOffer(StrEnum):
    """How an answer points to a person: `ALWAYS` where the sources end and only a person can say."""

    ALWAYS = "always"
    WHEN_ASKED = "when_asked"


@dataclass(frozen=True)
class Fact:
    """One sourced statement. `date` is as published: an ISO date, a year, or "n.d." with a remark."""

    id: str
    statement: str
    source: str
    url: str
    date: str
    confidence: str
    note: str = ""

    @property
    def years(self) -> tuple[int, ...]:
        """The years that the date field names, newest last."""
        return tuple(sorted({int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", self.date)}))

    @property
    def stable(self) -> bool:
        """Age does not matter: the text of a rule or a definition."""
        return self.note.startswith("stable:") or "; stable:" in self.note


@dataclass(frozen=True)
class StateNote:
    """What an answer adds where the person's state is known."""

    text: Bilingual
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """Everything that is said about one topic id of `topics.tsv`."""

    id: str
    label: Bilingual
    answer: Bilingual
    facts: tuple[str, ...]
    person: PersonOffer
    next: tuple[str, ...]
    variants: Mapping[Audience, Bilingual] = field(default_factory=dict)
    states: Mapping[str, StateNote] = field(default_factory=dict)


@dataclass(frozen=True)
class Referral:
    """Where to send a need that IMT does not serve; `words` are matched against the message."""

    id: str
    words: tuple[str, ...]
    answer: Bilingual
    facts: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of the words, whole."""
        return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(plain(word)) for word in self.words)})(?!\w)")


@dataclass(frozen=True)
class Answer:
    """One answer as it is given: the text, the facts that it rests on, and the topics to offer next."""

    topic: str
    text: str
    facts: tuple[Fact, ...]
    next: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """All facts, topics, referrals and phrases, loaded once."""

    facts: Mapping[str, Fact]
    topics: Mapping[str, Topic]
    care: Mapping[str, Topic]
    referrals: tuple[Referral, ...]
    phrases: Mapping[str, Bilingual]

    def answer(
        self, topic_id: str, language: Language, audience: Audience | None = None, state: str | None = None
    ) -> Answer:
        """The answer for a topic, with the audience's variant and the note on the person's state where they exist.

        Raises KeyError for a topic that has no answer.
        """
        topic = self.care.get(topic_id) or self.topics[topic_id]
        text = topic.variants.get(audience, topic.answer) if audience else topic.answer
        said, used = text.say(language), topic.facts
        note = topic.states.get(state or "")
        if note:
            said, used = f"{said}\n\n{note.text.say(language)}", used + note.facts
        return Answer(topic.id, said, self.cited(used), topic.next)

    def cited(self, facts: Iterable[str]) -> tuple[Fact, ...]:
        """The facts of these ids. Raises KeyError for an unknown one."""
        return tuple(self.facts[fact] for fact in facts)

    def label(self, topic_id: str, language: Language) -> str:
        """The words that stand for a topic on a button."""
        return self.topics[topic_id].label.say(language)

    def topic_of_label(self, text: str) -> str | None:
        """The topic whose button says `text`, in either language."""
        return self._labels.get(plain(text))

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {plain(label): topic.id for topic in self.topics.values() for label in (topic.label.en, topic.label.es)}

    def plain_forms(self, phrase: str) -> tuple[str, str]:
        """A phrase in both languages, folded for comparison with what somebody typed."""
        return plain(self.phrases[phrase].en), plain(self.phrases[phrase].es)

    def find_referral(self, text: str) -> Referral | None:
        """The first need outside IMT that `text` (folded) names with one of its words."""
        return next((referral for referral in self.referrals if referral.pattern.search(text)), None)

    def say(self, phrase: str, language: Language, **values: object) -> str:
        """A phrase of the dialogue with its blanks filled. Raises KeyError for an unknown phrase or a missing value."""
        return self.phrases[phrase].say(language).format(**values)
