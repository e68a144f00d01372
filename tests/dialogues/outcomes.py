"""What a dialogue came to, told by what was said and not by slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.dialogues.player import Played, says

_NATIONAL = "Office of Apprenticeship (national office)"


def _said(*phrases: str) -> Callable[[Played], bool]:
    return lambda played: any(
        says(exchange.text, phrase, exchange.language) for phrase in phrases for exchange in played.exchanges
    )


def _card(played: Played) -> bool:
    return any(exchange.cards for exchange in played.exchanges)


def _national(played: Played) -> bool:
    firsts = [exchange.cards[0] for exchange in played.exchanges if exchange.cards]
    return bool(firsts) and _NATIONAL in firsts[-1]


def _topics(*topics: str) -> Callable[[Played], bool]:
    return lambda played: any(topic in exchange.topics for topic in topics for exchange in played.exchanges)


def _all(*tests: Callable[[Played], bool]) -> Callable[[Played], bool]:
    return lambda played: all(test(played) for test in tests)


def _any(*tests: Callable[[Played], bool]) -> Callable[[Played], bool]:
    return lambda played: any(test(played) for test in tests)


OUTCOMES: Mapping[str, Callable[[Played], bool]] = {
    "eligible_routed": _all(_said("result_ready_to_talk_seeker"), _card),
    "not_yet_eligible_next_step": _said("result_next_step_first_seeker"),
    "person_decides": _all(_said("result_ask_a_person_seeker"), _card),
    "too_young": _said("reason_too_young_now"),
    "employer_lead_routed": _all(_said("result_ready_to_talk_employer"), _card),
    "employer_next_step": _said("result_next_step_first_employer"),
    "employer_person_decides": _said("result_ask_a_person_employer"),
    "employer_no_match_national": _all(_said("result_ready_to_talk_employer"), _national),
    "no_match_national": _all(_said("route_national_fallback"), _national),
    "routed": _card,
    "outside_us": _said("outside_us_end"),
    "human_handoff": _said("handoff_saved", "handoff_saved_they_call"),
    "handoff_declined": _said("handoff_declined"),
    "minor_sent_with_parent": _all(_said("handoff_minor"), _card),
    "stopped_cleanly": _said("cancelled", "bye_reply", "handoff_declined", "thanks_reply"),
    "safety_redirect": _topics("danger_to_self", "danger_from_others", "injury", "fear_of_reporting"),
    "complaint_heard": _topics("complaint"),
    "out_of_scope_redirect": _any(_topics("out_of_scope"), _said("decline")),
    "staff_assisted": _any(_topics("staff_support"), _card),
    "info_only": lambda played: any(exchange.topics for exchange in played.exchanges),
    "asked_back": _said("unsure"),
    "small_talk": _said("bot_reply", "insult_reply", "chitchat_reply", "help_reply", "greeting"),
    "erased": _said("delete_done"),
    "status_told": _said("status_found"),
    "status_unknown": _said("status_unknown", "status_none"),
}
