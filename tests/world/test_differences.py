"""The centre runs another version of the rules: its figures win, the difference is shown, and everything agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.regions import SHIPPED
from offline_queue.fold import Standing
from offline_queue.journal_command import export
from settlement.checkout.states import PaidInCash, Released, Sale, Settled, State
from settlement.errors import Refusal
from terminal import later
from terminal.person import Answer
from tests.world.shop import Shop

ALLOWED = 'cost = "first_pay"\nvalue = true'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose centre no longer lets the account pay the first pay of class-B lines."""
    directory = tmp_path_factory.mktemp("differences")
    regions = directory / "regions" / "990100"
    regions.mkdir(parents=True)
    shipped = (SHIPPED / "990100" / "2023-02-01.toml").read_text(encoding="utf-8")
    assert ALLOWED in shipped
    (regions / "2023-02-01.toml").write_text(shipped.replace(ALLOWED, ALLOWED.replace("true", "false")), encoding="utf-8")
    with Shop(Path(directory) / "stage", centre_regions=regions.parent) as opened:
        opened.sell("first", "5.00")
        yield opened


def _sell(shop: Shop, answer: Answer) -> object:
    shop.insert("first")
    pin = [shop.stage.cast["first"].pin]
    return shop.sell_inserted("10.00", first_pay="0.1", pins=pin, answers={"DifferenceShown": [answer]})


def test_agreed(shop: Shop) -> None:
    """Both splits are on record, the centre's is booked, the slip shows it, the goods follow the customer's yes."""
    goods = len(shop.script.goods)
    ended = _sell(shop, Answer.AGREE)
    shop.settle_down()

    assert isinstance(ended, Settled)
    assert (900, 100) == (ended.figures.acct_pay, ended.figures.psn_cash_pay)
    assert goods + 1 == len(shop.script.goods)
    assert [] == shop.disagreements()


def test_declined(shop: Shop) -> None:
    """No goods, and a void releases what the centre settled."""
    goods = len(shop.script.goods)
    ended = _sell(shop, Answer.DECLINE)
    shop.settle_down()

    assert isinstance(ended, Released)
    assert goods == len(shop.script.goods)
    assert [] == shop.disagreements()


def _for_cash(shop: Shop) -> str:
    """Sell for cash and return the slip."""
    shop.insert("first")
    paid = shop.sell_inserted("10.00", first_pay="0.1", pins=[shop.stage.cast["first"].pin], answers={"Quoted": [Answer.CASH]})
    assert isinstance(paid, PaidInCash)
    return paid.subject


def _redeem(shop: Shop, slip: str, answer: Answer) -> State:
    shop.insert("first")
    shop._ready([shop.stage.cast["first"].pin], {"DifferenceShown": [answer]})
    sale = later.sale_of(shop.counter, slip)
    assert isinstance(sale, Sale), sale
    return shop.driver.sell(sale)


def test_a_slip_whose_settlement_was_declined_may_be_redeemed_again(shop: Shop) -> None:
    """No cash goes back for what is released; the slip is free once the void is done, not before, and gives its cash back once."""
    slip = _for_cash(shop)
    shop.stage.bend_line({"mode": "delay-reply", "infno": "2103", "times": 1, "seconds": 0.4})
    declined = _redeem(shop, slip, Answer.DECLINE)
    assert isinstance(declined, Released)
    before = later.sale_of(shop.counter, slip)
    due_fen = [later.cash_due_back_fen(shop.counter, slip)]
    shop.stage.bend_line({})
    shop.settle_down()
    due_fen.append(later.cash_due_back_fen(shop.counter, slip))

    assert isinstance(before, Refusal)
    assert ("LATER-SLIP-USED", [0, 0]) == (before.code, due_fen)
    assert Standing.REVERSED is shop.counter.journal.standing(declined.subject).standing
    redeemed = _redeem(shop, slip, Answer.AGREE)
    shop.settle_down()
    assert isinstance(redeemed, Settled)
    state = shop.counter.journal.standing(slip)
    assert (redeemed.subject, 900) == (state.redeemed_by, state.cash_returned_fen)
    assert isinstance(later.sale_of(shop.counter, slip), Refusal)
    assert [] == shop.disagreements()


def test_found_when_the_queue_drains(shop: Shop) -> None:
    """Off-line nobody could know: the earmark falls by the card's debit, the rest returns, the shop's receivable shows."""
    shop.cut()
    ended = _sell(shop, Answer.AGREE)
    shop.mend()
    shop.settle_down()
    owed = {row["subject"]: row["amount_fen"] for row in export(shop.counter.journal, reveal=False)["receivables"]}

    assert isinstance(ended, Settled)
    assert {ended.subject: 100} == owed
    assert [] == shop.disagreements()
