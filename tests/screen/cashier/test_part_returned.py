"""A part of a sale comes back by keys alone: released whole, what is kept settled anew, found again when it was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_queue.fold import Folded, Standing
from settlement.bill import Bill
from settlement.day_facts import ReturnIntended
from settlement.facts import SaleIntended
from terminal import returns
from terminal.bookkeeping import entries
from terminal.counter import Counter
from terminal.screen import news
from terminal.screen.cashier.asking import RestMode, SelfPayMode
from terminal.screen.cashier.lists import OpenMode, VoidsMode
from terminal.screen.cashier.mode import Mode
from terminal.screen.cashier.returning import ReturnedMode, ReturnMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.waiting import PinMode
from terminal.screen.list_news import PickRow
from terminal.screen.orders import GiveBack, ListLines
from terminal.screen.return_news import Previewed, Returnable, SoldLine
from tests.screen.cashier.alone import Alone
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, PRICES_FEN, Floor
from tests.screen.conftest import Measure

ROLE = "second"


def sold(clerk: Clerk, floor: Floor, *goods: str, role: str = ROLE) -> str:
    """Sell boxes to who stands there and return the settlement."""
    for code in goods:
        clerk.scan(BARCODES[code])
    clerk.until("the boxes are on the bill", lambda: sum(line.goods.cnt_e4 for line in clerk.till.bill.lines) == len(goods) * 1_0000)
    clerk.until("it is split", lambda: clerk.till.split is not None)
    clerk.press("f8")
    clerk.pin(floor.pin(role))
    clerk.mode(SettledMode)
    clerk.press("enter")
    clerk.counted_from_here()
    return floor.sales()[-1].subject


def listed(clerk: Clerk) -> ReturnMode:
    """Go to the lines of the newest sale."""
    clerk.press("f6")
    clerk.mode(VoidsMode)
    clerk.press("r")
    return clerk.mode(ReturnMode)


def priced(clerk: Clerk) -> None:
    """Have it priced."""
    clerk.press("f8")
    clerk.until("it is priced", lambda: isinstance(clerk.till.mode, ReturnMode) and clerk.till.mode.number is not None)


def next_of(clerk: Clerk, first: Mode) -> Mode:
    """Wait until the entry ``first`` has made way for another one, or for the question of the rest, and return what came."""
    clerk.until("another question", lambda: clerk.till.mode is not first and isinstance(clerk.till.mode, PinMode | SelfPayMode))
    return clerk.till.mode


def twice(clerk: Clerk, floor: Floor) -> None:
    """Enter the PIN for the release, and again for what is kept."""
    first = clerk.mode(PinMode)
    clerk.pin(floor.pin(ROLE))
    assert isinstance(next_of(clerk, first), PinMode)
    clerk.pin(floor.pin(ROLE))


def standings(floor: Floor, *subjects: str) -> list[Standing]:
    """Return how sales stand."""
    with floor.journal() as journal:
        return [journal.standing(subject).standing for subject in subjects]


def total(folded: Folded) -> int:
    """Return what a sale came to."""
    assert isinstance(folded.intent, SaleIntended)
    return folded.intent.bill.total_fen


def test_a_line_comes_back(opened: Open, floor: Floor, measure: Measure) -> None:
    """F6, R, Enter on the line, F8 shows what it comes to, F8 and the two PINs: one release, and the rest settled."""
    with opened(card=ROLE) as clerk:
        before = sold(clerk, floor, "A001", "A002")
        listed(clerk)
        clerk.press("enter")
        priced(clerk)
        clerk.expect("撤销", "重新结算", "32.30", "20.00")
        clerk.press("f8")
        twice(clerk, floor)
        clerk.mode(ReturnedMode)

        measure("a line comes back", 5, clerk)
    kept = floor.sales()[-1]
    assert [Standing.REVERSED, Standing.ACCEPTED] == standings(floor, before, kept.subject)
    assert PRICES_FEN["A002"] == total(kept)


def test_one_of_two_boxes_comes_back(opened: Open, floor: Floor) -> None:
    """A typed number is how many; more than were sold is refused."""
    with opened(card=ROLE) as clerk:
        sold(clerk, floor, "A001", "A001", "A002")
        listed(clerk)
        clerk.press("3", "enter")
        clerk.expect("只卖了 2")
        clerk.press("1", "enter")
        priced(clerk)
        clerk.press("f8")
        twice(clerk, floor)
        clerk.mode(ReturnedMode)
    assert PRICES_FEN["A001"] + PRICES_FEN["A002"] == total(floor.sales()[-1])


def begun(floor: Floor, original: str) -> str:
    """Leave a return as a till leaves it that is killed right after its first record."""
    with Counter(floor.directory()) as counter:
        intent = returns.returnable(counter.journal, original)
        assert isinstance(intent, SaleIntended)
        bill = returns.remainder_of(intent, {intent.bill.lines[0].feedetl_sn: 1_0000})
        assert isinstance(bill, Bill)
        subject = counter.next_msgid()
        counter.journal.commit(entries((ReturnIntended(subject=subject, at=counter.at, original=original, bill=bill),), None))
    return subject


def test_an_interrupted_return_is_found_and_gone_on_with(opened: Open, floor: Floor, measure: Measure) -> None:
    """The next start lists it; F5 and Enter go on: void and rest, each with its PIN, and what was not shown before is asked."""
    with opened(card=ROLE) as clerk:
        original = sold(clerk, floor, "A001", "A002")
    subject = begun(floor, original)
    with opened(card=ROLE) as clerk:
        clerk.expect("▲ 部分退货1")
        clerk.press("f5")
        clerk.mode(OpenMode)
        clerk.expect("退货继续")
        clerk.press("enter")
        twice(clerk, floor)
        clerk.mode(RestMode)
        clerk.expect("退回现金（元）")
        clerk.press("f8")
        clerk.mode(ReturnedMode)
        measure("an interrupted return goes on", 3, clerk)
        clerk.until("nothing is open", lambda: not clerk.till.status.returns)
    with floor.journal() as journal:
        assert [] == journal.open_returns()
        assert "resold" == journal.records(subject)[-1].body["how"]


def test_a_rest_that_is_refused_is_said_and_paid_in_cash(opened: Open, floor: Floor) -> None:
    """The card is reported lost while the void's PIN is awaited: the release is whole, the words say why, F8 takes cash for the rest."""
    role = "lost"
    with opened(card=role) as clerk:
        original = sold(clerk, floor, "A001", "A002", role=role)
        listed(clerk)
        clerk.press("enter")
        priced(clerk)
        clerk.press("f8")
        first = clerk.mode(PinMode)
        floor.stage.report_loss(floor.stage.cast[role])
        clerk.pin(floor.pin(role))
        if isinstance(next_of(clerk, first), PinMode):
            clerk.pin(floor.pin(role))
        clerk.mode(SelfPayMode)
        clerk.expect("整笔已撤销")
        clerk.press("f8")
        shown = clerk.mode(ReturnedMode)
        clerk.expect("留下的已收现金")
        assert shown.number.amount == "20.00"
    assert [Standing.REVERSED, Standing.CASH] == standings(floor, original, floor.sales()[-1].subject)


