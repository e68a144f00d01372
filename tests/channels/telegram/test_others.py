"""Everything else that people send, and where else the bot is brought: each gets an answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.store.telegram_chats import find_chat
from bot.store.telegram_updates import count_waiting
from tests.channels.telegram.gateways import Gateway, settle
from tests.channels.telegram.people import until

FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 10, "height": 10}
VIDEO = {**SIZED, "duration": 1}
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"photo": [SIZED]}, "I can't look at pictures", "No puedo ver imágenes"),
    ({"document": {**FILE, "file_name": "resume.pdf"}}, "I can't open files", "No puedo abrir archivos"),
    ({"animation": VIDEO, "document": FILE}, "I can't look at pictures", "No puedo ver imágenes"),
    ({"voice": {**FILE, "duration": 3}}, "I can't listen", "No puedo escuchar"),
    ({"audio": {**FILE, "duration": 3}}, "I can't listen", "No puedo escuchar"),
    ({"video": VIDEO}, "I can't listen", "No puedo escuchar"),
    ({"video_note": {**FILE, "length": 1, "duration": 1}}, "I can't listen", "No puedo escuchar"),
    ({"sticker": {**SIZED, "type": "regular", "is_animated": False, "is_video": False}}, "🙂 I only", "🙂 Solo"),
    ({"dice": {"emoji": "🎲", "value": 3}}, "🙂 I only", "🙂 Solo"),
    (
        {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
                  "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False}},
        "I can't take part in polls", "No puedo contestar encuestas",
    ),
    ({"poll": {"id": "1", "question": "of a Bot API that the library does not know"}}, "I can't take part", "No puedo contestar"),
    ({"game": {"title": "g", "description": "d", "photo": []}}, "I can only read text", "Solo puedo leer texto"),
    ({"something_new": {"x": 1}}, "I can only read text", "Solo puedo leer texto"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "english", "spanish"), CASES, ids=[f"{next(iter(case[0]))}{number}" for number, case in enumerate(CASES)]
)
def test_what_cannot_be_read_is_named(gateway: Gateway, content: dict[str, Any], english: str, spanish: str) -> None:
    for person, said in ((gateway.person(501, "en"), english), (gateway.person(502, "es"), spanish)):
        person.send(**content)
        assert person.wait(1)[0].startswith(said)
    assert gateway.rasa.asked == []


def test_what_is_written_under_a_picture_is_answered(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.send(photo=[SIZED], caption="is this flyer true?")
    said = ana.wait(2)
    assert said[0].startswith("I can't look at pictures") and said[1] == "You said: is this flyer true?"


def test_an_album_is_named_once(gateway: Gateway) -> None:
    ana = gateway.person()
    for _ in range(5):
        ana.send(photo=[SIZED], media_group_id="13")
    ana.wait(1)
    until(lambda: not gateway.emulator.updates and count_waiting(gateway.database) == 0)
    settle()
    assert len(ana.texts) == 1


def test_an_edited_message_is_asked_for_again(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("helo")
    ana.wait(1)
    message = gateway.emulator.screens.chats[501][0]
    gateway.emulator.add(edited_message={**message, "text": "hello", "edit_date": 1})
    assert ana.wait(2)[1].startswith("I saw that you changed a message")
    assert len(gateway.rasa.asked) == 1


def test_a_forwarded_message_is_a_question(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("IMT pays $18", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "x"})
    assert ana.wait(1) == ["You said: IMT pays $18"]


def test_what_telegram_says_of_itself_is_left(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.send(pinned_message=ana.message(text="x"))
    ana.send(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    ana.say("hello")
    assert ana.wait(1) == ["You said: hello"]


def group(gateway: Gateway, chat_id: int, kind: str) -> dict[str, Any]:
    gateway.emulator.screens.chats.setdefault(chat_id, [])
    return {"id": chat_id, "type": kind, "title": "Plant"}


def from_ana(gateway: Gateway, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
    message = {"message_id": next(gateway.emulator.screens.numbers), "date": 1, "chat": chat, **content}
    return gateway.emulator.screens.add(chat["id"], message)


@pytest.mark.parametrize(("kind", "chat_id"), [("group", -77), ("supergroup", -1001)])
def test_in_a_group_it_says_that_it_only_talks_in_private_and_leaves(gateway: Gateway, kind: str, chat_id: int) -> None:
    chat, ana = group(gateway, chat_id, kind), gateway.person(language="es")
    gateway.emulator.add(message=from_ana(gateway, chat, **{"from": ana.user, "text": "@imt_test_bot hola"}))
    until(lambda: chat_id in gateway.emulator.screens.left)
    assert gateway.emulator.screens.texts(chat_id) == [
        "Solo hablo en privado, así que me voy. Escríbame aquí: https://t.me/imt_test_bot"
    ]
    assert gateway.rasa.asked == [] and find_chat(gateway.database, 4242424242, chat_id) is None


def test_brought_into_a_group_it_leaves_and_that_it_left_is_left(gateway: Gateway) -> None:
    chat, ana = group(gateway, -77, "group"), gateway.person()
    bot = gateway.emulator.screens.bot
    change = {"chat": chat, "from": ana.user, "date": 1, "old_chat_member": {"user": bot, "status": "left"}}
    gateway.emulator.add(my_chat_member={**change, "new_chat_member": {"user": bot, "status": "member"}})
    until(lambda: -77 in gateway.emulator.screens.left)
    gateway.emulator.add(my_chat_member={**change, "new_chat_member": {"user": bot, "status": "left"}})
    until(lambda: count_waiting(gateway.database) == 0)
    settle()
    assert len(gateway.emulator.called("leaveChat")) == 1


def test_in_a_channel_it_leaves_also_where_it_may_not_write(gateway: Gateway) -> None:
    chat = group(gateway, -1002, "channel")
    gateway.emulator.fail("sendMessage", 403, "Forbidden: bot is not a member of the channel chat")
    gateway.emulator.add(
        channel_post=from_ana(gateway, chat, **{"from": None, "sender_chat": chat, "text": "News"}) | {"from": None}
    )
    until(lambda: -1002 in gateway.emulator.screens.left)


def test_a_bot_gets_no_answer_lest_two_talk_for_ever(gateway: Gateway) -> None:
    other = gateway.person(900)
    update = {"message_id": 1, "date": 1, "chat": other.chat, "from": {**other.user, "is_bot": True}, "text": "hello"}
    gateway.emulator.add(message=update)
    until(lambda: gateway.emulator.updates == [] or count_waiting(gateway.database) == 0)
    settle()
    assert other.texts == [] and gateway.rasa.asked == []


# Who blocks the bot


def test_who_blocks_is_marked_and_written_to_no_more_until_they_return(gateway: Gateway) -> None:
    from bot.conversation.own import take_over, write_as_staff

    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    conversation = gateway.rasa.asked[0][0]
    ana.block()
    until(lambda: (chat := find_chat(gateway.database, 4242424242, 501)) and chat.blocked)
    sent = len(gateway.emulator.called("sendMessage"))
    gateway.run(lambda: take_over(gateway.room, conversation, "Ana", "WRTP"))
    gateway.run(lambda: write_as_staff(gateway.room, conversation, "Are you there?"))
    settle(1)
    assert len(gateway.emulator.called("sendMessage")) == sent, "nothing is even tried"
    ana.unblock()
    until(lambda: (chat := find_chat(gateway.database, 4242424242, 501)) and not chat.blocked)
    gateway.run(lambda: write_as_staff(gateway.room, conversation, "Welcome back."))
    assert ana.wait(2)[1].endswith("Welcome back.")


def test_a_refused_message_marks_too_and_any_message_of_theirs_ends_it(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    gateway.emulator.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    ana.say("second")
    until(lambda: (chat := find_chat(gateway.database, 4242424242, 501)) and chat.blocked)
    ana.say("third")
    assert ana.wait(2) == ["You said: hello", "You said: third"]


@pytest.mark.parametrize("reason", ["Forbidden: user is deactivated", "Bad Request: chat not found"])
def test_who_is_gone_is_marked(gateway: Gateway, reason: str) -> None:
    ana = gateway.person()
    gateway.emulator.fail("sendMessage", 403 if reason.startswith("Forbidden") else 400, reason)
    ana.say("hello")
    until(lambda: (chat := find_chat(gateway.database, 4242424242, 501)) and chat.blocked)
