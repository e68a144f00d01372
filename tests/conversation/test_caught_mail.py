"""E-mails that were kept instead of sent, as somebody reads them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.conversation.caught_mail import CaughtMail, read_caught_mail
from bot.conversation.post import Post
from bot.run import _mail_catcher
from bot.settings import Settings

_PATIENCE = 60.0


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert read_caught_mail(tmp_path / "mail") == []


def test_what_the_catcher_of_make_run_keeps_is_read(tmp_path: Path) -> None:
    (service,), reached = _mail_catcher(tmp_path, Settings(smtp_url="", notice_targets=""))
    assert service.command[0] == sys.executable
    with subprocess.Popen(service.command, cwd=tmp_path) as process:
        try:
            send(Post(reached["SMTP_URL"]), reached["NOTICE_TARGETS"])
        finally:
            process.terminate()
    (mail,) = read_caught_mail(tmp_path / "var" / "mail")
    assert mail == CaughtMail("staff@example.org", "Tïtle", mail.date, "Ein Text\nmit Link: https://imt.test/")


def send(post: Post, address: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not asyncio.run(post.send(address, "Tïtle", "Ein Text\nmit Link: https://imt.test/")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("url", ["mailtos://user:SECRET@smtp.example.org?from=imt@example.org"])
def test_with_a_server_nothing_is_caught(tmp_path: Path, url: str) -> None:
    assert _mail_catcher(tmp_path, Settings(smtp_url=url)) == ([], {})
    assert "SECRET" not in repr(Settings(smtp_url=url))
