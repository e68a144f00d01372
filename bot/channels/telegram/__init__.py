"""Telegram, for job seekers. The only code that knows the package `telegram` (design.md)."""

from __future__ import annotations

import os

# python-telegram-bot gives pauses as timedelta only to who asks for it, and warns everybody else.
os.environ.setdefault("PTB_TIMEDELTA", "true")
