"""An outcome that is not known stands beside the work, is asked about once, and resolves when its card or the centre can tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline_queue.fold import Standing
from settlement.checkout.states import DoubtOpen
from terminal.screen.cashier.asking import ConfirmMode, DoubtMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.news import Asked
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor

ROLE = "torn"
NOT_DONE, DONE = (1, "during"), (3, "after")
"""The card is pulled at the first record of the sale, which proves nothing moved; after the last, which proves that it is paid."""
_LOOKS = 20


@pytest.fixture
def clerk(opened: Open, floor: Floor) -> Iterator[Clerk]:
    """Stand at a till with the line cut and a card in that carries an allowance."""
    with opened(card=ROLE) as hands:
        if floor.allowance_fen(ROLE) < 100_00:
            hands.scan(BARCODES["A003"])
            for _ in range(_LOOKS):
                # The line has only just been mended: a question that was under way then is asked again.
                hands.press("f8")
                hands.pin(floor.pin(ROLE))
                hands.until("settled, or not yet", lambda: isinstance(hands.till.mode, SettledMode | ConfirmMode))
                if isinstance(hands.till.mode, SettledMode):
                    break
                hands.press("escape")
                hands.wait(0.5)
            hands.mode(SettledMode)
            hands.press("enter")
        floor.cut()
        hands.until("the screen knows", lambda: hands.till.status.line == "down")
        yield hands


def torn(clerk: Clerk, floor: Floor, pull: tuple[int, str]) -> None:
    """Sell off-line and have the card pulled while it is written."""
    clerk.scan(BARCODES["A001"])
    clerk.press("f8")
    clerk.pin(floor.pin(ROLE))
    clerk.mode(ConfirmMode)
    floor.prepare_pull(*pull)
    clerk.press("f8")
    clerk.mode(DoubtMode)


def asked(clerk: Clerk) -> list[DoubtOpen]:
    """Note from now on which doubts somebody is asked about."""
    found: list[DoubtOpen] = []
    hear = clerk.till.hear

    def listen(said: object) -> None:
        if isinstance(said, Asked) and isinstance(said.state, DoubtOpen):
            found.append(said.state)
        hear(said)  # type: ignore[arg-type]

    clerk.till.hear = listen  # type: ignore[method-assign]
    return found


def test_card_put_back_tells_and_the_goods_are_asked_once(clerk: Clerk, floor: Floor) -> None:
    """While the doubt is on the screen the card is enough, no key is needed to look again; paid, and the goods went out: settled."""
    found = asked(clerk)
    torn(clerk, floor, DONE)
    clerk.expect("结果不明", "12.30", "再插入同一张卡即可了结")
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.until("the goods are asked", lambda: found[-1].finding is not None)
    clerk.press("1")
    clerk.mode(SettledMode)

    assert [None, None] == [doubt.doubt.goods_released for doubt in found]
    assert (Standing.PROVISIONAL, True) == (floor.sales()[-1].standing, floor.sales()[-1].goods_released)
    clerk.press("enter")
    clerk.until("no doubt is listed", lambda: not clerk.till.status.doubts)


def test_card_put_back_tells_that_nothing_moved(clerk: Clerk, floor: Floor) -> None:
    """Not debited: nothing was charged, the goods are asked about once, and the bill is on the screen again and can be sold."""
    found = asked(clerk)
    torn(clerk, floor, NOT_DONE)
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.until("the goods are asked", lambda: found[-1].finding is not None)
    clerk.expect("没有扣款", "12.30", "已交出而未付款的，记为欠本店的应收")
    clerk.press("2")
    clerk.selling()

    assert Standing.ABANDONED is floor.sales()[-1].standing
    assert ["A001"] == clerk.goods
    clerk.press("f4", "f4")


def test_left_beside_the_work_it_resolves_on_the_next_insertion(clerk: Clerk, floor: Floor) -> None:
    """Answered once and left: the next customer is served; the card's return asks for the PIN alone and books what it proves."""
    torn(clerk, floor, DONE)
    clerk.press("1")
    clerk.until("the goods are noted", lambda: "1  货已经给了" not in clerk.text)
    clerk.press("escape", "escape")
    clerk.selling()
    clerk.expect("存疑 12.30，按 F5", "存疑1")
    assert [] == clerk.goods

    clerk.scan(BARCODES["A002"])
    clerk.press("f8", "f8")
    clerk.mode(SettledMode)
    clerk.press("enter")

    found = asked(clerk)
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.expect("已结算，货先前已给")
    assert [] == [doubt for doubt in found if doubt.doubt.goods_released is None]
    clerk.until("no doubt is listed", lambda: not clerk.till.status.doubts)


