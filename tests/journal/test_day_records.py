"""Held bills and closes of days in the journal: found without a scan, recalled once, numbered without a gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_queue import operating_system
from offline_queue.fold import Standing
from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import JournalFull
from offline_queue.journal.verify import verify
from settlement.errors import ProtocolMisuse
from tests.journal.entries import ONE, THREE, TWO, VOID, done, offline_sale, opened, sale


def held(subject: str) -> Entry:
    """Return the record of a bill that is put aside."""
    body = {"at": "2026-03-02 09:00:00", "operator": "01", "label": "演示片 25.00", "bill": {"lines": []}, "draft": "1"}
    return Entry(kind="bill_held", subject=subject, body=body)


def recalled(subject: str) -> Entry:
    """Return the record of its recall."""
    return Entry(kind="bill_recalled", subject=subject, body={"at": "2026-03-02 09:05:00", "operator": "01", "draft": "2"})


def closed(subject: str, number: int, after: int, upto: int) -> Entry:
    """Return the record of a close, as far as the journal looks at it."""
    return Entry(kind="day_closed", subject=subject, body={"number": number, "after": after, "upto": upto, "at": "2026-03-02 21:00:00"})


def test_held_bills_are_found_until_they_are_recalled(journal: Journal) -> None:
    """Oldest first; a recalled one is gone from the list and stays in the records."""
    journal.commit([held(ONE), held(TWO)])
    assert [ONE, TWO] == journal.held_bills()
    assert Standing.HELD is journal.standing(ONE).standing
    journal.commit([recalled(ONE)])

    assert [TWO] == journal.held_bills()
    assert Standing.ABANDONED is journal.standing(ONE).standing
    assert () == verify(journal).faults


def test_a_hold_is_recalled_once(journal: Journal) -> None:
    """A second recall, one of what was never held, and a second hold under the same id are bugs, and nothing is written."""
    journal.commit([held(ONE), recalled(ONE)])
    before = journal.tip()
    for wrong in (recalled(ONE), recalled(TWO), held(ONE)):
        with pytest.raises(ProtocolMisuse):
            journal.commit([wrong])

    assert before == journal.tip()
    assert [] == journal.held_bills()


def test_closes_follow_each_other(journal: Journal) -> None:
    """The next number, from the record after the last that was counted, up to one that is there: anything else is a bug."""
    offline_sale(journal, ONE)
    assert (0, "", 0) == journal.last_close()
    journal.commit([closed(TWO, 1, 0, 2)])
    wrong = [(1, 2, 3), (3, 2, 3), (2, 1, 3), (2, 3, 3), (2, 2, 1), (2, 2, 4), (2, 2, 9)]
    for number, after, upto in wrong:
        with pytest.raises(ProtocolMisuse):
            journal.commit([closed(THREE, number, after, upto)])
    journal.commit([closed(THREE, 2, 2, 3)])

    assert (2, THREE, 3) == journal.last_close()
    assert Standing.DAY_CLOSED is journal.standing(TWO).standing
    assert () == verify(journal).faults


def test_a_period_is_read_without_persons(journal: Journal) -> None:
    """Exactly the records in between, oldest first, and nothing personal with them."""
    offline_sale(journal, ONE)
    journal.commit([sale(TWO), done(TWO)])
    period = journal.period(1, 3)

    assert [(2, "done", ONE), (3, "sale_intended", TWO)] == [(record.seq, record.kind, record.subject) for record in period]
    assert [(None, b"")] * 2 == [(record.private, record.owner) for record in period]
    assert [] == journal.period(4, 99)


def test_a_journal_from_before_is_derived_anew(tmp_path: Path) -> None:
    """Holds and the last close are found in a journal that was derived by rules that knew neither."""
    with opened(tmp_path) as journal:
        journal.commit([held(ONE), held(TWO), recalled(TWO)])
        journal.commit([closed(THREE, 1, 0, 3)])
        with journal.store.write() as db:
            db.execute("UPDATE meta SET value = '1' WHERE name = 'derived'")
            db.execute("DROP TABLE held_bill")
            db.execute("DROP TABLE day_close")
    with opened(tmp_path) as journal:
        assert [ONE] == journal.held_bills()
        assert (1, THREE, 3) == journal.last_close()
        assert () == verify(journal).faults
        journal.rebuild()
        assert ([ONE], (1, THREE, 3)) == (journal.held_bills(), journal.last_close())


@pytest.mark.parametrize("edit", ["DELETE FROM held_bill", "UPDATE day_close SET upto = 0"])
def test_an_edit_of_what_follows_is_found(journal: Journal, edit: str) -> None:
    """The verification derives both tables once more."""
    journal.commit([held(ONE), closed(TWO, 1, 0, 1)])
    with journal.store.write() as db:
        db.execute(edit)
    table = edit.split()[2 if "DELETE" in edit else 1]

    assert [f"the derived table {table} is not what the records give"] == [fault.rpartition(" / ")[2] for fault in verify(journal).faults]


def test_a_full_disk_refuses_hold_and_close_and_lets_a_recall_through(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing hangs on a hold or a close that is not written; a bill that is held can be sold also then."""
    journal.commit([held(ONE)])
    monkeypatch.setattr(operating_system, "make_reserve", lambda _: False)
    for promise in (held(TWO), closed(VOID, 1, 0, 0)):
        with pytest.raises(JournalFull):
            journal.commit([promise])
    journal.commit([recalled(ONE)])

    assert [] == journal.held_bills()


def test_the_cash_that_was_given_is_folded(journal: Journal) -> None:
    """Received and change stand with their settlement; the last figure counts."""
    offline_sale(journal, ONE)
    assert (0, 0) == (journal.standing(ONE).received_fen, journal.standing(ONE).change_fen)
    for received_fen, change_fen in ((10000, 7500), (5000, 2500)):
        journal.commit([Entry(kind="tendered", subject=ONE, body={"received_fen": received_fen, "change_fen": change_fen})])

    assert (5000, 2500) == (journal.standing(ONE).received_fen, journal.standing(ONE).change_fen)
    assert Standing.PROVISIONAL is journal.standing(ONE).standing
