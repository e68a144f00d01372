"""Cards: coordinates and map links where there is a place to go to."""

from __future__ import annotations

from bot.conversation.cards import place_cards
from bot.store.database import Database
from bot.store.partners import list_partners


def test_a_known_office_is_placed(seeded: Database) -> None:
    office = next(line.id for line in list_partners(seeded, "WI"))
    street, city = ({"value": value, "confirm": False, "source_date": "n.d."} for value in ("1 Main St", "Milwaukee"))
    (card,) = place_cards(seeded, [{"office_id": office, "street": street, "city": city, "state": "WI", "zip": "53202"}])
    assert 42 < card["latitude"] < 48
    assert card["map_link"] == "https://www.google.com/maps/search/?api=1&query=1+Main+St%2C+Milwaukee%2C+WI+53202"


def test_a_town_alone_or_an_unknown_office_is_no_place_to_go_to(seeded: Database) -> None:
    assert place_cards(seeded, [{"office_id": "no-such", "city": {"value": "Milwaukee"}}, {"name": "x"}]) == (
        {"office_id": "no-such", "city": {"value": "Milwaukee"}},
        {"name": "x"},
    )
