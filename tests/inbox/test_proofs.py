"""Passwords, codes and the key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.inbox import proofs
from bot.settings import Settings

NONCE = "0" * 32


def test_a_password_is_kept_as_argon2_and_compared() -> None:
    kept = proofs.hash_password("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert proofs.is_password(kept, "correct horse battery")
    assert not proofs.is_password(kept, "correct horse batterz")


def test_without_a_password_none_is_right() -> None:
    assert not proofs.is_password(None, "")
    assert not proofs.is_password("no hash", "anything")


def test_codes_of_about_now_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    totp = proofs.totp_of(b"key", NONCE)
    monkeypatch.setattr("bot.inbox.proofs.time.time", lambda: 1_800_000_010.0)
    now = 1_800_000_010 // 30
    codes = {step: totp.generate_otp(now + step) for step in range(-3, 4)}
    found = {step: proofs.step_of(totp, code) for step, code in codes.items()}
    assert found == {-3: None, -2: None, -1: now - 1, 0: now, 1: now + 1, 2: None, 3: None}
    assert proofs.step_of(totp, f" {codes[0][:3]} {codes[0][3:]} ") == now


@pytest.mark.parametrize("code", ["", "1", "٣٣٣٣٣٣", "000000000000", "abcdef", "\ud800"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert proofs.step_of(proofs.totp_of(b"key", NONCE), code) is None


def test_codes_belong_to_the_key_and_the_account() -> None:
    secrets = {proofs.totp_of(key, nonce).secret for key in (b"k1", b"k2") for nonce in (NONCE, "1" * 32)}
    assert len(secrets) == 4
    assert all(len(secret) == 32 for secret in secrets)
    address = proofs.address_of(proofs.totp_of(b"key", NONCE), "ana@example.org")
    assert address.startswith("otpauth://totp/IMT%20inbox:ana%40example.org?secret=")


def test_the_key_is_that_of_the_settings_or_of_a_file_that_only_we_read(tmp_path: Path) -> None:
    assert proofs.read_key(Settings(staff_key="s" * 32)) == b"s" * 32
    file = tmp_path / "var" / "staff.key"
    key = proofs.read_key(Settings(), file)
    assert proofs.read_key(Settings(), file) == key
    assert len(key) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
