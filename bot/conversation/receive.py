"""Begins conversations and takes messages: stored before anybody is told so.

A conversation is opened by its id and its secret token, both made here by chance; of the token only a hash is kept.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from bot.conversation.measures import MESSAGES, STAGES
from bot.conversation.own import tell_in
from bot.conversation.room import Room
from bot.conversation.texts import greet
from bot.core.conversation import LONGEST_MESSAGE, Author, Message, Owner, Said
from bot.core.language import Language
from bot.core.tokens import are_equal, hash_token, new_token
from bot.core.wishes import wants_assistant
from bot.store.conversations import (
    Access,
    ConversationErasedError,
    ConversationNotFoundError,
    create_conversation,
    find_access,
    find_choice,
    receive_message,
)


class WrongTokenError(Exception):
    """The token is not that of the conversation."""


class MessageTooLongError(ValueError):
    """A message has more than LONGEST_MESSAGE characters."""


class MessageEmptyError(ValueError):
    """A message has no characters but white space."""


@dataclass(frozen=True)
class Begun:
    """A new conversation; the token is known to nobody else."""

    id: str
    token: str
    messages: list[Message]
    owner: Owner


async def begin(room: Room, channel: str, language: str | None, page: str | None) -> Begun:
    """Begin a conversation with a greeting."""
    conversation_id, token = secrets.token_hex(16), new_token()
    greeting = greet(room.knowledge, Language.parse(language))
    values = (conversation_id, hash_token(token), channel, language, page, greeting)
    messages = await room.call(create_conversation, *values)
    MESSAGES.labels(Author.ASSISTANT, channel).inc()
    return Begun(conversation_id, token, messages, Owner.ASSISTANT)


async def open_conversation(room: Room, conversation_id: str, token: str) -> Access:
    """Raises ConversationNotFoundError, WrongTokenError or, to who has the token, ConversationErasedError."""
    access = await room.read(find_access, conversation_id)
    if access is None:
        raise ConversationNotFoundError
    if not are_equal(access.token_hash, hash_token(token)):
        raise WrongTokenError
    if access.erased:
        raise ConversationErasedError
    return access


async def receive(room: Room, conversation_id: str, client_id: str, text: str, channel: str) -> int:
    """Store a message and give its number; the same client_id again gives the same and does nothing.

    Who talks with staff and asks for the assistant has it back.

    Raises MessageTooLongError, MessageEmptyError, ConversationNotFoundError or ConversationErasedError.
    """
    started = time.perf_counter()
    said = Said(Author.VISITOR, _checked(text), client_id=client_id)
    leaving = await tell_in(room, conversation_id, "staff_left_at_wish") if wants_assistant(text) else None
    seq = await room.call_first(receive_message, conversation_id, said, leaving)
    room.bell.ring(conversation_id)
    STAGES.labels("store").observe(time.perf_counter() - started)
    MESSAGES.labels(Author.VISITOR, channel).inc()
    return seq


async def choose(room: Room, conversation_id: str, client_id: str, choice_id: str, channel: str) -> int:
    """As `receive`, with the title of a choice as the text. Raises UnknownChoiceError besides."""
    return await receive(room, conversation_id, client_id, await room.read(find_choice, conversation_id, choice_id), channel)


def _checked(text: str) -> str:
    """Half surrogates and NUL cannot be stored everywhere; they say nothing either."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", " ").strip()
    if len(text) > LONGEST_MESSAGE:
        raise MessageTooLongError
    if not text:
        raise MessageEmptyError
    return text
