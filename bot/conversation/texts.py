"""What the gateway itself says in a conversation; what the assistant says is in the knowledge."""

from __future__ import annotations

from bot.core.conversation import Author, Said
from bot.core.language import Bilingual, Language
from bot.knowledge.model import Knowledge

STILL_WORKING = Bilingual("I'm still working on your answer.", "Sigo preparando su respuesta.")
APOLOGY = Bilingual(
    "Sorry, I can't answer right now. Your message is safe, and I will answer it as soon as I can. A person can help too.",
    "Perdón, ahora no puedo responder. Guardé su mensaje y le responderé en cuanto pueda. También le puede ayudar una persona.",
)
FAILED = Bilingual(
    "Sorry, I could not answer that message. Please say it in other words, or ask for a person.",
    "Perdón, no pude responder ese mensaje. Dígalo con otras palabras, o pida hablar con una persona.",
)
JOINED = Bilingual("A person has joined and will answer you here.", "Una persona entró a la conversación y le responderá aquí.")
LEFT = Bilingual(
    "The person has left. The assistant answers again, and you can ask for a person at any time.",
    "La persona salió. El asistente vuelve a responder, y puede pedir una persona cuando quiera.",
)
_MENU = ("employer_cost", "employer_roi", "choice_check_employer", "choice_nearest", "choice_person")


def greet(knowledge: Knowledge, language: Language) -> Said:
    """The assistant's first words on a website, with what employers ask first."""
    titles = (knowledge.say(item, language) if item.startswith("choice_") else knowledge.label(item, language) for item in _MENU)
    return Said(Author.ASSISTANT, knowledge.say("greeting", language), tuple(titles), cause="greeting")


def tell(text: Bilingual, language: str | None) -> Said:
    """A message of the system."""
    return Said(Author.SYSTEM, text.say(Language.parse(language)))


def apologise(text: Bilingual, knowledge: Knowledge, language: str | None) -> Said:
    """A message of the system that offers a person."""
    spoken = Language.parse(language)
    return Said(Author.SYSTEM, text.say(spoken), (knowledge.say("choice_person", spoken),))
