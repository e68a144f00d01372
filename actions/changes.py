"""Changes to a request that is stored: another contact, or that it is taken back. Shows no contact that was not just typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rasa_sdk.events import EventType, SlotSet

from actions.services import services
from actions.speech import Speaker
from actions.turn import Turn
from bot.core.contacts import WrongContactError, read_contact
from bot.core.handoff import TRANSITIONS, ContactKind, MinorError
from bot.core.heard import Heard
from bot.core.reference import find_reference
from bot.core.wishes import Wish, change_of_request
from bot.store.handoffs import HandoffStatusView, cancel_handoff, find_handoffs_of, update_contact

OFFER = "contact"
OFFER_CANCEL = "cancel_request"
_FEW_WORDS = 5
_CALLS_THEM = re.compile(
    r"\b(?:i'?ll|i will|let me|i'?d rather) (?:call|contact)\b|"
    r"\byo (?:mism[oa] )?(?:les |los )?(?:llamo|hablo|contacto)\b"
)


def change_request(turn: Turn, speaker: Speaker, menu: Iterable[str]) -> list[EventType] | None:
    """The events of a change to this conversation's requests, or None where the message asks for none."""
    wish = _wish(turn)
    if wish is None:
        return None
    views = _open_requests(turn)
    if not views:
        return _without_request(speaker, wish, menu)
    if wish is Wish.CANCEL_REQUEST and turn.heard.is_question:
        speaker.say("request_cancel_ask", [speaker.text("choice_yes"), speaker.text("choice_no")], reference=_references(views))
        return [SlotSet("offer", OFFER_CANCEL)]
    if wish is Wish.CANCEL_REQUEST:
        return cancel_requests(turn, speaker, menu)
    return _change_contact(turn, speaker, views, menu)


def _wish(turn: Turn) -> Wish | None:
    heard = turn.heard
    wish = change_of_request(heard)
    if wish is Wish.CANCEL_REQUEST and _CALLS_THEM.search(heard.plain):
        return Wish.CHANGE_CONTACT
    if wish or heard.act == "delete_data":
        return wish
    awaited = turn.slots.get("offer") == OFFER and _says_contact(heard)
    alone = len(heard.plain.split()) <= _FEW_WORDS and bool(heard.values("phone") or heard.values("email"))
    return Wish.CHANGE_CONTACT if (awaited or alone) and _open_requests(turn) else None


def _says_contact(heard: Heard) -> bool:
    try:
        return read_contact(heard) is not None
    except WrongContactError:
        return True


def _open_requests(turn: Turn) -> list[HandoffStatusView]:
    """Those of this conversation that may still change; the one that is named, if one is."""
    named = find_reference(turn.heard.text)
    views = [view for view in find_handoffs_of(services().database, turn.conversation_id) if TRANSITIONS[view.status]]
    return [view for view in views if named in (None, view.reference)]


def _without_request(speaker: Speaker, wish: Wish, menu: Iterable[str]) -> list[EventType] | None:
    if wish is Wish.CHANGE_CONTACT:
        return None
    speaker.say("request_none", menu)
    return []


def cancel_requests(turn: Turn, speaker: Speaker, menu: Iterable[str]) -> list[EventType]:
    """Every open request of the conversation is taken back, or the one that the message names."""
    views = _open_requests(turn)
    for view in views:
        cancel_handoff(services().database, turn.conversation_id, view.reference)
    speaker.say("request_cancelled", menu, reference=_references(views))
    return [SlotSet("offer", None)]


def _change_contact(turn: Turn, speaker: Speaker, views: list[HandoffStatusView], menu: Iterable[str]) -> list[EventType]:
    """The new contact where it was said, else the question for it."""
    try:
        contact = read_contact(turn.heard)
    except WrongContactError as error:
        speaker.say(error.phrase)
        return [SlotSet("offer", OFFER)]
    if contact is None:
        speaker.say("contact_new", [speaker.text("option_contact_they_call")])
        return [SlotSet("offer", OFFER)]
    try:
        for view in views:
            kind, value = ContactKind(contact["kind"]), contact["value"] or None
            update_contact(services().database, turn.conversation_id, view.reference, None, kind, value)
    except MinorError:
        speaker.say("handoff_minor")
        return [SlotSet("offer", None)]
    speaker.say("contact_changed", menu, reference=_references(views))
    return [SlotSet("offer", None)]


def _references(views: list[HandoffStatusView]) -> str:
    return ", ".join(view.reference for view in views)
