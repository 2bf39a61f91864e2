"""Another program's bill at the counter: onto an empty screen only, followed through a hold and a restart, and never somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from terminal import drafts, handed_in, pay_command
from terminal.screen.app import CounterApp
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.orders import TakeBill
from terminal.screen.pin_entry import PinEntry
from tests.screen.cashier.clerk import Clerk, at_the_counter
from tests.screen.cashier.floor import BARCODES, Floor

LINE = {"name": "演示感冒片", "code": "H001", "price": "12.50", "quantity": "2", "class": "01", "kind": "国药准字"}


@contextmanager
def opened(floor: Floor, until: Callable[[], bool] | None = None) -> Iterator[Clerk]:
    """Open the till; what lies in the folder comes onto its screen."""
    with at_the_counter(CounterApp(floor.directory(), pin_entry=PinEntry(), bell=False, until=until)) as clerk:
        clerk.until("the till is open", lambda: clerk.till.opened and clerk.till.status.line != "unknown")
        yield clerk


@pytest.fixture(name="clerk")
def _clerk(floor: Floor) -> Iterator[Clerk]:
    """Stand at a till without a bill, and leave it so."""
    with opened(floor) as clerk:
        yield clerk
        clerk.press("escape", "escape")
        if not clerk.till.bill.empty:
            clerk.press("f4", "f4")


def hand_in(floor: Floor, number: str, price: str = "12.50", prescription: str = "") -> None:
    """Hand a bill in."""
    given = floor.stage.directory / "given.json"
    bill = {"id": number, "lines": [{**LINE, "price": price}], "prescription": prescription}
    given.write_text(json.dumps(bill), encoding="utf-8")
    handed_in.hand_in(floor.directory(), given)


def outcome(floor: Floor, number: str) -> str:
    """Return what the other program is told."""
    return str(pay_command._look(floor.directory(), number)["outcome"])


def shown(clerk: Clerk, number: str) -> None:
    """Wait until the bill is on the screen, and kept."""
    clerk.until(f"{number} on the screen", lambda: number == clerk.till.bill.handed_in)
    clerk.until("it is taken", lambda: not handed_in.lies(clerk.app.directory, number))


def paid(clerk: Clerk) -> None:
    """Take exact cash for what is on the screen."""
    clerk.press("f8", "f8")
    clerk.mode(SettledMode)


def lies(clerk: Clerk) -> None:
    """Wait until the screen knows that a bill waits."""
    clerk.until("a bill waits", lambda: clerk.till.status.bills)


def left(clerk: Clerk) -> bool:
    """Whether the till has closed by itself."""
    return clerk.app.return_value is not None


def test_one_bill_comes_after_the_other(clerk: Clerk, floor: Floor) -> None:
    """Two wait: the first is shown at once, the second as soon as the first is paid and seen, without a key of its own."""
    hand_in(floor, "S-1")
    hand_in(floor, "S-2", "1.00")
    shown(clerk, "S-1")
    clerk.expect("其他程序交来的单据", "25.00")
    assert ("open", "waiting") == (outcome(floor, "S-1"), outcome(floor, "S-2"))
    paid(clerk)
    assert ("cash", "waiting") == (outcome(floor, "S-1"), outcome(floor, "S-2"))
    clerk.press("enter")
    shown(clerk, "S-2")
    paid(clerk)
    clerk.press("enter")
    assert ("cash", "cash") == (outcome(floor, "S-1"), outcome(floor, "S-2"))


def test_file_that_is_no_bill_stops_nobody(clerk: Clerk, floor: Floor) -> None:
    """It is told and set aside, and the bill behind it comes onto the screen."""
    folder = floor.directory() / handed_in.FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "S-3.new").write_text('{"id": "S-3"}', encoding="utf-8")
    (folder / "S-3.new").rename(folder / "S-3.json")
    hand_in(floor, "S-4")
    shown(clerk, "S-4")
    assert clerk.till.last_words is not None
    assert ("BILL-UNREADABLE", True) == (clerk.till.last_words.code, (folder / "S-3.refused").exists())


def test_what_is_typed_is_not_replaced(clerk: Clerk, floor: Floor) -> None:
    """Half a search keeps another program's bill away; it comes when the line is empty."""
    clerk.write("ys")
    hand_in(floor, "S-5")
    lies(clerk)
    assert ("ys", "waiting") == (clerk.seller.selling.query, outcome(floor, "S-5"))
    clerk.press("escape", "escape")
    shown(clerk, "S-5")


def test_bill_that_was_begun_is_not_replaced(clerk: Clerk, floor: Floor) -> None:
    """Goods on the bill keep another program's bill away; it comes when they are gone."""
    clerk.scan(BARCODES["A001"])
    hand_in(floor, "S-12")
    lies(clerk)
    assert (["A001"], "waiting") == (clerk.goods, outcome(floor, "S-12"))
    clerk.press("f4", "f4")
    shown(clerk, "S-12")
    assert ["H001"] == clerk.goods


