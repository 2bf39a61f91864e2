"""What tills read of a card is told to who asks for its place: by showing, by refreshing, and beside an off-line sale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nhsa import extension
from tests.clearing.counter import CARD_NO, CARD_SN, Office, debit, on_card, sale


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan."""
    return Office(tmp_path)


def told(office: Office, generation: int, counter: int, **changes: Any) -> list[tuple[int | None, tuple[int | None, ...]]]:  # noqa: ANN401 - a member
    """Return (amount, tags) of each reading."""
    query = extension.ReadingsQuery(**{"card_no": CARD_NO, "card_sn": CARD_SN, "generation": generation, "counter": counter, **changes})
    output = office.counter().output(extension.READINGS, {"data": query.model_dump()})
    return [(record.amount_fen, record.tags) for record in extension.read_readings(output)]


def test_each_way_of_reading_is_kept(office: Office) -> None:
    """In their order, and those of another place of the card are not told."""
    counter = office.counter()
    granted = counter.refresh(on_card(0, 0, 0))
    counter.show(on_card(granted.generation, 1, granted.grant_fen, tags=(7,)))
    counter.sell(sale(5_00, debit=debit(granted.generation, 1, 5_00)))
    evidence = debit(granted.generation, 2, 3_00)
    read = extension.RecordRead.of(on_card(granted.generation, 2, granted.grant_fen - 5_00, tags=(4711, 7)))
    counter.sell(sale(3_00, debit=evidence.model_copy(update={"read": read})))

    assert [(0, ())] == told(office, 0, 0)
    assert [(granted.grant_fen, (7,))] == told(office, granted.generation, 1)
    assert [(granted.grant_fen - 5_00, (4711, 7))] == told(office, granted.generation, 2)
    assert [] == told(office, granted.generation, 3)


def test_a_card_that_is_not_known_is_refused(office: Office) -> None:
    """Nobody learns of cards by trying numbers."""
    query = {"card_no": CARD_NO, "card_sn": "0" * 32, "generation": 1, "counter": 1}

    assert office.counter().refusal(extension.READINGS, {"data": query})
