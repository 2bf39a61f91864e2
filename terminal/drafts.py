"""The unfinished bill outlives a kill: one note in the encrypted journal, written at each change. It names nobody.

A note is no record, so nothing ties the two in one transaction; the name of the draft does. Whatever becomes of a
draft says so in its own record (the intent of its sale, a cash slip, a hold), and :func:`load` gives a draft back
only when no such record stands. Whoever is killed between any two steps finds the bill here, or what became of
it in the journal: never both, never neither.

A draft is named by the number of the first record that could speak of it: one that left a record is followed by
greater numbers, and the records to look at begin there. Behind the point stands a count of all drafts, because one that
left no record has the same number before it as the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_queue.fold import Standing
from settlement.day_facts import BillHeld, BillRecalled
from settlement.errors import ProtocolMisuse
from settlement.facts import CashSold, SaleIntended
from terminal.open_bill import OpenBill, open_bill_of

if TYPE_CHECKING:
    from offline_queue.journal import Journal, Record
    from terminal.open_bill import Json

NOTE = "draft"
"""Name of the note."""
_COUNT = "drafts"
_SALES = (SaleIntended.kind, CashSold.kind)
_FATES = (*_SALES, BillHeld.kind)
_RESTORED = "restored"
_NOTHING_MOVED = (Standing.REJECTED, Standing.ABANDONED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What became of a bill, also where it was put aside and recalled under further names."""

    draft: str
    """Its last name."""
    sales: tuple[str, ...] = ()
    """The settlements and cash slips that were begun from it, oldest first."""
    held: bool = False
    """Whether it is put aside now."""
    restored: bool = False
    """Whether the journal was restored from a backup since: what else became of it is not known."""


def new(journal: Journal) -> OpenBill:
    """Return an empty bill with a name of its own. Raises the errors of a journal, as all of these do."""
    count = int(journal.notes.get(_COUNT).get("count", 0)) + 1
    journal.notes.put(_COUNT, {"count": count})
    return OpenBill(draft=f"{journal.tip()[0] + 1}.{count}")


def save(journal: Journal, bill: OpenBill) -> None:
    """Keep the bill as it is now, one write; an empty one is forgotten."""
    journal.notes.put(NOTE, note_of(bill))


def note_of(bill: OpenBill) -> Json:
    """Return what :data:`NOTE` says of the bill, for a transaction with other notes."""
    if not bill.draft:
        message = "a bill without a name could be sold twice"
        raise ProtocolMisuse(message)
    return {} if bill.empty else {"bill": bill.body(), "hold": ""}


def clear(journal: Journal) -> None:
    """Forget the bill: it is settled, held, or nobody buys it."""
    journal.notes.put(NOTE, {})


def kept(journal: Journal) -> OpenBill | None:
    """Return the bill that the till has in hand: unfinished, or being settled right now; None when there is none."""
    note = journal.notes.get(NOTE)
    return open_bill_of(note["bill"]) if note else None


def load(journal: Journal) -> OpenBill | None:
    """Return the unfinished bill, None when there is none or when it has become something else.

    One that was in a backup may have been sold since: a restore forgets it.
    """
    note = journal.notes.get(NOTE)
    if not note:
        return None
    bill, hold = open_bill_of(note["bill"]), note["hold"]
    if gone(journal, bill.draft):
        return None
    return bill if not hold or _recalled(journal, hold, bill.draft) else None


def reopen(journal: Journal) -> OpenBill | None:
    """Return the unfinished bill as a till finds it that opens: what was in hand at its end and has become something else is forgotten."""
    bill = load(journal)
    if bill is None and kept(journal) is not None:
        clear(journal)
    return bill


def gone(journal: Journal, draft: str) -> bool:
    """Whether a draft has become something else: sold, a cash slip, or put aside."""
    return any(record.kind == _RESTORED or _stands(journal, record) for record in _spoken_of(journal, draft))


def follow(journal: Journal, draft: str) -> Trail:
    """Return what became of the bill that began as ``draft``."""
    trail, names, holds = Trail(draft=draft), {draft}, set[str]()
    for record in _since(journal, draft):
        kind, named = record.kind, record.body.get("draft")
        if kind in _SALES and named in names:
            trail = Trail(draft=trail.draft, sales=(*trail.sales, record.subject))
        elif kind == BillHeld.kind and named in names:
            holds.add(record.subject)
            trail = Trail(draft=trail.draft, sales=trail.sales, held=True)
        elif kind == BillRecalled.kind and record.subject in holds:
            names.add(record.body["draft"])
            trail = Trail(draft=record.body["draft"], sales=trail.sales)
        elif kind == _RESTORED:
            trail = Trail(draft=trail.draft, sales=trail.sales, held=trail.held, restored=True)
    return trail


def save_recalled(journal: Journal, bill: OpenBill, hold: str) -> None:
    """Keep the bill that is about to be recalled: it is unfinished again from the record of its recall on, not before."""
    journal.notes.put(NOTE, {"bill": bill.body(), "hold": hold})


def _since(journal: Journal, draft: str) -> list[Record]:
    first, _, _ = draft.partition(".")
    return journal.period(int(first) - 1, journal.tip()[0])


def _spoken_of(journal: Journal, draft: str) -> list[Record]:
    found = _since(journal, draft)
    return [record for record in found if record.kind == _RESTORED or (record.kind in _FATES and record.body.get("draft") == draft)]


def _stands(journal: Journal, record: Record) -> bool:
    """Whether the bill has become what ``record`` says. A sale that was refused or proved not done leaves it unfinished."""
    if record.kind != SaleIntended.kind:
        return True
    sale = journal.standing(record.subject)
    # Settled off-line, and refused by the centre afterwards: the goods went out.
    nothing_moved = sale.standing in _NOTHING_MOVED and not sale.done
    return not nothing_moved or bool(sale.goods_released) or sale.cash_taken_fen > 0


def _recalled(journal: Journal, hold: str, draft: str) -> bool:
    return any(record.kind == BillRecalled.kind and record.body["draft"] == draft for record in journal.records(hold))
