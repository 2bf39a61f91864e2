"""A card that takes 30 ms and more for each command: the screen goes on meanwhile."""

from __future__ import annotations

import pytest

from terminal.cards.opening import slots_of
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from terminal.counter import Counter
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.waiting import WorkingMode
from tests.cards.slow import SlowReader
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

APDU_S = 0.1
"""Three times what a chip at 9600 baud takes for most commands: a sale is few of them."""
TURNS_MIN = 10


def test_the_screen_goes_on_while_a_slow_card_works(opened: Open, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between F8 and the end of the sale the screen works off its messages many times over: nothing on it waits for the card."""
    readers: list[SlowReader] = []

    def slowly(counter: Counter, trace: Trace | None = None) -> CounterCard:
        readers.append(SlowReader(slots_of(counter.settings.reader), APDU_S))
        return readers[-1].open(trace)

    monkeypatch.setattr(Counter, "open_card", slowly)
    with opened(card="killed") as clerk:
        clerk.scan(BARCODES["A003"])
        clerk.press("f8")
        clerk.pin(floor.pin("killed"))
        turns = 0
        while isinstance(clerk.till.mode, WorkingMode):
            clerk.wait(APDU_S / 5)
            clerk.rest()
            turns += 1
        clerk.mode(SettledMode)
        clerk.press("enter")

    cards, _ = readers[-1].exchanges
    assert readers[-1].taken_s >= cards * APDU_S
    assert turns >= TURNS_MIN
