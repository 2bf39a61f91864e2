"""The simulated slot under somebody's hands: cards come and go while the till is at work."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from settlement.allowance import Verdict, judge
from terminal.cards.errors import CardGone, CardTorn
from tests.cards.counter import Counter, sale_of


def test_fault_set_while_the_card_is_in_use_counts_from_then_on(tmp_path: Path) -> None:
    """``next_write`` passes over what was written before it was set."""
    counter = Counter(tmp_path)
    first = sale_of(counter.grant())
    card = counter.admitted()
    card.read_allowance()
    second = sale_of(card.write_sale(first), tag=7)
    counter.slot.set_fault({"next_write": 1, "when": "before"})

    with pytest.raises(CardTorn):
        card.write_sale(second)
    card.close()

    counter.insert()
    assert Verdict.ABORTED is judge(second, counter.read())


def test_setting_a_fault_is_no_insertion(tmp_path: Path) -> None:
    """Who watches the slot sees a card come in, and nothing when a pull is only prepared."""
    counter = Counter(tmp_path)
    before = counter.slots.presence()

    counter.slot.set_fault({"next_write": 1, "when": "before"})

    assert before == counter.slots.presence() != ""


def test_card_that_was_out_in_between_has_lost_its_power(tmp_path: Path) -> None:
    """Taken out and put back between two commands, the card answers no more in the old session."""
    counter = Counter(tmp_path)
    counter.grant()
    card = counter.admitted()
    counter.slot.insert(card=None, psam="../cards/psam.card")
    counter.insert()

    with pytest.raises(CardGone):
        card.read_allowance()
    card.close()

    assert counter.read().readable


def test_hands_and_pulls_at_once_leave_a_whole_slot(tmp_path: Path) -> None:
    """Two hands that insert and take out at the same time never meet half a file."""
    counter = Counter(tmp_path)

    def play() -> None:
        for _ in range(100):
            counter.insert()
            counter.slot.pulled()

    hands = [threading.Thread(target=play) for _ in range(3)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    content = counter.slot.read()
    assert (None, "../cards/psam.card") == (content["card"], content["psam"])
    assert 1 < content["insertion"] <= 301
