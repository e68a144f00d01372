"""Plays a dialogue over Rasa's REST channel, as a person at a keyboard would, and compares it with its script.

Responsible for sending, for what holds at every step, and for what a script expects. Must not know how processes start.
Every failing expectation of a dialogue is collected, and shown with the transcript as it looks.
"""

from __future__ import annotations

import asyncio
import re
import textwrap
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bot.core.language import Language
from bot.knowledge.load import load_knowledge
from bot.rasa_client import RasaClient, RasaError, Reply
from tests.dialogues.script import Dialogue, Expected, Step

LONGEST_MESSAGE = 900
LONGEST_CHOICE = 40
MOST_CHOICES = 6
_REFERENCE = re.compile(r"IMT-[2-9B-DF-HJKMNP-TV-Z]{6}")
_VERDICT = re.compile(
    r"(?<!whether )(?<!if )\byou(?:'d| would| will| do not| don't| are not|'re not|'re| are| may| may not)? ?"
    r"(?:qualify|qualified|eligible|disqualified|ineligible|be accepted|be hired)\b"
    r"|(?<!si )\b(?:usted )?(?:s[ií] |no )?(?:califica|calificas|calific[oó]|es elegible|eres elegible|queda descalificad[oa]|"
    r"ser[aá] (?:aceptad|contratad)[oa])\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\.(?:gov|org|com|net|edu)\b|\d{3}-\d{3}-\d{4}|\b(?:988|911|2-1-1)\b", re.IGNORECASE)
_FEWEST_LETTERS = 12


@dataclass
class Exchange:
    """One message of the person with the answers to it."""

    conversation_id: str
    said: str
    replies: list[Reply]
    language: str

    @property
    def text(self) -> str:
        return "\n\n".join(reply.text for reply in self.replies)

    @property
    def choices(self) -> list[str]:
        return [choice for reply in self.replies for choice in reply.choices]

    @property
    def topics(self) -> list[str]:
        return [topic for reply in self.replies for topic in reply.topics]

    @property
    def cards(self) -> list[str]:
        return [str(card["name"]) for reply in self.replies for card in reply.cards]


