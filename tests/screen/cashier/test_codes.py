"""Traceability codes and discounts on the scan line: what goes onto which line, and what comes off again."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.bill import Benefit
from settlement.errors import Refusal
from terminal.bill_refusals import CODE_SOLD
from terminal.screen import news
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.orders import SaveDraft
from tests.goods.shelf import item
from tests.screen.cashier.alone import PLACE, Alone, stock

BOX, NEXT_BOX, FOREIGN = "81000010000000000001", "81000010000000000002", "89999990000000000001"
GOODS = (
    item("T1", "演示胶囊", trac_prefix="8100001", pric_e6=15_000_000),
    item("T2", "演示颗粒", trac_required=True, pric_e6=9_000_000),
    item("N1", "演示护手霜", trac_required=False, pric_e6=8_000_000, manu_lotnum="YS1", expy_end="2028-02-29"),
)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Return a screen over goods that want codes and goods that have none."""
    stock(tmp_path, *GOODS)
    return Alone(tmp_path)


def codes(alone: Alone) -> list[tuple[str, ...]]:
    """Return the codes of each line."""
    return [line.goods.drug_trac_codg for line in alone.till.bill.lines]


def test_a_code_that_nobody_knows_goes_to_goods_that_want_one(alone: Alone) -> None:
    """Onto the focused line; it is said where those goods have none, and the bill is as it was."""
    alone.scan("T2")
    alone.scan(FOREIGN)
    wanted = codes(alone)
    alone.scan("N1")
    alone.scan("89999990000000000002")

    assert [(FOREIGN,)] == wanted
    assert [(FOREIGN,), ()] == codes(alone)
    assert "attention" == alone.till.message[0]


def test_a_known_box_on_the_bill_is_refused_wherever_the_focus_is(alone: Alone) -> None:
    """The same box again is that, and no code of unknown goods."""
    alone.scan(BOX)
    alone.scan("N1")
    alone.scan(BOX)

    assert [(BOX,), ()] == codes(alone)
    assert alone.till.last_words is not None
    assert "BILL-CODE-TWICE" == alone.till.last_words.code


def test_a_sold_box_comes_off(alone: Alone) -> None:
    """The desk says it; the line waits for another box, and the bill without the code is kept."""
    alone.scan(BOX)
    alone.orders()
    alone.till.hear(news.CodeSold(BOX, Refusal(CODE_SOLD, {"traced": BOX, "where": "2026-03-02 09:00 P1"})))
    lacking = alone.till.selling.lacking(alone.till.bill.lines[0])
    alone.scan(NEXT_BOX)

    assert 1 == lacking
    assert [(NEXT_BOX,)] == codes(alone)
    assert "P1" in alone.till.message[1]
    assert 1 == alone.rung
    assert [(), (NEXT_BOX,)] == [order.bill.lines[0].goods.drug_trac_codg for order in alone.orders() if isinstance(order, SaveDraft)]


def test_a_sold_box_under_the_tender_leaves_it(alone: Alone) -> None:
    """The bill is another one now: F8 is asked for again, and F1 says why."""
    alone.scan(BOX)
    alone.till.press("settle")
    tender = alone.till.mode
    alone.till.hear(news.CodeSold(BOX, Refusal(CODE_SOLD, {"traced": BOX, "where": "2026-03-02 09:00 P1"})))

    assert isinstance(tender, TenderMode)
    assert alone.till.mode is alone.till.selling
    assert "P1" in alone.till.message[1]


@pytest.mark.parametrize("written", ["88.5%", "0%", "0.5%", "00%"])
def test_a_discount_that_cannot_be_is_refused(alone: Alone, written: str) -> None:
    """In words, and the discount that the line has stays."""
    alone.scan("N1")
    alone.scan("90%")
    before = alone.till.bill
    alone.scan(written)

    assert before is alone.till.bill
    assert alone.till.last_words is not None
    assert "BILL-DISCOUNT-RANGE" == alone.till.last_words.code
    assert written[:-1] in alone.till.message[1]


def test_a_discount_is_taken_away(alone: Alone) -> None:
    """By nothing off."""
    alone.scan("N1")
    alone.scan("90%")
    dear = alone.till.bill.total_fen
    alone.till.mode.escape()
    alone.scan("-0")

    assert (720, 800) == (dear, alone.till.bill.total_fen)


@pytest.mark.parametrize(
    ("written", "batch"),
    [
        ("@YS77/2028-03", ("YS77", "2028-03-31")),
        ("@YS77/2028-03-15", ("YS77", "2028-03-15")),
        ("@YS77", ("YS77", "")),
        ("@YS/77", ("YS/77", "")),
        ("＠YS77／202803", ("YS77", "2028-03-31")),
    ],
)
def test_a_batch_of_the_focused_line(alone: Alone, written: str, batch: tuple[str, str]) -> None:
    """The box in hand may be of another batch than the catalogue's; an expiry that was not said is not the catalogue's either."""
    alone.scan("N1")
    alone.scan(written)

    goods = alone.till.bill.lines[0].goods
    assert batch == (goods.manu_lotnum, goods.expy_end)
    assert "" == alone.till.selling.query


def test_the_catalogues_own_batch_brings_its_expiry(alone: Alone) -> None:
    """Said back after a slip of the hand."""
    alone.scan("N1")
    own = alone.till.bill.lines[0].goods
    alone.scan("@YS77")
    alone.scan(f"@{own.manu_lotnum}")

    assert own == alone.till.bill.lines[0].goods


@pytest.mark.parametrize("insutype", ["310", "390"])
def test_the_bill_is_of_the_persons_scheme(alone: Alone, insutype: str) -> None:
    """By card that of who pays; for cash it is nobody's, and the employees' stands there until somebody redeems the slip."""
    benefit = Benefit(psn_type="15", deductible_used_fen=0, fund_paid_fen=0, account_fen=100_00)
    person = news.PersonShown(arrival=1, name="演*甲", sex="2", age=30, certno="", card="", insutype=insutype, benefit=benefit)
    alone.till.hear(news.Status(now="2026-03-02 09:00", line="up", reader="card"))
    alone.till.hear(news.CardShown(person))
    alone.scan("N1")
    split = alone.till.split

    assert insutype == alone.till.bill.bill(PLACE, "2026-03-02 09:00:00", person.insutype).insutype
    refused = isinstance(split, Refusal) and split.code == "BILL-SCHEME"
    assert refused == (insutype == "390"), "the area of the test has rules of employees only"


def test_a_quantity_alone_is_that_of_the_focused_line(alone: Alone) -> None:
    """Up and down; none at all is refused, and so are fewer boxes than have their codes; blanks are nothing."""
    alone.scan("N1")
    seen = []
    for written in ("3*", "2*", " ", "0*"):
        alone.scan(written)
        seen.append(alone.till.bill.total_fen)
        alone.till.mode.escape()
    alone.scan(BOX)
    alone.scan(NEXT_BOX)
    alone.scan("1*")

    assert [2400, 1600, 1600, 1600] == seen
    assert (BOX, NEXT_BOX) == codes(alone)[1]
    assert alone.till.last_words is not None
    assert "BILL-QUANTITY-CODES" == alone.till.last_words.code
