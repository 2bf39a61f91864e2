"""What a reading of the card proves of a debit (commit-protocol section 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.allowance import CardRecord, SaleWrite, Verdict, judge, spendable_fen

BEFORE = CardRecord(generation=2, counter=4, amount_fen=1000, not_after="5", tags=(7, 6))
PLAN = SaleWrite(before=BEFORE, tag=9, debit_fen=300)
AFTER = replace(BEFORE, counter=5, amount_fen=700, tags=(9, 7))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(BEFORE, Verdict.ABORTED, id="same counter"),
        pytest.param(AFTER, Verdict.DONE, id="our tag and our amount"),
        pytest.param(replace(AFTER, tags=(7, 6)), Verdict.ABORTED, id="our tag not written"),
        pytest.param(replace(AFTER, tags=(None, 7)), Verdict.ABORTED, id="tag unreadable"),
        pytest.param(replace(AFTER, amount_fen=1000), Verdict.ABORTED, id="amount before: the counter value is used up"),
        pytest.param(replace(AFTER, amount_fen=None), Verdict.EVIDENCE, id="amount unreadable"),
        pytest.param(replace(AFTER, amount_fen=650), Verdict.EVIDENCE, id="an amount of neither"),
        pytest.param(replace(BEFORE, generation=None, counter=None), Verdict.ABORTED, id="93 unreadable, tag as read"),
        pytest.param(replace(AFTER, generation=None, counter=None), Verdict.DONE, id="93 unreadable, ours complete"),
        pytest.param(replace(AFTER, generation=None, counter=None, amount_fen=1000), Verdict.ABORTED, id="93 unreadable, amount before"),
        pytest.param(replace(AFTER, generation=None, counter=None, tags=(8, 9)), Verdict.EVIDENCE, id="93 unreadable, another's tag"),
        pytest.param(replace(AFTER, counter=6), Verdict.EVIDENCE, id="further on"),
        pytest.param(replace(AFTER, generation=3, counter=1), Verdict.EVIDENCE, id="another generation"),
    ],
)
def test_judge(now: CardRecord, expected: Verdict) -> None:
    """A debit is done only when our tag and our amount are read."""
    assert expected == judge(PLAN, now)


@pytest.mark.parametrize(
    ("record", "month", "expected"),
    [
        pytest.param(BEFORE, 3, 1000, id="in time"),
        pytest.param(BEFORE, 5, 1000, id="in its last month"),
        pytest.param(BEFORE, 6, 0, id="past its last month"),
        pytest.param(replace(BEFORE, not_after="2"), 11, 1000, id="over the turn of the year"),
        pytest.param(replace(BEFORE, counter=0), 3, 0, id="being refreshed"),
        pytest.param(replace(BEFORE, counter=255), 3, 0, id="counter used up"),
        pytest.param(replace(BEFORE, amount_fen=None), 3, 0, id="unreadable"),
        pytest.param(replace(BEFORE, not_after="Z"), 3, 0, id="no such month"),
    ],
)
def test_spendable(record: CardRecord, month: int, expected: int) -> None:
    """Whatever is not certainly spendable counts as nothing."""
    assert expected == spendable_fen(record, month=month)
