"""When card or line fails the customer pays in cash: one key, and nothing was charged elsewhere."""

from __future__ import annotations

import pytest

from offline_queue.fold import Standing
from terminal.screen.cashier.asking import ConfirmMode, SelfPayMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from terminal.screen.cashier.waiting import PinMode
from tests.screen.cashier.clerk import BYTES, Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import ALLOWANCE, BARCODES, FORBIDDEN, Floor
from tests.screen.conftest import Measure

BOX = BARCODES["A001"]
WRONG = "000000"


def paid_in_cash(clerk: Clerk, floor: Floor, shop: str = ALLOWANCE) -> None:
    """See that all of it is on the cash slip, and go on."""
    clerk.mode(SettledMode)
    clerk.expect("已收现金", "12.30")
    last = floor.sales(shop)[-1]
    assert (Standing.CASH, 1230) == (last.standing, last.outside_fen)
    clerk.press("enter")
    assert [] == clerk.goods


def test_line_down_where_the_area_forbids_off_line(opened: Open, floor: Floor, measure: Measure) -> None:
    """The rule in force is said before F8; after the PIN the offer is cash, by one key."""
    with opened(FORBIDDEN, card="elsewhere") as clerk:
        floor.cut(FORBIDDEN)
        clerk.scan(BOX)
        clerk.expect("线路中断：先收现金")
        clerk.press("f8")
        clerk.pin(floor.pin("elsewhere"))
        clerk.mode(SelfPayMode)
        clerk.expect("改为自费吗？")
        clerk.counted_from_here()
        clerk.press("f8")

        measure("carry on as self-pay: line down, area forbids off-line", 1, clerk)
        paid_in_cash(clerk, floor, FORBIDDEN)
    floor.mend(FORBIDDEN)


def test_no_card(opened: Open, floor: Floor, measure: Measure) -> None:
    """F8 says what is due in cash; exact cash is one more."""
    with opened() as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(TenderMode)
        clerk.expect("应收现金", "12.30")
        clerk.counted_from_here()
        clerk.press("f8")

        measure("carry on as self-pay: no card", 1, clerk)
        paid_in_cash(clerk, floor)


def test_card_reported_lost(opened: Open, floor: Floor, measure: Measure) -> None:
    """The person's box says that the card cannot settle, F1 says why; F8 is cash."""
    floor.stage.report_loss(floor.stage.cast["lost"])
    with floor.journal() as journal:
        floor.until("the hotlist has it", lambda: journal.notes.hotlisted(floor.stage.cast["lost"].card_no, ""))
    with opened() as clerk:
        floor.insert("lost")
        clerk.expect("此卡不能结算")
        clerk.press("f1")
        clerk.expect("发生了什么", "不要用此卡结算")
        clerk.press("escape", "escape")
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(TenderMode)
        clerk.counted_from_here()
        clerk.press("f8")

        measure("carry on as self-pay: card refused", 1, clerk)
        paid_in_cash(clerk, floor)


def test_wrong_pin_until_the_last_try(opened: Open, floor: Floor, measure: Measure) -> None:
    """The card says how many tries are left; the last one is not spent unasked: cash by one key, or F5 for the last try."""
    with opened(card="killed") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        tries = floor.tries_left("killed")
        for left in range(tries - 1, 1, -1):
            clerk.pin(WRONG)
            clerk.expect(f"密码错误：还可试 {left} 次")
            clerk.mode(PinMode)
        clerk.pin(WRONG)
        clerk.mode(SelfPayMode)
        assert 1 == floor.tries_left("killed")
        clerk.expect("还可试 1 次", "改为自费吗？")
        clerk.counted_from_here()
        clerk.press("f8")

        measure("carry on as self-pay: one PIN try left", 1, clerk)
        paid_in_cash(clerk, floor)

        clerk.scan(BOX)
        clerk.press("f8")
        clerk.pin(WRONG[:-1] + "1" if floor.pin("killed") == WRONG else floor.pin("killed"))
        clerk.mode(SettledMode)
        assert tries == floor.tries_left("killed")
        clerk.press("enter")


