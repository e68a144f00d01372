"""The commands `python -m bot person …`: what is kept of one person, as JSON, or erased.

Responsible for asking and printing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.conversation.person import erase_person, export_person
from bot.conversation.room import Room
from bot.core.handoff import Agent
from bot.core.reference import find_reference
from bot.inbox.commands import Opener
from bot.knowledge.load import load_knowledge
from bot.settings import load_settings
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError
from bot.store.person import find_person, list_same_contact
from bot.store.transcript import TrackerUnavailableError
from bot.usage import UsageError

# Whoever may use the commands sees all, as national staff do.
_EVERYBODY = Agent("", "")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], open_database: Opener) -> None:
    """person export | erase"""
    export = commands.add_parser("export", help="Print everything that is kept of a person, as JSON.")
    export.add_argument("reference", help="of a request, as in IMT-7K2MXB")
    export.add_argument("--out", type=Path, help="write it to this file instead")
    export.set_defaults(run=lambda chosen: _run(_export, open_database, chosen))
    erase = commands.add_parser("erase", help="Erase everything that is kept of a person; it cannot be undone.")
    erase.add_argument("reference", help="of a request, as in IMT-7K2MXB")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    erase.set_defaults(run=lambda chosen: _run(_erase, open_database, chosen))


def _run(call: Any, opener: Opener, chosen: argparse.Namespace) -> None:
    reference = find_reference(chosen.reference)
    if reference is None:
        raise UsageError(f"“{chosen.reference}” is not a reference number. They look like IMT-7K2MXB.")
    with opener() as database:
        try:
            call(database, reference, chosen)
        except HandoffNotFoundError:
            raise UsageError(f"Nothing is kept under {reference}: it was never given, or it is erased already.") from None
        except TrackerUnavailableError:
            raise UsageError("What Rasa keeps cannot be reached: see TRACKER_DATABASE_URL. Try again later.") from None


def _export(database: Database, reference: str, chosen: argparse.Namespace) -> None:
    text = _do(database, lambda room: export_person(room, _EVERYBODY, reference))
    if chosen.out is None:
        sys.stdout.write(text)
    else:
        _write(chosen.out, text)
    _tell_others(database, reference)


def _erase(database: Database, reference: str, chosen: argparse.Namespace) -> None:
    find_person(database, _EVERYBODY, reference)
    _tell_others(database, reference)
    if not chosen.yes and _ask(f"Erase everything of {reference}? It cannot be undone. Type {reference}: ") != reference:
        raise UsageError("Nothing was erased.")
    _do(database, lambda room: erase_person(room, _EVERYBODY, reference))
    print(f"Everything of {reference} is erased. Erase it from your backups too.")


def _do(database: Database, call: Any) -> Any:
    """Something that happens in a room of its own."""
    room = Room(database, load_settings().tracker_url, load_knowledge())
    work: Coroutine[Any, Any, Any] = call(room)
    try:
        return asyncio.run(work)
    finally:
        room.close()


def _tell_others(database: Database, reference: str) -> None:
    """The same person may have asked twice; a family may share a telephone: somebody has to look."""
    others = list_same_contact(database, find_person(database, _EVERYBODY, reference))
    if others:
        print(f"The same contact was given for {', '.join(others)}. Look whether that is the same person.", file=sys.stderr)


def _ask(question: str) -> str | None:
    print(question, end="", flush=True, file=sys.stderr)
    return find_reference(sys.stdin.readline())


def _write(file: Path, text: str) -> None:
    try:
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The file {file} cannot be written: {error.strerror}.") from None
    print(f"Written to {file}. It holds personal data: hand it over safely, and delete it.", file=sys.stderr)
