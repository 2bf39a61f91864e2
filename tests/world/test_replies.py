"""Every lost, late, doubled and spoiled reply, under every kind of centre: agreement, or a listed doubt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement import reversal
from settlement.checkout.states import Dropped, LeftInDoubt, Settled
from terminal.person import Answer
from tests.world.shop import Shop

PERSONALITIES = ("idempotent", "refuses", "re-executes", "expires")
REPLIES = ("drop-reply", "delay-reply", "double-reply", "truncate-reply", "error-reply", "html-reply", "garbage-reply")
LATE_S = 0.9
"""Longer than the shop's deadline of one exchange."""


@pytest.fixture(scope="module", params=PERSONALITIES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop beside a centre of each kind."""
    with Shop(tmp_path_factory.mktemp("replies") / "stage", personality=request.param) as opened:
        yield opened


def _bend(shop: Shop, mode: str, infno: str) -> None:
    # The reply that is bent must be the one meant, not a refusal for a sign-in that expired just then.
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": mode, "infno": infno, "times": 1, "seconds": LATE_S})


@pytest.mark.parametrize("mode", REPLIES)
def test_reply_to_a_settlement(shop: Shop, mode: str) -> None:
    """The centre has it: found by query, booked once, never sent again; the customer may wait or the goods stay."""
    _bend(shop, mode, "2102")
    ended = shop.sell("first", answers={"DoubtOpen": [Answer.GOODS_OUT, *[Answer.AGAIN] * 9, Answer.LEAVE]})
    shop.stage.bend_line({})
    shop.settle_down()

    assert isinstance(ended, Settled), shop.script.asked
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize("mode", REPLIES)
def test_reply_to_a_void(shop: Shop, mode: str) -> None:
    """A void of unknown result is queried by the refunded settlement, never resent blind."""
    sold = shop.sell("second")
    assert isinstance(sold, Settled)
    _bend(shop, mode, "2103")
    ended = shop.void("second", sold.subject)
    shop.stage.bend_line({})
    shop.settle_down()

    assert isinstance(ended, reversal.Voided | reversal.InDoubt)
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize("infno", ["9001", "1101", "5206", "YX01", "YX02", "YX03"])
@pytest.mark.parametrize("mode", ["drop-request", *REPLIES])
def test_reply_to_anything_else(shop: Shop, mode: str, infno: str) -> None:
    """What changes no money may be lost: the sale goes another way or waits, and everything agrees."""
    _bend(shop, mode, infno)
    ended = shop.sell("torn")
    shop.stage.bend_line({})
    after = shop.sell("torn")
    shop.settle_down()

    assert isinstance(ended, Settled | Dropped)
    assert isinstance(after, Settled), shop.script.told
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


def test_goods_kept_after_a_lost_reply(shop: Shop) -> None:
    """Settled at the centre and not wanted: booked and released by a void, in one transaction."""
    _bend(shop, "drop-reply", "2102")
    ended = shop.sell("killed", answers={"DoubtOpen": [Answer.GOODS_KEPT, *[Answer.AGAIN] * 9, Answer.LEAVE]})
    shop.stage.bend_line({})
    shop.settle_down()

    assert "Released" == type(ended).__name__
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


def test_cash_against_the_doubt_stands(shop: Shop) -> None:
    """Cash taken, then found settled: released by a void, the cash stands."""
    _bend(shop, "drop-reply", "2102")
    ended = shop.sell("killed", answers={"DoubtOpen": [Answer.CASH_AGAINST_DOUBT, *[Answer.AGAIN] * 9, Answer.LEAVE]})
    shop.stage.bend_line({})
    shop.settle_down()

    assert "Released" == type(ended).__name__
    assert [] == shop.disagreements()


def test_a_doubled_request(shop: Shop) -> None:
    """A front end that delivers twice: once in the ledger where the centre knows its msgids; else the daily audit releases the copy."""
    _bend(shop, "double-request", "2102")
    ended = shop.sell("second", answers={"DoubtOpen": [Answer.GOODS_OUT, *[Answer.AGAIN] * 9, Answer.LEAVE]})
    shop.stage.bend_line({})
    shop.settle_down()
    assert isinstance(ended, Settled)
    # Until the audit a copy that was executed is not hidden.
    assert (shop.stage.personality == "re-executes") == any("centre has 2102" in difference for difference in shop.disagreements())

    audit = shop.sender._audit
    audit._statements.state(shop.counter.today, audit._courier)
    shop.settle_down()

    assert [] == shop.disagreements()


def test_a_lost_request_stays_listed(shop: Shop) -> None:
    """Nobody can tell a lost request from a lost reply: listed with its amount, blocks the person, sent once."""
    _bend(shop, "drop-request", "2102")
    ended = shop.sell("lost", "7.00", answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.AGAIN, Answer.LEAVE]})
    shop.stage.bend_line({})
    blocked = shop.sell("lost")
    codes = [answer for answer in shop.script.asked if answer == "SelfPayOffered"]

    assert isinstance(ended, LeftInDoubt)
    assert isinstance(blocked, Dropped)
    assert ["SelfPayOffered"] == codes
    assert [ended.doubt.intent.subject] == shop.doubts()
