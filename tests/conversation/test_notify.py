"""Notices as targets get them: by e-mail and webhook for real, again after failures, nothing personal, no secret in a log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

import bot.conversation.notify
from bot.conversation import post
from bot.conversation.notify import MOST_ATTEMPTS, Notifier, Send
from bot.conversation.post import AddressError, Post, check_address
from bot.conversation.room import Room
from bot.core.conversation import Author, Said
from bot.core.handoff import ContactKind, HandoffReason, HandoffStatus
from bot.core.language import Language
from bot.store.case_work import take_conversation
from bot.store.conversations import say_as_staff
from bot.store.database import Database
from bot.store.handoff_changes import lock_handoff
from bot.store.notices import NoticeKind, add_notices, add_reply, count_notices, list_failed_notices
from bot.store.office_service import add_target, set_default_targets
from bot.store.reading_on import mark_seen
from bot.store.schema import Conversation, Handoff
from tests.conversation.rooms import make_room
from tests.store.inboxes import ANA, NATIONAL, SAID, ask, clear, row_of
from tests.test_run import free_port

PERSONAL = ("Ana Secreta", "414-555-0100", "my night shift story", "53215", "wages")


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    clear(database)
    return make_room(database, tmp_path)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.conversation.notify, "_LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(bot.conversation.notify, "_POLL_SECONDS", 0.0)


class Mails:
    """Keeps what it is sent; refuses to, while told so."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return "451 later"
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def mails() -> Iterator[tuple[Mails, Post]]:
    handler = Mails()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, Post(f"mailto://127.0.0.1:{port}?from=imt@example.org")
    controller.stop()


def tell(database: Database, reference: str, kind: NoticeKind = NoticeKind.NEW) -> None:
    with database.writing() as connection:
        add_notices(connection, lock_handoff(connection, Handoff.reference == reference), kind, str(kind))


def notify(room: Room, send: Send, times: int = 1) -> None:
    async def play() -> None:
        notifier = Notifier(room, send, "https://imt.test/")
        for _ in range(times):
            await notifier.notify_due()

    asyncio.run(play())


def taking(*answers: bool | Exception) -> tuple[Send, list[tuple[str, str, str]]]:
    """A sender that answers as it is told, then takes everything; and what it was given."""
    told, given = list(answers), []

    async def send(address: str, title: str, body: str) -> bool:
        given.append((address, title, body))
        answer = told.pop(0) if told else True
        if isinstance(answer, Exception):
            raise answer
        return answer

    return send, given


def test_an_e_mail_holds_the_reference_and_a_link_and_nothing_personal(room: Room, mails: tuple[Mails, Post]) -> None:
    add_target(room.database, "wrtp", "staff@wrtp.example.org", "Ana")
    reference = ask(room.database, reason=HandoffReason.DANGER)
    tell(room.database, reference)
    notify(room, mails[1].send, 2)
    (mail,) = mails[0].mails
    assert mail["To"] == "staff@wrtp.example.org"
    assert mail["Subject"] == f"URGENT: IMT request {reference}"
    assert f"https://imt.test/staff/handoffs/{reference}" in mail.as_string().replace("=\n", "")
    assert not [each for each in PERSONAL if each in mail.as_string()]
    assert row_of(room.database, reference).status == HandoffStatus.NOTIFIED


def test_a_server_that_is_busy_gets_it_later_and_once(room: Room, mails: tuple[Mails, Post]) -> None:
    set_default_targets(room.database, ["staff@example.org"])
    tell(room.database, ask(room.database))
    mails[0].refuses = True
    notify(room, mails[1].send, 2)
    assert mails[0].mails == []
    mails[0].refuses = False
    notify(room, mails[1].send, 3)
    assert len(mails[0].mails) == 1
    assert count_notices(room.database) == {}


