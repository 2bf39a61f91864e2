"""The close of a day on a real journal: counted blind, booked once, handed over, and never changed by what comes later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from offline_queue.journal import Entry, Journal
from offline_queue.journal.verify import verify
from settlement.day_facts import DayClosed, DayReopened, day_closed_of, tender
from settlement.errors import ProtocolMisuse, Refusal
from settlement.facts import Aborted, CashSold, DifferenceAnswered, Doubted, Fact, GoodsAnswered, Printed, RefreshIntended
from settlement.money import format_yuan
from settlement.tally import Named
from terminal import close_rows, day_close, drafts, holds
from terminal.bookkeeping import Owner, entries
from tests.counter.goods import AT, DRUG, Pharmacy, made
from tests.journal.entries import PERSON, answered, opened, sending
from tests.settlement.drawer_days import booked, figures, intent
from tests.world.explore import OLD

SOMEBODY = Owner(certno=PERSON["certno"], psn_name=PERSON["psn_name"])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


def write(journal: Journal, *facts: Fact) -> None:
    """Commit facts about somebody, one transaction."""
    journal.commit(entries(facts, SOMEBODY))


def named(journal: Journal) -> str:
    """Return the next id."""
    return journal.notes.issue_msgid(writer="till")


def sell(journal: Journal, cash: int = 100, account: int = 900, *, offline: bool = False) -> str:
    """Sell something and return its id."""
    sale = intent(named(journal), figures(account=account, cash=cash), way="allowance" if offline else "online")
    write(journal, sale)
    if not offline:
        journal.commit([sending(sale.subject)])
        journal.commit([answered(sale.subject, "accepted")])
    write(journal, booked(sale))
    return sale.subject


def sell_for_cash(journal: Journal) -> int:
    """Sell something for cash and return how much."""
    bill = made(drafts.new(journal).add(DRUG)).bill(Pharmacy(), AT)
    write(journal, CashSold(subject=named(journal), at=AT, bill=bill, amount_fen=bill.cash_total_fen, reason="", until=""))
    return bill.cash_total_fen


def doubt(journal: Journal, *, cash: int = 100) -> str:
    """Leave a sale in doubt, its goods out."""
    sale = intent(named(journal), figures(account=900, cash=cash), way="allowance")
    write(journal, sale, Doubted(subject=sale.subject, why="card-torn"), GoodsAnswered(subject=sale.subject, released=True))
    return sale.subject


def close(journal: Journal, counted_fen: int, *, float_left_fen: int | None = None) -> DayClosed:
    """Close the day with one count."""
    counted = day_close.count(day_close.begin_close(journal), counted_fen)
    closed = day_close.close(journal, counted, at=AT, operator="01", next_operator="02", float_left_fen=float_left_fen)
    assert isinstance(closed, DayClosed)
    return closed


def test_a_day_is_closed(journal: Journal) -> None:
    """Everything since the last close in figures, the count beside what was expected, numbered and bound to the chain."""
    sell(journal)
    sell(journal, cash=50, offline=True)
    slip_fen = sell_for_cash(journal)
    count, head = journal.tip()
    closed = close(journal, 1400)

    assert (1, 0, count, head, "01", "02", AT) == (
        closed.number,
        closed.after,
        closed.upto,
        closed.head,
        closed.operator,
        closed.next_operator,
        closed.at,
    )
    assert (150 + slip_fen, 1400, 1400 - 150 - slip_fen) == (closed.expected_fen, closed.counted_fen, closed.difference_fen)
    assert (1, 1, 1) == (closed.tally.online.count, closed.tally.offline.count, closed.tally.slips.count)
    assert (1, 1) == (closed.remaining.unsent, len(journal.owed()))
    assert () == verify(journal).faults


def test_the_count_is_blind(journal: Journal) -> None:
    """Before the drawer is counted nothing that can be shown tells what is in it; after that everything does."""
    sell(journal, cash=98765)
    counting = day_close.begin_close(journal)
    shown = repr(counting) + str([getattr(counting, field.name) for field in fields(counting) if field.repr])

    assert "98765" not in shown
    assert 1235 == day_close.count(counting, 100_000).difference_fen


def test_counting_again_keeps_the_blind_count(journal: Journal) -> None:
    """The last count stands; the first is booked beside it."""
    sell(journal)
    again = day_close.count(day_close.count(day_close.begin_close(journal), 1), 100)
    closed = day_close.close(journal, again, at=AT, operator="01")
    assert isinstance(closed, DayClosed)

    assert ((1, 100), 0) == (closed.counts, closed.difference_fen)
    assert ("首次清点", "0.01") in close_rows.close_sections(closed)[2][1]
    with pytest.raises(ProtocolMisuse):
        day_close.count(again, -1)


def test_a_day_without_a_sale_closes(journal: Journal) -> None:
    """Nothing sold, nothing wrong: numbers run on, and the float is set by it."""
    first = close(journal, 200_00, float_left_fen=200_00)
    second = close(journal, 200_00)

    assert (1, 2) == (first.number, second.number)
    assert (200_00, 0, 0) == (first.difference_fen, second.difference_fen, second.taken_out_fen)
    assert (0, "", 200_00) == (second.tally.receipts, second.tally.last_receipt, second.tally.float_fen)
    assert 1 == second.upto


def test_the_float_stays_and_the_rest_is_handed_in(journal: Journal) -> None:
    """By itself the float stays what it was; what is left is the next period's; never more than was counted."""
    close(journal, 100_00, float_left_fen=100_00)
    sell(journal, cash=30_00)
    closed = close(journal, 130_00)
    assert (0, 100_00, 30_00) == (closed.difference_fen, closed.float_left_fen, closed.taken_out_fen)
    counted = day_close.count(day_close.begin_close(journal), 100_00)
    for wrong_fen in (100_01, -1):
        refused = day_close.close(journal, counted, at=AT, operator="01", float_left_fen=wrong_fen)
        assert isinstance(refused, Refusal)
        assert "CLOSE-FLOAT" == refused.code

    assert 50_00 == close(journal, 50_00).float_left_fen


