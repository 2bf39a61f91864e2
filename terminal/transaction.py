"""What became of one transaction, in national names and yuan: what ``yibao pay`` and ``yibao status`` answer to other programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal
from settlement.bill import Bill
from settlement.facts import CashSold, SaleIntended, VoidIntended, bill_of
from settlement.money import format_scaled, format_yuan
from terminal import drafts, handed_in
from terminal.paper import plain
from terminal.paper.content import Slips, which_of
from terminal.paper.slip import compose

SCHEMA = "yibao.transaction/1"
Answer = dict[str, Any]
_LAST = 64
"""Records at the end of the chain among which the last transaction is looked for."""
_BOOKED = {Standing.ACCEPTED, Standing.PROVISIONAL}
_NOTHING_MOVED = {Standing.REJECTED, Standing.ABANDONED}
_OF_VOIDS = {Standing.PENDING: "open", Standing.IN_DOUBT: "doubt", Standing.REJECTED: "refused", Standing.ABANDONED: "refused"}
_OF_OTHERS = {Standing.PENDING: "open", Standing.CASH: "cash", Standing.REVERSED: "voided", Standing.REJECTED: "refused"}
"""Rejected: settled off-line, and refused by the centre afterwards."""
_WITH_SPLIT = {"settled", "voided", "doubt", "open"}
"""Outcomes that a split stands behind. What was refused or paid in cash has none, whatever was proposed before."""


def of_bill(journal: Journal, slips: tuple[Slips, int], directory: Path, number: str) -> Answer:
    """Return what became of the bill that another program handed in as ``number``. ``docs/bill-format.md`` has the table of outcomes."""
    # Each before what takes its place: file, note of its taking, bill in hand, records. A recall goes from the last to the one before.
    lies = handed_in.lies(directory, number)
    known = handed_in.noted(journal, number)
    if known.cancelled:
        return answer(number, "cancelled")
    in_hand = {_in_hand(journal)}
    trail = drafts.follow(journal, known.draft) if known.draft else drafts.Trail(draft="")
    in_hand.add(_in_hand(journal))
    if not (known.taken or trail.sales or trail.held):
        return answer(number, "waiting" if lies else "unknown")
    here = trail.held or (trail.draft in in_hand and not trail.restored)
    if not trail.sales:
        # Cleared, or dropped by a till without a screen, which notes nothing.
        return answer(number, "open" if here else "doubt" if trail.restored else "cancelled")
    folded = journal.standing(trail.sales[-1])
    return _told(journal, slips, folded, number, outcome_of(folded, here=here, restored=trail.restored))


def of_subject(journal: Journal, slips: tuple[Slips, int], subject: str) -> Answer:
    """Return what became of the settlement, void or cash slip ``subject``; ``slips`` are the till's, with the columns of its paper."""
    in_hand = _in_hand(journal)
    folded = journal.standing(subject)
    sale = folded.intent
    here = isinstance(sale, SaleIntended) and sale.draft == in_hand != ""
    return _told(journal, slips, folded, "", outcome_of(folded, here=here))


def outcome_of(folded: Folded, *, here: bool = False, restored: bool = False) -> str:
    """Return what a settlement, void or cash slip came to for whoever waits for its money.

    ``here``: its bill is still on the screen, or put aside · ``restored``: the journal was restored from a backup since.
    """
    if isinstance(folded.intent, VoidIntended):
        return _OF_VOIDS.get(folded.standing, "voided")
    if folded.cash_taken_fen:
        # Whatever is found of the settlement: the cash stands, and what was done after all is released.
        return "cash"
    if folded.standing is Standing.IN_DOUBT:
        return "open" if here else "doubt"
    if folded.standing in _NOTHING_MOVED and not folded.done:
        return "open" if here else "doubt" if restored else "refused"
    if folded.standing in _BOOKED:
        return _of_booked(folded)
    return _OF_OTHERS.get(folded.standing, "unknown")


def _of_booked(folded: Folded) -> str:
    if folded.not_agreed and folded.difference_agreed is None:
        return "open"
    # Declined, or found done when the goods had been kept: its void is on the way.
    return "voided" if folded.goods_released is False or folded.difference_agreed is False else "settled"


def last(journal: Journal) -> str:
    """Return the subject of the last settlement, void or cash slip, empty when there is none near the end of the chain."""
    count, _ = journal.tip()
    kinds = {SaleIntended.kind, CashSold.kind, VoidIntended.kind}
    found = [record.subject for record in journal.records_after(max(count - _LAST, 0), _LAST) if record.kind in kinds]
    return found[-1] if found else ""


def answer(number: str, outcome: str) -> Answer:
    """Return an answer that says no more than its outcome."""
    return {"schema": SCHEMA, "id": number, "outcome": outcome}


def _told(journal: Journal, slips: tuple[Slips, int], folded: Folded, number: str, outcome: str) -> Answer:
    bill = _bill(journal, folded)
    if bill is None and folded.intent is None:
        return answer(number, "unknown")
    subject = folded.subject
    told = answer(number, outcome) | {
        "subject": subject,
        "at": folded.at,
        "receipt": folded.receipt,
        "setl_id": folded.setl_id,
        "mdtrt_id": folded.mdtrt_id,
        "standing": str(folded.standing),
        "offline": folded.offline,
        "total": format_yuan(bill.total_fen) if bill else "",
        "cash_due": format_yuan(_cash_fen(folded) if folded.done or outcome != "refused" else 0),
        "received": format_yuan(folded.received_fen),
        "change": format_yuan(folded.change_fen),
        "receivable": format_yuan(folded.receivable_fen),
        "voided_by": folded.reversed_by,
        "settled_as": _settled_as(journal, folded),
        "words": folded.words,
    }
    if folded.figures is not None and outcome in _WITH_SPLIT:
        told["setlinfo"] = {
            name: format_scaled(value, 4) if name == "pool_prop_selfpay" else format_yuan(value)
            for name, value in asdict(folded.figures).items()
        }
    text, columns = slips
    if text.booked(subject) is not None and not folded.not_agreed:
        told["slip"] = plain.render((compose(text.slip(folded, which_of(folded, late=True))),), columns)
    return told


def _in_hand(journal: Journal) -> str:
    bill = drafts.kept(journal)
    return bill.draft if bill else ""


def _bill(journal: Journal, folded: Folded) -> Bill | None:
    if isinstance(folded.intent, SaleIntended):
        return folded.intent.bill
    for record in journal.records(folded.subject):
        if record.kind == CashSold.kind:
            return bill_of(record.body["bill"])
    return None


def _cash_fen(folded: Folded) -> int:
    if folded.cash_taken_fen:
        return folded.cash_taken_fen
    return (folded.figures.psn_cash_pay if folded.figures else 0) + folded.outside_fen


def _settled_as(journal: Journal, slip: Folded) -> str:
    """Return the settlement that a cash slip became later, empty when it did not, or was released again."""
    if not slip.redeemed_by:
        return ""
    settled = journal.standing(slip.redeemed_by)
    return slip.redeemed_by if outcome_of(settled) == "settled" else ""
