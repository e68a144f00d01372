"""What may be shown of an office."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.partner_rows import read_partner_rows
from bot.store.database import Database
from bot.store.office_cards import OfficeNotFoundError, Shown, describe_office
from bot.store.partners import import_partners
from tests.conftest import SEED
from tests.store.test_partners import write_rows


def test_unconfirmed_data_asks_for_confirmation(seeded: Database) -> None:
    card = describe_office(seeded, "agency-oh")
    assert card.phone == Shown("1-888-296-7541", True, "2014-07-18")
    assert card.street == Shown("P.O. Box 1618", True, "2014-07-18")
    assert (card.zip, card.state, card.short_name, card.miles) == ("43216", "OH", "ApprenticeOhio", None)


@pytest.mark.parametrize(
    "office_id", ["kdp", "mi-wdi", "jff", "floridamakes", "agency-co", "agency-id", "agency-ky", "mo-aflcio"]
)
def test_cities_marked_do_not_show_are_not_shown(seeded: Database, office_id: str) -> None:
    card = describe_office(seeded, office_id)
    assert (card.street, card.city, card.zip) == (None, None, None)
    assert card.website is not None


def test_confirmed_data_is_shown_plainly_and_hidden_data_stays_hidden(database: Database, tmp_path: Path) -> None:
    rows = [row | {"contact_checked": "2026-11-30"} for row in read_partner_rows(SEED.read_bytes())]
    import_partners(database, write_rows(tmp_path, rows), "ana")
    card = describe_office(database, "agency-oh")
    assert card.phone is not None
    assert not card.phone.confirm
    assert describe_office(database, "kdp").city is None


def test_an_office_without_data_has_an_empty_card(seeded: Database) -> None:
    card = describe_office(seeded, "lift-in")
    assert {card.street, card.city, card.zip, card.phone, card.email, card.website} == {None}


def test_an_unknown_office_is_an_error(seeded: Database) -> None:
    with pytest.raises(OfficeNotFoundError):
        describe_office(seeded, "nowhere")
