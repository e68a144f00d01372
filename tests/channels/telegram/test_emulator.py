"""The emulator behaves as the Bot API does where it matters, seen through python-telegram-bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.channels.telegram.emulator import TOKEN, Emulator, serving
from tests.channels.telegram.people import Person

ANA = 501


def play(steps: Callable[[Bot, Emulator], Awaitable[None]], token: str = TOKEN) -> Emulator:
    async def run(emulator: Emulator) -> None:
        async with Bot(token, base_url=f"{emulator.url}/bot") as bot:
            await steps(bot, emulator)

    with serving() as emulator:
        asyncio.run(run(emulator))
    return emulator


def test_an_update_comes_again_until_its_offset_is_passed() -> None:
    async def steps(bot: Bot, emulator: Emulator) -> None:
        Person(emulator, ANA).say("hi")
        for _ in range(2):
            (update,) = await bot.get_updates(timeout=0)
        assert update.message and update.message.text == "hi"
        assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()

    play(steps)


def test_two_pollers_and_a_webhook_conflict() -> None:
    async def steps(bot: Bot, emulator: Emulator) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        while not emulator.called("getUpdates"):
            await asyncio.sleep(0.01)
        async with Bot(TOKEN, base_url=f"{emulator.url}/bot") as second:
            await second.get_updates(timeout=0)
        with pytest.raises(Conflict, match="other getUpdates"):
            await first
        await bot.set_webhook("http://127.0.0.1:1/hook")
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates(timeout=0)

    play(steps)


def test_limits_are_those_of_telegram() -> None:
    async def steps(bot: Bot, emulator: Emulator) -> None:
        Person(emulator, ANA)
        await bot.send_message(ANA, "x" * 4096)
        for text in ("x" * 4097, "😀" * 2049):
            with pytest.raises(BadRequest, match=r"(?i)too long"):
                await bot.send_message(ANA, text)
        with pytest.raises(BadRequest, match=r"(?i)empty"):
            await bot.send_message(ANA, " ")
        for data in ("é" * 33, "x" * 65):
            with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
                await bot.send_message(
                    ANA, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data=data)]])
                )

    play(steps)


def test_blocked_unknown_flooded_and_wrong() -> None:
    async def steps(bot: Bot, emulator: Emulator) -> None:
        with pytest.raises(BadRequest, match=r"(?i)chat not found"):
            await bot.send_message(ANA, "x")
        ana = Person(emulator, ANA)
        ana.block()
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(ANA, "x")
        ana.unblock()
        emulator.fail("sendMessage", 429, "Too Many Requests: retry after 3", retry_after=3)
        with pytest.raises(RetryAfter):
            await bot.send_message(ANA, "x")
        await bot.send_message(ANA, "x")

    play(steps)
    with pytest.raises(InvalidToken):
        play(steps, "4242424242:wrong")


def test_only_changes_of_own_messages_with_buttons_are_edits() -> None:
    async def steps(bot: Bot, emulator: Emulator) -> None:
        ana = Person(emulator, ANA)
        ana.say("hi")
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="1")]])
        plain, pressed = await bot.send_message(ANA, "x"), await bot.send_message(ANA, "y", reply_markup=buttons)
        keys = await bot.send_message(ANA, "z", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("k", request_location=True)]]))
        for number, markup, reason in (
            (plain.message_id, None, "not modified"),
            (pressed.message_id, buttons, "not modified"),
            (keys.message_id, None, "can't be edited"),
            (1, None, "can't be edited"),
            (99, None, "not found"),
        ):
            with pytest.raises(BadRequest, match=rf"(?i){reason}"):
                await bot.edit_message_reply_markup(ANA, number, reply_markup=markup)
        await bot.edit_message_reply_markup(ANA, pressed.message_id)
        assert ana.titles == []
        assert "⌨ [ k ]" in ana.screen

    play(steps)
