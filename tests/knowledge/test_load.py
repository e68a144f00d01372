"""Reading the knowledge from files, and what an editor is told about each fault of form."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.language import Language
from bot.core.routing import Audience
from bot.knowledge.load import DIRECTORY, KnowledgeError, load_knowledge
from bot.knowledge.model import Knowledge, PersonOffer

FACTS = "id\tstatement\tsource\turl\tdate\tconfidence\tnote\nf1\tIt takes 18 months\tJFF\thttps://jff.org/a\t2024\tprimary\t\n"
STATE_FACT = "f2\tWisconsin pays\tState\thttps://wi.gov\t2025\tprimary\tstable: the text of a rule\n"
TOPIC = """topic: duration
label: {en: How long, es: Cuánto dura}
answer: {en: It takes 18 months., es: Dura 18 meses.}
employer: {en: For you it takes 18 months., es: Para usted dura 18 meses.}
facts: [f1]
person: when_asked
next: [duration]
states:
  WI: {en: Wisconsin pays., es: Wisconsin paga., facts: [f2]}
"""
REFERRALS = "- {id: food, words: [hungry, tengo hambre], answer: {en: Dial 2-1-1., es: Marque 2-1-1.}, facts: [f1]}\n"
PHRASES = 'hello: {en: "Hi {name}", es: "Hola {name}"}\n'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Small knowledge without a fault."""
    (tmp_path / "topics").mkdir()
    (tmp_path / "care").mkdir()
    (tmp_path / "facts.tsv").write_text(FACTS + STATE_FACT, encoding="utf-8")
    (tmp_path / "topics" / "duration.yml").write_text(TOPIC, encoding="utf-8")
    (tmp_path / "care" / "injury.yml").write_text(TOPIC.replace("topic: duration", "topic: injury"), encoding="utf-8")
    (tmp_path / "referrals.yml").write_text(REFERRALS, encoding="utf-8")
    (tmp_path / "phrases.yml").write_text(PHRASES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def faults_after(directory: Path) -> Callable[[str, str, str], list[str]]:
    """The faults after replacing a piece of one file."""

    def change(name: str, old: str, new: str) -> list[str]:
        path = directory / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(KnowledgeError) as caught:
            load_knowledge(directory)
        assert str(caught.value) == "\n".join(caught.value.faults)
        return caught.value.faults

    return change


def test_everything_is_read(directory: Path) -> None:
    knowledge = load_knowledge(directory)
    topic = knowledge.topics["duration"]
    assert (topic.label.es, topic.facts, topic.person, topic.next) == (
        "Cuánto dura",
        ("f1",),
        PersonOffer.WHEN_ASKED,
        ("duration",),
    )
    assert topic.variants[Audience.EMPLOYER].en == "For you it takes 18 months."
    assert topic.states["WI"].facts == ("f2",)
    assert set(knowledge.care) == {"injury"}
    assert knowledge.facts["f1"].years == (2024,) and not knowledge.facts["f1"].stable and knowledge.facts["f2"].stable
    assert knowledge.referrals[0].words == ("hungry", "tengo hambre")


def test_answers_follow_language_audience_and_state(directory: Path) -> None:
    knowledge = load_knowledge(directory)
    plain = knowledge.answer("duration", Language.ES)
    assert (plain.text, [fact.id for fact in plain.facts], plain.next) == ("Dura 18 meses.", ["f1"], ("duration",))
    full = knowledge.answer("duration", Language.EN, Audience.EMPLOYER, "WI")
    assert full.text == "For you it takes 18 months.\n\nWisconsin pays."
    assert [fact.id for fact in full.facts] == ["f1", "f2"]
    assert knowledge.answer("duration", Language.EN, Audience.SEEKER, "OH").text == "It takes 18 months."
    with pytest.raises(KeyError):
        knowledge.answer("nothing", Language.EN)


def test_labels_phrases_and_referrals_are_found(directory: Path) -> None:
    knowledge = load_knowledge(directory)
    assert knowledge.topic_of_label("¿CUANTO dura?") == knowledge.topic_of_label("how long") == "duration"
    assert knowledge.topic_of_label("how") is None
    assert knowledge.label("duration", Language.ES) == "Cuánto dura"
    assert knowledge.say("hello", Language.ES, name="Ana") == "Hola Ana"
    assert knowledge.plain_forms("hello") == ("hi name", "hola name")
    found = knowledge.find_referral("i am hungry now")
    assert found is not None and found.id == "food"
    assert knowledge.find_referral("hungryman") is None


def test_the_same_directory_is_read_once(directory: Path) -> None:
    assert load_knowledge(directory) is load_knowledge(directory)


BAD = [
    ("topics/duration.yml", "es: Cuánto dura", 'es: ""', "duration.yml: 'label' has no text in Spanish (es)."),
    ("topics/duration.yml", "en: It takes 18 months.,", "", "duration.yml: 'answer' has no text in English (en)."),
    ("topics/duration.yml", "es: Wisconsin paga.,", "", "duration.yml: 'WI' has no text in Spanish (es)."),
    ("topics/duration.yml", "label: {en: How long, es: Cuánto dura}", "label: How long", "'label' is empty or has no entries"),
    ("topics/duration.yml", "facts: [f1]", "facts: []", "duration.yml: the entry 'facts' is missing or empty."),
    ("topics/duration.yml", "facts: [f1]", "facts: f1", "'facts' has to be a list in square brackets, like [f1]."),
    ("topics/duration.yml", "next: [duration]", "next: duration", "'next' has to be a list in square brackets"),
    ("topics/duration.yml", "person: when_asked", "person: sometimes", "'person' is 'sometimes'; it can be always"),
    ("topics/duration.yml", "employer:", "boss:", "duration.yml: unknown here: 'boss'. Look at the spaces"),
    ("topics/duration.yml", "topic: duration", "topic: wages", "it says 'topic: wages', but the file is named duration."),
    ("topics/duration.yml", "next: [duration]", "next: [wages]", "duration.yml: 'next' names wages, which is no topic."),
    ("topics/duration.yml", "facts: [f1]", "facts: [f9]", "duration.yml: it cites the fact f9, which facts.tsv does not have."),
    ("topics/duration.yml", "facts: [f2]", "facts: [f8]", "duration.yml: it cites the fact f8, which facts.tsv does not have."),
    ("topics/duration.yml", "answer: {en", "answer: {en: [", "duration.yml line "),
    ("topics/duration.yml", "  WI:", "\tWI:", "duration.yml line 9: this is not valid YAML. There is a tab"),
    ("topics/duration.yml", "answer: {", "answer: text: {", "this is not valid YAML. There is a colon too many"),
    ("topics/duration.yml", "person:", "facts: [f2]\nperson:", "duration.yml: the entry 'facts' stands twice."),
    ("topics/duration.yml", "  WI:", "  wi:", "duration.yml: 'wi' under 'states' is no state"),
    ("topics/duration.yml", "  WI:", "  NO:", "under 'states' is no state; use two capital letters"),
    ("topics/duration.yml", TOPIC, "", "duration.yml: the file is empty or has no entries of the form 'name: text'."),
    ("topics/duration.yml", TOPIC, "just words", "duration.yml: the file is empty or has no entries"),
    ("care/injury.yml", "next: [duration]", "next: [gone]", "injury.yml: 'next' names gone, which is no topic."),
    ("facts.tsv", "\tJFF\t", "\t\t", "facts.tsv line 2: the column source is empty."),
    ("facts.tsv", "https://jff.org/a", "", "facts.tsv line 2: the column url is empty."),
    ("facts.tsv", "f2\t", "f1\t", "facts.tsv line 3: the id f1 stands twice."),
    ("facts.tsv", "18 months", "18\tmonths", "facts.tsv line 2: there are more columns than in the first line"),
    ("referrals.yml", "facts: [f1]", "facts: [f7]", "referrals.yml, food: it cites the fact f7, which facts.tsv does not have."),
    ("referrals.yml", ", facts: [f1]", "", "referrals.yml: in 'food', the entry 'facts' is missing or empty."),
    ("referrals.yml", "es: Marque 2-1-1.", "", "referrals.yml: in 'food', 'answer' has no text in Spanish (es)."),
    ("phrases.yml", 'es: "Hola {name}"', "", "phrases.yml: 'hello' has no text in Spanish (es)."),
    ("phrases.yml", PHRASES, "\t{", "phrases.yml line 1: this is not valid YAML"),
    ("phrases.yml", PHRASES, "", "phrases.yml: the file is empty"),
]


@pytest.mark.parametrize(("name", "old", "new", "told"), BAD)
def test_each_fault_is_told_in_an_editors_words(
    faults_after: Callable[[str, str, str], list[str]], name: str, old: str, new: str, told: str
) -> None:
    faults = faults_after(name, old, new)
    assert any(told in fault for fault in faults), faults
    for fault in faults:
        assert "NoneType" not in fault and "object" not in fault and "Error" not in fault and "PersonOffer" not in fault


@pytest.mark.parametrize("name", ["facts.tsv", "referrals.yml", "phrases.yml"])
def test_a_missing_file_is_told(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(KnowledgeError, match=rf"{name}: the file is missing\."):
        load_knowledge(directory)


def test_a_file_that_is_not_in_utf_8_is_told(directory: Path) -> None:
    (directory / "topics" / "duration.yml").write_bytes(TOPIC.encode("latin-1"))
    with pytest.raises(KnowledgeError, match=r"^duration\.yml line 2: the file is not in UTF-8\. Save it as UTF-8\.$"):
        load_knowledge(directory)


def test_all_faults_are_told_at_once(directory: Path) -> None:
    (directory / "phrases.yml").unlink()
    (directory / "topics" / "duration.yml").write_text("topic: [", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    assert len(caught.value.faults) == 2  # and not each place that points to the topic


def test_no_next_and_an_empty_list_of_facts_in_a_referral_are_allowed(directory: Path) -> None:
    for name, old, new in (("topics/duration.yml", "next: [duration]\n", ""), ("referrals.yml", "facts: [f1]", "facts: []")):
        path = directory / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    knowledge = load_knowledge(directory)
    assert knowledge.topics["duration"].next == () and knowledge.referrals[0].facts == ()


def test_a_copy_of_the_real_knowledge_reads_the_same(tmp_path: Path) -> None:
    shutil.copytree(DIRECTORY, tmp_path / "knowledge")
    copy = load_knowledge(tmp_path / "knowledge")
    assert isinstance(copy, Knowledge) and copy == load_knowledge()
