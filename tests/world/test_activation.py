"""A new card's first use: it does not pay by the PIN that it was issued with, so its holder replaces it and the sale goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement.checkout.states import Dropped, Settled
from simulator import image
from tests.world.shop import Shop

CHOSEN = "739154"
INITIAL = "123456"


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop of its own: the card is new once."""
    with Shop(tmp_path_factory.mktemp("activation") / "stage") as opened:
        yield opened


def sell(shop: Shop, *pins: str) -> object:
    """Sell something to who has the new card; the PINs are typed in this order."""
    return shop.sell("visitor", "2.00", pins=list(pins))


def test_the_first_sale_activates_the_card(shop: Shop) -> None:
    """Differing and weak entries are told and asked again; then the new PIN holds, for this sale and the next, and costs no entry more."""
    first = sell(shop, INITIAL, CHOSEN, "975311", INITIAL, INITIAL, CHOSEN, CHOSEN)
    told, asked = list(shop.script.told), [one for one in shop.script.asked if one.startswith("digits")]
    second = sell(shop, CHOSEN)
    shop.settle_down()

    assert isinstance(first, Settled), told
    assert ["CARD-PIN-INITIAL", "PIN-CHANGE-DIFFER", "PIN-CHANGE-WEAK"] == told
    assert ["digits new", "digits again"] * 3 == asked
    assert isinstance(second, Settled)
    assert [] == shop.script.told
    assert [] == shop.disagreements()


def test_who_will_not_choose_one_pays_nothing_by_the_card(shop: Shop) -> None:
    """The card keeps its PIN and all its tries, the account is not touched, and cash is one key away."""
    records = shop.counter.journal.tip()
    ended = sell(shop, INITIAL, "")
    refused, after = list(shop.script.refused), shop.counter.journal.tip()
    path = shop.stage.directory / "cards" / shop.stage.cast["visitor"].image
    left = image.load(path).pin_left
    again = sell(shop, INITIAL, CHOSEN, CHOSEN)

    assert isinstance(ended, Dropped)
    assert (["SALE-CARD-TAKEN"], records) == (refused, after)
    assert 3 == left
    assert isinstance(again, Settled)
