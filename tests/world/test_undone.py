"""Where ``reversal_of_unknown`` is promised, what no query finds is undone by 2601 if the goods stayed here; a statement judges it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from nhsa.outcome import Rejected
from offline_queue.fold import Standing
from settlement.checkout.states import LeftInDoubt, Settled
from terminal.person import Answer
from tests.world.promising import Promising
from tests.world.shop import Say, Shop
from tests.world.statements import tomorrow

AREA = "990100"


class _Promised(Promising):
    promised = "reversal_of_unknown"


@pytest.fixture(scope="module", params=[True, False], ids=["promised", "not promised"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop beside a centre that executes whatever comes."""
    made = _Promised if request.param else Shop
    with made(tmp_path_factory.mktemp("undone") / "stage", personality="re-executes", exchange_s=1) as opened:
        yield opened


def says(answer: Answer) -> dict[str, list[Say]]:
    """Answer a doubt, and leave it."""
    return {"DoubtOpen": [answer, Answer.LEAVE]}


def lost(shop: Shop, role: str, yuan: str, answer: Answer, *modes: str) -> str:
    """Sell with a request that never arrives, and return what is in doubt; ``modes`` are what becomes of each 2601."""
    shop.sign_in_anew()
    rules = [{"mode": "drop-request", "infno": "2102", "times": 1, "number": 0}]
    rules += [{"mode": mode, "infno": "2601", "times": 1, "number": place} for place, mode in enumerate(modes, 1)]
    shop.stage.bend_line(rules)  # type: ignore[arg-type]
    ended = shop.sell(role, yuan, answers=says(answer))
    assert isinstance(ended, LeftInDoubt), shop.script.asked
    return ended.doubt.intent.subject


def kinds(shop: Shop, subject: str) -> list[str]:
    """Return what the journal has of a sale."""
    return [record.kind for record in shop.counter.journal.records(subject)]


def test_what_is_not_there_is_undone_and_judged_by_a_statement(shop: Shop) -> None:
    """2601 is sent once and closes nothing; a copy that comes late is refused for ever; the silent statement ends it."""
    promised = isinstance(shop, _Promised)
    subject = lost(shop, "first", "5.00", Answer.GOODS_KEPT)
    shop.stage.bend_line({})
    if promised:
        shop.stage.until("2601 is accepted", lambda: "undone" in kinds(shop, subject))
    for _ in range(3):
        shop.counter.journal.notes.nudge()
        shop.settle_down()

    assert [subject] == shop.doubts()
    assert [promised, promised] == [kinds(shop, subject).count(kind) for kind in ("undoing", "undone")]
    if promised:
        private = next(one.private for one in shop.counter.journal.records(subject) if one.private and "input" in one.private)
        late = shop.sender._audit._courier.deliver("2102", subject, json.loads(private["input"]), insuplc_admdvs=AREA)
        assert isinstance(late, Rejected)
    tomorrow(shop)
    shop.stage.until("the statements have judged it", lambda: shop.counter.journal.standing(subject).answer == "absent")
    shop.settle_down()
    assert Standing.ABANDONED is shop.counter.journal.standing(subject).standing
    assert isinstance(shop.sell("first", "4.00"), Settled)
    assert ([], []) == (shop.doubts(), shop.disagreements())


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
    """2601 is lost, then its reply; the third is answered, and none follows."""
    promised = isinstance(shop, _Promised)
    subject = lost(shop, "torn", "2.00", Answer.GOODS_KEPT, "drop-request", "drop-reply")
    for _ in range(8):
        shop.counter.journal.notes.nudge()
        shop.settle_down()
        if "undone" in kinds(shop, subject):
            break

    assert [3 * promised, 1 * promised] == [kinds(shop, subject).count(kind) for kind in ("undoing", "undone")]
    assert subject in shop.doubts()
