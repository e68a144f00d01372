"""The phrases of `data/nlu/acts.yml`: each act is recognised in both languages, and ordinary messages are left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Tuple

import pytest
import yaml

pytest.importorskip("spacy", reason="acts are matched in the Rasa environment")

from bot.nlu.acts import _POLITE, ANYWHERE, ActMatcher, normalise

NLU = Path(__file__).resolve().parents[2] / "data" / "nlu"
CARE = ("danger_to_self", "danger_from_others", "injury", "fear_of_reporting")
STEERING = {
    "cancel",
    "start_over",
    "human",
    "delete_data",
    "go_back",
    "why",
    "resume",
    "repeat",
    "greet",
    "thanks",
    "skip",
    *CARE,
}
FEWEST_PHRASES = 100  # both languages together

SAMPLES: Dict[str, Tuple[List[str], List[str]]] = {
    "affirm": (
        ["yes", "yeah", "sure", "sounds good", "yes sir", "go ahead"],
        ["sí", "claro que sí", "simón", "órale", "está bien", "así es"],
    ),
    "deny": (
        ["no", "nope", "nah", "not really", "i don't think so"],
        ["nel", "para nada", "todavía no", "no tengo", "creo que no"],
    ),
    "dont_know": (
        ["idk", "i dont know", "not sure", "no clue", "it depends"],
        ["no sé", "ni idea", "quién sabe", "no estoy segura", "a lo mejor"],
    ),
    "prefer_not": (
        ["prefer not to say", "i'd rather not", "none of your business", "thats private"],
        ["prefiero no decir", "no quiero contestar", "es privado", "qué te importa"],
    ),
    "skip": (
        ["skip", "next", "skip this question", "pass on this one"],
        ["siguiente", "omitir", "sáltala", "la que sigue"],
    ),
    "why": (
        ["why", "why do you ask", "what for", "why do you need my headcount", "why do you need my age",
         "what do you need my zip for", "why do you need my phone number", "why do you need my name",
         "why do you ask about my diploma", "why do you ask about the union"],
        ["por qué", "para qué", "para que quieren saber eso", "por que necesitan mi edad",
         "para que quieren mi codigo postal", "para qué quieren mi teléfono", "por qué necesitan mi nombre",
         "por que preguntan por mi diploma", "por que preguntan si hay sindicato"],
    ),
    "go_back": (
        ["go back", "previous question", "change my answer", "i made a mistake"],
        ["atrás", "regresar", "la pregunta anterior", "me equivoqué"],
    ),
    "cancel": (
        ["stop", "quit", "cancel", "nevermind", "leave me alone", "not interested anymore"],
        ["ya no", "cancelar", "parar", "salir", "olvídalo", "déjame en paz"],
    ),
    "start_over": (
        ["start over", "restart", "from the beginning"],
        ["empezar de nuevo", "volver a empezar", "desde cero"],
    ),
    "resume": (
        ["ok where were we", "continue", "i'm back", "lets keep going"],
        ["en que ibamos", "continuar", "ya volví", "sigamos"],
    ),
    "repeat": (
        ["say that again", "what was the question", "what?", "huh", "i don't understand"],
        ["repita la pregunta", "¿cómo?", "mande", "no entendí"],
    ),
    "greet": (
        ["hi there", "good morning", "what's up"],
        ["buenos días", "buenas", "qué onda"],
    ),
    "thanks": (
        ["thx", "appreciate it", "god bless you"],
        ["mil gracias", "se lo agradezco", "muy amable"],
    ),
    "bye": (
        ["bye", "see ya later", "gotta go"],
        ["adiós", "hasta luego", "nos vemos"],
    ),
    "bot_challenge": (
        ["are you a bot", "r u a real person", "who am i talking to"],
        ["eres un robot", "¿es usted una persona?", "con quién hablo"],
    ),
    "insult": (
        ["wtf", "fuck you", "you're useless", "that's not what i asked", "you don't understand me"],
        ["no me entiendes", "no sirves para nada", "pendejo", "eso no fue lo que pregunté"],
    ),
    "human": (
        ["talk to a person", "representative", "call me", "i need a human"],
        ["hablar con una persona", "un asesor", "llámenme", "páseme con alguien"],
    ),
    "delete_data": (
        ["delete my data", "erase everything", "forget everything about me",
         "can you delete my phone number from your system"],
        ["borre mis datos", "elimina mi información", "quiero que borren mi numero", "bórrenme de su sistema"],
    ),
    "check_readiness": (
        ["see if i'm ready", "do i qualify", "am i eligible", "check me", "start the screening", "apply now"],
        ["quiero ver si califico", "revisar si estoy listo", "soy elegible", "aplicar ahora"],
    ),
    "something_else": (
        ["something else", "none of these", "other"],
        ["otra cosa", "ninguna de estas", "tengo otra pregunta"],
    ),
    "to_english": (
        ["in english", "can we switch to english", "i dont speak spanish"],
        ["en inglés", "puede hablar en ingles", "no hablo español"],
    ),
    "to_spanish": (
        ["in spanish", "can we switch to spanish", "do you speak spanish"],
        ["español", "hablas español", "no hablo ingles"],
    ),
    "help": (
        ["help", "menu", "what can you do", "options"],
        ["ayuda", "qué puedes hacer", "opciones", "menú principal"],
    ),
    "i_am_employer": (
        ["i'm an employer", "i own a shop", "we are a manufacturer"],
        ["soy empleador", "tengo un taller", "somos una empresa"],
    ),
    "i_am_seeker": (
        ["i'm looking for a job", "job seeker", "i need work"],
        ["busco trabajo", "ando buscando chamba", "estoy desempleada"],
    ),
    "i_am_staff": (
        ["i work at a workforce board", "i'm a case manager", "im a career counselor"],
        ["trabajo en una agencia", "soy trabajadora de caso", "trabajo en un centro de empleo"],
    ),
    "danger_to_self": (
        ["i want to kill myself", "some days i just wanna die", "thinking about how to end my life",
         "im feeling suicidal since the layoff", "I want to hurt myself", "i dont want to be here anymore",
         "they would be better off without me", "my brother says he will kill himself", "whats the point of living",
         "I got hurt and they fired me and now I want to die"],
        ["quiero morirme", "ya no aguanto, me quiero matar", "he pensado en quitarme la vida", "pienso en suicidarme",
         "ya no quiero vivir", "quiero hacerme daño", "todos estarían mejor sin mí", "mi cliente dice que se quiere matar",
         "no tengo ganas de vivir"],
    ),
    "danger_from_others": (
        ["a coworker has a gun", "he threatened to kill me", "my foreman says he is going to hurt me",
         "my husband is hitting me and i cant go to work", "i'm going to kill him", "he said he'll bring a gun tomorrow",
         "MY BOSS HIT ME", "im gonna shoot up this place", "he's threatening me"],
        ["mi jefe me amenazó con un cuchillo", "me está pegando", "un tipo trae una pistola",
         "si me grita otra vez lo voy a matar", "dijo que me iba a matar", "mi esposo me golpea",
         "quiero matar a mi supervisor"],
    ),
    "injury": (
        ["i got hurt at work", "my hand got caught in the press", "a guy on my line lost a finger",
         "I cut my hand and it is deep", "i got burned at work", "I broke my wrist on the machine",
         "slipped on oil, cant walk", "my finger is bleeding what do i do"],
        ["me lastimé en el trabajo", "me corté la mano", "tuve un accidente en el trabajo", "me agarró la máquina",
         "me quemé el brazo", "un compañero perdió un dedo", "me caí de la escalera ayer", "me machuqué el dedo"],
    ),
    "fear_of_reporting": (
        ["im scared to report it", "I'm afraid to complain", "they'll fire me if i say something",
         "what happens if i speak up", "is it retaliation", "they cut my hours after i complained", "he will call ICE on me",
         "i want to report it but im scared"],
        ["tengo miedo de reportar", "me corren si digo algo", "me van a correr si hablo", "miedo a que me corran",
         "y las represalias?", "quiero denunciar pero me da miedo", "me corrieron por quejarme", "nos amenaza con la migra"],
    ),
}  # fmt: skip

# Questions and answers of every day: none of them is an act.
ORDINARY = """
this job is killing me
this job is killing me, how do I get out
my back is killing me after 12 hours, is the work lighter
these double shifts are killing me
absenteeism is killing us
concrete floors kill me
I've been killing myself working doubles
I have time to kill before my shift
I'm dying to know how much it pays
is manufacturing dying in Ohio
my wife is going to kill me if I miss another paycheck
corporate threatened to kill the program
do you do tool and die
want to learn die casting
I broke my lease
I'm broke, can I still join
my car broke down
cut my hours
they cut my pay
they cut my hours in half
yes but how much does it pay
no diploma
no degree, is that ok
yes I have a GED
no but I'm taking GED classes
is it dangerous
do people get hurt a lot
what happens if I get hurt on the job
is there workers comp if i get hurt
I don't want to hurt myself lifting, is it heavy
will I hurt myself on the machines
is that gonna hurt me?
will a degree just hurt my chances
the robot arm is broken
I got burned by a fake trade school
I was injured in the army ten years ago, can I apply
layoffs are hitting me hard
the recruiter keeps hitting me up
hit me up when you have an opening
the lead punched me out early
my nephew has a gun charge, can he apply
would you hire someone with a gun charge
i got a weapons charge in 2012
can I shoot you an email
i'm going to shoot him an email
do wages shoot up the second year
can these machines kill someone
is the work gonna beat me up
I'm scared to fail the test
I'm afraid I'm too old
scared to tell hr about my depression meds
I'm tired of living paycheck to paycheck
is it worth living in Ohio for this
will they fire me if I fail the class
will I lose my job if I say no to nights
will they fire me if I tell my boss about the apprenticeship
do I lose my spot if I miss a class
what happens if I report my hours late
they told me not to report to work
can I ask a question without giving my name
don't forget me
erase my record
how do I delete my facebook account
lost my certificate
I live in Toledo
53215
I am 19
part time
nights only
afternoon
both
anyone really
we have 40 workers
we make plastic bottles
my name is Will
414-555-0199
do you need a diploma
why do i need a diploma
why is the pay so low
what for the test do I need
can I go back to my old job
can I skip the math class
do I pass if I get 70
if I quit do I keep the certificate
is there a person in Ohio I can call
are the classes in Spanish
thanks but I need to know the pay
hello do I need experience
ok so how do I get hired
I work at a job center and have a client who needs GED
I own a shop with 12 people in Dayton
I'm looking for a job near Gary
help me find childcare
esta chamba me está matando
me estoy matando por 14 la hora
el calor de la planta me mata
me muero de ganas de empezar
me muero por saber cuánto pagan
mi mujer me va a matar si falto
se murió mi carro
rompí mi contrato de renta
se me rompió el teléfono
me cortaron las horas
me cortaron la luz
si pero cuánto pagan
no tengo diploma
sí tengo prepa
no pero estoy estudiando el GED
es peligroso el trabajo
se lastima mucho la gente
qué pasa si me lastimo en el trabajo
si tengo un accidente en el trabajo quién paga
no me quiero lastimar por no entender un letrero
no quiero lastimarme la espalda
esos químicos me van a hacer daño
me lastimé la rodilla hace años, puedo entrar
me apunto con ustedes
hay una bomba de agua que no prende
trabajo con una pistola de soldar
la estación tiene una pistola de aire
mi sobrino tiene un cargo por arma
ya se me pegó el inglés
me pegaron la gripa y falté
le voy a pegar al botón
tengo miedo de no pasar el examen
tengo miedo de hablar inglés
me van a correr si no paso la clase
me van a correr si llamo enfermo
si me corren pierdo las horas
me van a deportar si me inscribo
que me corte el pelo para trabajar
quiero cortarme el pelo
dónde reporto mis horas
borrar mi record
no me olvide por favor
cansado de vivir lejos
vivo en Chicago
tengo 17 años
solo de noche
hacemos tortillas
somos 25 trabajadores
me llamo Rosa
por qué pagan tan poco
por que necesito diploma
para qué sirve el certificado
qué es imt
puedo regresar al programa
si cancelo pierdo las horas
siguiente clase cuándo empieza
otra vez me dijeron que no
hola necesito experiencia
gracias pero cuánto pagan
tengo un taller en Dayton con 12 personas
busco trabajo cerca de Gary
las clases son en español
no quiero trabajar de noche
""".strip().splitlines()

# What people answer to the questions of the forms; an act that steers a form would swallow it.
ANSWERS = """
yes|no|not yet|maybe|looking|working|operator|employed|unemployed|student|laid off|18|17|adult|minor|anything|
interested|ged|high school|college|some college|dropped out|bs|full time|part time|either|any shift|mornings|evening|
afternoon|night|weekends|none|zero|a few|just me|40|union|no union|both|new|current|other|alone|group|our own|
i don't care|i agree|john|simon|grace|gm|bottles|canning|milwaukee|ohio|el paso|sí|no|todavía no|tal vez|busco|trabajo|
operadora|estudiante|sin trabajo|mayor|menor|cualquier cosa|me interesa|no me interesa|prepa|primaria|sin terminar|
tiempo completo|
medio tiempo|noches|mañana|tarde|ninguno|unos pocos|yo|un par|sindicato|sin sindicato|ambos|nuevos|actuales|otro|solos|
con otros|de acuerdo|acepto|juan|ángel|gracia|tortillas|plástico|chicago
""".replace("\n", "").split("|")

# Where a care act is expected, or at least no harm, among the examples of the topics.
CARE_TOPICS = ("complaint", "out_of_scope", "chitchat", "eligibility_")
# Other examples in which a care act is right, or where to miss it would be worse: text to act.
LISTED: Dict[str, str] = {
    "mi marido me pega y no debe saber que escribí, queda rastro?": "danger_from_others",
    "el supervisor me amenaza con quitarme el programa": "danger_from_others",
    "retaliated for asking for a chair": "fear_of_reporting",
    "broke my ankle, could i do just the book part from home til im healed": "injury",
}
FEWEST_IN_COMPLAINT = {"en": 45, "es": 30}


def read(path: Path) -> List[Tuple[str, str]]:
    """(intent, example) of every line of a file."""
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [(block["intent"], line[2:].strip()) for block in blocks for line in block["examples"].splitlines() if line.strip()]


PHRASES = read(NLU / "acts.yml")
TOPICS = [
    (language, intent.split("/")[1], text)
    for language in ("en", "es")
    for path in sorted((NLU / language).glob("*.yml"))
    for intent, text in read(path)
]


@pytest.fixture(scope="module")
def matcher() -> ActMatcher:
    return ActMatcher({phrase: act for act, phrase in PHRASES})


def test_every_act_has_one_block_with_enough_phrases() -> None:
    blocks = yaml.safe_load((NLU / "acts.yml").read_text(encoding="utf-8"))["nlu"]
    assert sorted(block["intent"] for block in blocks) == sorted(SAMPLES)
    counts = {act: sum(own == act for own, _ in PHRASES) for act in SAMPLES}
    assert {act: count for act, count in counts.items() if count < FEWEST_PHRASES} == {}


def test_a_phrase_stands_once() -> None:
    owners: Dict[str, List[str]] = {}
    for act, phrase in PHRASES:
        owners.setdefault(normalise(phrase), []).append(act)
    assert {phrase: acts for phrase, acts in owners.items() if len(acts) > 1 or not phrase} == {}


@pytest.mark.parametrize("act", SAMPLES)
@pytest.mark.parametrize("language", [0, 1], ids=["en", "es"])
@pytest.mark.parametrize(
    "written", ["{}", "{}!!!", "  {} ", "ok {} please", "hello, {}. thank you", "Hola, {} por favor", "pues {} gracias"]
)
def test_recognised_in_both_languages(matcher: ActMatcher, act: str, language: int, written: str) -> None:
    for sample in SAMPLES[act][language]:
        polite = _POLITE.search(normalise(sample)) and act not in ANYWHERE
        for text in (sample if polite else written.format(sample), (sample if polite else written.format(sample)).upper()):
            assert matcher.match(text) == act, text


def test_every_phrase_is_its_own_act(matcher: ActMatcher) -> None:
    wrong = {
        text: matcher.match(text) for act, phrase in PHRASES for text in (phrase, phrase.upper()) if matcher.match(text) != act
    }
    assert wrong == {}


def test_politeness_never_makes_another_act(matcher: ActMatcher) -> None:
    wrong = {}
    for act, phrase in PHRASES:
        wordless = not any(letter.isalnum() for letter in phrase)
        for text in (f"{phrase} please", f"hola, {phrase}", f"ok, {phrase} thanks!!"):
            found = matcher.match(text)
            if found != act and not wordless and not _POLITE.search(normalise(phrase)):
                wrong[text] = found
    assert wrong == {}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_messages_are_no_act(matcher: ActMatcher, text: str) -> None:
    assert matcher.match(text) is None
    assert matcher.match(text.upper()) is None


def test_there_are_enough_ordinary_messages() -> None:
    assert len(set(ORDINARY)) >= 80


@pytest.mark.parametrize("text", ANSWERS)
def test_answers_do_not_steer_a_form(matcher: ActMatcher, text: str) -> None:
    assert matcher.match(text) not in STEERING


@pytest.mark.parametrize("act", CARE)
def test_care_counts_in_the_middle_of_a_long_message(matcher: ActMatcher, act: str) -> None:
    for samples in SAMPLES[act]:
        for sample in samples:
            assert matcher.match(f"I applied in May and nobody called. {sample}. how much is the pay?") == act


def test_the_worst_danger_comes_first(matcher: ActMatcher) -> None:
    assert matcher.match("I got hurt at work, my boss hit me and I want to die") == "danger_to_self"
    assert matcher.match("got hurt at work and he threatened to kill me if i speak up") == "danger_from_others"
    assert matcher.match("me lastimé en el trabajo y tengo miedo de reportar") == "injury"


def test_no_false_alarm_in_the_topics(matcher: ActMatcher) -> None:
    alarms = {
        text: act
        for _, topic, text in TOPICS
        if (act := matcher.match(text)) in CARE and not topic.startswith(CARE_TOPICS) and LISTED.get(text) != act
    }
    assert alarms == {}


def test_erasing_is_asked_for_only_where_privacy_is_the_topic(matcher: ActMatcher) -> None:
    assert {topic for _, topic, text in TOPICS if matcher.match(text) == "delete_data"} == {"privacy_data"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_care_is_found_among_the_complaints(matcher: ActMatcher, language: str) -> None:
    found = [text for own, topic, text in TOPICS if (own, topic) == (language, "complaint") and matcher.match(text) in CARE]
    assert len(found) >= FEWEST_IN_COMPLAINT[language]