def test_last_try_is_a_persons_decision(opened: Open, floor: Floor) -> None:
    """F5 asks once more, and the right PIN settles from the account."""
    with opened(card="killed") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        while floor.tries_left("killed") > 1:
            clerk.pin(WRONG)
            clerk.until("the card has said how many are left", lambda: isinstance(clerk.till.mode, PinMode | SelfPayMode))
        clerk.mode(SelfPayMode)
        clerk.press("f5")
        clerk.pin(floor.pin("killed"))
        clerk.mode(SettledMode)
        clerk.expect("结算完成")
        clerk.press("enter")


def test_card_pulled_while_the_pin_is_typed(opened: Open, floor: Floor, measure: Measure) -> None:
    """Nothing has moved: the bill stays, cash is one key, and what was typed of the PIN goes nowhere."""
    with opened(card="second") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.send(floor.pin("second")[:4])
        floor.pull()
        clerk.mode(SelfPayMode)
        assert not clerk.app.pin_entry.open
        clerk.expect("结算前卡已取出")
        clerk.send(floor.pin("second")[4:])
        clerk.press("backspace", "backspace")
        clerk.counted_from_here()
        clerk.press("f8")

        measure("carry on as self-pay: card taken out", 1, clerk)
        paid_in_cash(clerk, floor)


def test_card_put_back_instead(opened: Open, floor: Floor) -> None:
    """Back to the bill, card in again, F8: the same bill is settled from the account."""
    with opened(card="second") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        floor.pull()
        clerk.mode(SelfPayMode)
        clerk.press("escape", "escape")
        clerk.selling()
        assert ["A001"] == clerk.goods
        floor.insert("second")
        clerk.person()
        clerk.press("f8")
        clerk.pin(floor.pin("second"))
        clerk.mode(SettledMode)
        clerk.expect("结算完成")
        clerk.press("enter")


def test_pin_given_up(opened: Open, floor: Floor) -> None:
    """Esc at the PIN: nothing is sent to the card, cash or back to the bill."""
    with opened(card="second") as clerk:
        tries = floor.tries_left("second")
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.press("escape")
        clerk.mode(SelfPayMode)
        clerk.press("escape", "escape")
        clerk.selling()
        assert ["A001"] == clerk.goods
        assert tries == floor.tries_left("second")
        clerk.press("f4", "f4")


def test_short_pin_is_no_attempt(opened: Open, floor: Floor) -> None:
    """Five digits and Enter cost no try; no digit is ever on the screen."""
    with opened(card="second") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.send("7777")
        clerk.expect("* * * * _ _")
        assert "7777" not in clerk.text
        clerk.send("\r")
        assert isinstance(clerk.till.mode, PinMode)
        clerk.send("\x7f\x7f\x7f\x7f")
        clerk.expect("_ _ _ _ _ _")
        clerk.pin(floor.pin("second"))
        clerk.mode(SettledMode)
        clerk.press("enter")


@pytest.mark.parametrize("line", ["up", "down"])
def test_technician_makes_way_for_the_pin(opened: Open, floor: Floor, line: str) -> None:
    """Who looks at the log while the desk works never types search digits into somebody's PIN."""
    with opened(card="second") as clerk:
        if line == "down":
            floor.cut()
        clerk.scan(BOX)
        clerk.wait(0.4)
        clerk.send(BYTES["f8"])
        clerk.press("ctrl+t")
        # On a busy machine the PIN may be asked for before anybody looks.
        assert clerk.app.screen is not clerk.app.cashier or isinstance(clerk.till.mode, PinMode)
        clerk.mode(PinMode)
        clerk.press("ctrl+t")
        clerk.pin(floor.pin("second"))
        assert clerk.app.screen is clerk.app.cashier
        clerk.until("the offer, or it is done", lambda: isinstance(clerk.till.mode, ConfirmMode | SettledMode))
        if line == "down":
            clerk.press("f8")
        clerk.mode(SettledMode)
        clerk.press("enter")
