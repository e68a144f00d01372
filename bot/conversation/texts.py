"""What the gateway itself says in a conversation, in the words of the knowledge."""

from __future__ import annotations

from bot.core.conversation import Author, Said
from bot.core.language import Language
from bot.knowledge.model import Knowledge

_MENU = ("employer_cost", "employer_roi", "choice_check_employer", "choice_nearest", "choice_person")


def greet(knowledge: Knowledge, language: Language) -> Said:
    """The assistant's first words on a website, with what employers ask first."""
    titles = (knowledge.say(item, language) if item.startswith("choice_") else knowledge.label(item, language) for item in _MENU)
    return Said(Author.ASSISTANT, knowledge.say("greeting", language), tuple(titles), cause="greeting", language=language)


def tell(knowledge: Knowledge, phrase: str, language: str | None, *choices: str, **blanks: object) -> Said:
    """A message of the system with its blanks filled; `choices` are phrases too."""
    spoken = Language.parse(language)
    titles = tuple(knowledge.say(choice, spoken) for choice in choices)
    return Said(Author.SYSTEM, knowledge.say(phrase, spoken, **blanks), titles, language=spoken)
