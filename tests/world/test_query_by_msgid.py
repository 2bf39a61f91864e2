"""A gateway that promises to find a settlement by its message id: one question answers a doubt; promised nothing, the visits are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nhsa.outcome import Accepted, Rejected
from nhsa.queries import msgid_query, read_settlements
from settlement import reversal
from settlement.checkout.states import LeftInDoubt, Settled
from terminal.person import Answer
from tests.world.promising import Promising
from tests.world.shop import Say, Shop

AREA = "990100"


class _Promised(Promising):
    promised = "query_by_msgid"


@pytest.fixture(scope="module", params=[True, False], ids=["promised", "not promised"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop beside a centre that executes whatever comes."""
    made = _Promised if request.param else Shop
    with made(tmp_path_factory.mktemp("by-msgid") / "stage", personality="re-executes") as opened:
        yield opened


def _waits() -> dict[str, list[Say]]:
    return {"DoubtOpen": [Answer.GOODS_OUT, *[Answer.AGAIN] * 4, Answer.LEAVE]}


def _lose(shop: Shop, *rules: tuple[str, str, int]) -> None:
    shop.sign_in_anew()
    bent: Any = [{"mode": mode, "infno": infno, "times": times, "number": place} for place, (mode, infno, times) in enumerate(rules)]
    shop.stage.bend_line(bent)


def test_a_lost_answer_is_found_where_no_visit_is_told(shop: Shop) -> None:
    """5201 does not answer: by its message id the settlement is found all the same; else it stays in doubt until 5201 does."""
    _lose(shop, ("drop-reply", "2102", 1), ("drop-request", "5201", 99))
    ended = shop.sell("first", "5.00", answers=_waits())
    promised = isinstance(shop, _Promised)

    assert isinstance(ended, Settled if promised else LeftInDoubt), shop.script.asked
    shop.stage.bend_line({})
    # The pauses between queries that were not answered are longer and longer: somebody presses "send now".
    shop.counter.journal.notes.nudge()
    shop.stage.until("it is found", lambda: not shop.counter.journal.owed())
    shop.settle_down()
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


def test_a_lost_void_is_found(shop: Shop) -> None:
    """A reversal has a message id of its own."""
    sold = shop.sell("second", "3.00")
    assert isinstance(sold, Settled)
    _lose(shop, ("drop-reply", "2103", 1))
    ended = shop.void("second", sold.subject)
    shop.stage.bend_line({})
    shop.settle_down()

    assert isinstance(ended, reversal.Voided | reversal.InDoubt)
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


def test_not_found_proves_nothing(shop: Shop) -> None:
    """A request that was lost: no such message, and it stays listed; it may still be under way."""
    _lose(shop, ("drop-request", "2102", 1))
    ended = shop.sell("torn", "7.00", answers=_waits())
    shop.stage.bend_line({})
    shop.settle_down()

    assert isinstance(ended, LeftInDoubt)
    assert [ended.doubt.intent.subject] == shop.doubts()


def test_the_centre_finds_it_for_its_own_institution_and_person(shop: Shop) -> None:
    """Of somebody else, or under a number that settled nothing, the list is empty; without any number it is refused."""
    sold = shop.sell("killed", "2.00")
    assert isinstance(sold, Settled)
    psn_no = next(one.private["psn_no"] for one in shop.counter.journal.records(sold.subject) if one.private and one.private.get("psn_no"))
    courier = shop.sender._audit._courier

    def found(**asked: str) -> list[str]:
        outcome = courier.ask("5203", msgid_query(**{"psn_no": psn_no, "msgid": sold.subject, **asked}), insuplc_admdvs=AREA)
        assert isinstance(outcome, Accepted)
        return [one.medins_setl_id for one in read_settlements(outcome.output)]

    assert [sold.subject] == found()
    assert [] == found(msgid=shop.counter.next_msgid())
    nothing = {"data": {"psn_no": psn_no, "setl_id": "", "mdtrt_id": ""}}
    assert isinstance(courier.ask("5203", nothing, insuplc_admdvs=AREA), Rejected)
