"""The widget keeps a conversation whole: sending, losing the connection, reloading, other tabs, ending."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.channels.widget.conftest import ask, heard, start
from tests.channels.widget.stub import Server, Stub

Visit = Callable[..., Any]


def test_a_message_shows_its_delivery_the_typing_and_the_answer(visit: Visit, stub: Stub) -> None:
    stub.accept_delay, stub.delay = 0.6, 0.8
    page = visit()
    start(page)
    page.locator("#input").fill("hello")
    page.locator("form button").click()
    expect(page.locator("li.visitor")).to_contain_text("Sending…")
    expect(page.locator("p.typing")).to_contain_text("Assistant is writing…")
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello")
    expect(page.locator("p.typing")).to_be_hidden()
    expect(page.locator("li.visitor")).to_have_text(re.compile(r"You\s*hello\s*\d{1,2}:\d\d\s[AP]M · Sent"))
    assert page.locator("li.visitor time").get_attribute("datetime").endswith("Z")


def test_a_choice_is_sent_by_its_token_and_then_gone(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.get_by_role("button", name="What it costs the employer").click()
    expect(page.get_by_role("button", name="Return on investment")).to_be_visible()
    assert page.get_by_role("button", name="What it costs the employer").count() == 0
    assert stub.said() == ["What it costs the employer"]


def test_only_identity_and_token_are_kept_in_local_storage(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    ask(page, "a secret of mine")
    kept = page.evaluate("Object.values({...localStorage})")
    assert [json.loads(value) for value in kept] == [{"id": stub.talk.id, "token": stub.talk.token}]


def test_history_after_a_reload_in_the_middle_and_on_a_second_page(visit: Visit, stub: Stub) -> None:
    stub.delay = 1.0
    page = visit()
    start(page)
    page.locator("#input").fill("what does it cost")
    page.keyboard.press("Enter")
    expect(page.locator("li.visitor")).to_contain_text("Sent")
    page.reload()
    expect(page.locator("li.assistant").last).to_contain_text("There is no set price")
    assert stub.said() == ["what does it cost"]
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("link", name="Second page").click()
    expect(page.locator("li.assistant").last).to_contain_text("There is no set price")
    assert len(stub.talks) == 1


def test_a_message_that_was_not_sent_survives_a_reload(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    stub.refuse = [503] * 3
    page.locator("#input").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("li.visitor")).to_contain_text("Waiting for a connection")
    stub.refuse = []
    page.reload()
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello")
    assert stub.said() == ["hello"]


def test_offline_messages_wait_and_are_sent_in_order_when_back(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.context.set_offline(True)
    for text in ("one", "two"):
        page.locator("#input").fill(text)
        page.keyboard.press("Enter")
    expect(page.locator("#head p")).to_contain_text("No connection")
    expect(page.locator("li.visitor")).to_contain_text(["Waiting for a connection"] * 2)
    page.context.set_offline(False)
    expect(page.locator("li.assistant").last).to_contain_text("You said: two", timeout=15_000)
    assert stub.said() == ["one", "two"]


def test_a_refused_message_can_be_sent_again(visit: Visit, stub: Stub) -> None:
    stub.refuse = [422]
    page = visit()
    start(page)
    page.locator("#input").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("li.visitor")).to_contain_text("Not sent: Not now, please.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#input")).to_be_focused()
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello")
    assert stub.said() == ["hello"]


def test_too_many_messages_wait_as_long_as_the_server_asks(visit: Visit, stub: Stub) -> None:
    stub.refuse = [429]
    page = visit()
    start(page)
    ask(page, "hello")
    assert stub.said() == ["hello"]


def test_a_server_that_comes_back_is_taken_up_where_it_was_left(visit: Visit, server: Server) -> None:
    page = visit()
    start(page)
    ask(page, "one")
    server.stop()
    expect(page.locator("#head p")).to_contain_text("No connection")
    server.stub.talk.add("assistant", "said meanwhile")
    server.start()
    expect(page.locator("li.assistant").last).to_contain_text("said meanwhile", timeout=15_000)
    expect(page.locator("#head p")).to_contain_text("A program answers")
    ask(page, "two")
    assert page.locator("ol").inner_text().count("said meanwhile") == 1


def test_the_stream_is_resumed_after_the_last_message(visit: Visit, stub: Stub) -> None:
    stub.stream = "short"
    page = visit()
    start(page)
    ask(page, "one")
    ask(page, "two")
    assert {"1", "3"} <= set(stub.asked("GET", "/stream"))
    assert page.locator("li.assistant").count() == 3


def test_what_the_stream_left_out_is_fetched(visit: Visit, stub: Stub) -> None:
    stub.stream = "gappy"
    page = visit()
    start(page)
    ask(page, "one")
    assert page.locator("ol").inner_text().index("Sent") < page.locator("ol").inner_text().index("You said: one")


def test_a_stream_that_fell_silent_is_cut_and_resumed(visit: Visit, stub: Stub) -> None:
    page = visit()
    page.clock.install()
    page.reload()
    start(page)
    ask(page, "one")
    stub.muted += 1
    stub.talk.add("assistant", "said into the silence")
    page.clock.fast_forward("00:31")
    page.clock.run_for(2000)
    page.wait_for_timeout(300)
    assert page.locator("li.assistant").count() == 2, "two keep-alives may be missed"
    page.clock.fast_forward("00:15")
    expect(page.locator("li.assistant").last).to_contain_text("said into the silence")
    assert stub.asked("GET", "/stream")[-1] == "3", "resumed after the last message"
    assert stub.asked("GET", "/messages")[1:] == [], "nothing is fetched twice"


@pytest.mark.parametrize("stream", ["missing", "silent"])
def test_without_a_stream_answers_still_come(visit: Visit, stub: Stub, stream: str) -> None:
    stub.stream = stream
    page = visit()
    start(page)
    page.locator("#input").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello", timeout=12_000)


def test_two_tabs_show_the_same_conversation(visit: Visit, stub: Stub) -> None:
    one = visit()
    start(one)
    two = visit(context=one.context)
    start(two)
    ask(one, "from the first tab")
    expect(two.locator("li.visitor")).to_contain_text("from the first tab")
    expect(two.locator("li.assistant").last).to_contain_text("You said: from the first tab")
    ask(two, "from the second tab")
    expect(one.locator("li.assistant").last).to_contain_text("You said: from the second tab")
    assert len(stub.talks) == 1


def test_what_is_read_in_one_tab_changes_nothing_in_another(visit: Visit) -> None:
    one = visit()
    start(one)
    ask(one, "cost")
    one.get_by_label("How many apprentices?").fill("5")
    two = visit(context=one.context)
    start(two)
    ask(two, "hello")
    expect(one.locator("li.assistant").last).to_contain_text("You said: hello")
    expect(one.get_by_label("How many apprentices?")).to_have_value("5")
    expect(one.get_by_label("How many apprentices?")).to_be_focused()


def test_deleting_asks_first_and_empties_every_tab(visit: Visit, stub: Stub) -> None:
    one = visit()
    start(one)
    ask(one, "hello")
    two = visit(context=one.context)
    expect(two.locator("li.visitor")).to_have_count(1)
    one.locator("#more").click()
    one.get_by_role("button", name="Delete my conversation").click()
    expect(one.get_by_role("dialog", name="Delete my conversation")).to_be_visible()
    one.keyboard.press("Escape")
    assert not stub.talk.deleted
    one.locator("#more").click()
    one.get_by_role("button", name="Delete my conversation").click()
    one.get_by_role("button", name="Delete", exact=True).click()
    expect(one.locator("li.visitor")).to_have_count(0)
    expect(two.locator("li.visitor")).to_have_count(0)
    assert next(iter(stub.talks.values())).deleted
    assert heard(one, "deleted") == [None]


def test_a_new_conversation_leaves_the_old_one(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    ask(page, "hello")
    page.locator("#more").click()
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("li.visitor")).to_have_count(0)
    expect(page.locator("li.assistant")).to_have_count(1)
    assert len(stub.talks) == 2
    assert not any(talk.deleted for talk in stub.talks.values())


def test_a_message_into_a_conversation_that_is_gone_begins_the_next(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    stub.stream = "silent"
    stub.talks.clear()
    page.locator("#input").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello", timeout=12_000)
    assert stub.said() == ["hello"]


def test_staff_take_over(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    stub.talk.owner = "staff"
    stub.talk.events += [("owner", {"owner": "staff"}), ("typing", {"author": "staff"})]
    expect(page.locator("#head p")).to_have_text("You are talking with a person.")
    expect(page.locator("p.typing")).to_contain_text("Person is writing…")
    expect(page.locator(".quick button")).to_have_count(0)
    stub.talk.add("staff", "This is Ana.")
    expect(page.locator("li.staff")).to_contain_text("This is Ana.")
    expect(page.locator("p.typing")).to_be_hidden()


def test_staff_are_told_now_and_then_that_something_is_being_written(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.locator("#input").press_sequentially("to the assistant")
    assert stub.asked("POST", "/typing") == []
    stub.talk.owner = "staff"
    stub.talk.events.append(("owner", {"owner": "staff"}))
    expect(page.locator("#head p")).to_have_text("You are talking with a person.")
    page.locator("#input").press_sequentially(" to Ana")
    expect(page.locator("#input")).to_have_value("to the assistant to Ana")
    assert len(stub.asked("POST", "/typing")) == 1
