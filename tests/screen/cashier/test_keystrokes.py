"""What a flow of work costs at the keyboard, on the real till beside a real centre. Each number is exact."""

from __future__ import annotations

from offline_queue.fold import Standing
from settlement.facts import VoidIntended
from terminal.screen.cashier.account import AccountMode
from terminal.screen.cashier.closing import CloseMode, CountMode
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.technician.screen import TechnicianScreen
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor
from tests.screen.conftest import Measure

THREE = ("A001", "A002", "A003")
THREE_FEN = 3780


def scanned(clerk: Clerk, *goods: str) -> None:
    """Scan boxes, one after the other."""
    for code in goods:
        clerk.scan(BARCODES[code])
        assert code in clerk.goods


def sold(clerk: Clerk, floor: Floor, *goods: str) -> None:
    """Sell boxes to who stands there, all from the account, and go on."""
    scanned(clerk, *goods)
    clerk.press("f8")
    clerk.pin(floor.pin("first"))
    clerk.mode(SettledMode)
    clerk.press("enter")


def test_three_boxes_from_the_account(opened: Open, floor: Floor, measure: Measure) -> None:
    """F8 and nothing else: the rest is scanned, and typed by the customer."""
    with opened(card="first") as clerk:
        scanned(clerk, *THREE)
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)

        measure("sale of three boxes, all from the account", 1, clerk)
        assert (3, 7) == (clerk.scans, clerk.digits)
        clerk.expect("结算完成", "37.80")
    last = floor.sales()[-1]
    assert last.figures is not None
    assert (Standing.ACCEPTED, THREE_FEN) == (last.standing, last.figures.acct_pay)


def test_next_customer_begins_with_the_scan(opened: Open, floor: Floor, measure: Measure) -> None:
    """After a sale nothing needs to be put away: the next box stands on the next bill."""
    with opened(card="first") as clerk:
        sold(clerk, floor, "A003")
        scanned(clerk, "A001")
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
        clerk.counted_from_here()
        scanned(clerk, "A002")

        measure("from one customer to the next, with the scan", 0, clerk)
        assert ["A002"] == clerk.goods
        clerk.press("f4", "f4")


def test_exact_cash(opened: Open, floor: Floor, measure: Measure) -> None:
    """F8 shows what is due, F8 takes it."""
    with opened() as clerk:
        scanned(clerk, *THREE)
        clerk.press("f8", "f8")
        clerk.mode(SettledMode)

        measure("sale for exact cash", 2, clerk)
        clerk.expect("已收现金", "37.80")
    last = floor.sales()[-1]
    assert (Standing.CASH, THREE_FEN) == (last.standing, last.outside_fen)


def test_account_and_cash(opened: Open, floor: Floor, measure: Measure) -> None:
    """What the account may not pay is cash: F8 F8, and the PIN."""
    with opened(card="first") as clerk:
        scanned(clerk, "A001")
        clerk.scan("2000000000053")
        clerk.press("f8")
        clerk.mode(TenderMode)
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)

        measure("sale from the account, the rest for exact cash", 2, clerk)
        clerk.expect("12.30", "8.80")


def test_cash_with_change(opened: Open, measure: Measure) -> None:
    """F8, the cash, Enter shows the change, F8 settles; what to give back stands there as the one number."""
    with opened() as clerk:
        scanned(clerk, *THREE)
        clerk.press("f8")
        clerk.write("50")
        clerk.press("enter")
        clerk.expect("实收", "找零", "12.20")
        assert isinstance(clerk.till.mode, TenderMode)
        clerk.press("f8")
        settled = clerk.mode(SettledMode)

        measure("sale for cash, 50 given, change shown", 5, clerk)
        assert "12.20" == settled.number.amount
        clerk.expect("找零（元） 12.20")


def test_hold_and_recall(opened: Open, measure: Measure) -> None:
    """F7 puts the bill aside, F7 on the empty screen brings it back."""
    with opened() as clerk:
        scanned(clerk, "A001", "A002")
        clerk.press("f7")
        clerk.until("the screen is free", lambda: clerk.till.bill.empty and clerk.till.status.holds)
        measure("hold the bill", 1, clerk)

        clerk.counted_from_here()
        clerk.press("f7")
        clerk.until("the bill is back", lambda: clerk.goods)
        measure("recall the only bill on hold", 1, clerk)
        assert ["A001", "A002"] == clerk.goods
        clerk.press("f4", "f4")


