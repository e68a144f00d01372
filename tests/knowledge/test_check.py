"""Each rule of the checker fails on a planted fault and says so in an editor's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.language import Bilingual, Language
from bot.core.routing import Audience
from bot.knowledge.check import LONGEST_ANSWER, LONGEST_LABEL, LONGEST_STATE_NOTE, Fault, check_knowledge
from bot.knowledge.model import Fact, Knowledge, PersonOffer, Referral, StateNote, Topic
from bot.knowledge.report import faults_of_knowledge, required_topics

TODAY = date(2026, 11, 22)
FACT = Fact("f1", "It takes 18 months, says the Acme Council", "JFF", "https://jff.org/a", "2025", "primary")
OLD = replace(FACT, id="old", date="2019")
GOOD = Bilingual("It takes 18 months. A person can tell you more.", "Dura 18 meses. Una persona le puede decir más.")
TOPIC = Topic("duration", Bilingual("How long", "Cuánto dura"), GOOD, ("f1",), PersonOffer.ALWAYS, ("duration", "duration"))
REFERRAL = Referral("food", ("hungry",), Bilingual("Ask in town.", "Pregunte en su ciudad."), ("f1",))
PHRASES = {"hello": Bilingual("Hi there.", "Hola.")}


def knowledge(
    topic: Topic = TOPIC, referral: Referral = REFERRAL, phrase: Bilingual = PHRASES["hello"], care: bool = False
) -> Knowledge:
    topics = {"duration": TOPIC} if care else {topic.id: topic}
    facts = {fact.id: fact for fact in (FACT, OLD)}
    return Knowledge(facts, topics, {topic.id: topic} if care else {}, (referral,), {"hello": phrase})


def faults(topic: Topic = TOPIC, **others: object) -> list[str]:
    found = check_knowledge(knowledge(topic, **others), ["duration"], TODAY)  # type: ignore[arg-type]
    return [str(fault) for fault in found]


def saying(en: str | None = None, es: str | None = None) -> Topic:
    """The good topic with another text, which ends with the offer of a person."""
    english = f"{en} A person can tell you more." if en else GOOD.en
    spanish = f"{es} Una persona le puede decir más." if es else GOOD.es
    return replace(TOPIC, answer=Bilingual(english, spanish))


def test_good_knowledge_has_no_fault() -> None:
    assert faults() == []


def test_a_fault_reads_as_a_sentence() -> None:
    assert str(Fault("duration.yml", "is too long.")) == "duration.yml: is too long."


def test_a_topic_without_a_file() -> None:
    found = check_knowledge(knowledge(), ["duration", "wages"], TODAY)
    assert [str(fault) for fault in found] == ["wages.yml: this topic has no file."]


UNSOURCED = [
    ("It takes 24 months.", "Dura 24 meses.", "24"),
    ("It takes four months.", "Dura cuatro meses.", "4"),
    ("It began in 2011.", "Empezó en 2011.", "2011"),
    ("Run by the Blue Sky Foundation.", "Lo lleva la Fundación Cielo Azul.", None),
    ("See bluesky.org for it.", "Vea bluesky.org para eso.", "bluesky.org"),
    ("See https://blue.sky/imt for it.", "Vea https://blue.sky/imt para eso.", "https://blue.sky/imt"),
    ("Call 1-800-555-0100 for it.", "Llame al 1-800-555-0100 para eso.", "1-800-555-0100"),
]


@pytest.mark.parametrize(("en", "es", "claim"), UNSOURCED)
def test_what_no_cited_fact_says(en: str, es: str, claim: str | None) -> None:
    for topic, language in ((saying(en=en), "en"), (saying(es=es), "es")):
        found = faults(topic)
        assert len(found) == 1, found
        assert found[0].startswith(f"duration.yml answer ({language}): says “{claim or ''}")
        assert "none of the facts it cites does. Cite the fact or drop it." in found[0]


def test_a_source_that_exists_but_is_not_cited_does_not_count() -> None:
    assert faults(replace(TOPIC, facts=()))[0].startswith("duration.yml answer (en): says “18”")


def test_unsourced_claims_are_found_in_variants_states_referrals_and_care() -> None:
    text = Bilingual("It takes 24 months with a person.", "Dura 24 meses con una persona.")
    variant = replace(TOPIC, variants={Audience.EMPLOYER: text})
    assert [fault.split(":")[0] for fault in faults(variant)] == ["duration.yml employer (en)", "duration.yml employer (es)"]
    state = replace(TOPIC, states={"WI": StateNote(text, ("f1",))})
    assert [fault.split(":")[0] for fault in faults(state)] == ["duration.yml states WI (en)", "duration.yml states WI (es)"]
    assert len(faults(referral=replace(REFERRAL, answer=text))) == 2
    assert len(faults(replace(TOPIC, id="injury", answer=text), care=True)) == 2


@pytest.mark.parametrize("place", ["answer", "states WI"])
def test_an_old_source_without_its_year(place: str) -> None:
    said, dated = Bilingual("Someone pays you.", "Alguien le paga."), Bilingual("In 2019 someone paid.", "En 2019 alguien pagó.")

    def topic(text: Bilingual) -> Topic:
        if place == "answer":
            return replace(TOPIC, answer=text, facts=("old",))
        return replace(TOPIC, states={"WI": StateNote(text, ("old",))})

    assert faults(topic(said)) == [_old(f"duration.yml {place} (en)"), _old(f"duration.yml {place} (es)")]
    assert faults(topic(dated)) == []


def test_an_old_source_of_a_referral_or_of_care_without_its_year() -> None:
    said = Bilingual("A person will ring.", "Una persona llama.")
    dated = Bilingual("In 2019 a person rang.", "En 2019 llamó una persona.")
    referral = replace(REFERRAL, answer=said, facts=("old",))
    assert faults(referral=referral) == [_old("referrals.yml food (en)"), _old("referrals.yml food (es)")]
    assert faults(referral=replace(referral, answer=dated)) == []
    care = replace(TOPIC, id="injury", answer=said, facts=("old",))
    assert faults(care, care=True) == [_old("injury.yml answer (en)"), _old("injury.yml answer (es)")]
    assert faults(replace(care, answer=dated), care=True) == []


def _old(where: str) -> str:
    return f"{where}: rests on old, which is from 2019: say the year, or do not use it."


@pytest.mark.parametrize(("day", "note"), [("2023", ""), ("n.d.", ""), ("1999", "stable: the text of a rule")])
def test_recent_undated_and_stable_sources_need_no_year(day: str, note: str) -> None:
    changed = replace(knowledge(), facts={"f1": replace(FACT, date=day, note=note)})
    assert check_knowledge(changed, ["duration"], TODAY) == []


def test_too_hard_to_read() -> None:
    hard = saying(
        "Participation necessitates comprehensive organizational documentation demonstrating institutional eligibility.",
        "La participación organizacional requiere documentación exhaustiva que demuestre consideraciones institucionales.",
    )
    found = faults(hard)
    assert len(found) == 2 and all(
        "reads at grade" in fault and "shorter sentences and plainer words" in fault for fault in found
    )


def test_too_long() -> None:
    long = "We work. " * (LONGEST_ANSWER // 9 + 1)
    found = [fault for fault in faults(saying(long, long)) if "characters" in fault]
    assert [f"at most {LONGEST_ANSWER} fit a phone" in fault for fault in found] == [True, True]
    assert "characters" in faults(phrase=Bilingual(long, "Hola."))[0]
    note = "We work. " * (LONGEST_STATE_NOTE // 9 + 1)
    assert f"at most {LONGEST_STATE_NOTE}" in faults(replace(TOPIC, states={"WI": StateNote(Bilingual(note, note), ("f1",))}))[0]
    label = "x" * (LONGEST_LABEL + 1)
    assert faults(replace(TOPIC, label=Bilingual("How long", label))) == [
        f"duration.yml label (es): is longer than {LONGEST_LABEL} characters, too long for a button."
    ]


@pytest.mark.parametrize("count", [0, 1, 4])
def test_two_or_three_topics_come_next(count: int) -> None:
    assert faults(replace(TOPIC, next=("duration",) * count)) == [
        f"duration.yml: 'next' should offer two or three topics, it has {count}."
    ]


def test_the_offer_of_a_person_where_only_a_person_knows() -> None:
    text = Bilingual("It takes 18 months.", "Dura 18 meses.")
    found = faults(replace(TOPIC, answer=text))
    assert len(found) == 2 and all("has to end with the offer of a person" in fault for fault in found)
    assert faults(replace(TOPIC, answer=text, person=PersonOffer.WHEN_ASKED)) == []
    assert len(faults(replace(TOPIC, variants={Audience.EMPLOYER: text}))) == 2


PROMISES = {
    Language.EN: [
        "You qualify.",
        "You would be accepted.",
        "You are eligible.",
        "You will get the job.",
        "We guarantee it.",
        "A guaranteed job.",
        "You don't qualify.",
    ],
    Language.ES: [
        "Usted califica.",
        "No califica.",
        "Usted es elegible.",
        "Será contratada.",
        "Le garantizamos el puesto.",
        "Un empleo garantizado.",
        "Será aceptado.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in PROMISES.items() for text in texts])
def test_no_promises_and_no_decisions(language: Language, text: str) -> None:
    phrase = Bilingual(text, "Hola.") if language is Language.EN else Bilingual("Hi.", text)
    (found,) = faults(phrase=phrase)
    assert found.startswith(f"phrases.yml hello ({language}): sounds like a decision or a promise: “")


@pytest.mark.parametrize(
    "text", ["I can't say if you qualify.", "Whether you qualify is up to the sponsor.", "Nobody is paid less."]
)
def test_saying_that_nobody_decides_here_is_no_promise(text: str) -> None:
    assert faults(phrase=Bilingual(text, "Yo no puedo decir si califica.")) == []


FORBIDDEN = {
    "race, color or national origin": (
        [
            "What is your race?",
            "Where were you born?",
            "Where are you from?",
            "What is your native language?",
            "What do you speak at home?",
        ],
        ["¿Cuál es su raza?", "¿Dónde nació?", "¿De dónde es usted?", "¿De qué país viene?", "¿Cuál es su nacionalidad?"],
    ),
    "religion": (["What is your religion?", "Do you go to church?"], ["¿Qué religión tiene?", "¿Va a la iglesia?"]),
    "sex, pregnancy or orientation": (
        ["Are you pregnant?", "What is your gender?", "Are you a man or a woman?", "Are you gay?"],
        ["¿Está embarazada?", "¿Cuál es su sexo?", "¿Es hombre o mujer?", "¿Es gay?"],
    ),
    "an exact age": (
        ["How old are you?", "What is your date of birth?", "When is your birthday?", "Please send your birth date."],
        ["¿Cuántos años tiene?", "¿Qué edad tiene?", "¿Cuál es su fecha de nacimiento?", "Dígame su fecha de nacimiento."],
    ),
    "health or disability": (
        ["Do you have a disability?", "Any medical problems?", "How is your health?", "Do you take medication?"],
        ["¿Tiene alguna discapacidad?", "¿Padece alguna enfermedad?", "¿Cómo está de salud?"],
    ),
    "immigration status": (
        [
            "Are you a U.S. citizen?",
            "Do you have papers?",
            "Do you have a green card?",
            "Are you authorized to work?",
            "Can you work legally?",
        ],
        [
            "¿Es ciudadano?",
            "¿Tiene papeles?",
            "¿Cuál es su estatus?",
            "¿Tiene permiso de trabajo?",
            "¿Puede trabajar legalmente?",
        ],
    ),
    "a criminal record": (
        ["Have you been arrested?", "Do you have a record?", "Any felonies?", "Have you been to prison?"],
        ["¿Tiene antecedentes?", "¿Lo han arrestado?", "¿Ha estado en la cárcel?", "¿Cometió un delito?"],
    ),
    "family": (
        ["Are you married?", "Do you have children?", "How many kids?"],
        ["¿Es casado?", "¿Tiene hijos?", "¿Cuál es su estado civil?"],
    ),
    "a Social Security number": (
        ["What is your Social Security number?", "Send your SSN."],
        ["¿Cuál es su número de seguro social?", "Mande su número de seguro social."],
    ),
    "drug use": (["Do you use drugs?", "Do you drink alcohol?"], ["¿Usa drogas?", "¿Toma alcohol?"]),
    "union membership": (["Are you in a union?", "Are you a union member?"], ["¿Está afiliado?", "¿Pertenece a un sindicato?"]),
    "credit or a photo": (
        ["How is your credit score?", "Send a photo of you."],
        ["¿Cómo está su historial de crédito?", "¿Me manda una foto?", "Envíe una foto suya."],
    ),
}
QUESTIONS = [
    (what, language, text)
    for what, pair in FORBIDDEN.items()
    for language, texts in zip(Language, pair, strict=True)
    for text in texts
]


@pytest.mark.parametrize(("what", "language", "text"), QUESTIONS)
def test_what_may_never_be_asked(what: str, language: Language, text: str) -> None:
    phrase = Bilingual(text, "Hola.") if language is Language.EN else Bilingual("Hi.", text)
    found = faults(phrase=phrase)
    assert any(
        fault.startswith(f"phrases.yml hello ({language}): asks about {what}, which may never be asked: “") for fault in found
    )


def test_forbidden_questions_are_found_wherever_texts_stand() -> None:
    asks = Bilingual("Are you married? A person can help.", "¿Tiene hijos? Una persona le ayuda.")
    assert len(faults(replace(TOPIC, answer=asks))) == 2
    assert len(faults(replace(TOPIC, variants={Audience.EMPLOYER: asks}))) == 2
    assert len(faults(replace(TOPIC, states={"WI": StateNote(asks, ("f1",))}))) == 2
    assert len(faults(referral=replace(REFERRAL, answer=asks))) == 2


@pytest.mark.parametrize(
    ("en", "es"),
    [
        ("Are you 18 or over?", "¿Tiene 18 años o más?"),
        ("Is there a union on site?", "¿Hay sindicato en la planta?"),
        ("Do I need papers?", "¿Necesito papeles?"),
        ("I never ask for your papers.", "Nunca le pregunto por sus papeles."),
        ("Never send your Social Security number.", "Nunca mande su seguro social."),
    ],
)
def test_what_may_be_asked_or_said(en: str, es: str) -> None:
    assert faults(phrase=Bilingual(en, es)) == []


def test_an_editor_gets_the_faults_of_form_first(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "care").mkdir()
    assert set(faults_of_knowledge(TODAY, tmp_path)) == {
        "facts.tsv: the file is missing.",
        "referrals.yml: the file is missing.",
        "phrases.yml: the file is missing.",
    }


def test_small_talk_and_what_is_out_of_scope_need_no_answer() -> None:
    assert not {"chitchat", "out_of_scope"} & set(required_topics())


@pytest.mark.parametrize(
    ("en", "es", "told"),
    [
        ("Hi {name}.", "Hola.", "has “{name}” in one language only"),
        ("Hi {name}.", "Hola {nombre}.", "has “{name}” and “{nombre}” in one language only"),
        ("Hi {name.", "Hola {name}.", "has a { or } too many."),
    ],
)
def test_blanks_of_a_phrase_stand_in_both_languages(en: str, es: str, told: str) -> None:
    (found,) = faults(phrase=Bilingual(en, es))
    assert found.startswith(f"phrases.yml hello: {told}")
    assert faults(phrase=Bilingual("Hi {name}.", "Hola {name}.")) == []