@pytest.mark.parametrize("operator", ["张 三", "x" * 31, "1\n", "\t"])
def test_the_next_operator_is_a_code(journal: Journal, operator: str) -> None:
    """A code without blanks; nothing is closed by a wrong one."""
    counted = day_close.count(day_close.begin_close(journal), 0)
    refused = day_close.close(journal, counted, at=AT, operator="01", next_operator=operator)

    assert isinstance(refused, Refusal)
    assert "CLOSE-NEXT-OPERATOR" == refused.code
    assert 0 == journal.tip()[0]


def test_what_is_booked_after_the_count_refuses_it(journal: Journal, tmp_path: Path) -> None:
    """A sale, a hold or a resolved doubt in between: count again. The sender's word and a slip printed again do not matter."""
    sold = sell(journal, offline=True)
    counted = day_close.count(day_close.begin_close(journal), 100)
    with opened(tmp_path, "sender") as sender:
        sender.commit([sending(sold)])
        sender.commit([answered(sold, "accepted", figures(account=850, cash=150))])
    write(journal, Printed(subject=sold, copy=2, which="again"))
    closed = day_close.close(journal, counted, at=AT, operator="01")
    assert isinstance(closed, DayClosed)
    late = day_close.count(day_close.begin_close(journal), 0)
    sell(journal)
    refused = day_close.close(journal, late, at=AT, operator="01")

    assert isinstance(refused, Refusal)
    assert "CLOSE-MOVED-ON" == refused.code
    assert (1, closed.subject, closed.upto) == journal.last_close()
    # What came between count and close is counted by the next one: nothing falls between two days.
    second = close(journal, 100)
    assert [(sold, 50, True)] == [(one.subject, one.amount_fen, one.earlier) for one in second.tally.receivables]
    assert (1, 1) == (second.tally.reprints, second.tally.online.count)


def test_open_doubts_stand_in_a_column_of_their_own(journal: Journal) -> None:
    """Named with their amounts, in no row and not in the drawer; a refresh is no business of a close."""
    subject = doubt(journal)
    refresh = RefreshIntended(subject=named(journal), at=AT, before=OLD, generation=3, grant_fen=5000, not_after="5", tag=9)
    write(journal, refresh)
    closed = close(journal, 0)

    assert [(subject, 1000, "sale")] == [(one.subject, one.amount_fen, one.what) for one in closed.remaining.doubts]
    assert (0, 0) == (closed.expected_fen, closed.tally.sales.count)
    rows = dict(close_rows.remaining_rows(closed.remaining))
    assert "10.00" == rows["存疑 1 笔"] == rows[f"  {subject}"]


