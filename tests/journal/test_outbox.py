"""What the sender owes: it comes with its record, waits only for what it depends on, and is never sent twice."""

from __future__ import annotations

import pytest

from offline_queue.journal import Entry, Journal
from offline_queue.journal.errors import NotDue
from settlement.errors import ProtocolMisuse
from tests.journal.entries import ONE, OTHER, THREE, TWO, VOID, answered, done, ended, offline_sale, sale, sending, void


def _states(journal: Journal) -> dict[str, str]:
    return {row.msgid: row.state for row in journal.owed()}


def test_outbox_row_comes_with_its_record(journal: Journal) -> None:
    """On-line the intent owes a 2102 on the live lane; off-line the done record owes it to the backlog."""
    journal.commit([sale(ONE), sale(TWO, "allowance")])
    journal.commit([done(TWO, offline=True)])

    assert [(ONE, "2102", "live"), (TWO, "2102", "backlog")] == [(row.msgid, row.infno, row.lane) for row in journal.owed()]


def test_what_waits_is_only_what_depends(journal: Journal) -> None:
    """A person's later rows wait for the earlier; the void waits for its sale; other people do not wait."""
    offline_sale(journal, ONE)
    journal.commit([void(VOID, ONE)])
    offline_sale(journal, TWO, OTHER)

    assert [ONE, TWO] == [row.msgid for row in journal.due("backlog")]
    journal.commit([sending(ONE)])
    assert [TWO] == [row.msgid for row in journal.due("backlog")]
    assert [ONE] == [row.msgid for row in journal.unresolved()]
    journal.commit([answered(ONE, "accepted")])
    assert [TWO, VOID] == sorted(row.msgid for row in journal.due("backlog"))


def test_what_is_set_aside_holds_back_only_what_names_it(journal: Journal) -> None:
    """A poison sale stays listed; its void waits for it, the same person's next sale does not."""
    offline_sale(journal, ONE)
    journal.commit([Entry(kind="set_aside", subject=ONE, body={"words": "poison"})])
    journal.commit([void(VOID, ONE)])
    assert [] == journal.due("backlog")
    assert {ONE: "set_aside", VOID: "waiting"} == _states(journal)

    journal.commit([Entry(kind="set_aside", subject=VOID, body={"words": "behind poison"})])
    offline_sale(journal, TWO)
    assert [TWO] == [row.msgid for row in journal.due("backlog")]


def test_lanes_are_apart(journal: Journal) -> None:
    """Each lane gets its own rows, at most as many as it asks for, oldest first."""
    for subject, person in ((ONE, OTHER), (TWO, {"certno": "x"}), (THREE, {"certno": "y"})):
        offline_sale(journal, subject, person)
    journal.commit([sale(VOID)])

    assert [VOID] == [row.msgid for row in journal.due("live")]
    assert [ONE, TWO] == [row.msgid for row in journal.due("backlog", 2)]


@pytest.mark.parametrize("outcome", ["accepted", "rejected", "not_needed"])
def test_a_verdict_is_final(journal: Journal, outcome: str) -> None:
    """What has its verdict is owed no more, and is neither sent nor answered again."""
    journal.commit([sale(ONE), sending(ONE), answered(ONE, outcome)])

    assert None is journal.due_row(ONE)
    for late in (sending(ONE, 2), answered(ONE, "unknown"), answered(ONE, "accepted"), Entry(kind="set_aside", subject=ONE, body={})):
        with pytest.raises(NotDue):
            journal.commit([late])


def test_an_attempt_of_an_old_reading_is_refused(journal: Journal) -> None:
    """Two who read the same row cannot both send it, and what was taken back is not sent."""
    journal.commit([sale(ONE), sale(TWO)])
    journal.commit([sending(ONE, 1)])
    journal.commit([answered(ONE, "retry")])
    journal.commit([ended(TWO, "cancelled")], claim=TWO)

    for stale in (sending(ONE, 1), sending(TWO, 1)):
        with pytest.raises(NotDue):
            journal.commit([stale])
    journal.commit([sending(ONE, 2)])
    with pytest.raises(NotDue):
        # Under way: not even the next number may go.
        journal.commit([sending(ONE, 3)])


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["unknown"], "unknown"),
        (["retry"], "waiting"),
        (["unknown", "retry"], "unknown"),
        (["unknown", "unreachable"], "unknown"),
        (["retry", "unknown", "retry"], "unknown"),
        (["unreachable"], "gone"),
        (["retry", "unreachable"], "gone"),
    ],
)
def test_an_attempt_that_may_still_arrive_is_never_forgotten(journal: Journal, outcomes: list[str], state: str) -> None:
    """A later attempt that surely failed says nothing of an earlier one: the row stays unknown, and is queried."""
    journal.commit([sale(ONE)])
    for attempt, outcome in enumerate(outcomes, 1):
        journal.commit([sending(ONE, attempt)])
        journal.commit([answered(ONE, outcome)])

    assert state == _states(journal).get(ONE, "gone")
    assert ([ONE] if state == "unknown" else []) == [row.msgid for row in journal.unresolved()]


def test_unreachable_leaves_the_backlog_to_try_again(journal: Journal) -> None:
    """Where nobody waits, a line that is down only delays."""
    offline_sale(journal, ONE)
    journal.commit([sending(ONE)])
    journal.commit([answered(ONE, "unreachable")])

    assert [(ONE, 1)] == [(row.msgid, row.attempts) for row in journal.due("backlog")]


def test_an_outcome_that_is_none_is_a_bug(journal: Journal) -> None:
    """The words of an outcome are fixed."""
    journal.commit([sale(ONE)])

    with pytest.raises(ProtocolMisuse):
        journal.commit([answered(ONE, "perhaps")])


def test_derived_tables_can_be_made_anew(journal: Journal) -> None:
    """Rebuilding from the records gives the same outbox, open subjects, voids and next receipt."""
    offline_sale(journal, ONE)
    journal.commit([sending(ONE)])
    journal.commit([answered(ONE, "unknown")])
    journal.commit([void(VOID, ONE), sale(TWO)])
    before = (journal.owed(), journal.open_subjects())
    journal.rebuild()

    assert before == (journal.owed(), journal.open_subjects())
    journal.commit([sale(THREE, "allowance")])
    assert ("01-1-000002",) == journal.commit([done(THREE)]).receipts
