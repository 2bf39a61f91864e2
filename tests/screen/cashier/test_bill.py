"""What scans and keys do to the bill: codes of boxes, discounts, rounding, holding, and slips that are settled later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline_queue.fold import Standing
from terminal.screen.cashier.asking import BackMode, ConfirmMode
from terminal.screen.cashier.lists import HoldsMode, VoidsMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

SOLD = "81000010000000000001", "81000010000000000002"
FRESH = "81000010000000000003", "81000010000000000004"
"""Codes of boxes of T001: two that one test sells, and two that nobody does."""


@pytest.fixture
def clerk(opened: Open) -> Iterator[Clerk]:
    """Stand at a till with a card in; the bill is cleared away afterwards."""
    with opened(card="second") as hands:
        yield hands
        hands.press("escape", "escape")
        hands.selling()
        if not hands.till.bill.empty:
            hands.press("f4", "f4")


def test_code_of_a_box_opens_its_line(clerk: Clerk, floor: Floor) -> None:
    """The traceability code alone names the goods; the second box adds to the line; both codes go with the sale."""
    for code in SOLD:
        clerk.scan(code)
    assert ["T001"] == clerk.goods
    assert SOLD == clerk.till.bill.lines[0].goods.drug_trac_codg
    clerk.expect("30.00")
    clerk.press("f8")
    clerk.pin(floor.pin("second"))
    clerk.mode(SettledMode)
    clerk.press("enter")


def test_box_without_its_code_is_named_by_f8(clerk: Clerk) -> None:
    """By bar code first: F8 says which line wants its code instead of settling; the code completes the line."""
    clerk.write("2*")
    clerk.scan("2000000000046")
    clerk.expect("2 个追溯码还缺 2 个")
    clerk.press("f8")
    clerk.expect("请扫追溯码：演示追溯胶囊")
    clerk.selling()
    clerk.scan(FRESH[0])
    clerk.expect("2 个追溯码还缺 1 个")
    clerk.scan(FRESH[1])
    clerk.until("nothing is missing", lambda: "还缺" not in clerk.text)
    assert 2_0000 == clerk.till.bill.lines[0].goods.cnt_e4


def test_code_twice_and_code_of_other_goods_are_refused(clerk: Clerk) -> None:
    """A code stands on one box; F1 says the rest."""
    clerk.scan(FRESH[0])
    clerk.scan(FRESH[0])
    clerk.expect("追溯码")
    assert (FRESH[0],) == clerk.till.bill.lines[0].goods.drug_trac_codg
    assert clerk.till.last_words is not None
    clerk.press("f1")
    clerk.expect("发生了什么")
    clerk.press("f1")
    clerk.press("f4", "f4")
    clerk.scan("89999999999999999999")
    clerk.expect("追溯码")
    assert [] == clerk.goods


def test_discount_on_the_focused_line(clerk: Clerk) -> None:
    """90% is ninety per cent of the line's price, -2.50 so much off it; both say what it was."""
    clerk.scan(BARCODES["A002"])
    clerk.scan(BARCODES["A001"])
    clerk.press("up")
    clerk.write("90%")
    clerk.press("enter")
    clerk.expect("18.00", "原价 20.00", "30.30")
    clerk.write("-2.50")
    clerk.press("enter")
    clerk.expect("17.50", "29.80")


def test_cash_is_rounded_down_for_the_whole_bill(clerk: Clerk, floor: Floor) -> None:
    """= drops the fen, == the jiao too; again undoes it. The claim of the account is not touched."""
    clerk.scan(BARCODES["A001"])
    clerk.scan("2000000000053")
    clerk.write("-0.03")
    clerk.press("enter")
    clerk.expect("8.77")
    for written, due in (("=", "8.70"), ("==", "8.00"), ("==", "8.77"), ("==", "8.00")):
        clerk.write(written)
        clerk.press("enter")
        clerk.press("f8")
        assert due == clerk.mode(TenderMode).number.amount, written
        clerk.press("escape", "escape")
        clerk.selling()
    clerk.press("f8", "f8")
    clerk.pin(floor.pin("second"))
    settled = clerk.mode(SettledMode)
    assert "8.00" == settled.number.amount
    clerk.expect("12.30")
    clerk.press("enter")


