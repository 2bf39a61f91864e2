"""The drawer's figures: whatever happens at a counter, the close expects the cash that really moved, each fen once."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.checkout import events as on
from settlement.checkout.effects import Commit
from settlement.checkout.protocol import receive
from settlement.checkout.states import Releasing
from settlement.day_facts import DayClosed, Tendered, day_closed_of, tender
from settlement.doubt import Doubt, Happened
from settlement.errors import Refusal
from settlement.facts import Aborted, CashTaken, Doubted, Printed, Receivable, RefreshIntended, VoidIntended
from settlement.figures import Figures
from settlement.tally import Held, Named, Remaining, Row, Tally, reckon
from tests.settlement.drawer_days import (
    Journal,
    Noted,
    booked,
    closes,
    difference_agreed,
    difference_declined,
    doubt_adopted,
    doubt_that_was_nothing,
    figures,
    intent,
    journals,
    noted,
    sell,
    sell_for_cash,
    sell_voided,
    undone,
)
from tests.world.explore import AT, OLD


@given(journals(), st.data(), st.integers(0, 500_00))
def test_the_drawer_holds_the_cash_that_moved(journal: Journal, data: st.DataObject, float_fen: int) -> None:
    """Whatever happened and wherever the days were cut: the last close expects the float plus the cash that moved."""
    cuts = sorted(data.draw(st.lists(st.sampled_from(journal.cuts), max_size=3)))
    tallies = closes(journal, cuts, float_fen)

    assert float_fen + journal.cash_fen == tallies[-1].expected_fen
    assert not any(tally.missing_receipts for tally in tallies)


@given(journals(), st.data())
def test_days_add_up(journal: Journal, data: st.DataObject) -> None:
    """The rows of several closes add up to those of one over all of it, and every receipt is counted once.

    What did not move with its sale moved with the yes to its difference, where a close lies between the two.
    """
    cuts = sorted(data.draw(st.lists(st.sampled_from(journal.cuts), max_size=3)))
    parts, (whole,) = closes(journal, cuts), closes(journal, ())

    agreed_fen = whole.agreed_fen - sum(part.agreed_fen for part in parts)
    for name in ("online", "offline", "late_sales", "slips", "voids", "late_voids"):
        added = Row()
        for part in parts:
            added = added.plus(getattr(part, name))
        agreed_fen += added.not_moved_fen - getattr(whole, name).not_moved_fen
        assert replace(getattr(whole, name), not_moved_fen=0) == replace(added, not_moved_fen=0)
    assert 0 == agreed_fen == whole.agreed_fen
    assert whole.receipts == sum(part.receipts for part in parts)
    assert sorted(one.subject for one in whole.resolved) == sorted(one.subject for part in parts for one in part.resolved)


def test_a_sale_in_its_row() -> None:
    """Each part stands in its column: fund, account, cash, outside, rounded off; what the drawer got is the cash due."""
    journal = Journal()
    sell(journal, intent("A", figures(100, 50, 33), outside=20, off=3))
    sell(journal, intent("B", figures(0, 40, 0), way="allowance"))
    (tally,) = closes(journal, ())

    assert Row(count=1, total_fen=183, fund_fen=100, account_fen=50, cash_fen=33, outside_fen=20, rounded_off_fen=3) == tally.online
    assert Row(count=1, total_fen=40, account_fen=40) == tally.offline
    assert 50 == tally.sales.drawer_fen == tally.expected_fen
    assert ("01-1-000001", "01-1-000002", 2) == (tally.first_receipt, tally.last_receipt, tally.receipts)


def test_a_void_undoes_each_column() -> None:
    """A sale and its void come to nothing in every column, though the centre left the parts of the void null."""
    journal = Journal()
    sell_voided(journal, intent("A", figures(100, 50, 33), outside=20, off=3))
    (tally,) = closes(journal, ())

    assert Row(count=2) == tally.sales.plus(tally.all_voids)
    assert -50 == tally.all_voids.drawer_fen


def test_a_late_resolution_is_in_the_next_close() -> None:
    """A closed day stays as it was; the doubt that is resolved afterwards stands in the next one, named and apart."""
    journal = Journal()
    doubt_adopted(journal, intent("A", figures(0, 900, 100)))
    doubt_that_was_nothing(journal, intent("B", figures(0, 500, 0)))
    cut = journal.cuts[1]
    first, second = closes(journal, (cut,))
    alone = closes(Journal(), ())[0]

    assert Row() == first.sales == alone.sales
    assert 0 == first.expected_fen
    assert Row() == second.online
    assert Row(count=1, total_fen=1000, account_fen=900, cash_fen=100) == second.late_sales
    assert [("A", "done", True), ("B", "not-done", False)] == [(one.subject, one.what, one.earlier) for one in second.resolved]


def test_cash_of_a_difference_moves_with_the_yes() -> None:
    """Booked and closed unanswered: its receipt and its parts are of that day, its cash of the day of the yes; a no moves none."""
    journal = Journal()
    difference_agreed(journal, intent("A", figures(100, 800, 200), outside=20, off=3))
    first, second = closes(journal, (journal.cuts[1],))

    assert (1, 0, 217) == (first.online.count, first.online.drawer_fen, first.online.not_moved_fen)
    assert (0, Row(), 217, 217) == (first.expected_fen, second.online, second.agreed_fen, second.expected_fen)
    assert 217 == closes(journal, ())[0].online.drawer_fen
    declined = Journal()
    difference_declined(declined, intent("B", figures(cash=200)))
    assert [0, 0, 0] == [tally.expected_fen for tally in closes(declined, declined.cuts[1:3])]


def test_a_redeemed_slip_moves_only_what_goes_back() -> None:
    """The settlement of a slip is counted with all its parts; the drawer gives back what the slip had too much."""
    journal = Journal()
    sell_for_cash(journal, intent("A", figures(0, 800, 200)))
    (tally,) = closes(journal, ())

    assert 200 == tally.online.cash_fen == tally.online.not_moved_fen
    assert 1000 == tally.slips.drawer_fen
    assert 7 == tally.slips.rounded_off_fen
    assert 800 == tally.returned_fen
    assert 200 == tally.expected_fen


def _answered(subject: str, outcome: str, claim: Figures) -> Noted:
    said = {"infno": "2102", "outcome": outcome, "words": "余额不足", "figures": asdict(claim) if outcome == "accepted" else None}
    return Noted("answered", subject, said)


@pytest.mark.parametrize("earlier", [False, True])
def test_what_the_centre_says_afterwards(earlier: bool) -> None:  # noqa: FBT001 - a case of the table
    """An off-line sale refused later, or accepted with a larger share of the customer, is owed by somebody and named."""
    journal = Journal()
    sell(journal, intent("A", figures(0, 900, 100), way="allowance"))
    sell(journal, intent("B", figures(0, 300, 0), way="allowance"))
    cut = len(journal.records)
    journal.records.append(_answered("A", "accepted", figures(0, 850, 150)))
    journal.records.append(_answered("B", "rejected", figures()))
    tally = closes(journal, (cut,) if earlier else ())[-1]

    assert (Named(subject="A", amount_fen=50, what="difference", earlier=earlier),) == tally.receivables
    assert (Named(subject="B", amount_fen=300, what="余额不足", earlier=earlier),) == tally.rejected


def test_an_answer_that_came_before_the_booking_is_no_difference() -> None:
    """An on-line answer, or one that resolves a doubt, is what is booked: nobody owes anything."""
    journal = Journal()
    sale = intent("A", figures(0, 900, 100), way="allowance")
    journal.write(sale, Doubted(subject="A", why="card-torn"))
    journal.records.append(_answered("A", "accepted", figures(0, 800, 200)))
    journal.write(booked(sale, late=True))
    online = intent("B", figures(0, 900, 100))
    journal.write(online)
    journal.records.append(_answered("B", "rejected", figures()))
    (tally,) = closes(journal, ())

    assert () == tally.receivables == tally.rejected


def test_receivables_and_copies() -> None:
    """A receivable is named with its amount; copies count as printed again or late."""
    journal = Journal()
    journal.write(Receivable(subject="A", amount_fen=700, why="refused"))
    journal.write(Printed(subject="A", copy=1), Printed(subject="B", copy=1, which="late"), Printed(subject="A", copy=2, which="again"))
    journal.write(RefreshIntended(subject="R", at=AT, before=OLD, generation=3, grant_fen=1, not_after="5", tag=1))
    journal.write(Aborted(subject="R", why="refresh-interrupted"))
    (tally,) = closes(journal, ())

    assert (Named(subject="A", amount_fen=700, what="refused"),) == tally.receivables
    assert (1, 1) == (tally.reprints, tally.late_prints)
    assert () == tally.resolved


def test_a_gap_in_the_receipts_is_named() -> None:
    """Numbers run on from the period before, and begin at one in a new epoch."""
    journal = Journal()
    for number, subject in ((4, "A"), (7, "B")):
        sale = intent(subject, figures(cash=1))
        journal.records += [noted(sale), noted(booked(sale), receipt=f"01-1-{number:06d}")]
    for number, subject in ((2, "C"), (3, "D")):
        sale = intent(subject, figures(cash=1))
        journal.records += [noted(sale), noted(booked(sale), receipt=f"01-2-{number:06d}")]
    tally = reckon(journal.records, lambda _: (), float_fen=0, last_receipt="01-1-000002")

    assert ("01-1-000003", "01-1-000005", "01-1-000006", "01-2-000001") == tally.missing_receipts
    assert "01-2-000003" == tally.last_receipt


def test_a_period_without_receipts_carries_the_last_on() -> None:
    """An empty day knows where the numbers stood."""
    tally = reckon((), lambda _: (), float_fen=5, last_receipt="01-1-000002")

    assert Tally(float_fen=5, last_receipt="01-1-000002") == tally
    assert 5 == tally.expected_fen


@given(journals(), st.integers(0, 1000_00))
def test_a_close_reads_back(journal: Journal, counted: int) -> None:
    """A close is the same after the journal gave it back."""
    (tally,) = closes(journal, ())
    remaining = Remaining(
        doubts=(Named(subject="A", amount_fen=-1, what="void"),),
        differences=(Named(subject="B", amount_fen=1000, what="difference"),),
        holds=(Held(subject="H", label="药 1.00", at=AT, operator="01"),),
        unsent=3,
    )
    closed = DayClosed(
        subject="D",
        number=1,
        at=AT,
        operator="01",
        next_operator="02",
        after=0,
        upto=9,
        head="ab",
        tally=tally,
        remaining=remaining,
        counts=(1, counted),
        expected_fen=tally.expected_fen,
        difference_fen=counted - tally.expected_fen,
        float_left_fen=0,
    )

    assert closed == day_closed_of("D", noted(closed).body)
    before = noted(closed).body
    del before["tally"]["agreed_fen"], before["remaining"]["differences"]
    earlier = day_closed_of("D", before)
    assert (0, ()) == (earlier.tally.agreed_fen, earlier.remaining.differences), "closes of before have neither"
    assert counted == closed.counted_fen == closed.taken_out_fen


@given(st.integers(-100_00, 100_00), st.integers(0, 200_00))
def test_a_tender_covers_what_is_due(due_fen: int, received_fen: int) -> None:
    """Received less change is what is due; too little is refused with both amounts."""
    given_cash = tender("A", due_fen=due_fen, received_fen=received_fen)

    if received_fen < due_fen:
        assert isinstance(given_cash, Refusal)
        assert "TENDER-SHORT" == given_cash.code
    else:
        assert isinstance(given_cash, Tendered)
        assert due_fen == given_cash.received_fen - given_cash.change_fen
        assert given_cash.change_fen >= 0


@pytest.mark.parametrize(("cash_taken_fen", "moved_fen"), [(0, 0), (5, 5)])
def test_what_releases_a_sale_that_nobody_paid_is_known_by_its_reason(cash_taken_fen: int, moved_fen: int) -> None:
    """The checkout releases what is not wanted for reasons by which the drawer knows that its cash was never paid."""
    sale, journal = intent("A", figures(cash=5)), Journal()
    journal.write(sale, *([CashTaken(subject="A", amount_fen=cash_taken_fen)] if cash_taken_fen else []))
    doubt = Doubt(intent=sale, goods_released=None if cash_taken_fen else False, cash_taken_fen=cash_taken_fen)
    releasing = Releasing(doubt=doubt, finding=Happened(figures=sale.figures))
    _, (commit,) = receive(releasing, on.VoidNamed(void_id="V", at=AT))
    assert isinstance(commit, Commit)
    journal.write(*commit.facts)
    (void,) = (fact for fact in commit.facts if isinstance(fact, VoidIntended))
    journal.write(undone(void, late=True))
    (tally,) = closes(journal, ())

    assert moved_fen == tally.expected_fen
    assert (5, 5) == (tally.late_sales.cash_fen, tally.late_sales.not_moved_fen)
