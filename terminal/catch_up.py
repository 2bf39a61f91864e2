"""What the till finds unfinished: at start, before each customer, and whenever nobody waits.

Sales that the sender has not begun to settle are taken back; the others become doubts until the card or the centre proves them. Voids
are booked when their answer is there; a refresh that was interrupted is closed and never written later; a difference that nobody has
answered is asked again.
Twice is the same as once.
"""

from __future__ import annotations

from typing import Any

from offline_queue.doubts import pending_of
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Entry
from offline_queue.journal.errors import ClaimTooLate
from settlement import reversal
from settlement.allowance import Verdict
from settlement.checkout import events as on
from settlement.checkout import protocol
from settlement.day_facts import Adopted
from settlement.doubt import Finding, Happened, NeverHappened, booked, shown_by_card
from settlement.errors import Refusal
from settlement.facts import Aborted, Fact, RefreshIntended, SaleIntended, VoidIntended
from settlement.figures import Figures
from settlement.resolver import deadline_of
from terminal import evidence, journal_view, returns
from terminal.bookkeeping import entries
from terminal.counter import Counter
from terminal.driver import Driver

_NEVER_SENT, _DEADLINE = "unreachable", "deadline"
STANDS_ALONE = "stands-alone"
"""Why a settlement of the centre's is released that no sale here stands behind."""


def run(counter: Counter, driver: Driver) -> list[str]:
    """Close what is proved; return the subjects of what stays open."""
    _close_refreshes(counter)
    _act_on_strays(counter)
    _close_voids(counter, driver)
    _close_taken_back(counter)
    for folded in journal_view.unfinished_sales(counter.journal):
        finding = journal_view.finding_of(folded) or _take_back(counter, folded) or _overdue(counter, folded)
        if finding is None and folded.doubted:
            continue
        doubt = journal_view.doubt_of(folded)
        driver.resume(folded.subject, protocol.resume(doubt, finding, doubted=folded.doubted))
    returns_open = returns.settle_all(counter)
    for subject in counter.journal.unanswered():
        driver.resume(subject, journal_view.difference_of(counter.journal, subject))
    return [*counter.journal.open_subjects(), *counter.journal.unanswered(), *returns_open]


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
    return NeverHappened(why=_NEVER_SENT, before_doubt=not folded.doubted)


def _overdue(counter: Counter, folded: Folded) -> Finding | None:
    """Take an off-line doubt without evidence as not done, past not-after and the longest queue age: the centre has the allowance back.

    What was sent to the centre is judged by its statements, never by time alone.
    """
    intent = folded.intent
    assert isinstance(intent, SaleIntended)
    if intent.card is None:
        return None
    policy, pending = counter.policy(intent.at[:10]), pending_of(counter.journal, folded)
    if isinstance(policy, Refusal) or pending is None or counter.journal.clock_doubt() is not None:
        return None
    if counter.today <= deadline_of(pending, policy):
        return None
    match evidence.asked(counter, intent):
        case Verdict.DONE:
            return shown_by_card(journal_view.doubt_of(folded), Verdict.DONE)
        case Verdict.EVIDENCE:
            return NeverHappened(why=_DEADLINE)
        case _:
            # What others read is not known while the line is down: it stays open.
            return None


def _close_taken_back(counter: Counter) -> None:
    """Book the end of a sale or void that was taken back when nothing came of that: the till was killed in between."""
    for subject in counter.journal.open_subjects():
        folded = counter.journal.standing(subject)
        if folded.intent is not None and folded.standing is Standing.ABANDONED:
            _commit(counter, Aborted(subject=subject, why=_NEVER_SENT))


def _act_on_strays(counter: Counter) -> None:
    """Release what a statement found at the centre alone, or adopt it where it was written off (commit-protocol section 4, audit)."""
    journal = counter.journal
    for stray in journal.strays(waiting=True):
        record = journal.record_at(stray.seq)
        owner = journal_view.owner_in(record)
        if owner is None:
            # Erased since: nobody is left to be named to the centre. A person sees it.
            continue
        body = record.body
        figures = Figures(**body["figures"])
        if body["cause"] == "written-off":
            journal.commit(entries(_adoption(journal.standing(stray.msgid), body, figures), owner))
            continue
        release = VoidIntended(
            subject=counter.next_msgid(),
            at=counter.at,
            original=stray.msgid,
            way="backlog",
            figures=figures.negated(),
            outside_fen=0,
            why=STANDS_ALONE,
            infno="2208" if body["infno"] == "2207" else "2103",
            setl_id=stray.setl_id,
            mdtrt_id=body["mdtrt_id"],
        )
        journal.commit(entries((release,), owner))


def _adoption(folded: Folded, body: dict[str, Any], figures: Figures) -> tuple[Fact, ...]:
    """Return what reverses the loss of a settlement that was written off: the fund and the account have paid."""
    paid_fen = figures.fund_pay_sumamt + figures.acct_pay + figures.acct_mulaid_pay
    ids = {"setl_id": body["setl_id"], "mdtrt_id": body["mdtrt_id"]}
    owed_fen = max(folded.receivable_fen - paid_fen, 0)
    loss_fen = paid_fen if folded.done else folded.receivable_fen - owed_fen
    adopted = Adopted(subject=folded.subject, figures=figures, loss_fen=loss_fen, owed_fen=owed_fen, booked=folded.done, **ids)
    if folded.done:
        return (adopted,)
    assert isinstance(folded.intent, SaleIntended)
    return (adopted, booked(folded.intent, Happened(figures=figures, **ids), late=True))


def _close_voids(counter: Counter, driver: Driver) -> None:
    for folded in journal_view.unfinished_voids(counter.journal):
        intent = folded.intent
        assert isinstance(intent, VoidIntended)
        match folded.answer:
            case "accepted":
                assert folded.figures is not None
                event = on.Accepted(figures=folded.figures, setl_id=folded.setl_id, mdtrt_id=folded.mdtrt_id)
                _commit(counter, reversal.booked(intent, event, late=True))
                if not intent.setl_id:
                    driver.print_late(folded.subject)
            case "rejected":
                facts = reversal.refusal_facts(intent, counter.line.refusal(folded.words))
                counter.journal.commit(entries(facts, None))
                if len(facts) > 1:
                    driver.print_late(folded.subject)
            case "absent" if intent.way == "online":
                _commit(counter, Aborted(subject=folded.subject, why=journal_view.NOT_STATED))
            case "not_needed" | "unreachable" if folded.answer == "not_needed" or intent.way == "online":
                _commit(counter, Aborted(subject=folded.subject, why=folded.answer))


def _commit(counter: Counter, fact: Fact) -> None:
    counter.journal.commit([Entry(kind=fact.kind, subject=fact.subject, body=fact.body())])