def test_nothing_found_is_said(clerk: Clerk) -> None:
    """A code that nothing has stays in the line until Esc."""
    clerk.scan("6901234567892")
    clerk.expect("没有找到")
    assert [] == clerk.goods
    clerk.press("escape")
    assert "" == clerk.seller.selling.query


def test_two_bills_on_hold_are_a_list(clerk: Clerk) -> None:
    """F7 with several held shows them; Enter recalls the highlighted one, F7 closes the list."""
    for goods in ("A001", "A002"):
        clerk.scan(BARCODES[goods])
        clerk.press("f7")
        clerk.until("it is held", lambda: clerk.till.bill.empty)
    clerk.press("f7")
    clerk.mode(HoldsMode)
    clerk.expect("演示控释片", "12.30", "演示缓释片", "20.00")
    clerk.press("f7")
    clerk.selling()
    clerk.press("f7")
    clerk.mode(HoldsMode)
    clerk.press("down", "enter")
    clerk.until("the second is back", lambda: clerk.goods == ["A002"])
    clerk.press("f4", "f4", "f7")
    clerk.until("the first is back", lambda: clerk.goods == ["A001"])


def test_sale_of_another_person_cannot_be_voided_here(clerk: Clerk, floor: Floor) -> None:
    """The list says whose card is wanted, and Enter takes nothing."""
    clerk.scan(BARCODES["A003"])
    clerk.press("f8")
    clerk.pin(floor.pin("second"))
    clerk.mode(SettledMode)
    clerk.press("enter")
    floor.insert("first")
    clerk.until("another person", lambda: clerk.till.person is not None and clerk.till.person.age and "演*甲" in clerk.text)
    clerk.person()
    records = floor.records()
    clerk.press("f6")
    clerk.mode(VoidsMode)
    clerk.expect("请先插入本人的卡")
    clerk.press("pagedown", "enter", "1")
    clerk.press("f8")
    assert isinstance(clerk.till.mode, VoidsMode)
    assert records == floor.records()


def test_cash_slip_is_settled_later_by_its_number(clerk: Clerk, floor: Floor) -> None:
    """The slip's number in the scan line, card and PIN: settled from the account, and the cash goes back."""
    floor.pull()
    clerk.until("no card", lambda: clerk.till.person is None)
    clerk.scan(BARCODES["A001"])
    clerk.press("f8", "f8")
    clerk.mode(SettledMode)
    clerk.press("enter")
    slip = floor.sales()[-1].subject
    floor.insert("second")
    clerk.person()
    clerk.scan(slip)
    clerk.pin(floor.pin("second"))
    assert "12.30" == clerk.mode(BackMode).number.amount
    clerk.press("f8")
    clerk.mode(SettledMode)
    clerk.expect("请退回现金 12.30")
    clerk.press("enter")
    settled, sold = floor.sales()[-1], floor.sales()[-2]
    assert (Standing.ACCEPTED, 1230) == (settled.standing, sold.cash_returned_fen)


def test_balance_of_before_an_off_line_sale_is_not_shown(clerk: Clerk, floor: Floor) -> None:
    """The line is cut while the card is in: what it had is not what it has after the sale, until the centre has that too."""
    floor.cut()
    clerk.until("the screen knows", lambda: clerk.till.status.line == "down")
    clerk.scan(BARCODES["A003"])
    clerk.press("f8")
    clerk.pin(floor.pin("second"))
    clerk.mode(ConfirmMode)
    clerk.press("f8")
    clerk.mode(SettledMode)
    clerk.press("enter")
    clerk.expect("输密码后显示")
    floor.mend()
    clerk.until("it is asked anew", lambda: clerk.till.person and clerk.till.person.balance_fen)
    assert "输密码后显示" not in clerk.text


def test_balance_is_asked_anew_when_the_line_is_back(clerk: Clerk, floor: Floor) -> None:
    """A card that came in while the line was down: its balance and the split stand there as soon as the line does."""
    floor.cut()
    floor.insert("second")
    clerk.until("read without the centre", lambda: clerk.till.person is not None and clerk.till.person.benefit is None)
    clerk.scan(BARCODES["A001"])
    clerk.expect("线路中断")
    floor.mend()
    clerk.until("the split", lambda: clerk.till.split is not None)
    clerk.expect("12.30")
