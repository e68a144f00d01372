"""A pressed button: answered at once, marked as used, and turned into what it says.

A button is used once; one whose question has passed does nothing, unless what it says means the same at any time.
"""

from __future__ import annotations

from contextlib import suppress

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from bot.channels.telegram.client import RETRIES
from bot.channels.telegram.commands import LANGUAGES
from bot.channels.telegram.layout import buttons
from bot.channels.telegram.visits import Visit
from bot.core.conversation import Choice
from bot.knowledge.model import Knowledge
from bot.store.conversations import UnknownChoiceError
from bot.store.presses import Press, client_id_of, find_press

_TIMELESS = ("choice_check_readiness", "choice_check_employer", "choice_nearest", "choice_person")
_DONE = "✓ "


async def press(visit: Visit) -> tuple[str, str] | None:
    """What is said by it and the id of that message, if it counts."""
    found = await _find(visit)
    if found and found.used:
        await _acknowledge(visit, visit.text("telegram_button_used"))
        return None
    if found is None or (found.passed and not _is_timeless(found.title, visit.hall.room.knowledge)):
        await _acknowledge(visit, visit.text("telegram_button_old"))
        await _show(visit, None)
        return None
    await _acknowledge(visit)
    await _show(visit, buttons([Choice(visit.incoming.text, f"{_DONE}{found.title}")]))
    return found.title, client_id_of(found.seq)


async def _find(visit: Visit) -> Press | None:
    if visit.chat is None:
        return None
    with suppress(UnknownChoiceError):
        return await visit.hall.room.read(find_press, visit.chat.conversation_id, visit.incoming.text)
    return None


def _is_timeless(title: str, knowledge: Knowledge) -> bool:
    """A question about a topic, or a wish; not a "yes", which would answer whatever is asked now."""
    phrases = {text for name in _TIMELESS for text in (knowledge.phrases[name].en, knowledge.phrases[name].es)}
    return title in phrases or title in LANGUAGES.values() or knowledge.topic_of_label(title) is not None


async def _acknowledge(visit: Visit, text: str | None = None) -> None:
    """Ends the waiting sign on the button; with a text, that is shown for a moment. After a quarter of an hour it is too late."""
    with suppress(BadRequest):
        await visit.hall.bot.answer_callback_query(visit.incoming.query_id or "", text, rate_limit_args=RETRIES)


async def _show(visit: Visit, markup: InlineKeyboardMarkup | None) -> None:
    """What hangs under the message from now on. It may be gone, too old, or so already."""
    with suppress(BadRequest, Forbidden):
        await visit.hall.bot.edit_message_reply_markup(
            visit.chat_id, visit.incoming.pressed_id, reply_markup=markup, rate_limit_args=RETRIES
        )
