"""E-mails that the catcher of `make run` kept instead of sending them, for whoever wants to see them (bot.run.MAIL)."""

from __future__ import annotations

import mailbox
from dataclasses import dataclass
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


@dataclass(frozen=True)
class CaughtMail:
    """One e-mail; `date` is as its header says it."""

    to: str
    subject: str
    date: str
    text: str


def read_caught_mail(folder: Path, limit: int = 100) -> list[CaughtMail]:
    """The newest first; nothing where none was caught yet."""
    if not (folder / "new").is_dir():
        return []
    box = mailbox.Maildir(folder, create=False)
    return [_read(folder / "new" / key) for key in sorted(box.keys(), reverse=True)[:limit]]


def _read(path: Path) -> CaughtMail:
    with path.open("rb") as file:
        mail = message_from_binary_file(file, EmailMessage, policy=default)
    body = mail.get_body(("plain", "html"))
    return CaughtMail(str(mail["to"]), str(mail["subject"]), str(mail["date"]), str(body.get_content()).strip() if body else "")