LINES = (
    SoldLine(sn="1", name="演示片", count_e4=3_0000, price_e6=10_000_000, whole=False),
    SoldLine(sn="2", name="演示追溯胶囊", count_e4=2_0000, price_e6=15_000_000, whole=True),
)
PRICED = Previewed(released=(6000, 0, 5000, 1000), released_cash_fen=1000, kept=(3000, 0, 3000, 0), kept_cash_fen=0)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Return a screen on which the lines of a sale are marked."""
    alone = Alone(tmp_path)
    alone.till.enter(ReturnMode(alone.till, Returnable(subject="S000000111111", lines=LINES)))
    return alone


def keyed(alone: Alone, *keys: str) -> None:
    """Press Enter, arrows, F8 or digits."""
    for key in keys:
        match key:
            case "enter":
                alone.till.mode.enter()
            case "down":
                alone.till.mode.move(1)
            case "f8":
                alone.till.press("settle")
            case _:
                alone.till.mode.type(key)


@pytest.mark.parametrize(
    ("keys", "returned"),
    [
        (("enter", "f8"), (("1", 3_0000),)),
        (("2", "enter", "f8"), (("1", 2_0000),)),
        (("enter", "enter", "down", "enter", "f8"), (("2", 2_0000),)),
        (("4", "enter", "f8"), ()),
        (("down", "1", "enter", "f8"), ()),
        (("enter", "down", "enter", "f8"), ()),
        (("f8",), ()),
    ],
    ids=["a line", "some of it", "unmarked again", "more than sold", "one of two coded boxes", "all of it", "nothing"],
)
def test_what_is_marked_is_asked(alone: Alone, keys: tuple[str, ...], returned: tuple[tuple[str, int], ...]) -> None:
    """Only what can come back is priced."""
    keyed(alone, *keys)

    assert alone.orders() == ([GiveBack(subject="S000000111111", returned=returned)] if returned else [])


def test_nothing_is_carried_out_that_was_not_priced(alone: Alone) -> None:
    """After the price F8 carries it out for the card that is in; another mark has it priced again; without a card it is not begun."""
    sold_lines = Returnable(subject="S000000111111", lines=LINES, returned=(("1", 3_0000),), previewed=PRICED)
    alone.till.enter(ReturnMode(alone.till, sold_lines))
    keyed(alone, "f8")
    assert [] == alone.orders()

    alone.till.hear(news.CardShown(news.PersonShown(arrival=7, name="演*甲", sex="2", age=56, certno="9", card="9")))
    keyed(alone, "f8")
    (order,) = alone.orders()
    assert isinstance(order, GiveBack)
    assert order.agreed is not None
    assert (7, (3000, 0, 3000, 0), 0) == (order.agreed.arrival, order.agreed.movements, order.agreed.cash_due_fen)

    alone.till.enter(ReturnMode(alone.till, sold_lines))
    keyed(alone, "1", "enter", "f8")
    assert [GiveBack(subject="S000000111111", returned=(("1", 1_0000),))] == alone.orders()


def test_a_part_of_what_cannot_be_voided_is_refused(alone: Alone) -> None:
    """R says why, as Enter does."""
    row = PickRow(key="S1", at="2026-03-02 09:00:00", words="演示片", amount_fen=1230, why_not="reversed")
    alone.till.enter(VoidsMode(alone.till, (row,)))
    keyed(alone, "r")
    assert [] == alone.orders()

    alone.till.enter(VoidsMode(alone.till, (PickRow(key="S1", at="2026-03-02 09:00:00", words="演示片", amount_fen=1230),)))
    keyed(alone, "r")
    assert [ListLines("S1")] == alone.orders()
