"""How a till is left and handed over: Ctrl+C ends nothing, and the next operator works from the close on."""

from __future__ import annotations

from terminal.screen.cashier.closing import CloseMode, CountMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor


def hand_over(clerk: Clerk, following: str) -> None:
    """Close the day and name who takes over."""
    clerk.press("f10")
    clerk.mode(CountMode)
    clerk.press("0", "enter")
    clerk.mode(CloseMode)
    clerk.write(following)
    clerk.press("f8")
    clerk.expect("日结完成")
    clerk.selling()


def test_ctrl_c_says_how_to_leave(opened: Open) -> None:
    """In the screen's language, on the message line: no window of another program's words, and the till goes on."""
    with opened() as clerk:
        clerk.press("ctrl+c")
        clerk.expect("按 Ctrl+Q 退出收款台")
        toasts = list(clerk.app._notifications)
        clerk.scan(BARCODES["A001"])
        clerk.expect("12.30")
        clerk.press("f4", "f4")

    assert [] == toasts


def test_next_operator_works_from_the_close_on(opened: Open, floor: Floor) -> None:
    """On the screen at once, in what is put aside, in the next close, and after the till is opened again; a name where there is one."""
    with opened() as clerk:
        clerk.expect("01 号台  演示 ")
        hand_over(clerk, "07")
        clerk.expect("01 号台  07 ")
        clerk.scan(BARCODES["A001"])
        clerk.press("f7")
        clerk.until("put aside", lambda: clerk.till.bill.empty and clerk.till.status.holds == 1)
    with floor.journal() as journal:
        held = journal.records(journal.held_bills()[0])[0].body
    with opened() as clerk:
        clerk.expect("01 号台  07 ")
        clerk.press("f7")
        clerk.until("recalled", lambda: len(clerk.till.bill.lines) == 1)
        clerk.press("f4", "f4")
        hand_over(clerk, "demo")
        clerk.expect("01 号台  演示 ")
    with floor.journal() as journal:
        closed = journal.records(journal.last_close()[1])[0].body

    assert ("07", "07", "demo") == (held["operator"], closed["operator"], closed["next_operator"])
