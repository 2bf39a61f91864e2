"""Bills put aside and recalled (挂单、取单): rows of the journal, so that they outlive a close, a crash and an upgrade.

A hold is recalled once. Hold and recall are each one record and one note, in the order in which a kill in between
leaves the bill in exactly one place (:mod:`terminal.drafts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.day_facts import BillHeld, BillRecalled
from settlement.errors import Refusal
from settlement.tally import Held
from terminal import bill_refusals, drafts
from terminal.bookkeeping import entries
from terminal.open_bill import OpenBill, open_bill_of

if TYPE_CHECKING:
    from offline_queue.journal import Journal


def hold(journal: Journal, bill: OpenBill, *, operator: str, at: str) -> Held | Refusal:
    """Put the bill aside and forget it as a draft. Raises the errors of a journal: then it is where it was."""
    if bill.empty:
        return Refusal(bill_refusals.EMPTY)
    subject = journal.notes.issue_msgid(writer="till")
    fact = BillHeld(subject=subject, at=at, operator=operator, label=bill.label, bill=bill.body(), draft=bill.draft)
    journal.commit(entries((fact,), None))
    drafts.clear(journal)
    return Held(subject=subject, label=fact.label, at=at, operator=operator)


def held(journal: Journal) -> list[Held]:
    """Return the bills that are held, oldest first."""
    bodies = ((subject, journal.records(subject)[0].body) for subject in journal.held_bills())
    return [Held(subject=subject, label=body["label"], at=body["at"], operator=body["operator"]) for subject, body in bodies]


def recall(journal: Journal, subject: str, *, operator: str, at: str) -> OpenBill | Refusal:
    """Bring a held bill back as the unfinished one, under a new name.

    Its codes may have been sold meanwhile (:meth:`OpenBill.sold_meanwhile`) and its prices may have changed: nothing is
    looked up here. Raises the errors of a journal: then the bill is still held.
    """
    if subject not in journal.held_bills():
        return Refusal(bill_refusals.HOLD_GONE, {"subject": subject})
    unfinished = drafts.load(journal)
    if unfinished is not None:
        return Refusal(bill_refusals.UNFINISHED, {"label": unfinished.label})
    bill = open_bill_of({**journal.records(subject)[0].body["bill"], "draft": drafts.new(journal).draft})
    drafts.save_recalled(journal, bill, subject)
    fact = BillRecalled(subject=subject, at=at, operator=operator, draft=bill.draft)
    journal.commit(entries((fact,), None))
    return bill
