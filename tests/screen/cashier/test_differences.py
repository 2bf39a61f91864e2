"""The centre settles other figures than those on the screen: they are shown side by side, and the customer says yes or no."""

from __future__ import annotations

from offline_queue.fold import Standing
from terminal.screen.cashier.differing import DifferenceMode
from terminal.screen.cashier.settled import SettledMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor


def differing(clerk: Clerk, floor: Floor) -> DifferenceMode:
    """Sell a class-B box, of which the centre no longer lets the account pay the first tenth."""
    clerk.scan(BARCODES["B001"])
    clerk.expect("10.00", "0.00")
    clerk.press("f8")
    clerk.pin(floor.pin("first"))
    return clerk.mode(DifferenceMode)


def test_agreed(opened: Open, floor: Floor) -> None:
    """Both figures of each share that moved, what is now due in cash as the one number; F8 agrees, the goods go out."""
    with opened(card="first") as clerk:
        mode = differing(clerk, floor)
        clerk.expect("中心的结算金额不同", "10.00 > 9.00", "0.00 > 1.00")
        assert "1.00" == mode.number.amount
        clerk.press("escape", "escape", "enter")
        assert isinstance(clerk.till.mode, DifferenceMode)
        clerk.press("f8")
        clerk.mode(SettledMode)
        clerk.expect("9.00", "1.00")
        clerk.press("enter")
    last = floor.sales()[-1]
    assert (Standing.ACCEPTED, True) == (last.standing, last.difference_agreed)


def test_declined(opened: Open, floor: Floor) -> None:
    """F6: no goods, and what the centre settled is voided."""
    with opened(card="first") as clerk:
        differing(clerk, floor)
        clerk.press("f6")
        clerk.selling()
        clerk.expect("已撤回；收过的现金请退回")
        clerk.until("it is void at the centre", lambda: floor.sales()[-1].reversed_by)
    assert Standing.REVERSED is floor.sales()[-1].standing


def test_leaving_in_the_middle_asks_again(opened: Open, floor: Floor) -> None:
    """The till is closed before the customer has answered: settled and listed; the next start serves on, and F5 asks."""
    with opened(card="first") as clerk:
        differing(clerk, floor)
    last = floor.sales()[-1]
    assert last.figures is not None
    assert (900, None) == (last.figures.acct_pay, last.difference_agreed)
    floor.pull()
    with opened() as clerk:
        clerk.expect("待顾客同意 10.00，按 F5")
        clerk.scan(BARCODES["A003"])
        clerk.press("f8", "f8")
        clerk.mode(SettledMode)
        clerk.press("enter", "f5", "enter")
        clerk.mode(DifferenceMode)
        clerk.expect("10.00 > 9.00")
        clerk.press("f8")
        clerk.mode(SettledMode)
        clerk.press("enter")
        clerk.until("nothing is listed", lambda: "待顾客同意" not in clerk.text)
    assert floor.sales()[-2].difference_agreed
