"""Tests of the Telegram channel. Importing the channel first decides how its library gives pauses."""

import bot.channels.telegram  # noqa: F401
