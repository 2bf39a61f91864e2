"""A shop reconciles with its centre: doubts judged by the centre's statements, and what stands on one side alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from nhsa import clearing
from nhsa.outcome import Accepted
from offline_queue.fold import Standing
from offline_queue.journal.settled import subject_of
from offline_queue.sync.statements import Unanswered
from settlement import reversal
from settlement.checkout.states import LeftInDoubt, Settled
from settlement.statement import total_of
from terminal.person import Answer
from tests.world.shop import Say, Shop
from tests.world.statements import PATIENT_S, bend, differences, live, send, state, today, tomorrow


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose centre keeps no promise about copies."""
    with Shop(tmp_path_factory.mktemp("statements") / "stage", exchange_s=PATIENT_S) as opened:
        yield opened


@pytest.fixture
def shop(opened: Shop) -> Shop:
    """Return the shop on a day of which nothing is booked yet."""
    tomorrow(opened)
    return opened


def goods_out() -> dict[str, list[Say]]:
    """Answer that the goods went out, and leave it."""
    return {"DoubtOpen": [Answer.GOODS_OUT, Answer.LEAVE]}


def lost(shop: Shop, role: str, yuan: str) -> str:
    """Sell with a request that never arrives, goods out, and return what stays in doubt."""
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-request", "infno": "2102", "times": 1})
    ended = shop.sell(role, yuan, answers=goods_out())
    shop.stage.bend_line({})
    assert isinstance(ended, LeftInDoubt), shop.script.asked
    return shop.doubts()[-1]


def test_a_day_with_a_void_is_the_same_on_both_sides(shop: Shop) -> None:
    """Two sales, one of them voided: three rows, the sums net, nothing differs."""
    kept, gone = shop.sell("first", "5.00"), shop.sell("second", "3.00")
    assert isinstance(kept, Settled)
    assert isinstance(gone, Settled)
    shop.void("second", gone.subject)
    found = state(shop, today(shop))

    assert ([], True) == (found["differences"], found["balanced"])
    assert [(3, 500, "000000")] == [(one["count"], one["total_fen"], one["stmt_rslt"]) for one in found["groups"]]


def test_a_doubt_is_not_done_when_no_statement_names_it(shop: Shop) -> None:
    """Not before the longest transit is over; then the intent ends, the goods are owed, and the person may settle again."""
    subject = lost(shop, "first", "5.00")
    early = state(shop, today(shop)), shop.sender._audit._statements.judges()
    tomorrow(shop)
    shop.stage.until("the statements have judged it", lambda: shop.counter.journal.standing(subject).answer == "absent")
    shop.settle_down()
    folded = shop.counter.journal.standing(subject)
    after = shop.sell("first", "4.00")

    assert ([], False) == (early[0]["differences"], early[1])
    assert (Standing.ABANDONED, 500) == (folded.standing, folded.receivable_fen)
    assert isinstance(after, Settled), shop.script.told
    assert ([], []) == (shop.doubts(), shop.disagreements())


def test_a_statement_names_what_no_query_finds(shop: Shop) -> None:
    """5201 does not answer: the file brings msgid and setl_id, and the sale is adopted."""
    shop.sign_in_anew()
    shop.stage.bend_line([{"mode": "drop-reply", "infno": "2102", "times": 1}, {"mode": "drop-reply", "infno": "5201"}])  # type: ignore[arg-type]
    ended = shop.sell("first", "5.00", answers=goods_out())
    assert isinstance(ended, LeftInDoubt), shop.script.asked
    subject = shop.doubts()[0]
    found = state(shop, today(shop))
    shop.settle_down()

    assert [("answer-lost", "centre", "adopt", True)] == differences(found)
    assert found["explained"]
    assert Standing.ACCEPTED is shop.counter.journal.standing(subject).standing
    assert {"statement"} == {one.body["found_by"] for one in shop.counter.journal.records(subject) if one.body.get("outcome") == "accepted"}
    shop.stage.bend_line({})
    assert state(shop, today(shop))["balanced"]


def test_what_was_settled_twice_is_released_once(shop: Shop) -> None:
    """The centre executed a doubled delivery twice: the second goes back, and the pair is in the next statement."""
    sold = shop.sell("first", "5.00")
    assert isinstance(sold, Settled)
    send(shop, sold.subject, sold.subject)
    found = state(shop, today(shop))
    shop.settle_down()
    again = state(shop, today(shop))

    assert [("settled-twice", "counter", "release", True)] == differences(found)
    assert (False, True, True) == (found["balanced"], found["explained"], again["balanced"])
    assert [("2102", 500), ("2102", 500), ("2103", -500)] == live(shop)
    assert ([], []) == (shop.doubts(), shop.counter.journal.strays())
    void = next(one for one in shop.counter.journal.folded() if one.original == sold.subject)
    assert (Standing.ACCEPTED, shop.counter.journal.last_receipt()) == (void.standing, void.receipt)


