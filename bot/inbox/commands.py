"""The commands `python -m bot staff …`: who may work with the inbox.

Responsible for asking and printing. Passwords are asked on the terminal and never taken as an argument.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import segno
from rich.console import Console
from rich.table import Table

from bot.core.staff import Role, StaffError, check_password, plain_email
from bot.inbox.proofs import address_of, hash_password, new_nonce, read_key, totp_of
from bot.settings import load_settings
from bot.store import staff
from bot.store.database import Database

Opener = Callable[[], AbstractContextManager[Database]]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], open_database: Opener) -> None:
    """staff add | list | disable | reset | sign-out"""
    add = commands.add_parser("add", help="Make an account; asks for the password and shows the code for the authenticator app.")
    add.add_argument("email")
    add.add_argument("--name", required=True, help="first name, as people will see it")
    add.add_argument("--role", required=True, choices=[str(role) for role in Role])
    add.add_argument("--partner", help="id of the intermediary, of agents and managers (python -m bot partners list)")
    add.add_argument("--single-sign-on", action="store_true", help="no password: signs in by OpenID Connect only")
    add.set_defaults(run=lambda chosen: _run(_add, open_database, chosen))
    listing = commands.add_parser("list", help="List the accounts.")
    listing.set_defaults(run=lambda chosen: _run(_list, open_database, chosen))
    for name, call, text in (
        ("disable", _disable, "Nobody signs in with this account any more."),
        ("reset", _reset, "New password and new code, and all sessions end; also enables again."),
        ("sign-out", _sign_out, "End all sessions of an account."),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("email")
        command.set_defaults(run=lambda chosen, call=call: _run(call, open_database, chosen))


def _run(call: Callable[[Database, argparse.Namespace], None], opener: Opener, chosen: argparse.Namespace) -> None:
    with opener() as database:
        try:
            call(database, chosen)
        except staff.StaffNotFoundError:
            raise StaffError(f"There is no account of {chosen.email}. See: python -m bot staff list") from None


def _add(database: Database, chosen: argparse.Namespace) -> None:
    email = plain_email(chosen.email)
    new = staff.NewStaff(email, chosen.name.strip()[:64], Role(chosen.role), chosen.partner)
    if chosen.single_sign_on:
        staff.add_staff(database, new)
        print(f"{email} can sign in by single sign-on.")
        return
    nonce = new_nonce()
    staff.add_staff(database, replace(new, password_hash=_ask_password(), totp_nonce=nonce))
    _show_code(email, nonce)


def _reset(database: Database, chosen: argparse.Namespace) -> None:
    nonce = new_nonce()
    staff.reset_staff(database, chosen.email, _ask_password(), nonce)
    _show_code(chosen.email, nonce)


def _disable(database: Database, chosen: argparse.Namespace) -> None:
    staff.disable_staff(database, chosen.email)
    print(f"{chosen.email} is disabled, and signed out everywhere.")


def _sign_out(database: Database, chosen: argparse.Namespace) -> None:
    staff.sign_out_staff(database, chosen.email)
    print(f"{chosen.email} is signed out everywhere.")


def _list(database: Database, _: argparse.Namespace) -> None:
    accounts = staff.list_staff(database)
    table = Table("e-mail", "first name", "role", "intermediary", "state")
    for account in accounts:
        known = account.staff
        table.add_row(known.email, known.first_name, known.role, known.partner_name or "all", account.standing)
    Console(markup=False).print(table)
    print(f"{len(accounts)} accounts")


def _ask_password() -> str:
    """Hashed; typed twice on a terminal, or one line of a pipe."""
    typed = list(_typed())
    if len(set(typed)) != 1:
        raise StaffError("The two passwords differ.")
    check_password(typed[0])
    return hash_password(typed[0])


def _typed() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield sys.stdin.readline().rstrip("\n")
        return
    yield getpass.getpass("Password: ")
    yield getpass.getpass("Once more: ")


def _show_code(email: str, nonce: str) -> None:
    address = address_of(totp_of(read_key(load_settings()), nonce), email)
    print("Scan this with an authenticator app, or open the address on the telephone. It is shown only now.\n")
    segno.make(address, micro=False).terminal(compact=True)
    print(f"\n{address}")
