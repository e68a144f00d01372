"""Yes or no to what was offered last: a screening, to be passed on, a person, to have everything erased."""

from __future__ import annotations

import re
from collections.abc import Callable

from rasa_sdk.events import SlotSet

from actions.answering import Answering
from actions.changes import OFFER_CANCEL, cancel_requests
from actions.requests import erase_everything
from bot.core.heard import Decision
from bot.core.replies import Reply, read_reply
from bot.core.screening import Kind, Question

_REFUSED = {"screening": "ok_reply", "handoff": "ok_reply", "person": "ok_reply", "delete": "delete_kept"}
_YES_OR_NO = Question("consent", Kind.CHOICE, ("yes", "no"))
# After a no to being passed on only a plain change of mind opens it again; an "ok" there is none.
DECLINED = "declined"
_AFTER_ALL = re.compile(
    r"(?:(?:ok|wait|no|oh|espere?) )*(?:actually|on second thought|(?:i )?changed my mind|mejor|siempre|pensandolo bien|"
    r"cambie de (?:idea|opinion))"
    r"\b.*\b(?:yes|yeah|ok|si|do it|pass it|paselo)\b.*"
)
NO_THANKS = re.compile(r"(?:no,? (?:thanks|thank you|thx|gracias)|nah (?:i'?m )?good)\b")


def take_offer(answering: Answering) -> bool:
    """Whether the message was an answer to an offer."""
    offer, said = answering.turn.slots.get("offer"), _yes_or_no(answering)
    if offer == DECLINED and _AFTER_ALL.fullmatch(answering.heard.plain):
        answering.hand_over()
        return True
    if offer not in (*_REFUSED, OFFER_CANCEL) or said is None:
        return False
    answering.events.append(SlotSet("offer", None))
    if said == "no":
        answering.speaker.say(_REFUSED.get(offer, "request_kept"), answering.menu())
        return True
    taken: dict[str, Callable[[], None]] = {
        "screening": answering.begin,
        "handoff": answering.hand_over,
        "person": lambda: answering.person(str(answering.turn.slots.get("handoff_reason") or "asked_for_person")),
        "delete": lambda: _erase(answering),
        OFFER_CANCEL: lambda: answering.events.extend(cancel_requests(answering.turn, answering.speaker, answering.menu())),
    }
    taken[offer]()
    return True


def _yes_or_no(answering: Answering) -> str | None:
    """To a question of ours that ended in "yes" and "no" an answer in own words counts too."""
    heard = answering.heard
    if heard.act in ("affirm", "deny"):
        return "yes" if heard.act == "affirm" else "no"
    asks = heard.decision is Decision.ANSWERED and heard.topic != "chitchat"
    if heard.act or answering.turn.slots.get("offer") == "person" or asks:
        return "no" if NO_THANKS.match(heard.plain) else None
    reply = read_reply(_YES_OR_NO, heard)
    return str(reply.value) if isinstance(reply, Reply) else None


def _erase(answering: Answering) -> None:
    answering.events = erase_everything(answering.turn)
    answering.speaker.say("delete_done", answering.menu())