def test_what_was_written_off_is_adopted_and_the_loss_reversed(shop: Shop) -> None:
    """Taken as not done, goods out: the copy came after all. It is booked late, and nothing is owed that the centre paid."""
    subject = lost(shop, "first", "5.00")
    tomorrow(shop)
    shop.stage.until("the statements have judged it", lambda: shop.counter.journal.standing(subject).answer == "absent")
    shop.settle_down()
    send(shop, subject, subject)
    found = state(shop, today(shop))
    shop.settle_down()
    folded = shop.counter.journal.standing(subject)

    assert [("written-off", "centre", "adopt-loss", True)] == differences(found)
    assert (Standing.ACCEPTED, 0, shop.counter.journal.last_receipt()) == (folded.standing, folded.receivable_fen, folded.receipt)
    assert state(shop, today(shop))["balanced"]
    assert [] == shop.disagreements()


def test_half_a_statement_is_none(shop: Shop) -> None:
    """9102 does not answer: nothing is recorded and nothing concluded; the next one is whole."""
    sold = shop.sell("first", "5.00")
    assert isinstance(sold, Settled)
    shop.stage.bend_line({"mode": "drop-reply", "infno": "9102"})
    with pytest.raises(Unanswered):
        state(shop, today(shop))

    shop.stage.bend_line({})
    assert [] == shop.counter.journal.records(subject_of(today(shop)))
    assert state(shop, today(shop))["balanced"]


def test_what_nobody_here_made_is_released(shop: Shop) -> None:
    """A settlement under a number of this till that its journal does not hold, and one of another till, which is left alone."""
    sold = shop.sell("first", "5.00")
    assert isinstance(sold, Settled)
    mine = shop.counter.next_msgid()
    other = f"{mine[:26]}0700"
    send(shop, sold.subject, mine)
    send(shop, sold.subject, other)
    found = state(shop, today(shop))
    shop.settle_down()
    again = state(shop, today(shop))

    assert [("not-ours", "counter", "release", True), ("other-till", "both", "wait", True)] == sorted(differences(found))
    assert [("other-till", "both", "wait", True)] == differences(again)
    assert found["explained"]
    assert again["explained"]
    assert [-500] == [total for infno, total in live(shop) if infno == "2103"]


def test_other_amounts_and_what_is_missing_there_are_explained_to_the_fen(shop: Shop) -> None:
    """A fen more in the centre's books, and a row that is gone from them: each named, and the rest adds up."""
    first, second = shop.sell("first", "5.00"), shop.sell("second", "3.00")
    assert isinstance(first, Settled)
    assert isinstance(second, Settled)
    figures = shop.counter.journal.standing(first.subject).figures
    assert figures is not None
    bend(shop, first.subject, figures=json.dumps(asdict(replace(figures, medfee_sumamt=501))))
    bend(shop, second.subject, corrected=1)
    found = state(shop, today(shop))

    assert [("other-amounts", "centre", "take-figures", False), ("missing-there", "counter", "claim", False)] == differences(found)
    assert [1, -300] == [one["gap"]["total_fen"] for one in found["differences"]]
    assert found["explained"]


def test_a_void_after_its_day_is_a_pair_in_todays_statement(shop: Shop) -> None:
    """Sold yesterday, voided today: booked today, and each row on the day of the centre's time."""
    sold = shop.sell("first", "5.00")
    assert isinstance(sold, Settled)
    yesterday = today(shop)
    tomorrow(shop)
    voided = shop.void("first", sold.subject)
    found = state(shop, today(shop))

    assert isinstance(voided, reversal.Voided)
    assert today(shop) == shop.counter.journal.standing(voided.subject).at[:10]
    assert [(1, -500)] == [(one["count"], one["total_fen"]) for one in found["groups"]]
    assert (True, True) == (found["balanced"], state(shop, yesterday)["balanced"])


def test_what_is_cleared_is_claimed_by_a_slip(shop: Shop) -> None:
    """After 3203 the centre refuses the void: nothing moves, and a slip says what to claim and where."""
    sold = shop.sell("second", "5.00")
    assert isinstance(sold, Settled)
    row = shop.counter.journal.settled_on(today(shop))
    tomorrow(shop)
    courier = shop.sender._audit._courier
    day = shop.counter.journal.records(sold.subject)[0].at[:10]
    content = clearing.application_input(row[0].group, day, day, total_of(one.stated for one in row))
    assert isinstance(courier.ask("3203", content), Accepted)
    ended = shop.void("second", sold.subject)
    folded = shop.counter.journal.standing(sold.subject)

    assert isinstance(ended, reversal.NotVoided)
    assert ("VOID-CLEARED", Standing.ACCEPTED) == (ended.refusal.code, folded.standing)
    assert "手工退费申报单" in shop.script.slips[-1]
    assert "原结算已清算" in shop.script.slips[-1]
    assert [] == live(shop)