@dataclass
class Played:
    """A dialogue that was played: what was said and every fault found."""

    dialogue: Dialogue
    exchanges: list[Exchange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def conversation_ids(self) -> list[str]:
        return list(dict.fromkeys(exchange.conversation_id for exchange in self.exchanges))

    @property
    def reference(self) -> str | None:
        """The last reference number that was given."""
        found = [number for exchange in self.exchanges for number in _REFERENCE.findall(exchange.text)]
        return found[-1] if found else None

    def transcript(self) -> str:
        return "\n".join(_shown(exchange) for exchange in self.exchanges)


def play(url: str, dialogue: Dialogue, prefix: str = "test") -> Played:
    """Play a dialogue in a conversation of its own."""
    return asyncio.run(_play(url, dialogue, prefix))


async def _play(url: str, dialogue: Dialogue, prefix: str) -> Played:
    played = Played(dialogue)
    language, conversation = dialogue.language, f"{prefix}-{uuid.uuid4().hex}"
    async with RasaClient(url, 60) as client:
        for number, step in enumerate(dialogue.steps, 1):
            conversation = f"{prefix}-{uuid.uuid4().hex}" if step.new_conversation else conversation
            language = step.language or language
            exchange = await _say(client, conversation, played, step, language)
            played.faults += [f"step {number}, “{exchange.said[:60]}”: {fault}" for fault in _faults(played, exchange, step)]
            played.exchanges.append(exchange)
    if played.exchanges and not leaves_a_step(played.exchanges[-1]):
        played.faults.append("the last message leaves no next step: neither choices, nor a question, nor a contact")
    return played


async def _say(client: RasaClient, conversation: str, played: Played, step: Step, language: str) -> Exchange:
    said = step.say.replace("{reference}", played.reference or "IMT-NONE")
    try:
        replies = await client.send(conversation, said)
    except RasaError as error:
        replies = []
        played.faults.append(f"“{said[:60]}”: no answer ({error})")
    return Exchange(conversation, said, replies, language)


def _faults(played: Played, exchange: Exchange, step: Step) -> Iterator[str]:
    if step.choose and played.exchanges and step.say not in played.exchanges[-1].choices:
        yield f"the button “{step.say}” was not there, but {played.exchanges[-1].choices}"
    yield from invariant_faults(exchange)
    yield from _expectation_faults(exchange, step.expect)


# What holds at every step of every dialogue


def invariant_faults(exchange: Exchange) -> Iterator[str]:
    """What is wrong with an answer, whatever it answers."""
    yield from message_faults(exchange)
    yield from (f"not in {exchange.language}: “{text[:70]}”" for text in foreign_texts(exchange))


def message_faults(exchange: Exchange) -> Iterator[str]:
    """What is wrong with an answer in whichever language it is."""
    if not exchange.text.strip():
        yield "no text came"
    for reply in exchange.replies:
        if len(reply.text) > LONGEST_MESSAGE:
            yield f"a message has {len(reply.text)} characters: {reply.text[:60]}…"
        if len(reply.choices) > MOST_CHOICES:
            yield f"{len(reply.choices)} choices: {reply.choices}"
        yield from (f"a choice is too long: {choice}" for choice in reply.choices if len(choice) > LONGEST_CHOICE)
        if found := _VERDICT.search(reply.text):
            yield f"a verdict: “{found.group()}”"
        if re.search(r"\{\w*\}", reply.text):
            yield f"a blank was not filled: {reply.text[:80]}"


def leaves_a_step(exchange: Exchange) -> bool:
    return bool(exchange.choices or exchange.cards or "?" in exchange.text or _CONTACT.search(exchange.text))


def foreign_texts(exchange: Exchange) -> Iterator[str]:
    """What was said of our own texts in the language that is not the conversation's."""
    own, other = (Language.EN, Language.ES) if exchange.language == "en" else (Language.ES, Language.EN)
    for pattern in _patterns(other):
        if found := pattern.search(exchange.text):
            yield found.group()
    titles = set(exchange.choices) & (_titles(other) - _titles(own))
    yield from sorted(titles)


@lru_cache(maxsize=2)
def _patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    """Every text of the knowledge in a language that is long enough not to be said in the other by chance."""
    knowledge = load_knowledge()
    texts = [pair.say(language) for pair in knowledge.phrases.values()]
    texts += [topic.answer.say(language) for topic in (*knowledge.topics.values(), *knowledge.care.values())]
    texts += [variant.say(language) for topic in knowledge.topics.values() for variant in topic.variants.values()]
    return tuple(_pattern(text) for text in texts if len(text) >= _FEWEST_LETTERS)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(r".+?".join(re.escape(piece) for piece in re.split(r"\{\w+\}", text.strip())))


@lru_cache(maxsize=2)
def _titles(language: Language) -> frozenset[str]:
    knowledge = load_knowledge()
    phrases = {pair.say(language) for name, pair in knowledge.phrases.items() if name.startswith(("option_", "choice_"))}
    return frozenset(phrases | {topic.label.say(language) for topic in knowledge.topics.values()})


# What a script expects


def says(text: str, phrase: str, language: str) -> bool:
    """Whether a phrase of phrases.yml stands in a text, its blanks filled with anything."""
    return bool(_pattern(load_knowledge().phrases[phrase].say(Language(language))).search(text))


def _expectation_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    text = exchange.text.lower()
    if expected.contains_any and not any(piece.lower() in text for piece in expected.contains_any):
        yield f"none of {expected.contains_any} was said"
    yield from (f"“{piece}” was not said" for piece in expected.contains_all if piece.lower() not in text)
    yield from (f"“{piece}” was said" for piece in expected.not_contains if piece.lower() in text)
    yield from (
        f"the choice “{title}” is not among {exchange.choices}"
        for title in expected.choices_include
        if title not in exchange.choices
    )
    if expected.topics is not None and exchange.topics != list(expected.topics):
        yield f"the topics are {exchange.topics}, not {list(expected.topics)}"
    yield from _card_faults(exchange, expected)
    yield from _phrase_faults(exchange, expected)


def _card_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    first = exchange.cards[0] if exchange.cards else ""
    if expected.card_first and expected.card_first.lower() not in first.lower():
        yield f"the first card is “{first}”, not {expected.card_first}"
    if expected.no_card and exchange.cards:
        yield f"there is a card: {first}"


def _phrase_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    last = exchange.replies[-1].text if exchange.replies else ""
    if expected.asks and not says(last, f"ask_{expected.asks}", exchange.language):
        yield f"it does not end by asking {expected.asks}"
    yield from (f"it does not say {name}" for name in expected.says if not says(exchange.text, name, exchange.language))
    yield from (f"it says {name}" for name in expected.never_says if says(exchange.text, name, exchange.language))


# As it looks


def _shown(exchange: Exchange) -> str:
    lines = [f"> {exchange.said}" if len(exchange.said) < 300 else f"> {exchange.said[:300]}…"]
    for reply in exchange.replies:
        lines += [_wrapped(reply.text), _buttons(reply.choices), _footnote(reply)]
    return "\n".join(line for line in lines if line) + "\n"


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, 96, initial_indent="    ", subsequent_indent="    ") for line in text.splitlines())


def _buttons(titles: Iterable[str]) -> str:
    shown = "  ".join(f"[{title}]" for title in titles)
    return f"    {shown}" if shown else ""


def _footnote(reply: Reply) -> str:
    parts = [
        f"topics: {', '.join(reply.topics)}" if reply.topics else "",
        f"{len(reply.sources)} sources" if reply.sources else "",
    ]
    parts.append(f"cards: {', '.join(str(card['name']) for card in reply.cards)}" if reply.cards else "")
    shown = "; ".join(part for part in parts if part)
    return f"    ({shown})" if shown else ""
