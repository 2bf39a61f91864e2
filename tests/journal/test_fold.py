"""What records come to: every standing, and whose figures count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Entry, Journal
from tests.journal.entries import FIGURES, ONE, VOID, answered, done, ended, refresh, sale, sending, void, void_done

CENTRES = replace(FIGURES, acct_pay=2400, psn_cash_pay=100)
DOUBTED = Entry(kind="doubted", subject=ONE, body={"why": "patience"})


def _fold(journal: Journal, *entries: Entry) -> Folded:
    for entry in entries:
        journal.commit([entry])
    return journal.standing(ONE)


@pytest.mark.parametrize(
    ("entries", "standing"),
    [
        ([sale(ONE)], Standing.PENDING),
        ([sale(ONE), sending(ONE), answered(ONE, "unknown")], Standing.PENDING),
        ([sale(ONE), sending(ONE), answered(ONE, "accepted")], Standing.PENDING),
        ([sale(ONE), sending(ONE), answered(ONE, "accepted"), done(ONE)], Standing.ACCEPTED),
        ([sale(ONE), sending(ONE), answered(ONE, "unknown"), DOUBTED], Standing.IN_DOUBT),
        ([sale(ONE), sending(ONE), answered(ONE, "rejected"), ended(ONE, "refused")], Standing.REJECTED),
        ([sale(ONE), sending(ONE), answered(ONE, "unreachable"), ended(ONE, "aborted")], Standing.ABANDONED),
        ([sale(ONE), ended(ONE, "cancelled")], Standing.ABANDONED),
        ([sale(ONE), ended(ONE, "cancelled"), DOUBTED], Standing.ABANDONED),
        ([sale(ONE), DOUBTED, ended(ONE, "cancelled")], Standing.IN_DOUBT),
        ([sale(ONE, "allowance")], Standing.PENDING),
        ([sale(ONE, "allowance"), DOUBTED], Standing.IN_DOUBT),
        ([sale(ONE, "allowance"), DOUBTED, done(ONE, offline=True)], Standing.PROVISIONAL),
        ([sale(ONE, "allowance"), DOUBTED, ended(ONE, "aborted")], Standing.ABANDONED),
        ([sale(ONE, "allowance"), done(ONE, offline=True)], Standing.PROVISIONAL),
        ([sale(ONE, "allowance"), done(ONE, offline=True), sending(ONE), answered(ONE, "unknown")], Standing.PROVISIONAL),
        ([sale(ONE, "allowance"), done(ONE, offline=True), sending(ONE), answered(ONE, "accepted")], Standing.ACCEPTED),
        ([sale(ONE, "allowance"), done(ONE, offline=True), sending(ONE), answered(ONE, "rejected")], Standing.REJECTED),
        ([refresh(ONE)], Standing.PENDING),
        ([refresh(ONE), Entry(kind="refreshed", subject=ONE, body={})], Standing.REFRESHED),
    ],
)
def test_standing_is_folded(journal: Journal, entries: list[Entry], standing: Standing) -> None:
    """Each way that records may go has its standing (architecture, Words)."""
    assert standing == _fold(journal, *entries).standing


def test_the_centres_figures_win(journal: Journal) -> None:
    """Accepted with other figures after an off-line sale: they override, and what was booked stays known."""
    folded = _fold(journal, sale(ONE, "allowance"), done(ONE, offline=True), sending(ONE), answered(ONE, "accepted", CENTRES))

    assert (CENTRES, FIGURES, 100) == (folded.figures, folded.booked, folded.difference_fen)
    assert ("S1", "M1") == (folded.setl_id, folded.mdtrt_id)


def test_a_void_reverses_when_it_is_done(journal: Journal) -> None:
    """The original stands until its void is booked; then it is reversed, and says by what."""
    accepted = _fold(journal, sale(ONE, "allowance"), done(ONE, offline=True), sending(ONE), answered(ONE, "accepted"))
    open_void = _fold(journal, void(VOID, ONE), sending(VOID), answered(VOID, "accepted"))
    reversed_ = _fold(journal, void_done(VOID))

    assert [Standing.ACCEPTED, Standing.ACCEPTED, Standing.REVERSED] == [accepted.standing, open_void.standing, reversed_.standing]
    assert (VOID, ONE) == (reversed_.reversed_by, journal.standing(VOID).original)
    assert FIGURES == reversed_.figures


def test_what_the_counter_said_is_kept(journal: Journal) -> None:
    """Goods, cash, difference, receivable and copies printed are each a record of their own."""
    folded = _fold(
        journal,
        sale(ONE),
        DOUBTED,
        Entry(kind="goods_answered", subject=ONE, body={"released": True}),
        Entry(kind="cash_taken", subject=ONE, body={"amount_fen": 2500}),
        Entry(kind="receivable", subject=ONE, body={"amount_fen": 2500, "why": "x"}),
        Entry(kind="difference_answered", subject=ONE, body={"agreed": False}),
        Entry(kind="printed", subject=ONE, body={"copy": 1, "late": True}),
    )

    assert (True, True, 2500, 2500, False, 1) == (
        folded.doubted,
        folded.goods_released,
        folded.cash_taken_fen,
        folded.receivable_fen,
        folded.difference_agreed,
        folded.printed,
    )


def test_a_cash_slip_is_no_settlement(journal: Journal) -> None:
    """It remembers who claimed it and what went back."""
    folded = _fold(
        journal,
        Entry(kind="cash_sale", subject=ONE, body={"at": "2026-03-02 09:00:00", "amount_fen": 2500, "bill": {"lines": []}}),
        Entry(kind="slip_claimed", subject=ONE, body={"by": VOID}),
        Entry(kind="cash_returned", subject=ONE, body={"amount_fen": 2500}),
    )

    assert (Standing.CASH, VOID, 2500, None) == (folded.standing, folded.redeemed_by, folded.cash_returned_fen, folded.intent)
