"""What people really write, read as answers."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.geography import Place
from bot.core.heard import Decision, Entity, Heard, plain
from bot.core.language import Language
from bot.core.replies import Problem, Reply, is_outside_manufacturing, read_place, read_reply, unknown_reply
from bot.core.screening import QUESTIONS, SKIPPED, FormName, Kind, Question
from bot.knowledge.load import load_knowledge

ALL_QUESTIONS = {question.id: question for questions in QUESTIONS.values() for question in questions}
CHOICES = [question for question in ALL_QUESTIONS.values() if question.kind is Kind.CHOICE]


def hear(text: str, act: str | None = None, topic: str | None = None, **found: Any) -> Heard:
    """A message with what stands in it, as `bot.nlu.entities` finds it: hear("I'm 17", age=17.0)."""
    lists = {kind: value if isinstance(value, list) else [value] for kind, value in found.items()}
    entities = tuple(Entity(kind, value) for kind, values in lists.items() for value in values)
    decision = Decision.ANSWERED if topic else Decision.UNSURE
    return Heard(text, Language.EN, act, decision, ((topic,),) if topic else (), 0.9, entities)


def unsure_city(text: str, city: str) -> Heard:
    return Heard(text, Language.EN, entities=(Entity("city", city, sure=False),))


def ask(question_id: str) -> Question:
    return ALL_QUESTIONS[question_id]


def value_of(question_id: str, heard: Heard) -> Any:
    """The value of the slot; None where the message is no answer."""
    reply = read_reply(ask(question_id), heard)
    if reply is None:
        return unknown_reply(ask(question_id), heard)
    assert isinstance(reply, Reply), reply
    return reply.value


# Buttons

OPTIONS = [(question.id, option) for question in CHOICES for option in question.options]
BUTTONS = [
    (question_id, option, load_knowledge().phrases[f"option_{question_id}_{option}"].say(language))
    for question_id, option in OPTIONS
    for language in Language
]
NUMBERS_ON_BUTTONS = {"18": [18.0], "16": [16.0], "17": [16.0, 17.0]}


def test_every_option_phrase_is_an_option_of_a_question() -> None:
    phrases = {name for name in load_knowledge().phrases if name.startswith("option_")}
    assert phrases == {f"option_{question}_{option}" for question, option in OPTIONS} | {"option_contact_they_call"}


@pytest.mark.parametrize(("question_id", "option", "title"), BUTTONS)
def test_titles_of_buttons_are_understood(question_id: str, option: str, title: str) -> None:
    numbers = [float(word) for word in plain(title).split() if word.isdigit()]
    assert value_of(question_id, hear(title, number=numbers)) == option


@pytest.mark.parametrize("language", Language)
def test_the_button_to_call_oneself_is_understood(language: Language) -> None:
    title = load_knowledge().phrases["option_contact_they_call"].say(language)
    assert value_of("contact", hear(title)) == {"kind": "they_call", "value": ""}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("question", [one for one in CHOICES if "prefer_not" in one.options], ids=lambda one: one.id)
def test_prefer_not_to_say_is_an_option_also_as_an_act(question: Question, language: Language) -> None:
    title = load_knowledge().phrases[f"option_{question.id}_prefer_not"].say(language)
    assert value_of(question.id, hear(title, act="prefer_not")) == "prefer_not"


@pytest.mark.parametrize("text", ["Something else", "Otra cosa"])
def test_something_else_is_an_answer_to_the_schedule_although_it_is_an_act(text: str) -> None:
    assert value_of("schedule", hear(text, act="something_else")) == "other"


# Choices

# fmt: off
SAID = {
    ("seeker_path", "looking"): [
        "I'm looking for a job", "looking", "need a job", "I need work asap", "a job", "unemployed", "laid off last month",
        "im not working right now", "I don't work", "I want to work in a factory", "looking for temp work", "just graduated",
        "I work at a restaurant but I'm looking", "Busco trabajo en una fábrica", "quiero trabajar en una planta",
        "no tengo trabajo", "no estoy trabajando", "sin empleo", "trabajo", "necesito un trabajo ya por favor",
        "ando buscando chamba", "soy estudiante", "me despidieron",
    ],
    ("seeker_path", "working"): [
        "already working", "I work at a food plant", "I work for a small employer", "I'm a machine operator", "at a factory",
        "temp agency, food plant", "my employer told me about it, I work on the line", "ya trabajo", "trabajo en una fábrica",
        "soy operadora", "tengo trabajo en una planta", "empleada",
    ],
    ("seeker_path", "employer"): [
        "employer", "I'm an employer", "I am the owner of a job shop", "I'm a small employer", "we hire machinists",
        "we are an employer", "I own a shop", "business owner", "soy empleador", "soy la dueña", "soy dueño de un taller",
        "contratamos gente", "plant manager",
    ],
    ("production", "yes"): [
        "yes", "Yes!", "yess", "YEAH", "sure", "ok", "y", "yes but I don't have experience", "yes but not nights",
        "I don't mind", "no problem", "why not", "I think so", "I've never worked in a factory but yes", "well yes", "anything",
        "I like machines", "construction before, but I want factory work", "I would like that", "sí", "si claro", "simón",
        "sii", "claro que sí", "me gustaría", "no me molesta", "cómo no", "pues sí", "creo que sí", "cualquier cosa",
        "me encanta",
    ],
    ("production", "no"): [
        "no", "nope", "not really", "No thanks", "office work", "I'd rather do nursing", "not interested",
        "I don't like factories", "absolutely not", "never", "no gracias", "nooo", "construcción", "no me gusta",
        "claro que no", "para nada", "prefiero oficina",
    ],
    ("production", "not_sure"): [
        "not sure", "idk", "I'm not sure yet", "I am not sure", "maybe", "I don't know", "depends",
        "not sure about factory work", "whatever", "no sé", "no se la verdad", "no estoy seguro", "tal vez", "quizás",
        "depende", "ni idea",
    ],
    ("diploma", "yes"): [
        "yes", "GED", "HS diploma", "some college", "I have one", "graduated in 2010", "no, but I have my GED",
        "no I have a GED", "dropped out but got my GED", "I finished high school", "yes, from Mexico", "associates",
        "Finished 12th grade", "GED?", "sí", "sí tengo", "terminé la prepa", "bachillerato", "soy ingeniero", "me gradué",
        "no la prepa pero sí el GED", "diploma de escuela secundaria",
    ],
    ("diploma", "no"): [
        "no", "I don't have a diploma", "I do not have a high school diploma", "dropped out", "never finished", "no GED",
        "9th grade", "not really", "didn't graduate", "no diploma yet", "I don't have one", "I have not",
        "yes but I didn't finish", "I want to get my GED", "dropped out in 10th grade", "no tengo", "no terminé la prepa",
        "secundaria en Mexico (9th grade)", "solo la primaria", "hasta noveno", "prepa trunca", "todavía no", "dejé la escuela",
        "prepa sin terminar",
    ],
    ("diploma", "working_on_it"): [
        "working on it", "working on my ged", "working towards the diploma", "getting my GED", "studying for the GED",
        "I'm in high school", "senior in high school", "almost done",
        "dropped out, but studying for my GED", "taking GED classes", "estoy sacando el ged", "la estoy sacando",
        "en eso estoy", "estudiando", "ya casi, me falta un examen", "en proceso",
    ],
    ("diploma", "prefer_not"): [
        "prefer not to say", "I'd rather not say", "none of your business", "not sure", "I don't know", "idk", "that's private",
        "prefiero no decirlo", "prefiero no contestar", "no sé", "no le importa",
    ],
    ("schedule", "full_time"): [
        "full time", "full-time is fine", "any shift", "any day", "40 hours", "yes", "sure", "no preference", "no problem",
        "whatever", "it doesn't matter", "only full time", "full time, yes", "whenever", "tiempo completo", "cualquier turno",
        "sí", "no me importa", "me da igual", "lo que sea", "el que sea, cualquiera",
    ],
    ("schedule", "other"): [
        "no nights", "part time", "only mornings", "days", "I can't do weekends", "full time but no nights", "2nd shift", "no",
        "something else", "yes but only part time", "not full time", "20 hours", "noches no", "medio tiempo",
        "no puedo de noche", "solo fines de semana", "de día", "en las mañanas", "sí, pero no de noche", "segundo turno",
    ],
    ("schedule", "prefer_not"): ["prefer not to say", "not sure", "idk", "prefiero no decir", "no sé"],
    ("mentors", "yes"): [
        "yes", "we have a few", "two guys", "I could do it myself", "only one, he retires next year", "most of them",
        "no problem", "sí tenemos", "varios", "yo mismo",
    ],
    ("mentors", "no"): [
        "no", "0", "none", "not yet", "we don't have any", "nobody", "not really", "no tenemos", "ninguno", "todavía no",
    ],
    ("mentors", "not_sure"): ["not sure", "idk", "maybe", "I don't know yet", "no sé", "a lo mejor"],
    ("union_on_site", "yes"): [
        "yes", "UAW local 72", "we're union", "there is", "sí hay", "hay un sindicato de la UAW", "hay", "sindicalizados",
    ],
    ("union_on_site", "no"): [
        "no", "non-union", "nonunion", "not union", "no union here", "there isn't one", "I am not union", "no hay",
        "sin sindicato", "no tenemos sindicato",
    ],
    ("union_on_site", "prefer_not"): [
        "prefer not to say", "not sure", "I am not sure", "I don't know", "idk", "prefiero no decir", "no estoy seguro",
    ],
    ("hires", "new"): [
        "new hires", "new", "we'd hire", "not current workers, new ones", "nuevos", "personal nuevo", "contratar",
    ],
    ("hires", "current"): [
        "current", "my guys", "people who already work here", "no new hires, just current", "actuales", "los que ya tengo",
        "mi gente",
    ],
    ("hires", "both"): ["both", "new and current", "either", "a mix", "I don't care", "ambos", "los dos", "nuevos y actuales"],
    ("hires", "not_sure"): ["not sure", "idk", "maybe", "no sé", "depende"],
    ("sponsorship", "alone"): [
        "our own", "own", "by ourselves", "our own, not a group", "propio", "solos", "por nuestra cuenta",
    ],
    ("sponsorship", "group"): ["group", "join a group", "not alone, a group", "with others", "grupo", "unirnos", "con otros"],
    ("sponsorship", "not_sure"): ["not sure", "idk", "either", "don't care", "whichever", "no sé", "cualquiera", "no importa"],
    ("consent", "yes"): [
        "yes", "Yes, pass it on", "ok", "sure, go ahead", "please do", "I agree", "call me", "no problem", "sí", "Sí, páselo",
        "está bien", "claro", "acepto",
    ],
    ("consent", "no"): [
        "no", "no thanks", "don't call me", "please don't share it", "not now", "of course not", "yes, no, wait", "no gracias",
        "no me llamen", "todavía no", "claro que no",
    ],
}
# fmt: on


@pytest.mark.parametrize(("question_id", "option", "text"), [(*key, text) for key, texts in SAID.items() for text in texts])
def test_choices_as_people_say_them(question_id: str, option: str, text: str) -> None:
    assert value_of(question_id, hear(text)) == option


def test_every_option_has_real_replies() -> None:
    spoken = {option for option in OPTIONS if option[0] != "age_band"}
    assert spoken == set(SAID)


@pytest.mark.parametrize(
    "text",
    [
        "not sure",
        "I'm not sure",
        "I am not sure",
        "maybe",
        "idk",
        "ok?",
        "is it safe? yes?",
        "y quién me llama",
        "va a costar algo",
    ],
)
def test_consent_is_never_taken_from_doubt_or_a_question(text: str) -> None:
    assert value_of("consent", hear(text)) is None


@pytest.mark.parametrize(
    ("question_id", "text"),
    [
        ("diploma", "do I need a diploma"),
        ("diploma", "necesito diploma?"),
        ("diploma", "what is a GED"),
        ("production", "is it hard to run machines all day?"),
        ("schedule", "do you have night shifts"),
        ("union_on_site", "what does the union say about it?"),
        ("mentors", "how many mentors do we have to have"),
        ("diploma", "tell me about the GED"),
        ("diploma", "I don't understand"),
        ("consent", "no entiendo"),
        ("seeker_path", "banana"),
        ("production", "asdf"),
    ],
)
def test_questions_and_noise_are_no_answer(question_id: str, text: str) -> None:
    assert value_of(question_id, hear(text)) is None


@pytest.mark.parametrize(
    ("question_id", "act", "option"),
    [
        ("production", "affirm", "yes"),
        ("production", "deny", "no"),
        ("schedule", "affirm", "full_time"),
        ("schedule", "deny", "other"),
        ("consent", "affirm", "yes"),
        ("mentors", "dont_know", "not_sure"),
        ("diploma", "dont_know", "prefer_not"),
        ("workers", "dont_know", SKIPPED),
        ("workers", "prefer_not", SKIPPED),
        ("seeker_path", "i_am_employer", "employer"),
        ("age_band", "affirm", "18_or_over"),
    ],
)
def test_acts_answer_where_the_words_do_not(question_id: str, act: str, option: str) -> None:
    assert value_of(question_id, hear("👍", act=act)) == option


@pytest.mark.parametrize(
    ("question_id", "text", "act", "value"),
    [
        ("diploma", "no tengo idea", "dont_know", "prefer_not"),
        ("mentors", "no tengo idea", "dont_know", "not_sure"),
        ("consent", "can't say", "dont_know", None),
        ("consent", "no sirves para nada", "insult", None),
        ("production", "i don't speak english", "to_spanish", None),
        ("diploma", "no se que poner", "help", None),
        ("production", "claro q no", "deny", "no"),
        ("production", "que no", "deny", "no"),
        ("seeker_path", "i work in hr", "i_am_employer", "employer"),
        ("seeker_path", "I already work in a plant", "i_am_seeker", "working"),
        ("schedule", "otra pregunta", "something_else", None),
    ],
)
def test_a_message_that_is_an_act_as_a_whole_means_the_act(question_id: str, text: str, act: str, value: str | None) -> None:
    assert value_of(question_id, hear(text, act=act)) == value


@pytest.mark.parametrize("question_id", ["place", "seeker_path", "age_band", "product", "consent", "contact"])
@pytest.mark.parametrize("text", ["idk", "no sé", "I don't know", "prefer not to say", "prefiero no decir"])
def test_required_questions_have_no_answer_for_those_who_do_not_know(question_id: str, text: str) -> None:
    refuses = text.startswith(("prefer", "prefier")) and question_id != "contact"
    refused = "no" if question_id == "consent" else SKIPPED
    assert value_of(question_id, hear(text)) == (refused if refuses else None)


# Age


@pytest.mark.parametrize(
    ("heard", "band"),
    [
        (hear("going on 19", age=18.5, number=19.0), "18_or_over"),
        (hear("I'm 17", age=17.0, number=17.0), "16_17"),
        (hear("17 y medio", age=17.5, number=17.5), "16_17"),
        (hear("15", number=15.0), "under_16"),
        (hear("casi 16", age=15.5, number=16.0), "under_16"),
        (hear("under 16", number=16.0), "under_16"),
        (hear("not 16 yet", number=16.0), "under_16"),
        (hear("turning 18 in June", age=17.5, number=18.0), "16_17"),
        (hear("16-17"), "16_17"),
        (hear("yes 45", number=45.0), "18_or_over"),
        (hear("yes, I have 3 kids", number=3.0), "18_or_over"),
        (hear("over 18", number=18.0), "18_or_over"),
        (hear("in my 40s"), "18_or_over"),
        (hear("sí, soy mayor de edad"), "18_or_over"),
        (hear("yes"), "18_or_over"),
        (hear("sí claro"), "18_or_over"),
        (hear("I am"), "18_or_over"),
        (hear("what if I'm 17?", age=17.0, number=17.0), "16_17"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_age_bands(heard: Heard, band: str) -> None:
    assert read_reply(ask("age_band"), heard) == Reply(band)


@pytest.mark.parametrize(
    "heard",
    [
        hear("no"),
        hear("nope, not yet"),
        hear("todavía no"),
        hear("👎", act="deny"),
        hear("under 18", number=18.0),
        hear("I'm not 18", number=18.0),
        hear("no tengo 18", age=18.0, number=18.0),
        hear("menos de 18", number=18.0),
        hear("I'll be 18 in March", number=18.0),
        hear("soy menor de edad"),
        hear("I'm a minor"),
        hear("no soy mayor de edad"),
    ],
    ids=lambda heard: heard.text,
)
def test_under_18_is_asked_which_band(heard: Heard) -> None:
    assert read_reply(ask("age_band"), heard) == Problem("which_minor_band")


@pytest.mark.parametrize(
    "heard", [hear("1985", number=1985.0), hear("not sure"), hear("why"), hear("do I need to be 18 to start?", number=18.0)]
)
def test_no_age_in_a_birth_year_or_a_question(heard: Heard) -> None:
    assert read_reply(ask("age_band"), heard) is None


# Places


@pytest.mark.parametrize(
    ("heard", "state", "city"),
    [
        (hear("53215", zip="53215"), "WI", "Milwaukee"),
        (hear("53215-1234", zip="53215"), "WI", "Milwaukee"),
        (hear("532151234"), "WI", "Milwaukee"),
        (hear("código postal 53215", foreign_postcode="MX"), "WI", "Milwaukee"),
        (hear("CP 53215", foreign_postcode="MX"), "WI", "Milwaukee"),
        (hear("milwaukee", city="milwaukee"), "WI", "Milwaukee"),
        (hear("Springfield, IL", city="Springfield", state="IL"), "IL", "Springfield"),
        (hear("Kansas City, Missouri", city="Kansas City", state="MO"), "MO", "Kansas City"),
        (hear("Xyzzy, Ohio", state="OH"), "OH", None),
        (hear("Washington", state="WA"), "WA", None),
        (hear("Washington DC", state="DC"), "DC", None),
        (hear("Washington, D.C.", state="WA"), "DC", None),
        (hear("puerto rico", state="PR"), "PR", None),
        (hear("soy de Jalisco pero vivo en Chicago", city="Chicago"), "IL", "Chicago"),
        (hear("I'm from Mexico, live in Milwaukee", city=["Mexico", "Milwaukee"]), "WI", "Milwaukee"),
        (hear("I'm from Mexico but I live in Texas", city="Mexico", state="TX"), "TX", None),
        (hear("99999 Milwaukee WI", zip="99999", city="Milwaukee", state="WI"), "WI", "Milwaukee"),
        (hear("1234 or 53215", zip="53215", number=1234.0), "WI", "Milwaukee"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_places(heard: Heard, state: str, city: str | None) -> None:
    reply = read_place(heard)
    assert isinstance(reply, Reply)
    assert (reply.value.state, reply.value.city) == (state, city)


@pytest.mark.parametrize(
    ("heard", "kind"),
    [
        (hear("99999", zip="99999"), "zip_unknown"),
        (hear("5321", number=5321.0), "zip_unknown"),
        (hear("532155", number=532155.0), "zip_unknown"),
        (hear("my zip is 5321", number=5321.0), "zip_unknown"),
        (hear("N9A 2T6", foreign_postcode="CA"), "outside_us"),
        (hear("Toronto, Canada", city="Toronto"), "outside_us"),
        (hear("CP 44100", foreign_postcode="MX"), "outside_us"),
        (hear("Guadalajara"), "outside_us"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_places_that_cannot_be_used(heard: Heard, kind: str) -> None:
    assert read_place(heard) == Problem(kind)


def test_two_states_are_a_choice() -> None:
    heard = hear("I live in Oregon but work in Washington", state=["OR", "WA"])
    assert read_place(heard) == Problem("which_place", (Place("OR"), Place("WA")))


def test_a_city_of_several_states_is_a_choice_of_at_most_four() -> None:
    problem = read_place(hear("springfield", city="springfield"))
    assert isinstance(problem, Problem) and problem.kind == "which_place"
    states = [place.state for place in problem.choices]
    assert len(states) == len(set(states)) == 4


@pytest.mark.parametrize(
    "heard", [unsure_city("hope you can help me", "hope"), unsure_city("why not guy?", "guy"), hear("idk"), hear("near my mom")]
)
def test_words_that_happen_to_be_towns_are_no_place(heard: Heard) -> None:
    assert read_place(heard) is None


def test_an_unsure_city_counts_when_there_is_little_else() -> None:
    assert read_place(unsure_city("in reading pa area", "reading")) is None
    assert read_place(unsure_city("n. Kenosha", "Kenosha")) is not None


# Numbers and words


@pytest.mark.parametrize(
    ("heard", "count"),
    [
        (hear("9 guys counting me", number=9.0), 9),
        (hear("about 15", number=15.0), 15),
        (hear("unos 15", number=15.0), 15),
        (hear("10-15"), 15),
        (hear("2 or 3", number=[2.0, 3.0]), 3),
        (hear("1,200", number=[1.0, 200.0]), 1200),
        (hear("five", number=5.0), 5),
        (hear("15+", number=15.0), 15),
        (hear("one"), 1),
        (hear("just one guy"), 1),
        (hear("uno"), 1),
        (hear("a couple"), 2),
        (hear("un par"), 2),
        (hear("dos"), 2),
        (hear("a few"), 3),
        (hear("half a dozen"), 6),
        (hear("about a dozen"), 12),
        (hear("una docena"), 12),
        (hear("0", number=0.0), 0),
        (hear("none"), 0),
        (hear("ninguno"), 0),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else str(value),
)
def test_numbers_of_workers(heard: Heard, count: int) -> None:
    assert value_of("workers", heard) == count


@pytest.mark.parametrize("heard", [hear("a lot"), hear("how many of my 20 people can join", number=20.0), hear("yes")])
def test_no_number(heard: Heard) -> None:
    assert value_of("workers", heard) is None


@pytest.mark.parametrize(
    "text",
    [
        "We make brake parts",
        "plastics",
        "fabricamos piezas de plástico",
        "Do injection molding",
        "como 5 productos de plástico",
        "comida",
    ],
)
def test_products_in_the_persons_own_words(text: str) -> None:
    assert value_of("product", hear(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "no sé",
        "no se qué poner",
        "idk",
        "I don't know what to say",
        "yes",
        "no",
        "ok",
        "5",
        "x",
        "53215",
        "🙂",
        "",
        "what do you mean",
        "can't we just use your Illinois people",
    ],
)
def test_no_product(text: str) -> None:
    assert value_of("product", hear(text)) is None


def test_acts_are_never_kept_as_words_or_names() -> None:
    assert value_of("product", hear("help me please", act="help")) is None
    assert value_of("contact_name", hear("talk to a person", act="human")) is None


def test_long_products_are_cut() -> None:
    assert value_of("product", hear("steel " * 100)) == ("steel " * 100).strip()[:300]


@pytest.mark.parametrize(
    ("product", "outside"),
    [
        ("we run a restaurant", True),
        ("roofing", True),
        ("una tienda", True),
        ("construcción", True),
        ("hospital", True),
        ("we make hospital beds", False),
        ("restaurant equipment", False),
        ("fabricamos materiales de construcción", False),
        ("metal stamping", False),
    ],
)
def test_clearly_outside_manufacturing(product: str, outside: bool) -> None:
    assert is_outside_manufacturing(product) is outside


# Names and contacts


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        (hear("Ana"), "Ana"),
        (hear("My name is Maria Lopez."), "Maria Lopez"),
        (hear("me llamo José"), "José"),
        (hear("yo soy Ana"), "Ana"),
        (hear("it's Bob"), "Bob"),
        (hear("ask for Ana"), "Ana"),
        (hear("Simón"), "Simón"),
        (hear("Dale", act="affirm"), "Dale"),
        (hear("Will Smith"), "Will Smith"),
        (hear("Ana 414-555-0100", phone="+14145550100"), "Ana"),
        (hear("Ana, ana@example.org", email="ana@example.org"), "Ana"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_names(heard: Heard, name: str) -> None:
    assert value_of("contact_name", heard) == name


@pytest.mark.parametrize(
    "heard",
    [
        hear("yes"),
        hear("no"),
        hear("414-555-0100", phone="+14145550100"),
        hear("why?"),
        hear("a b c d e f g"),
        hear("12"),
    ],
    ids=lambda heard: heard.text,
)
def test_no_name(heard: Heard) -> None:
    assert value_of("contact_name", heard) is None


@pytest.mark.parametrize(
    ("heard", "contact"),
    [
        (hear("414-555-0100", phone="+14145550100"), {"kind": "phone", "value": "+14145550100"}),
        (hear("mi correo es Ana@Example.org", email="Ana@Example.org"), {"kind": "email", "value": "Ana@example.org"}),
        (hear("I'll call them"), {"kind": "they_call", "value": ""}),
        (hear("I don't have a phone"), {"kind": "they_call", "value": ""}),
        (hear("yo les llamo"), {"kind": "they_call", "value": ""}),
        (hear("luego les hablo yo"), {"kind": "they_call", "value": ""}),
        (hear("al rato les marco"), {"kind": "they_call", "value": ""}),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else "",
)
def test_contacts(heard: Heard, contact: dict[str, str]) -> None:
    assert value_of("contact", heard) == contact


@pytest.mark.parametrize(
    ("heard", "kind"),
    [
        (hear("555-0100"), "phone_wrong"),
        (hear("+1 000 000 0000", phone="+10000000000"), "phone_wrong"),
        (hear("x", phone="x"), "phone_wrong"),
        (hear("ana@example"), "email_wrong"),
        (hear("ana@example..org", email="ana@example..org"), "email_wrong"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_contacts_that_cannot_be_used(heard: Heard, kind: str) -> None:
    assert read_reply(ask("contact"), heard) == Problem(kind)


@pytest.mark.parametrize("heard", [hear("banana"), hear("can I call them myself?"), hear("12")])
def test_no_contact(heard: Heard) -> None:
    assert read_reply(ask("contact"), heard) is None


def test_forms_ask_what_the_rules_allow() -> None:
    assert [question.id for question in QUESTIONS[FormName.SEEKER]] == [
        "seeker_path",
        "place",
        "age_band",
        "production",
        "diploma",
        "schedule",
    ]


def test_what_opens_a_question_opens_an_answer_in_spanish_too() -> None:
    assert value_of("schedule", hear("puedo cualquier turno menos domingos")) == "full_time"
    assert value_of("mentors", hear("hay dos senoras con experiencia")) == "yes"
    assert value_of("schedule", hear("¿puedo trabajar de noche?")) is None


def test_an_age_reached_is_an_age() -> None:
    assert value_of("age_band", hear("I turned 34 in may", number=34.0)) == "18_or_over"
    assert value_of("age_band", hear("cumpli 17 en marzo", number=17.0)) == "16_17"
