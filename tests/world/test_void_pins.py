"""A void wants its person's card and PIN; without them it ends in order, says why, and may be tried again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement import reversal
from settlement.checkout.states import Settled
from tests.world.shop import Shop

WRONG = "000000"
"""No PIN of the cast."""


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop at work."""
    with Shop(tmp_path_factory.mktemp("void") / "stage") as at_work:
        yield at_work


def sold(shop: Shop) -> str:
    """Sell something to the second person and return its number."""
    state = shop.sell("second")
    assert isinstance(state, Settled)
    return state.subject


def void(shop: Shop, subject: str, *pins: str) -> reversal.State:
    """Try to void it with these PINs."""
    shop.insert("second")
    shop.script.pins, shop.script.told, shop.script.asked = list(pins), [], []
    return shop.driver.void(subject)


def test_a_wrong_pin_is_asked_again(shop: Shop) -> None:
    """As in a sale: the customer mistypes once, types again, and it is voided."""
    ended = void(shop, sold(shop), WRONG, shop.stage.cast["second"].pin)

    assert isinstance(ended, reversal.Voided)
    assert ["CARD-PIN-WRONG"] == shop.script.told
    assert ["Proposed"] == shop.script.asked


def test_the_last_try_is_not_asked_for(shop: Shop) -> None:
    """Two wrong ones of three end it as not wanted: nothing is written, and the customer may have it tried again."""
    subject = sold(shop)
    records = shop.counter.journal.tip()
    ended = void(shop, subject, WRONG)
    after = shop.counter.journal.tip()
    again = void(shop, subject, shop.stage.cast["second"].pin)

    assert isinstance(ended, reversal.Dropped)
    assert records == after
    assert isinstance(again, reversal.Voided)


def test_what_was_told_is_the_reason(shop: Shop) -> None:
    """How many tries are left, that the card is blocked, that there is none; giving up is no reason at all."""
    subject = sold(shop)
    void(shop, subject, WRONG)
    twice = shop.script.told
    void(shop, subject, WRONG)
    blocked = shop.script.told
    void(shop, subject)
    given_up = shop.script.told
    shop.stage.insert("east", None)
    shop.script.told = []
    ended = shop.driver.void(subject)

    assert ["CARD-PIN-WRONG", "CARD-PIN-WRONG"] == twice
    assert ["CARD-PIN-BLOCKED"] == blocked
    assert [] == given_up
    assert isinstance(ended, reversal.Dropped)
    assert 1 == len(shop.script.told)


def test_a_number_that_nobody_knows_needs_no_card(shop: Shop) -> None:
    """It is told as that, and nobody types a PIN for it."""
    ended = void(shop, "P99010000001202603020900000199", WRONG)

    assert isinstance(ended, reversal.NotVoided)
    assert "VOID-UNKNOWN" == ended.refusal.code
    assert [] == shop.script.told
