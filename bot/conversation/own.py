"""Who answers in a conversation: the assistant, or a person of the staff who takes over and gives back.

The assistant sends nothing while staff own it: what waits for it is left to them in the transaction that changes the owner.
The person is told who comes and goes, by first name and intermediary.
"""

from __future__ import annotations

from bot.conversation.measures import MESSAGES
from bot.conversation.room import Room
from bot.conversation.texts import tell
from bot.core.conversation import Author, Message, Owner, Said
from bot.store.conversations import ConversationNotFoundError, change_owner, find_access, say_as_staff


async def take_over(room: Room, conversation_id: str, name: str, intermediary: str) -> None:
    """Staff own it from now on. Raises OwnerChangedError if they do already."""
    said = await tell_in(room, conversation_id, "staff_joined", name=name, intermediary=intermediary)
    await _change(room, conversation_id, Owner.ASSISTANT, Owner.STAFF, said)


async def give_back(room: Room, conversation_id: str, name: str, intermediary: str) -> None:
    """The assistant owns it again. Raises OwnerChangedError if it does already."""
    said = await tell_in(room, conversation_id, "staff_left", name=name, intermediary=intermediary)
    await _change(room, conversation_id, Owner.STAFF, Owner.ASSISTANT, said)


async def write_as_staff(room: Room, conversation_id: str, text: str) -> Message:
    """Raises OwnerChangedError unless staff own the conversation."""
    (message,) = await room.call(say_as_staff, conversation_id, Said(Author.STAFF, text))
    room.bell.ring(conversation_id)
    MESSAGES.labels(Author.STAFF, "inbox").inc()
    return message


async def tell_in(room: Room, conversation_id: str, phrase: str, **blanks: str) -> Said:
    """A message of the system in the language of a conversation. Raises ConversationNotFoundError."""
    access = await room.read(find_access, conversation_id)
    if access is None:
        raise ConversationNotFoundError
    return tell(room.knowledge, phrase, access.language, **blanks)


async def _change(room: Room, conversation_id: str, before: Owner, after: Owner, said: Said) -> None:
    await room.call(change_owner, conversation_id, before, after, said)
    room.bell.ring(conversation_id)
