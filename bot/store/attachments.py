"""Files that people send to staff.

Responsible for the table `attachments`. The files themselves stay with the channel; what is kept is how to ask it for them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import exists, insert, select

from bot.core.conversation import Owner, Said
from bot.core.handoff import ENDED, HandoffStatus
from bot.store.conversation_schema import Attachment as AttachmentRow
from bot.store.conversations import lock_conversation, receive_in
from bot.store.database import Database
from bot.store.handoff_schema import Handoff

_OPEN = [str(status) for status in HandoffStatus if status not in ENDED]


@dataclass(frozen=True)
class Attachment:
    """`kind` is photo, file or voice; `file_id` is what the channel knows it by."""

    kind: str
    name: str
    file_id: str


def receive_file(database: Database, conversation_id: str, said: Said, file: Attachment) -> Owner | None:
    """Store a file for staff; gives who owns the conversation. The same client_id again changes nothing.

    None where no staff own it nor have a request of the person: then nothing is kept. Raises ConversationNotFoundError or
    ConversationErasedError.
    """
    with database.writing() as connection:
        row = lock_conversation(connection, conversation_id)
        open_requests = (Handoff.conversation_id == row.id, Handoff.status.in_(_OPEN))
        if row.owner != Owner.STAFF and not connection.scalar(select(exists().where(*open_requests))):
            return None
        seq = receive_in(connection, row, said, to_staff=True)
        own = (AttachmentRow.conversation_id == row.id, AttachmentRow.seq == seq)
        if not connection.scalar(select(exists().where(*own))):
            connection.execute(insert(AttachmentRow), {"conversation_id": row.id, "seq": seq, **asdict(file)})
        return Owner(row.owner)


def list_attachments(database: Database, conversation_id: str) -> dict[int, Attachment]:
    """The files of a conversation by the numbers of their messages."""
    columns = (AttachmentRow.seq, AttachmentRow.kind, AttachmentRow.name, AttachmentRow.file_id)
    query = select(*columns).where(AttachmentRow.conversation_id == conversation_id)
    with database.reading() as connection:
        return {row.seq: Attachment(row.kind, row.name, row.file_id) for row in connection.execute(query)}
