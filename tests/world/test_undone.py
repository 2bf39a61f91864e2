"""A gateway that promises ``reversal_of_unknown``: what no query finds is undone by 2601 when the goods stayed here, and never believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from nhsa.outcome import Rejected
from offline_queue.fold import Standing
from settlement.checkout.states import LeftInDoubt, Settled
from terminal.person import Answer
from tests.world.promising import PromisingShop
from tests.world.shop import Say, Shop

AREA = "990100"


@pytest.fixture(scope="module", params=[True, False], ids=["promised", "not promised"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop beside a centre that executes whatever comes."""
    stage = tmp_path_factory.mktemp("undone") / "stage"
    shop = PromisingShop(stage, "reversal_of_unknown", personality="re-executes", exchange_s=1) if request.param else None
    with shop or Shop(stage, personality="re-executes", exchange_s=1) as opened:
        yield opened


def says(*first: Answer) -> dict[str, list[Say]]:
    """Answer a doubt, and leave it."""
    return {"DoubtOpen": [*first, Answer.LEAVE]}


def lost(shop: Shop, role: str, yuan: str, answer: Answer, *rules: dict[str, Any]) -> str:
    """Sell with a request that never arrives, and return what is in doubt."""
    shop.sign_in_anew()
    shop.stage.bend_line([{"mode": "drop-request", "infno": "2102", "times": 1, "number": 0}, *rules])  # type: ignore[arg-type]
    ended = shop.sell(role, yuan, answers=says(answer))
    assert isinstance(ended, LeftInDoubt), shop.script.asked
    return ended.doubt.intent.subject


def kinds(shop: Shop, subject: str) -> list[str]:
    """Return what the journal has of a sale."""
    return [record.kind for record in shop.counter.journal.records(subject)]


def test_what_is_not_there_is_undone(shop: Shop) -> None:
    """The goods stayed here: it ends at once as not done, and a copy that comes after all is refused for ever."""
    promised = isinstance(shop, PromisingShop)
    subject = lost(shop, "first", "5.00", Answer.GOODS_KEPT)
    shop.stage.bend_line({})
    if promised:
        shop.stage.until("it is undone", lambda: shop.counter.journal.standing(subject).answer == "rejected")
    shop.settle_down()

    assert promised == ("undoing" in kinds(shop, subject))
    assert ([] if promised else [subject]) == shop.doubts()
    if promised:
        private = next(one.private for one in shop.counter.journal.records(subject) if one.private and "input" in one.private)
        late = shop.sender._audit._courier.deliver("2102", subject, json.loads(private["input"]), insuplc_admdvs=AREA)
        assert isinstance(late, Rejected)
        assert Standing.REJECTED is shop.counter.journal.standing(subject).standing
        assert isinstance(shop.sell("first", "4.00"), Settled)
        assert [] == shop.disagreements()


def test_what_is_there_is_taken(shop: Shop) -> None:
    """Its reply was lost: the query finds it, and nothing is undone."""
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
    shop.sell("second", "3.00", answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.AGAIN, Answer.LEAVE]})
    subject = [one.subject for one in shop.counter.journal.folded() if not one.original][-1]
    shop.stage.bend_line({})
    shop.settle_down()

    assert "undoing" not in kinds(shop, subject)
    assert "accepted" == shop.counter.journal.standing(subject).answer
    assert subject not in shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize(("role", "answer"), [("killed", Answer.GOODS_OUT), ("lost", Answer.CASH_AGAINST_DOUBT)])
def test_what_went_over_the_counter_is_never_undone(shop: Shop, role: str, answer: Answer) -> None:
    """Goods that are out, and cash that was taken, wait for the centre's statement."""
    subject = lost(shop, role, "2.00", answer)
    shop.stage.bend_line({})
    shop.settle_down()

    assert "undoing" not in kinds(shop, subject)
    assert subject in shop.doubts()


def test_an_undoing_that_was_not_answered_is_asked_again(shop: Shop) -> None:
    """2601 is lost, then its reply, then all of it is there: the doubt is open until then."""
    if not isinstance(shop, PromisingShop):
        pytest.skip("nothing is undone there")
    rules = [{"mode": mode, "infno": "2601", "times": 1, "number": place} for place, mode in enumerate(("drop-request", "drop-reply"), 1)]
    subject = lost(shop, "torn", "2.00", Answer.GOODS_KEPT, *rules)
    shop.stage.until("it was tried", lambda: "undoing" in kinds(shop, subject))
    assert "rejected" != shop.counter.journal.standing(subject).answer
    for _ in range(6):
        shop.counter.journal.notes.nudge()
        shop.settle_down()
    shop.stage.until("it is undone", lambda: shop.counter.journal.standing(subject).answer == "rejected")

    assert 3 == kinds(shop, subject).count("undoing")
    assert subject not in shop.doubts()
    assert [] == shop.disagreements()
