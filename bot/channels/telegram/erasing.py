"""/delete: asks once, then erases everything about the person and tells them so.

What was confirmed is written into the update before anything is erased: killed in the middle, we go on with it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from telegram import ReplyKeyboardRemove
from telegram.error import BadRequest, Forbidden

from bot.channels.telegram.client import RETRIES
from bot.channels.telegram.incoming import Incoming, Kind
from bot.channels.telegram.visits import Visit
from bot.conversation.erase import erase
from bot.core.heard import plain
from bot.store.conversations import ConversationErasedError
from bot.store.telegram_updates import erase_update, rewrite_update

_YES = ("y", "ok", "si", "yes", "delete", "erase", "borrar", "borrelo", "erase it all", "si borrelo todo")
_NO = ("n", "no", "stop", "cancel", "cancelar")


async def ask_to_erase(visit: Visit) -> None:
    if visit.chat is None:
        await _tell(visit)
    else:
        await visit.say(visit.text("delete_ask"), [visit.text("choice_yes"), visit.text("choice_no")])


def is_yes(visit: Visit, text: str) -> bool | None:
    """None where it is neither a yes nor a no: then nothing is erased, and it is answered as anything else."""
    knowledge, said = visit.hall.room.knowledge, plain(text)
    if said in (*knowledge.plain_forms("choice_yes"), *_YES):
        return True
    return False if said in (*knowledge.plain_forms("choice_no"), *_NO) else None


async def confirm_erasing(visit: Visit) -> None:
    erasing = Incoming(Kind.ERASING, language=str(visit.language))
    await visit.hall.room.call(rewrite_update, visit.hall.bot_id, visit.update_id, erasing.dump())
    await erase_chat(replace(visit, incoming=erasing))


async def erase_chat(visit: Visit) -> None:
    """Erase what is kept, and what Rasa keeps; then say so, past the outbox, which would keep whom it is sent to."""
    if visit.chat:
        with suppress(ConversationErasedError):
            await erase(visit.hall.room, visit.chat.conversation_id)
    await _tell(visit)
    await visit.hall.room.call(erase_update, visit.hall.bot_id, visit.update_id)


async def _tell(visit: Visit) -> None:
    with suppress(Forbidden, BadRequest):
        await visit.hall.bot.send_message(
            visit.chat_id, visit.text("delete_done"), reply_markup=ReplyKeyboardRemove(), rate_limit_args=RETRIES
        )
