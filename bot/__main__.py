"""The commands: `python -m bot GROUP COMMAND`.

Responsible for arguments, printing and exit codes; 1 with every error listed when something is wrong. Must not hold rules.
To add a group: write `add_NAME(groups)`, and put it into `_GROUPS`.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from bot.chat import LANGUAGES, ChatError, chat
from bot.core.geography import state_named
from bot.core.partner_rows import PartnerFileError
from bot.core.staff import StaffError
from bot.inbox import learn_commands, person_commands
from bot.inbox.commands import add_commands
from bot.knowledge.report import faults_of_knowledge
from bot.progress import Progress
from bot.run import RunError, make_model, run
from bot.settings import ROOT, SettingsError, load_settings
from bot.store import partners
from bot.store.database import Database, DatabaseError, open_database, require_current, upgrade_database
from bot.training import RASA_PYTHON, rasa_environment
from bot.usage import UsageError

if TYPE_CHECKING:
    Groups = argparse._SubParsersAction[argparse.ArgumentParser]

Handler = Callable[[argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    chosen = _build_parser().parse_args(arguments)
    try:
        chosen.run(chosen)
        sys.stdout.flush()
    except PartnerFileError as error:
        return _fail(*map(str, error.errors), f"Nothing was imported. Errors: {len(error.errors)}.")
    except (SettingsError, DatabaseError, RunError, ChatError, StaffError, UsageError) as error:
        return _fail(str(error))
    except BrokenPipeError:  # whoever read us has enough, as `head` has; Python must not try to print the rest at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Commands for those who run the assistant.")
    groups = parser.add_subparsers(required=True, metavar="GROUP")
    for add in _GROUPS:
        add(groups)
    return parser


def add_partners(groups: Groups) -> None:
    """partners import | export | list | check"""
    commands = _add_group(groups, "partners", "The offices that people are sent to.")
    _add_command(commands, "import", _import_partners, "Bring the offices to what a file says.").add_argument("file", type=Path)
    export = _add_command(commands, "export", _export_partners, "Write the offices to a file, or print them.")
    export.add_argument("file", type=Path, nargs="?")
    _add_command(commands, "list", _list_partners, "List the offices.").add_argument("--state", help="that serve this state")
    _add_command(commands, "check", _check_partners, "List what staff should look after.")


def add_staff(groups: Groups) -> None:
    """staff add | list | disable | reset | sign-out"""
    add_commands(_add_group(groups, "staff", "Who may work with the inbox at /staff."), _open)


def add_person(groups: Groups) -> None:
    """person export | erase"""
    person_commands.add_commands(_add_group(groups, "person", "What is kept of one person, by a reference number."), _open)


def add_learn(groups: Groups) -> None:
    """learn export"""
    text = "What staff decided about questions that the assistant could not answer well."
    learn_commands.add_commands(_add_group(groups, "learn", text), _open)


def add_database(groups: Groups) -> None:
    """database upgrade"""
    commands = _add_group(groups, "database", "The database of DATABASE_URL.")
    _add_command(commands, "upgrade", _upgrade_database, "Bring the tables to the newest form.")


def add_knowledge(groups: Groups) -> None:
    """knowledge check"""
    commands = _add_group(groups, "knowledge", "What the assistant says: data/knowledge/.")
    _add_command(commands, "check", _check_knowledge, "Say what is wrong with the answers, in an editor's words.")


def add_actions(groups: Groups) -> None:
    """actions"""
    command = groups.add_parser("actions", help="Run the action server alone (python -m bot run starts it).")
    command.set_defaults(run=_serve_actions)


def add_gateway(groups: Groups) -> None:
    """gateway"""
    text = "Run the website alone (python -m bot run starts it): the widget's interface and the worker that answers."
    groups.add_parser("gateway", help=text, description=text).set_defaults(run=_serve_gateway)


def add_telegram(groups: Groups) -> None:
    """telegram check | export"""
    commands = _add_group(groups, "telegram", "The bot of TELEGRAM_BOT_TOKEN.")
    _add_command(commands, "check", _check_telegram, "Say what Telegram thinks of the bot.")
    _add_command(commands, "export", _export_telegram, "Print who came how, as CSV, with people as keyed hashes.")


def add_run(groups: Groups) -> None:
    """run"""
    text = "Start everything; on a terminal, open the chat in front of it."
    groups.add_parser("run", help=text, description=text).set_defaults(run=_run)


def add_chat(groups: Groups) -> None:
    """chat"""
    text = "Chat with the assistant that is running; reads a pipe too, one message a line."
    command = groups.add_parser("chat", help=text, description=text)
    command.add_argument("--language", choices=LANGUAGES, help="of the person, until they write in another")
    command.add_argument("--conversation", metavar="ID", help="go on with an earlier conversation")
    command.set_defaults(run=_chat)


def add_train(groups: Groups) -> None:
    """train"""
    text = "Train the Rasa model."
    command = groups.add_parser("train", help=text, description=text)
    command.add_argument("--if-changed", action="store_true", help="only if it is missing or what it is made from changed")
    command.set_defaults(run=_train)


def add_evaluate(groups: Groups) -> None:
    """evaluate"""
    text = "Measure the understanding on a file of labelled questions."
    command = groups.add_parser("evaluate", help=text, description=text)
    command.add_argument("file", help="tab-separated: id text topic also_acceptable audience")
    command.add_argument("out", help="folder for summary.json and predictions.jsonl")
    command.set_defaults(run=_evaluate)


_GROUPS: tuple[Callable[[Groups], None], ...] = (
    add_partners,
    add_staff,
    add_person,
    add_learn,
    add_database,
    add_knowledge,
    add_actions,
    add_gateway,
    add_telegram,
    add_run,
    add_chat,
    add_train,
    add_evaluate,
)


def _add_group(groups: Groups, name: str, text: str) -> Groups:
    return groups.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="COMMAND")


def _add_command(commands: Groups, name: str, run: Handler, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _import_partners(chosen: argparse.Namespace) -> None:
    progress = Progress(Console(stderr=True, highlight=False, markup=False, soft_wrap=True))
    with _open() as database, progress.step(f"Importing {chosen.file}"):
        report = partners.import_partners(database, chosen.file, _actor())
    print(f"added {len(report.added)}, changed {len(report.changed)}, unchanged {len(report.unchanged)}")
    for office_id in (*report.added, *report.changed):
        print(f"  {'added' if office_id in report.added else 'changed'} {office_id}")
    if report.removed_nothing:
        print(f"kept although the file lacks them: {', '.join(report.removed_nothing)}")


def _export_partners(chosen: argparse.Namespace) -> None:
    with _open() as database:
        text = partners.export_partners(database)
    if chosen.file is None:
        sys.stdout.write(text)
        return
    try:
        chosen.file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"The file {chosen.file} cannot be written: {error.strerror}.") from None


def _list_partners(chosen: argparse.Namespace) -> None:
    state = state_named(chosen.state) if chosen.state else None
    if chosen.state and state is None:
        raise UsageError(f"“{chosen.state}” is not a state. Use its name or its two letters, as in WI.")
    with _open() as database:
        lines = partners.list_partners(database, state)
    table = Table(Column("id", no_wrap=True), "name", Column("kind", no_wrap=True), "serves", "reach by", "confirmed")
    for line in lines:
        confirmed = line.confirmed_on.isoformat() if line.confirmed_on else "no"
        table.add_row(
            line.id, line.short_name, line.kind, _states(line.states_served), ", ".join(line.ways_to_reach) or "-", confirmed
        )
    Console(markup=False).print(table)
    print(f"{len(lines)} offices")


def _states(codes: tuple[str, ...]) -> str:
    return " ".join(codes) if len(codes) < 5 else f"{len(codes)} states"


def _check_partners(_: argparse.Namespace) -> None:
    with _open() as database:
        findings = partners.check_partners(database)
    print("\n".join([*findings, f"{len(findings)} findings"]))


def _upgrade_database(_: argparse.Namespace) -> None:
    upgrade_database(load_settings().database_url)
    print("The tables are of the newest form.")


def _check_knowledge(_: argparse.Namespace) -> None:
    faults = faults_of_knowledge(date.today())
    if faults:
        raise UsageError("\n".join([*faults, f"{len(faults)} to mend."]))
    print("The knowledge is in order.")


def _serve_actions(_: argparse.Namespace) -> None:
    from actions.server import serve  # opens the database and reads the knowledge: only where it is needed

    serve(load_settings().actions_port)


def _serve_gateway(_: argparse.Namespace) -> None:
    from bot.channels.web.app import serve  # imports the web framework: only where it is needed

    serve(load_settings())


def _check_telegram(_: argparse.Namespace) -> None:
    from bot.channels.telegram.checking import TelegramCheckError, check  # imports its library: only where it is needed

    try:
        print("\n".join(check(load_settings())))
    except TelegramCheckError as error:
        raise UsageError(f"Telegram: {error}") from None


def _export_telegram(_: argparse.Namespace) -> None:
    from bot.channels.telegram.exporting import export_chats

    secret = load_settings().pseudonym_secret.get_secret_value()
    if not secret:
        raise UsageError("An export needs a key to make people unrecognisable: set PSEUDONYM_SECRET, and keep it.")
    with _open() as database:
        sys.stdout.write(export_chats(database, secret))


def _run(_: argparse.Namespace) -> None:
    run(load_settings())


def _chat(chosen: argparse.Namespace) -> None:
    with suppress(KeyboardInterrupt):  # Ctrl-C while an answer is awaited leaves the chat
        asyncio.run(chat(load_settings(), chosen.language, chosen.conversation))


def _train(chosen: argparse.Namespace) -> None:
    make_model(ROOT, load_settings(), Progress(), force=not chosen.if_changed)


def _evaluate(chosen: argparse.Namespace) -> None:
    settings = load_settings()
    make_model(ROOT, settings, Progress())
    command = (str(ROOT / RASA_PYTHON), "-m", "bot.nlu.evaluate", chosen.file, chosen.out)
    raise SystemExit(subprocess.run(command, env={**os.environ, **rasa_environment(settings)}).returncode)


@contextmanager
def _open() -> Iterator[Database]:
    database = open_database(load_settings().database_url)
    try:
        require_current(database)
        yield database
    finally:
        database.close()


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


def _fail(*messages: str) -> int:
    print("\n".join(messages), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
