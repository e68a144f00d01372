"""docs/telegram.md says what there is, and its texts fit where they belong."""

from __future__ import annotations

import re

from bot.channels.telegram.incoming import COMMANDS
from bot.settings import ROOT, Settings

DOCUMENT = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
# As BotFather takes them.
LIMITS = {"Name": 64, "About (up to 120)": 120, "Description (up to 512)": 512}


def test_every_command_is_explained_and_no_other() -> None:
    assert sorted(re.findall(r"^\| `/(\w+)` \|", DOCUMENT, re.M)) == sorted(COMMANDS)


def test_the_profile_fits_in_both_languages() -> None:
    rows = {row[0]: row[1:] for row in re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT, re.M)}
    for name, longest in LIMITS.items():
        assert all(0 < len(text) <= longest for text in rows[name]), name


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(r"\b([A-Z]{4,}(?:_[A-Z]+)+)\b", DOCUMENT)) - {"WRITE_TRANSCRIPTS"}
    assert named <= {name.upper() for name in Settings.model_fields}
    assert {name for name in named if name.startswith("TELEGRAM")} >= {"TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_URL"}


def test_there_is_a_transcript_in_each_language() -> None:
    for name, first in (("journey-en", "> /start wi_flyer\n\nHi!"), ("journey-es", "> /start\n\n¡Hola!")):
        transcript = DOCUMENT.split(f"<!-- {name} -->\n```\n")[1].split("\n```")[0]
        assert transcript.startswith(first) and "IMT-7K3MPW" in transcript
