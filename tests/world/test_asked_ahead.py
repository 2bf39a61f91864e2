"""The centre is asked who somebody is while their card is read, and what it said is never older than what may have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from settlement.allowance import CardRecord
from settlement.checkout.states import LeftInDoubt, Settled
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from terminal.person import Answer
from tests.world.shop import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the whole file."""
    with Shop(tmp_path_factory.mktemp("ahead") / "stage", exchange_s=3) as opened:
        yield opened


def watched(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what will be asked of the centre and read of the allowance, in its order."""
    seen: list[str] = []
    enquiries, read = shop.counter.journal.enquiries, CounterCard.read_allowance
    ask = enquiries.ask

    def asked(infno: str, content: dict[str, Any], *, patience_s: float) -> int:
        seen.append(infno)
        return ask(infno, content, patience_s=patience_s)

    def was_read(card: CounterCard) -> CardRecord:
        seen.append("record")
        return read(card)

    monkeypatch.setattr(enquiries, "ask", asked)
    monkeypatch.setattr(CounterCard, "read_allowance", was_read)
    return seen


def test_asked_once_and_before_the_record_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the right PIN, on-line and off-line: the question waits at the sender while the card answers."""
    seen = watched(shop, monkeypatch)
    online = shop.sell("torn", "5.00")
    said = list(seen)
    seen.clear()
    shop.cut()
    offline = shop.sell("torn", "1.00")
    shop.mend()

    assert isinstance(online, Settled)
    assert ["1101", "record", "5206"] == said[:3]
    assert 1 == said.count("1101")
    assert isinstance(offline, Settled)
    assert ["1101", "record"] == seen[:2]
    assert 1 == seen.count("1101")


def test_nothing_is_asked_for_a_wrong_pin(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the PIN is right nobody asks the centre about its holder."""
    seen = watched(shop, monkeypatch)
    shop.sell("torn", "1.00", pins=["000001"], answers={"PinRefused": [Answer.CANCEL]})

    assert [] == seen


def test_a_doubt_is_tried_before_the_centre_is_asked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What closes it may change the balance: the answer must be newer than that."""
    shop.cut()
    left = shop.sell("torn", "1.00", fault={"write": 2, "when": "after"}, answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.LEAVE]})
    shop.mend()
    seen = watched(shop, monkeypatch)
    ended = shop.sell("torn", "1.00")

    assert isinstance(left, LeftInDoubt)
    assert isinstance(ended, Settled)
    assert "record" == seen[0]
    assert 1 == seen.count("1101")
    assert [] == shop.doubts()


def test_a_question_outlives_no_card(shop: Shop) -> None:
    """A card that leaves after the PIN takes it along: the next one is asked about anew."""
    asked = Trace(shop.counter.clock)
    who = shop.driver._who
    shop.script.pins = [shop.stage.cast["torn"].pin]
    shop.insert("torn")
    who.by_card(asked)
    who.ask_pin(None, ahead=True)
    before = who.asked
    who.let_go()

    assert before is not None
    assert who.asked is None
