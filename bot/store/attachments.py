"""Files that people send to staff.

Responsible for the table `attachments`. The files themselves stay with the channel; what is kept is how to ask it for them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import exists, insert, select

from bot.core.conversation import Owner, Said
from bot.store.conversation_schema import Attachment as AttachmentRow
from bot.store.conversations import lock_conversation, receive_in
from bot.store.database import Database


@dataclass(frozen=True)
class Attachment:
    """`kind` is photo, file or voice; `file_id` is what the channel knows it by."""

    kind: str
    name: str
    file_id: str


def receive_file(database: Database, conversation_id: str, said: Said, file: Attachment) -> int | None:
    """Store a file for the staff who own the conversation; gives its message's number. The same client_id again changes nothing.

    None where the assistant owns it: then nothing is kept. Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.writing() as connection:
        row = lock_conversation(connection, conversation_id)
        if row.owner != Owner.STAFF:
            return None
        seq = receive_in(connection, row, said)
        own = (AttachmentRow.conversation_id == row.id, AttachmentRow.seq == seq)
        if not connection.scalar(select(exists().where(*own))):
            connection.execute(insert(AttachmentRow), {"conversation_id": row.id, "seq": seq, **asdict(file)})
        return seq


def list_attachments(database: Database, conversation_id: str) -> dict[int, Attachment]:
    """The files of a conversation by the numbers of their messages."""
    columns = (AttachmentRow.seq, AttachmentRow.kind, AttachmentRow.name, AttachmentRow.file_id)
    query = select(*columns).where(AttachmentRow.conversation_id == conversation_id)
    with database.reading() as connection:
        return {row.seq: Attachment(row.kind, row.name, row.file_id) for row in connection.execute(query)}
