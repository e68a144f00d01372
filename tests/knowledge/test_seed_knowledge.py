"""The real knowledge: whole, sourced, and said in both languages."""

from __future__ import annotations

import string
from datetime import date

import pytest

from bot.core.form import CARE_ACTS
from bot.core.heard import plain
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.states import STATES
from bot.knowledge.load import load_knowledge
from bot.knowledge.report import faults_of_knowledge, required_topics

TODAY = date(2026, 11, 22)
KNOWLEDGE = load_knowledge()


def test_the_real_knowledge_has_no_fault() -> None:
    assert faults_of_knowledge(TODAY) == []


def test_there_are_52_topics_and_each_has_its_answer() -> None:
    required = required_topics()
    assert len(required) == len(set(required)) == 52
    assert set(KNOWLEDGE.topics) == set(required)


def test_every_act_of_danger_has_its_care() -> None:
    assert set(KNOWLEDGE.care) == set(CARE_ACTS)


@pytest.mark.parametrize("topic", sorted(KNOWLEDGE.topics))
@pytest.mark.parametrize("language", Language)
def test_every_topic_answers_everyone_everywhere_with_sources(topic: str, language: Language) -> None:
    for audience in (None, *Audience):
        for state in (None, *STATES):
            answer = KNOWLEDGE.answer(topic, language, audience, state)
            assert answer.text and answer.facts
            assert "{" not in answer.text
    assert KNOWLEDGE.topic_of_label(KNOWLEDGE.label(topic, language)) == topic


def test_notes_are_on_states_that_exist() -> None:
    assert {state for topic in KNOWLEDGE.topics.values() for state in topic.states} <= set(STATES)


def test_no_topic_leads_to_itself_or_twice_to_the_same() -> None:
    for topic in KNOWLEDGE.topics.values():
        assert topic.id not in topic.next
        assert len(set(topic.next)) == len(topic.next)


def test_phrases_have_the_same_blanks_in_both_languages() -> None:
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    for name, phrase in KNOWLEDGE.phrases.items():
        assert blanks(phrase.en) == blanks(phrase.es), name


def test_the_two_languages_differ() -> None:
    same = {name for name, phrase in KNOWLEDGE.phrases.items() if phrase.en == phrase.es}
    assert same <= {
        "option_production_no",
        "option_diploma_no",
        "option_mentors_no",
        "option_union_on_site_no",
        "option_consent_no",
        "choice_no",
    }
    for topic in (*KNOWLEDGE.topics.values(), *KNOWLEDGE.care.values()):
        assert topic.answer.en != topic.answer.es


def test_labels_are_told_apart_in_each_language() -> None:
    for language in Language:
        labels = [topic.label.say(language).lower() for topic in KNOWLEDGE.topics.values()]
        assert len(set(labels)) == len(labels)


def test_referrals_are_found_by_each_of_their_words_or_an_earlier_one() -> None:
    order = [referral.id for referral in KNOWLEDGE.referrals]
    assert len(set(order)) == len(order)
    for referral in KNOWLEDGE.referrals:
        for word in referral.words:
            found = KNOWLEDGE.find_referral(plain(word))
            assert found is not None, word
            assert order.index(found.id) <= order.index(referral.id)