def test_what_nobody_agreed_to_is_handed_over(journal: Journal) -> None:
    """It stands by its number with its amount; its cash is expected in the drawer of the day on which somebody says yes."""
    sale = intent(named(journal), figures(account=900, cash=100))
    write(journal, sale)
    write(journal, booked(sale, differs=True))
    closed = close(journal, 0)
    handed = day_close.handed_over(journal)

    assert (0, 0) == (closed.expected_fen, closed.difference_fen)
    assert (Named(subject=sale.subject, amount_fen=1000, what="difference"),) == closed.remaining.differences
    assert closed.remaining.unprinted == 0
    rows = close_rows.remaining_rows(closed.remaining)
    assert [("金额不同待同意 1 笔", "10.00"), (f"  {sale.subject}", "10.00")] == rows[-2:]
    assert handed is not None
    assert closed.remaining.differences == handed.differences
    write(journal, DifferenceAnswered(subject=sale.subject, agreed=True))
    later = close(journal, 100)

    assert (100, 100, 0, ()) == (later.tally.agreed_fen, later.expected_fen, later.difference_fen, later.remaining.differences)
    assert ("迟到同意收现", "1.00") in close_rows.drawer_rows(later.tally, counts=later.counts)
    handed = day_close.handed_over(journal)
    assert handed is not None
    assert () == handed.differences


def test_a_later_resolution_never_changes_a_closed_day(journal: Journal) -> None:
    """The doubt that is found done after the close stands in the next one, as late and as of a closed day."""
    subject, other = doubt(journal), doubt(journal)
    first = close(journal, 0)
    before = journal.records(first.subject)
    sale = intent(subject, figures(account=900, cash=100), way="allowance")
    write(journal, booked(sale, late=True))
    write(journal, Aborted(subject=other, why="card-not-written"))
    second = close(journal, 100)

    assert before == journal.records(first.subject)
    assert [(subject, "done", True), (other, "not-done", True)] == [(one.subject, one.what, one.earlier) for one in second.tally.resolved]
    assert (0, 1, 100) == (second.tally.offline.count, second.tally.late_sales.count, second.expected_fen)
    assert () == second.remaining.doubts
    assert ("已结算（已结日期的）", f"{subject} 10.00") in dict(close_rows.close_sections(second))["本期查清的存疑"]


def test_who_comes_next_sees_what_was_handed_over(tmp_path: Path) -> None:
    """Doubts and holds by name, only those still open, and who closed; nothing before the first close."""
    with opened(tmp_path) as journal:
        assert day_close.handed_over(journal) is None
        subject, other = doubt(journal), doubt(journal)
        bill = made(drafts.new(journal).add(DRUG))
        held = [holds.hold(journal, replace(bill, draft=str(number)), operator="01", at=AT) for number in (1, 2)]
        closed = close(journal, 0)
    with opened(tmp_path) as journal:
        handed = day_close.handed_over(journal)
        assert handed is not None
        assert closed == handed.closed
        assert [subject, other] == [one.subject for one in handed.doubts]
        assert held == list(handed.holds)
        write(journal, Aborted(subject=other, why="card-not-written"))
        assert not isinstance(held[0], Refusal)
        holds.recall(journal, held[0].subject, operator="02", at=AT)
        handed = day_close.handed_over(journal)
        assert handed is not None
        assert [subject] == [one.subject for one in handed.doubts]
        assert held[1:] == list(handed.holds)
        assert 2 == len(handed.closed.remaining.holds)


def test_questions_to_the_centre_end_with_the_day(journal: Journal) -> None:
    """What was asked of persons is erased; the chain knows nothing of it."""
    journal.enquiries.ask("1101", {"content": {}}, patience_s=1)
    close(journal, 0)

    assert 0 == journal.enquiries.erase()


def test_what_is_not_sent_does_not_stop_a_close(journal: Journal) -> None:
    """It is counted, with when the oldest was booked and what was set aside."""
    first = sell(journal, offline=True)
    sell(journal, offline=True)
    journal.commit([Entry(kind="set_aside", subject=first, body={"words": ""})])
    remaining = close(journal, 200).remaining

    assert (2, 1, "2026-03-02T09:00:00+08:00") == (remaining.unsent, remaining.set_aside, remaining.oldest_unsent)
    assert ("含待传", "2 笔") in close_rows.remaining_rows(remaining)


