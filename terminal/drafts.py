"""The unfinished bill outlives a kill: one note in the encrypted journal, written at each change. It names nobody.

A note is no record, so nothing ties the two in one transaction; the name of the draft does. Whatever becomes of a
draft says so in its own record (the intent of its sale, a cash slip, a hold), and :func:`load` gives a draft back
only when no such record stands. Whoever is killed between any two steps finds the bill here, or what became of
it in the journal: never both, never neither.

A draft is named by the number of the first record that could speak of it: one that left a record is followed by
greater numbers, and the records to look at begin there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_queue.fold import Standing
from settlement.day_facts import BillHeld, BillRecalled
from settlement.errors import ProtocolMisuse
from settlement.facts import CashSold, SaleIntended
from terminal.open_bill import OpenBill, open_bill_of

if TYPE_CHECKING:
    from offline_queue.journal import Journal, Record

_NOTE = "draft"
_FATES = (SaleIntended.kind, CashSold.kind, BillHeld.kind)
_RESTORED = "restored"
_NOTHING_MOVED = (Standing.REJECTED, Standing.ABANDONED)


def new(journal: Journal) -> OpenBill:
    """Return an empty bill with the next name. Raises the errors of a journal, as all of these do."""
    return OpenBill(draft=str(journal.tip()[0] + 1))


def save(journal: Journal, bill: OpenBill) -> None:
    """Keep the bill as it is now, one write; an empty one is forgotten."""
    if not bill.draft:
        message = "a bill without a name could be sold twice"
        raise ProtocolMisuse(message)
    journal.notes.put(_NOTE, {} if bill.empty else {"bill": bill.body(), "hold": ""})


def clear(journal: Journal) -> None:
    """Forget the bill: it is settled, held, or nobody buys it."""
    journal.notes.put(_NOTE, {})


def load(journal: Journal) -> OpenBill | None:
    """Return the unfinished bill, None when there is none or when it has become something else.

    One that was in a backup may have been sold since: a restore forgets it.
    """
    note = journal.notes.get(_NOTE)
    if not note:
        return None
    bill, hold = open_bill_of(note["bill"]), note["hold"]
    if gone(journal, bill.draft):
        return None
    return bill if not hold or _recalled(journal, hold, bill.draft) else None


def sold_as(journal: Journal, draft: str) -> list[str]:
    """Return the sales that were begun from a draft, oldest first: settlements and cash slips."""
    sales = {SaleIntended.kind, CashSold.kind}
    return [record.subject for record in _spoken_of(journal, draft) if record.kind in sales]


def gone(journal: Journal, draft: str) -> bool:
    """Whether a draft has become something else: sold, a cash slip, or put aside."""
    return any(record.kind == _RESTORED or _stands(journal, record) for record in _spoken_of(journal, draft))


def save_recalled(journal: Journal, bill: OpenBill, hold: str) -> None:
    """Keep the bill that is about to be recalled: it is unfinished again from the record of its recall on, not before."""
    journal.notes.put(_NOTE, {"bill": bill.body(), "hold": hold})


def _spoken_of(journal: Journal, draft: str) -> list[Record]:
    found = journal.period(int(draft) - 1, journal.tip()[0])
    return [record for record in found if record.kind == _RESTORED or (record.kind in _FATES and record.body.get("draft") == draft)]


def _stands(journal: Journal, record: Record) -> bool:
    """Whether the bill has become what ``record`` says. A sale that was refused or proved not done leaves it unfinished."""
    if record.kind != SaleIntended.kind:
        return True
    sale = journal.standing(record.subject)
    return sale.standing not in _NOTHING_MOVED or bool(sale.goods_released) or sale.cash_taken_fen > 0


def _recalled(journal: Journal, hold: str, draft: str) -> bool:
    return any(record.kind == BillRecalled.kind and record.body["draft"] == draft for record in journal.records(hold))
