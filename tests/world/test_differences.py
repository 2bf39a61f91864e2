"""The centre runs another version of the rules: its figures win, the difference is shown, and everything agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.regions import SHIPPED
from offline_queue.journal_command import export
from settlement.checkout.states import Released, Settled
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
