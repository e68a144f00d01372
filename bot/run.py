"""Runs the whole assistant: makes ready what it needs, starts the action server, Rasa and the website, and ends them.

Responsible for the order of these steps and for telling what happens. Must not know how each is done.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from bot.chat import chat
from bot.core.tokens import hash_token
from bot.progress import Progress
from bot.rasa_log import clean_line
from bot.services import Ended, Service, Services
from bot.settings import ROOT, Settings
from bot.store import partners, staff
from bot.store.base import utc_now
from bot.store.database import open_database, upgrade_database
from bot.training import LOGS, MODEL, RASA, RASA_PYTHON, TrainingError, is_current, rasa_environment, train

MAIL = Path("var/mail")
_PARTNERS = Path("data/partners/partners.csv")
_IMPORTED = Path("var/partners.imported")
_START_SECONDS = 300.0
_ANSWER_SECONDS = 2.0


class RunError(Exception):
    """The assistant cannot start or had to stop; the message says why and what to do."""


def run(settings: Settings, progress: Progress | None = None) -> None:
    """Make everything ready and serve until the chat in front is left or this process is told to stop. Raises RunError."""
    progress = progress or Progress()
    with _ended_by_signals():
        try:
            _run(settings, progress)
        except KeyboardInterrupt:
            progress.say("Stopped.")


def _run(settings: Settings, progress: Progress) -> None:
    ports = {"RASA_PORT": settings.rasa_port, "ACTIONS_PORT": settings.actions_port, "GATEWAY_PORT": settings.gateway_port}
    require_free_ports(ports)
    with progress.step("Upgrading the database"):
        upgrade_database(settings.database_url)
    with progress.step("Reading the partner offices") as step:
        step.outcome = import_seed(ROOT, settings.database_url)
    make_model(ROOT, settings, progress)
    in_front = _has_terminal()
    addresses = {
        "rasa": f"{settings.rasa_url}/",
        "actions": f"{settings.actions_url}/health",
        "gateway": f"{settings.gateway_url}/health/live",
    }
    with Services(_services(ROOT, settings), ROOT / LOGS if in_front else None) as services:
        with progress.step("Starting the action server, Rasa and the website"):
            wait_until_ready(services, addresses, _START_SECONDS)
        for line in (*_where(settings), *_first_link(settings)):
            progress.say(line)
        if in_front:
            asyncio.run(_chat_in_front(services, settings))
        else:
            raise RunError(describe(services.wait()))


def require_free_ports(ports: Mapping[str, int]) -> None:
    """Raises RunError that names every setting whose port on 127.0.0.1 is taken."""
    used = {key: port for key, port in ports.items() if _is_used(port)}
    taken = [f"Port {port} is in use: set {key} to a free port, or stop what uses it." for key, port in used.items()]
    if len(set(ports.values())) < len(ports):
        taken.append(f"{' and '.join(_same(ports))} are the same port: set one of them to another.")
    if taken:
        raise RunError("\n".join(taken))


def _same(ports: Mapping[str, int]) -> list[str]:
    values = list(ports.values())
    return [key for key, port in ports.items() if values.count(port) > 1]


def _is_used(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def import_seed(root: Path, url: str) -> str:
    """Bring the offices to the partner file if there are none, or if the file changed since it was last read; says what it did.

    A file that did not change is left alone, and of one that did, what staff have changed in the database: that stays.
    """
    path, mark = root / _PARTNERS, root / _IMPORTED
    line = f"{_hash(url.encode())} {_hash(path.read_bytes())}"
    known = mark.read_text(encoding="utf-8").splitlines() if mark.exists() else []
    database = open_database(url)
    try:
        count = len(partners.list_partners(database))
        if count and line in known:
            return f"{count} offices, nothing new"
        report = partners.import_partners(database, path, "make run", keep_edits=True)
    finally:
        database.close()
    others = [other for other in known if not other.startswith(line.split()[0])]
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text("\n".join([*others, line]) + "\n", encoding="utf-8")
    return f"{len(report.added)} offices added, {len(report.changed)} changed, {len(report.unchanged)} as they were"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_model(root: Path, settings: Settings, progress: Progress, force: bool = False) -> None:
    """Train if the model is missing or old, or if told to. A failure is only said where an older model can serve."""
    if not force and is_current(root, settings.encoder):
        return
    try:
        with progress.step(f"Training the model (log: {LOGS / 'train.log'})"):
            train(root, settings)
    except TrainingError as error:
        if force or not (root / MODEL).exists():
            raise RunError(str(error)) from None
        progress.say(str(error))


def _services(root: Path, settings: Settings) -> list[Service]:
    port = str(settings.rasa_port)
    files = ("--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
    rasa = (str(root / RASA_PYTHON), "-m", RASA, "run", "--model", str(MODEL), *files, "-i", "127.0.0.1", "-p", port)
    mail, catching = _mail_catcher(root, settings)
    return [
        *mail,
        Service("actions", (sys.executable, "-m", "bot", "actions"), root, {"PYTHONUNBUFFERED": "1"}),
        Service("rasa", rasa, root, rasa_environment(settings), clean_line),
        Service("gateway", (sys.executable, "-m", "bot", "gateway"), root, {"PYTHONUNBUFFERED": "1", **catching}),
    ]


def _mail_catcher(root: Path, settings: Settings) -> tuple[list[Service], dict[str, str]]:
    """Where no server for e-mail is set, one that keeps what it is sent in var/mail; and how the gateway reaches it."""
    if settings.smtp_url.get_secret_value():
        return [], {}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    (root / MAIL).parent.mkdir(parents=True, exist_ok=True)
    command = (
        sys.executable,
        "-m",
        "aiosmtpd",
        "--nosetuid",
        "--listen",
        address,
        "--class",
        "aiosmtpd.handlers.Mailbox",
        str(MAIL),
    )
    reached = {"SMTP_URL": f"mailto://{address}?from=imt@example.org"}
    if not settings.notice_targets.get_secret_value():
        reached["NOTICE_TARGETS"] = "staff@example.org"
    return [Service("mail", command, root)], reached


def wait_until_ready(services: Services, addresses: Mapping[str, str], seconds: float) -> None:
    """Wait until each address answers. Raises RunError if a service ends, or after `seconds`."""
    waiting, deadline = dict(addresses), time.monotonic() + seconds
    with httpx.Client(timeout=_ANSWER_SECONDS, trust_env=False) as http:
        while waiting:
            if ended := services.ended():
                raise RunError(describe(ended))
            if time.monotonic() > deadline:
                raise RunError(f"{' and '.join(waiting)} did not answer within {seconds:.0f} seconds. The logs are in {LOGS}.")
            waiting = {name: address for name, address in waiting.items() if not _answers(http, address)}
            time.sleep(0.2 if waiting else 0)


def _answers(http: httpx.Client, address: str) -> bool:
    try:
        return http.get(address).is_success
    except httpx.HTTPError:
        return False


def describe(ended: Ended) -> str:
    """One sentence on what ended, then the last lines of its log."""
    first, *lines = str(ended).splitlines()
    return "\n".join([f"{first} Everything else was stopped." + (" Its log ends with:" if lines else ""), *lines])


def _where(settings: Settings) -> Sequence[str]:
    from bot.channels.telegram.checking import where  # imports its library: only where it is needed

    return (
        f"Website    {settings.gateway_url}/",
        f"Inbox      {settings.gateway_url}/staff/",
        f"Rasa       {settings.rasa_url}/webhooks/rest/webhook",
        f"Actions    {settings.actions_url}/webhook",
        f"Telegram   {where(settings)}",
        f"E-mail     {'by SMTP_URL' if settings.smtp_url.get_secret_value() else f'kept in {MAIL}, not sent'}",
    )


def _first_link(settings: Settings) -> Iterator[str]:
    """Where only this machine reaches the website and nobody works with the inbox yet: a link for the first administrator."""
    if settings.gateway_host not in ("127.0.0.1", "localhost"):
        return
    token = secrets.token_urlsafe(24)
    database = open_database(settings.database_url)
    try:
        if staff.make_first_link(database, hash_token(token), utc_now() + timedelta(days=1)):
            yield f"           open this once to make your account: {settings.gateway_url}/staff/first?token={token}"
    finally:
        database.close()


async def _chat_in_front(services: Services, settings: Settings) -> None:
    """The chat until the person leaves it, or until a service ends, which raises RunError."""
    talking = asyncio.create_task(chat(settings))
    watching = asyncio.create_task(_wait_for_end(services))
    try:
        await asyncio.wait({talking, watching}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        talking.cancel()
        watching.cancel()
        await asyncio.gather(talking, watching, return_exceptions=True)
    if not watching.cancelled():
        raise RunError(describe(watching.result()))
    talking.result()


async def _wait_for_end(services: Services) -> Ended:
    while (ended := services.ended()) is None:
        await asyncio.sleep(0.2)
    return ended


def _has_terminal() -> bool:
    """Somebody sits at a terminal, and we are in front of it: a background job that reads would be stopped by the system."""
    return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end us as Ctrl-C does; a SIGHUP that nohup made us ignore stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
