"""The command `python -m bot learn export`: what staff decided about questions, as training examples for an editor.

Responsible for the files. They are never written where the model is trained from: an editor moves what they accept.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.core.heard import plain
from bot.inbox.commands import Opener
from bot.knowledge.vocabulary import EXAMPLES, read_examples
from bot.settings import ROOT
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.questions import Question, list_to_export, mark_exported
from bot.usage import UsageError

_HEAD = """\
# Questions of people, as staff decided what they are about; for an editor to look over. Move the lines that you accept into
# data/nlu/{language}/{topic}.yml, and write a word of your own where "…" stands.
version: "3.1"
nlu:
- intent: faq/{topic}
  metadata:
    language: {language}
  examples: |
"""
_NEXT = """\
Next: look them over and move the lines that you accept into the files of the same names in data/nlu, then `make train`, and
`make evaluate` on questions of your own before and after."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], open_database: Opener) -> None:
    """learn export"""
    export = commands.add_parser("export", help="Write what staff decided about questions as training examples.")
    export.add_argument("--out", type=Path, metavar="FOLDER", help="a new folder; without it, one of today in var/learned")
    export.set_defaults(run=lambda chosen: _export(open_database, chosen.out))


def _export(opener: Opener, out: Path | None) -> None:
    folder = out or ROOT / "var" / "learned" / f"{utc_now():%Y-%m-%d-%H%M%S}"
    if folder.resolve().is_relative_to(EXAMPLES.parent.resolve()):
        raise UsageError("The examples are for an editor to look over: choose a folder outside of data/.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not a new folder. Choose another with --out.")
    with opener() as database:
        _export_to(folder, database)


def _export_to(folder: Path, database: Database) -> None:
    decided = list_to_export(database)
    known = {(path.parent.name, plain(text)) for path, text in read_examples()}
    fresh = [question for question in decided if (question.language, plain(question.text)) not in known]
    files = _write(folder, fresh)
    mark_exported(database, [question.id for question in decided])
    if left_out := len(decided) - len(fresh):
        print(f"Left out, because the assistant has them already: {left_out}.")
    if not fresh:
        print("There is nothing new to export. Decide questions at /staff/questions.")
        return
    print(f"Written: {len(fresh)} examples in {len(files)} files below {folder}.\n{_NEXT}")


def _write(folder: Path, questions: Iterable[Question]) -> Mapping[Path, list[str]]:
    """Raises UsageError."""
    files: dict[Path, list[str]] = defaultdict(list)
    for question in questions:
        files[folder / question.language / f"{question.decision}.yml"].append(f"    - {question.text}\n")
    try:
        for path, lines in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_HEAD.format(language=path.parent.name, topic=path.stem) + "".join(lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.") from None
    return files