def test_offer_that_comes_too_late_is_made_again(clerk: Clerk, floor: Floor) -> None:
    """Asked for, and then the cashier began to type: nothing is replaced, nothing is lost, and it is the same bill later."""
    clerk.write("ys")
    hand_in(floor, "S-6")
    lies(clerk)
    clerk.till.asked_for_bill = True
    clerk.till.door.order(TakeBill())
    clerk.until("it was offered", lambda: not clerk.till.asked_for_bill)
    with floor.journal() as journal:
        noted, unfinished = handed_in.noted(journal, "S-6"), drafts.load(journal)
    assert (True, "ys", None, False) == (clerk.till.bill.empty, clerk.seller.selling.query, unfinished, noted.taken)
    assert "waiting" == outcome(floor, "S-6")
    clerk.press("escape", "escape")
    shown(clerk, "S-6")
    assert noted.draft == clerk.till.bill.draft


def test_cleared_bill_is_not_the_next_customers(clerk: Clerk, floor: Floor) -> None:
    """F4 F4, then somebody else pays: the program is told that its bill was cleared, whatever was sold since."""
    hand_in(floor, "S-7")
    shown(clerk, "S-7")
    draft = clerk.till.bill.draft
    clerk.press("f4", "f4")
    clerk.until("the next bill has a name", lambda: draft != clerk.till.bill.draft)
    assert ("cancelled", "") == (outcome(floor, "S-7"), clerk.till.bill.handed_in)
    clerk.scan(BARCODES["A001"])
    paid(clerk)
    clerk.press("enter")
    assert "cancelled" == outcome(floor, "S-7")


def test_bill_whose_lines_are_all_removed_is_cleared(clerk: Clerk, floor: Floor) -> None:
    """F3 on its only line, and a scan at once: nothing is left of it, its number and prescription least of all."""
    hand_in(floor, "S-8", prescription="RX1")
    shown(clerk, "S-8")
    assert "RX1" == clerk.till.bill.rxno
    clerk.press("f3")
    clerk.scan(BARCODES["A001"])
    assert (["A001"], "", "") == (clerk.goods, clerk.till.bill.handed_in, clerk.till.bill.rxno)
    clerk.until("it is cleared", lambda: "cancelled" == outcome(floor, "S-8"))
    assert ["A001"] == clerk.goods


def test_bill_is_followed_through_a_hold_and_a_restart(floor: Floor) -> None:
    """Put aside, the till closed and opened, recalled, changed, paid: open all the way."""
    with opened(floor) as clerk:
        hand_in(floor, "S-9")
        shown(clerk, "S-9")
        clerk.press("f7")
        clerk.until("it is held", lambda: clerk.till.bill.empty and clerk.till.status.holds)
        assert "open" == outcome(floor, "S-9")
    with opened(floor) as clerk:
        clerk.press("f7")
        clerk.until("it is back", lambda: "S-9" == clerk.till.bill.handed_in)
        assert "open" == outcome(floor, "S-9")
        clerk.scan(BARCODES["A001"])
        paid(clerk)
        clerk.press("enter")
    assert "cash" == outcome(floor, "S-9")


def test_bill_is_cleared_by_the_till_that_did_not_take_it(floor: Floor) -> None:
    """The till is closed with the bill on its screen; the next one has it still, and notes that it is cleared."""
    with opened(floor) as clerk:
        hand_in(floor, "S-10")
        shown(clerk, "S-10")
    assert "open" == outcome(floor, "S-10")
    with opened(floor) as clerk:
        shown(clerk, "S-10")
        clerk.press("f4", "f4")
        clerk.until("it is cleared", lambda: "cancelled" == outcome(floor, "S-10"))
        with floor.journal() as journal:
            assert handed_in.noted(journal, "S-10").cancelled


def test_till_that_was_opened_for_a_bill_leaves_when_it_is_over(floor: Floor) -> None:
    """Put aside it is not over, nor while its end is on the screen; after Enter the till closes by itself."""
    hand_in(floor, "S-11")
    with opened(floor, until=lambda: pay_command._over(floor.directory(), "S-11")) as clerk:
        shown(clerk, "S-11")
        clerk.press("f7")
        clerk.until("it is held", lambda: clerk.till.bill.empty and clerk.till.status.holds)
        clerk.wait(1.0)
        assert not left(clerk)
        clerk.press("f7")
        clerk.until("it is back", lambda: "S-11" == clerk.till.bill.handed_in)
        paid(clerk)
        clerk.wait(1.0)
        assert not left(clerk)
        # Not pressed and waited for: there is nobody left who would work it off.
        clerk._hand_over(*clerk._parser.feed("\r"))
        for _ in range(20):
            clerk.wait(0.1)
            if left(clerk):
                break
        assert left(clerk)
    assert "cash" == outcome(floor, "S-11")
