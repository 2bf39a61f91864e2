"""What the till finds unfinished: at start, before each customer, and whenever nobody waits.

Sales that the sender has not begun to settle are taken back; the others become doubts until the card or the centre proves them. Voids
are booked when their answer is there; a refresh that was interrupted is closed and never written later; a difference that nobody has
answered is asked again.
Twice is the same as once.
"""

from __future__ import annotations

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Entry
from offline_queue.journal.errors import ClaimTooLate
from settlement import reversal
from settlement.checkout import events as on
from settlement.checkout import protocol
from settlement.doubt import NeverHappened
from settlement.facts import Aborted, Fact, RefreshIntended, Refused, SaleIntended, VoidIntended
from terminal import journal_view
from terminal.counter import Counter
from terminal.driver import Driver

_NEVER_SENT = "unreachable"


def run(counter: Counter, driver: Driver) -> list[str]:
    """Close what is proved; return the subjects of what stays open."""
    _close_refreshes(counter)
    _close_voids(counter, driver)
    _close_taken_back(counter)
    for folded in journal_view.unfinished_sales(counter.journal):
        finding = journal_view.finding_of(folded) or _take_back(counter, folded)
        if finding is None and folded.doubted:
            continue
        doubt = journal_view.doubt_of(folded)
        driver.resume(folded.subject, protocol.resume(doubt, finding, doubted=folded.doubted))
    for subject in counter.journal.unanswered():
        driver.resume(subject, journal_view.difference_of(counter.journal, subject))
    return [*counter.journal.open_subjects(), *counter.journal.unanswered()]


def _close_refreshes(counter: Counter) -> None:
    for subject in counter.journal.open_subjects():
        if counter.journal.records(subject)[0].kind == RefreshIntended.kind:
            _commit(counter, Aborted(subject=subject, why="refresh-interrupted"))


def _take_back(counter: Counter, folded: Folded) -> NeverHappened | None:
    """Take back an on-line sale before its first byte: nobody waits for it any more. None when the sender has begun it.

    Of a charge the steps before it may be at the centre: they move nothing, and are taken down.
    """
    row = counter.journal.due_row(folded.subject)
    if row is None or row.lane != "live" or (row.state, row.attempts) != ("waiting", 0):
        return None
    try:
        counter.journal.commit([Entry(kind="cancelled", subject=folded.subject, body={})], claim=folded.subject)
    except ClaimTooLate:
        return None
    return NeverHappened(why=_NEVER_SENT)


def _close_taken_back(counter: Counter) -> None:
    """Book the end of a sale that was taken back when nothing came of that: the till was killed in between."""
    for subject in counter.journal.open_subjects():
        folded = counter.journal.standing(subject)
        if isinstance(folded.intent, SaleIntended) and folded.standing is Standing.ABANDONED:
            _commit(counter, Aborted(subject=subject, why=_NEVER_SENT))


def _close_voids(counter: Counter, driver: Driver) -> None:
    for folded in journal_view.unfinished_voids(counter.journal):
        intent = folded.intent
        assert isinstance(intent, VoidIntended)
        match folded.answer:
            case "accepted":
                assert folded.figures is not None
                event = on.Accepted(figures=folded.figures, setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id)
                _commit(counter, reversal.booked(intent, event, late=True))
                driver.print_late(folded.subject)
            case "rejected":
                _commit(counter, Refused(subject=folded.subject, words=folded.words))
            case "not_needed" | "unreachable" if folded.answer == "not_needed" or intent.way == "online":
                _commit(counter, Aborted(subject=folded.subject, why=folded.answer))


def _commit(counter: Counter, fact: Fact) -> None:
    counter.journal.commit([Entry(kind=fact.kind, subject=fact.subject, body=fact.body())])