def test_a_webhook(room: Room) -> None:
    got: list[dict[str, object]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        set_default_targets(room.database, [f"json://127.0.0.1:{server.server_port}/hook"])
        reference = ask(room.database)
        tell(room.database, reference)
        notify(room, Post("", ["127.0.0.1"]).send)
        server.shutdown()
    assert reference in str(got[0]["title"])


def test_one_dead_target_holds_up_no_other(room: Room) -> None:
    set_default_targets(room.database, ["a@example.org", "b@example.org"])
    tell(room.database, ask(room.database))
    send, given = taking(*[False] * MOST_ATTEMPTS * 2)

    async def only_b(address: str, title: str, body: str) -> bool:
        return address == "b@example.org" or await send(address, title, body)

    notify(room, only_b, MOST_ATTEMPTS + 3)
    assert len(given) == MOST_ATTEMPTS
    (failed,) = list_failed_notices(room.database, NATIONAL)
    assert (failed.target, failed.error) == ("a@example.org", "failed")


@pytest.mark.parametrize(
    ("failure", "error", "tries"),
    [
        (AddressError("x"), "refused", 1),
        (OSError("tgram://1:SECRET/2"), "OSError", MOST_ATTEMPTS),
        (False, "failed", MOST_ATTEMPTS),
    ],
)
def test_the_kind_of_a_failure_is_kept_and_no_secret(
    room: Room, failure: bool | Exception, error: str, tries: int, caplog: pytest.LogCaptureFixture
) -> None:
    set_default_targets(room.database, ["tgram://123456:SECRET/42"])
    tell(room.database, ask(room.database))
    send, given = taking(*[failure] * MOST_ATTEMPTS)
    with structlog.testing.capture_logs() as logs, caplog.at_level(logging.DEBUG):
        notify(room, send, MOST_ATTEMPTS + 2)
    assert len(given) == tries
    (failed,) = list_failed_notices(room.database, NATIONAL)
    assert failed.error == error
    assert "SECRET" not in f"{logs}{caplog.text}{failed}"


def test_apprise_itself_logs_no_secret(room: Room, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        assert not asyncio.run(Post("", ["127.0.0.1"]).send("json://user:SECRET@127.0.0.1:1/SECRET", "t", "b"))
        for broken in ("tgram://SECRET", "json://", "nonsense://SECRET"):
            with pytest.raises(AddressError) as caught:
                asyncio.run(Post("").send(broken, "t", "b"))
            assert "SECRET" not in str(caught.value)
    assert "SECRET" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("address", ["ana@example.org", "tgram://123456789:abcdefghijklmnop/42", "jsons://hook.test/x"])
def test_addresses_that_are_taken(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize(
    "address", ["", "ana", "a@b@c", "file:///etc/passwd", "syslog://", "dbus://", "Ana <ana@example.org>", "://"]
)
def test_addresses_that_are_not(address: str) -> None:
    with pytest.raises(AddressError):
        check_address(address)


INSIDE = [
    "json://127.0.0.1/x", "jsons://localhost./", "json://a.localhost/", "json://2130706433/",
    "json://[::1]:80/", "json://[::ffff:10.0.0.1]/", "json://[fe80::1]/", "xml://169.254.169.254/latest", "form://10.1.2.3/",
    "mailto://user:word@example.org?smtp=192.168.0.5", "mmost://10.0.0.1/abcdefghijklmnopqrstuvwxyz", "ntfys://10.1.1.1/topic",
    "rocket://u:p@10.0.0.1/#a", "matrixs://u:p@192.168.1.2/#r", "workflows://172.16.0.1:443/WF/SIG", "json://0.0.0.0/",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_the_network_are_refused_unless_named(address: str) -> None:
    with pytest.raises(AddressError, match="inside our own network") as caught:
        check_address(address)
    host = re.findall(r"The server (\S+) is", str(caught.value))[0]
    check_address(address, [host])
    with pytest.raises(AddressError, match="inside our own network"):
        asyncio.run(Post("").send(address, "t", "b"))


def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "inner.test": ["93.184.216.34", "10.0.0.7"],
        "outer.test": ["93.184.216.34"],
        "six.test": ["2002:7f00:1::"],
        "gone.test": [],
    }

    async def look_up(host: str) -> list[str]:
        return found[host]

    monkeypatch.setattr(post, "_look_up", look_up)
    for inner in ("inner.test", "six.test"):
        check_address(f"json://{inner}/")
        for go in (Post("").check(f"json://{inner}/"), Post("").send(f"json://{inner}/", "t", "b")):
            with pytest.raises(AddressError, match="inside our own network"):
                asyncio.run(go)
    for taken in ("outer.test", "gone.test"):
        asyncio.run(Post("").check(f"json://{taken}/"))
    asyncio.run(Post("", ["inner.test"]).check("json://inner.test/"))


def test_a_server_outside_cannot_lead_inside() -> None:
    assert not post._open_target("jsons://hook.test/?redirect=yes", ()).redirects
    matrix = post._open_target("matrixs://u:p@hook.test/#room?discovery=yes", ())
    assert not matrix.discovery


def test_without_a_server_an_e_mail_is_refused() -> None:
    with pytest.raises(AddressError):
        asyncio.run(Post("").send("ana@example.org", "t", "b"))


def test_what_is_gone_is_dead(room: Room) -> None:
    set_default_targets(room.database, ["a@example.org"])
    tell(room.database, ask(room.database))
    set_default_targets(room.database, [])
    send, given = taking()
    notify(room, send)
    assert given == []
    assert [failed.error for failed in list_failed_notices(room.database, NATIONAL)] == ["gone"]


def test_a_reply_holds_what_was_not_seen_in_the_language_of_the_person(room: Room) -> None:
    reference = ask(room.database, language=Language.EN, contact_kind=ContactKind.EMAIL, contact_value="ana@example.org")
    with room.database.transaction() as session:
        session.get_one(Conversation, "c1").language = "es"
    take_conversation(room.database, ANA, reference, SAID)
    (message,) = say_as_staff(room.database, "c1", Said(Author.STAFF, "Venga el lunes"))
    for seq in (message.seq, message.seq + 1):
        with room.database.writing() as connection:
            add_reply(connection, lock_handoff(connection, Handoff.reference == reference).id, seq)
        send, given = taking()
        notify(room, send)
        if seq == message.seq:
            ((address, title, body),) = given
            assert (address, title) == ("ana@example.org", f"Una respuesta a su solicitud IMT {reference}")
            assert "Venga el lunes" in body
            mark_seen(room.database, ["c1"])
        else:
            assert given == []
    assert count_notices(room.database) == {}
