"""A box is sold once at a whole till: scanned again, recalled, found at the start; after its void it is here again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.clock import FileClock
from config.entropy import SystemEntropy
from config.settings import Settings
from offline_queue.catalogue.item import line_of
from offline_queue.journal import CounterIdentity, Journal
from terminal import drafts
from terminal.open_bill import OpenBill
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.cashier.settled import SettledMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import Floor

ROLE = "second"


def box(number: int) -> str:
    """Return the code of one box of T001."""
    return f"81000010000000001{number:03d}"


@pytest.fixture
def clerk(opened: Open) -> Iterator[Clerk]:
    """Stand at a till with a card in; the bill is cleared away afterwards."""
    with opened(card=ROLE) as hands:
        yield hands
        hands.press("escape", "escape")
        hands.selling()
        if not hands.till.bill.empty:
            hands.press("f4", "f4")


def sell(clerk: Clerk, floor: Floor, *scanned: str) -> str:
    """Sell this to whoever's card is in, and return the number of the sale."""
    for code in scanned:
        clerk.scan(code)
    clerk.press("f8")
    clerk.pin(floor.pin(ROLE))
    clerk.mode(SettledMode)
    clerk.press("enter")
    return floor.sales()[-1].subject


def till_journal(floor: Floor) -> Journal:
    """Open the journal of a till that is closed as that till."""
    own = Settings.load(floor.directory() / "settings.toml").counter
    identity = CounterIdentity(fixmedins_code=own.fixmedins_code, till=own.till)
    return Journal(
        floor.directory(), role="till", clock=FileClock(floor.stage.directory / "clock"), entropy=SystemEntropy(), counter=identity
    )


def codes(clerk: Clerk) -> list[tuple[str, ...]]:
    """Return the codes of each line."""
    return [line.goods.drug_trac_codg for line in clerk.till.bill.lines]


def test_a_sold_box_is_refused_as_soon_as_it_is_scanned(clerk: Clerk, floor: Floor) -> None:
    """With the number and the minute of its sale; the next box takes its place."""
    subject = sell(clerk, floor, box(1))
    clerk.scan(box(1))
    clerk.until("it comes off", lambda: codes(clerk) == [()])
    clerk.expect("这一盒已卖出")
    assert clerk.till.last_words is not None
    assert subject in clerk.till.last_words.details["where"]
    clerk.scan(box(2))
    clerk.until("the next box is on", lambda: codes(clerk) == [(box(2),)])
    clerk.expect("15.00")


def test_a_box_sold_while_its_bill_was_held(clerk: Clerk, floor: Floor) -> None:
    """The recall brings the bill back without the code, and says it."""
    clerk.scan(box(11))
    clerk.press("f7")
    clerk.until("put aside", lambda: clerk.till.bill.empty and clerk.till.status.holds == 1)
    sell(clerk, floor, box(11))
    clerk.press("f7")
    clerk.until("recalled", lambda: codes(clerk) == [()])
    clerk.expect("这一盒已卖出")
    clerk.until("nothing is held", lambda: clerk.till.status.holds == 0)


def test_a_draft_is_looked_at_when_the_till_opens(opened: Open, floor: Floor) -> None:
    """A bill of before, with a box that was sold since: it comes off before anybody scans."""
    with opened(card=ROLE) as before:
        sell(before, floor, box(21))
        goods = before.seller.shelf.traced(box(21))
    assert goods is not None
    with till_journal(floor) as journal:
        line = line_of(goods, feedetl_sn="1", cnt_e4=1_0000)
        bill = drafts.new(journal).add(line)
        assert isinstance(bill, OpenBill)
        bill = bill.attach("1", box(21))
        assert isinstance(bill, OpenBill)
        drafts.save(journal, bill)
    with opened(card=ROLE, fresh=False) as clerk:
        clerk.until("it comes off", lambda: codes(clerk) == [()])
        clerk.expect("这一盒已卖出")
        clerk.press("f4", "f4")


def test_a_void_brings_the_box_back(clerk: Clerk, floor: Floor) -> None:
    """Sold, voided, sold again."""
    sell(clerk, floor, box(31))
    clerk.press("f6")
    clerk.mode(VoidsMode)
    clerk.press("enter", "1", "f8")
    clerk.pin(floor.pin(ROLE))
    clerk.expect("已撤销")
    sell(clerk, floor, box(31))

    assert [1500] == [sale.figures.medfee_sumamt for sale in floor.sales()[-1:] if sale.figures]
