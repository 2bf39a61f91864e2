"""A till that ended while the customer was asked about other figures: beside the work until somebody answers, and F5 asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline_queue.fold import Folded, Standing
from terminal.screen.cashier.differing import DifferenceMode
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.cashier.settled import SettledMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

ROLE = "first"


@pytest.fixture
def clerk(opened: Open, floor: Floor) -> Iterator[Clerk]:
    """Stand at a till that was closed at the question, the card still in; afterwards nothing is left to answer."""
    with opened(card=ROLE) as before:
        while before.till.status.differences:
            before.press("f5", "enter")
            before.mode(DifferenceMode)
            before.press("f6")
            before.selling()
        before.scan(BARCODES["B001"])
        before.press("f8")
        before.pin(floor.pin(ROLE))
        before.mode(DifferenceMode)
    with opened(card=ROLE) as hands:
        hands.until("it is listed", lambda: hands.till.status.differences)
        yield hands
        hands.until("nothing is listed", lambda: not hands.till.status.differences)


def sale(floor: Floor) -> Folded:
    """Return the last sale with other figures."""
    return [one for one in floor.sales() if one.differs][-1]


def test_it_stands_beside_the_work_until_it_is_agreed(clerk: Clerk, floor: Floor) -> None:
    """Nobody is asked unasked: another customer is served. F5 shows which sale and both sides; left it stays, agreed the goods go out."""
    assert (Standing.ACCEPTED, None) == (sale(floor).standing, sale(floor).difference_agreed)
    clerk.selling()
    clerk.expect("待顾客同意 10.00，按 F5", "待同意")
    assert [] == clerk.goods
    clerk.scan(BARCODES["A003"])
    clerk.press("f8")
    clerk.pin(floor.pin(ROLE))
    clerk.mode(SettledMode)
    clerk.press("enter")

    clerk.press("f5", "enter")
    mode = clerk.mode(DifferenceMode)
    clerk.expect("中心的结算金额不同", "演示降脂片", "10.00 > 9.00", "0.00 > 1.00")
    assert "1.00" == mode.number.amount
    records = floor.records()
    clerk.press("escape", "escape")
    clerk.selling()
    clerk.expect("已列入清单：10.00", "待顾客同意 10.00，按 F5")
    assert records == floor.records()

    # The list reads the card that is in again, and then the question is there again.
    clerk.press("f5", "f5")
    clerk.person()
    clerk.selling()
    clerk.press("f5", "enter")
    clerk.mode(DifferenceMode)
    clerk.press("f8")
    clerk.mode(SettledMode)
    clerk.expect("请交货", "1.00")
    clerk.press("enter")
    assert (Standing.ACCEPTED, True) == (sale(floor).standing, sale(floor).difference_agreed)


def test_declined_it_is_released(clerk: Clerk, floor: Floor) -> None:
    """F6 voids it in the same moment; the bill that is being made stays as it was."""
    clerk.scan(BARCODES["A003"])
    clerk.press("f5", "enter")
    clerk.mode(DifferenceMode)
    clerk.press("f6")
    clerk.selling()
    assert ["A003"] == clerk.goods
    clerk.press("f4", "f4")
    floor.until("it is void at the centre", lambda: sale(floor).reversed_by)
    assert (Standing.REVERSED, False) == (sale(floor).standing, sale(floor).difference_agreed)


def test_it_is_not_voided_from_the_list(clerk: Clerk, floor: Floor) -> None:
    """A void would give back cash that nobody paid: the list says that F5 asks."""
    records = floor.records()
    clerk.press("f6")
    listed = clerk.mode(VoidsMode)
    places = [place for place, row in enumerate(listed.rows) if row.why_not == "unanswered"]
    assert [sale(floor).subject] == [listed.rows[place].key for place in places]
    clerk.press(*["down"] * places[0])
    clerk.expect("金额顾客尚未同意")
    clerk.press("enter", "1")
    assert "" == listed.following
    clerk.press("escape", "escape")
    clerk.selling()
    assert records == floor.records()
    clerk.press("f5", "enter")
    clerk.mode(DifferenceMode)
    clerk.press("f6")
    clerk.selling()