def test_a_tender_leaves_the_drawer_as_it_is(journal: Journal) -> None:
    """What was given less the change is what is due: the close expects no more for it."""
    given = tender(sell(journal), due_fen=100, received_fen=5000)
    assert not isinstance(given, Refusal)
    write(journal, given)

    assert (4900, 5000) == (journal.standing(given.subject).change_fen, journal.standing(given.subject).received_fen)
    assert 0 == close(journal, 100).difference_fen


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_slip_of_a_close(journal: Journal, language: str) -> None:
    """Number, chain, sums, drawer, receipts and what is open: every amount in full, what is nothing left out."""
    sell(journal, cash=123_456_789)
    doubt(journal)
    closed = close(journal, 100)
    sections = close_rows.close_sections(closed, language="zh" if language == "zh" else "en")
    text = "\n".join(f"{heading}\n" + "\n".join(f"{label}: {value}" for label, value in rows) for heading, rows in sections)

    assert sections[0][0] == ("日结 第 1 号" if language == "zh" else "Day close no. 1")
    assert all(label.strip() for _, rows in sections for label, _ in rows)
    for shown in (closed.head[:16], "1234567.89", format_yuan(closed.difference_fen), closed.tally.last_receipt, closed.next_operator):
        assert shown in text
    assert not {"脱机结算", "off-line"} & {label for _, rows in sections for label, _ in rows}


def test_the_sum_and_the_drawer_always_stand(journal: Journal) -> None:
    """Also when nothing was sold."""
    text = str(close_rows.close_sections(close(journal, 0)))

    for label in ("合计", "应有现金", "实点现金", "长短款", "留存备用金", "上缴现金", "无"):
        assert label in text


def test_a_close_is_taken_back_once_under_a_number_of_its_own(journal: Journal) -> None:
    """反日结: that close stays as it was; the next one counts its period again with what followed, from the same float and receipt."""
    day_close.close(journal, day_close.count(day_close.begin_close(journal), 0), at=AT, operator="01")
    sell(journal, cash=100)
    first = close(journal, 100)
    sell(journal, cash=200)
    reopened = day_close.reopen(journal, at=AT, operator="01", why="miscounted")
    assert isinstance(reopened, DayReopened)
    twice = day_close.reopen(journal, at=AT, operator="01", why="again")
    sell(journal, cash=400)
    whole = close(journal, 700)

    assert (2, 3, 4) == (first.number, reopened.number, whole.number)
    assert isinstance(twice, Refusal)
    assert (first.after, first.tally.float_fen, first.tally.first_receipt) == (
        whole.after,
        whole.tally.float_fen,
        whole.tally.first_receipt,
    )
    assert (3, 700, 0) == (whole.tally.receipts, whole.expected_fen, whole.difference_fen)
    assert first == day_closed_of(first.subject, journal.records(first.subject)[0].body)
    assert () == verify(journal).faults


def test_nothing_closed_is_nothing_to_take_back(journal: Journal) -> None:
    """Neither before the first close, nor an older one than the last."""
    assert isinstance(day_close.reopen(journal, at=AT, operator="01", why=""), Refusal)
    first = close(journal, 0)
    close(journal, 0)
    forged = DayReopened(
        subject=named(journal), number=3, at=AT, operator="01", why="", close=first.subject, after=0, float_fen=0, last_receipt=""
    )
    with pytest.raises(ProtocolMisuse):
        write(journal, forged)


def test_a_close_without_sales_and_what_is_found_after_it(journal: Journal) -> None:
    """Zero sales close like any day; a doubt that ends afterwards is in the next close alone, and the chain's head is on each."""
    empty = close(journal, 0)
    subject = doubt(journal)
    open_one = close(journal, 0)
    write(journal, Aborted(subject=subject, why="not-in-statement"))
    after = close(journal, 0)

    assert [0, 0] == [empty.tally.receipts, empty.tally.sales.count]
    assert [subject] == [one.subject for one in open_one.remaining.doubts]
    assert ([], [subject]) == ([one.subject for one in open_one.tally.resolved], [one.subject for one in after.tally.resolved])
    assert 3 == len({one.head for one in (empty, open_one, after)})