def test_goods_that_stayed_are_released(clerk: Clerk, floor: Floor) -> None:
    """Debited, and the goods are still here: booked and voided in one, and the bill is nobody's any more."""
    torn(clerk, floor, DONE)
    clerk.press("2")
    clerk.until("it is noted", lambda: "2  货还没有给" not in clerk.text)
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.selling()
    clerk.expect("已撤回")

    assert [] == clerk.goods
    floor.mend()
    floor.until("sale and void are at the centre", lambda: floor.sales()[-1].reversed_by)


def test_cash_against_the_doubt_is_taken_by_f8(clerk: Clerk, floor: Floor) -> None:
    """3 shows what is due, Enter pays nothing, F8 takes it; not debited after all, it was a sale for cash."""
    torn(clerk, floor, NOT_DONE)
    records = floor.records()
    clerk.press("3")
    tender = clerk.mode(TenderMode)
    assert "12.30" == tender.number.amount
    clerk.write("20")
    clerk.press("enter")
    clerk.expect("7.70")
    assert records == floor.records()
    clerk.press("f8")
    clerk.mode(DoubtMode)
    clerk.expect("已收现金", "12.30")
    assert 1230 == floor.sales()[-1].cash_taken_fen
    clerk.press("escape", "escape")
    clerk.selling()

    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.selling()
    clerk.until("no doubt is listed", lambda: not clerk.till.status.doubts)
    assert [] == clerk.goods


def test_scan_answers_no_question(clerk: Clerk, floor: Floor) -> None:
    """A box that is scanned into the question says nothing of the goods: its first digit is one of the answers."""
    torn(clerk, floor, NOT_DONE)
    records = floor.records()
    for suffix in ("\r", "\n", ""):
        clerk.scan("2000000000011", suffix)
        clerk.wait(0.15)
    clerk.send("\x1b[200~1\x1b[201~")
    clerk.wait(0.15)

    assert isinstance(clerk.till.mode, DoubtMode)
    assert records == floor.records()
    clerk.press("2")
    clerk.until("it is noted", lambda: "2  货还没有给" not in clerk.text)
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.selling()
    clerk.press("f4", "f4")


def test_not_done_and_gone_is_owed(clerk: Clerk, floor: Floor) -> None:
    """Not debited, and the customer has the goods: paid in cash now, or owed to the shop."""
    found = asked(clerk)
    torn(clerk, floor, NOT_DONE)
    floor.insert(ROLE)
    clerk.pin(floor.pin(ROLE))
    clerk.until("the goods are asked", lambda: found[-1].finding is not None)
    clerk.press("1")
    clerk.selling()
    clerk.expect("没有扣款，欠店里 12.30")

    assert (Standing.ABANDONED, 1230) == (floor.sales()[-1].standing, floor.sales()[-1].receivable_fen)
    assert [] == clerk.goods


def test_lost_answer_is_asked_for_again(opened: Open, floor: Floor) -> None:
    """On-line the centre has it: never shown as refused, F5 asks, and what it settled is booked once."""
    with opened(card="second") as clerk:
        clerk.scan(BARCODES["A001"])
        floor.lose_reply("2102")
        clerk.press("f8")
        clerk.pin(floor.pin("second"))
        clerk.until("a doubt, or already resolved", lambda: isinstance(clerk.till.mode, DoubtMode | SettledMode))
        assert isinstance(clerk.till.mode, DoubtMode)
        clerk.expect("结果不明", "会自动再问中心")
        clerk.press("1")
        clerk.until("it is noted", lambda: "1  货已经给了" not in clerk.text)
        for _ in range(_LOOKS):
            # While the line is signed in anew nothing is found yet: the clerk looks once more.
            if not isinstance(clerk.till.mode, SettledMode):
                clerk.press("f5")
                clerk.wait(0.5)
        clerk.mode(SettledMode)
        clerk.press("enter")
    assert [Standing.ACCEPTED] == [sale.standing for sale in floor.sales()[-1:]]


def test_leaving_the_till_leaves_the_doubt_listed(clerk: Clerk, floor: Floor) -> None:
    """The till is closed in the middle of the question: the next start lists it."""
    torn(clerk, floor, NOT_DONE)
    clerk.app.leave()
    assert clerk.app._desk is not None
    assert not clerk.app._desk.is_alive()
    assert Standing.IN_DOUBT is floor.sales()[-1].standing


def test_next_start_lists_it_and_the_card_resolves_it(opened: Open, floor: Floor) -> None:
    """After the test before: the doubt is on the strip; the card that comes in is asked for its PIN, and then where the goods are."""
    if floor.line() != "down":
        floor.cut()
    with opened() as clerk:
        clerk.expect("存疑")
        floor.insert(ROLE)
        clerk.pin(floor.pin(ROLE))
        clerk.mode(DoubtMode)
        clerk.expect("没有扣款")
        clerk.press("2")
        clerk.selling()
        clerk.until("no doubt is listed", lambda: not clerk.till.status.doubts)
        if clerk.goods:
            clerk.press("f4", "f4")