def test_void_of_the_last_sale(opened: Open, floor: Floor, measure: Measure) -> None:
    """F6 lists this person's sales, the newest highlighted; Enter takes it, 1 is the reason, F8 voids after the PIN."""
    with opened(card="first") as clerk:
        sold(clerk, floor, *THREE)
        clerk.counted_from_here()
        clerk.press("f6")
        clerk.mode(VoidsMode)
        clerk.press("enter", "1", "f8")
        clerk.pin(floor.pin("first"))
        clerk.expect("已撤销")

        measure("void of the last sale", 4, clerk)
        assert 7 == clerk.digits
    assert Standing.REVERSED is floor.sales()[-1].standing


def test_void_of_a_sale_before_the_last(opened: Open, floor: Floor, measure: Measure) -> None:
    """Down goes to the sale before the newest: that one is voided, and the one above and the one below it stand."""
    with opened(card="first") as clerk:
        for goods in ("A001", "A002", "A003"):
            sold(clerk, floor, goods)
        older, chosen, newest = (sale.subject for sale in floor.sales()[-3:])
        clerk.counted_from_here()
        clerk.press("f6")
        rows = clerk.mode(VoidsMode).rows
        assert [newest, chosen, older] == [one.key for one in rows[:3]]
        clerk.press("down", "enter", "1", "f8")
        clerk.pin(floor.pin("first"))
        clerk.expect("已撤销")

        measure("void of the sale before the last", 5, clerk)
    with floor.journal() as journal:
        assert [Standing.ACCEPTED, Standing.REVERSED, Standing.ACCEPTED] == [
            journal.standing(subject).standing for subject in (older, chosen, newest)
        ]
        voids = [record.subject for record in journal.period(0, journal.tip()[0]) if record.kind == VoidIntended.kind]
        assert chosen == journal.standing(voids[-1]).original


def test_balance(opened: Open, measure: Measure) -> None:
    """It stands there with the card; F9 shows the year and what was settled here."""
    with opened(card="second") as clerk:
        balance_fen = clerk.till.person.balance_fen if clerk.till.person else None
        assert balance_fen
        clerk.expect(f"{balance_fen // 100}.{balance_fen % 100:02d}")
        measure("balance, card in", 0, clerk)
        clerk.press("f9")
        clerk.mode(AccountMode)
        measure("account and history", 1, clerk)


def test_remove_a_line(opened: Open, measure: Measure) -> None:
    """Up to the line, F3."""
    with opened() as clerk:
        scanned(clerk, "A001", "A002")
        clerk.press("up", "f3")

        measure("remove the line before the last", 2, clerk)
        assert ["A002"] == clerk.goods
        clerk.press("f4", "f4")


def test_three_of_the_same(opened: Open, measure: Measure) -> None:
    """The quantity is typed before the scan."""
    with opened() as clerk:
        clerk.write("3*")
        scanned(clerk, "A001")

        measure("three of the same", 2, clerk)
        assert 3_0000 == clerk.till.bill.lines[0].goods.cnt_e4
        clerk.expect("36.90")
        clerk.press("f4", "f4")


def test_find_by_initials(opened: Open, measure: Measure) -> None:
    """Letters of the name, Enter takes what is highlighted."""
    with opened() as clerk:
        clerk.write("ksp")
        clerk.expect("演示控释片")
        clerk.press("enter")

        measure("find by three initials", 4, clerk)
        assert ["A001"] == clerk.goods
        clerk.press("f4", "f4")


def test_day_close(opened: Open, measure: Measure) -> None:
    """F10, the drawer counted in yuan, Enter, F8."""
    with opened() as clerk:
        clerk.press("f10")
        clerk.mode(CountMode)
        clerk.write("1234.5")
        clerk.press("enter")
        clerk.mode(CloseMode)
        clerk.press("f8")
        clerk.expect("日结完成")

        measure("day close, 1234.50 counted", 9, clerk)


def test_technician_finds_a_receipt(opened: Open, floor: Floor, measure: Measure) -> None:
    """Ctrl+T, the last six digits of the receipt's number, Enter: its story. Esc goes back to the work, which went on."""
    with opened(card="first") as clerk:
        sold(clerk, floor, "A001")
        subject = floor.sales()[-1].subject
        scanned(clerk, "A002")
        clerk.counted_from_here()
        clerk.press("ctrl+t")
        clerk.until("the technician's screen", lambda: isinstance(clerk.app.screen, TechnicianScreen))
        clerk.write(subject[-6:])
        clerk.press("enter")
        clerk.expect(subject, "12.30")

        measure("technician finds one receipt", 9, clerk)
        clerk.press("ctrl+t")
        clerk.until("back at the work", lambda: clerk.app.screen is clerk.app.cashier)
        clerk.expect("演示缓释片")
        clerk.press("f4", "f4")
