"""Sales whose PIN is typed on the reader: the checkout is the same, and no keyboard is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("smartcard", reason="pyscard is not installed")

from settlement.checkout.states import Dropped, Settled
from settlement.reversal import Voided
from simulator.keypad_reader import Key, KeypadReader, ReaderKeys
from terminal.cards.pcsc import PcscSlots
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import met
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop."""
    with Shop(tmp_path_factory.mktemp("keypad")) as opened:
        yield opened


@pytest.fixture
def keys(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The shop's reader has keys; a test fills in what is pressed at each prompt."""
    pressed: list[list[str]] = []
    reader = KeypadReader(shop.stage.shops["east"].slot_dir, ReaderKeys(lambda: pressed.pop(0)))
    slots = PcscSlots("", "", calls=reader)

    def open_card(trace: Trace | None = None) -> CounterCard:
        return met(slots.card(), slots.psam(), keys=shop.counter.settings.psam.keys, trace=trace)

    monkeypatch.setattr(shop.counter, "open_card", open_card)
    return pressed


def test_sale_and_void_by_the_readers_keys(shop: Shop, keys: list[list[str]]) -> None:
    """A sale and its void: the PIN is typed on the reader each time, and the trace is written beside the records."""
    pin = [*shop.stage.cast["first"].pin, Key.ENTER]
    keys += [pin, pin]
    sold = shop.sell("first", pins=["999999"])
    assert isinstance(sold, Settled)
    assert ["pin-on-reader None"] == [asked for asked in shop.script.asked if "pin" in asked]
    voided = shop.void("first", sold.subject)

    assert isinstance(voided, Voided)
    assert [] == keys
    shop.settle_down()
    assert [] == shop.disagreements()


def test_wrong_pin_is_typed_again_on_the_reader(shop: Shop, keys: list[list[str]]) -> None:
    """The customer is told how many tries are left and types again; too few digits cost none."""
    right = shop.stage.cast["second"].pin
    wrong = "000000" if right != "000000" else "111111"
    keys += [[*wrong, Key.ENTER], ["1", Key.ENTER], [*right, Key.ENTER]]

    assert isinstance(shop.sell("second"), Settled)
    assert ["CARD-PIN-WRONG", "CARD-PIN-FORM"] == shop.script.told
    assert ["pin-on-reader None", "pin-on-reader 2", "pin-on-reader 2"] == [asked for asked in shop.script.asked if "pin" in asked]


@pytest.mark.parametrize("pressed", [["1", Key.CANCEL], []])
def test_cancel_or_nobody_there_gives_up(shop: Shop, keys: list[list[str]], pressed: list[str]) -> None:
    """The customer gives up on the reader: nothing is settled, and the cashier is asked what now."""
    keys.append(pressed)

    assert isinstance(shop.sell("first"), Dropped)
    assert "SelfPayOffered" in shop.script.asked
    assert [] == shop.disagreements()
