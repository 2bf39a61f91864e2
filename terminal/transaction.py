"""What became of one transaction, in national names and yuan: what ``yibao pay`` and ``yibao status`` answer to other programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal
from settlement.bill import Bill
from settlement.facts import CashSold, SaleIntended, bill_of
from settlement.money import format_scaled, format_yuan
from terminal import drafts, handed_in
from terminal.paper import plain
from terminal.paper.content import Slips, which_of
from terminal.paper.slip import compose

SCHEMA = "yibao.transaction/1"
Answer = dict[str, Any]
_LAST = 64
"""Records at the end of the chain among which the last transaction is looked for."""


def of_bill(journal: Journal, slips: tuple[Slips, int], directory: Path, number: str) -> Answer:
    """Return what became of the bill that another program handed in as ``number``.

    ``outcome``: ``unknown`` never handed in · ``waiting`` not taken yet · ``open`` on the screen, or settled with a difference
    that nobody has answered · ``cancelled`` · ``settled`` · ``cash`` · ``doubt`` · ``refused`` · ``voided``.
    """
    draft = handed_in.draft_of(journal, number)
    if not draft:
        there = (directory / handed_in.FOLDER / f"{number}.json").exists()
        return answer(number, "waiting" if there else "unknown")
    subjects = drafts.sold_as(journal, draft)
    if subjects:
        return of_subject(journal, slips, subjects[-1], number=number)
    return answer(number, "cancelled" if handed_in.cancelled(journal, number) else "open")


def of_subject(journal: Journal, slips: tuple[Slips, int], subject: str, *, number: str = "") -> Answer:
    """Return what became of the settlement or cash slip ``subject``; ``slips`` are the till's, with the columns of its paper."""
    folded = journal.standing(subject)
    told = answer(number, _outcome(folded))
    bill = _bill(journal, folded)
    if bill is None and folded.intent is None:
        return answer(number, "unknown")
    told |= {
        "subject": subject,
        "at": folded.at,
        "receipt": folded.receipt,
        "setl_id": folded.setl_id,
        "mdtrt_id": folded.mdtrt_id,
        "standing": str(folded.standing),
        "offline": folded.offline,
        "total": format_yuan(bill.total_fen) if bill else "",
        "cash_due": format_yuan(_cash_fen(folded)),
        "received": format_yuan(folded.received_fen),
        "change": format_yuan(folded.change_fen),
        "voided_by": folded.reversed_by,
        "words": folded.words,
    }
    if folded.figures is not None:
        told["setlinfo"] = {
            name: format_scaled(value, 4) if name == "pool_prop_selfpay" else format_yuan(value)
            for name, value in asdict(folded.figures).items()
        }
    text, columns = slips
    if text.booked(subject) is not None and not folded.not_agreed:
        told["slip"] = plain.render((compose(text.slip(folded, which_of(folded, late=True))),), columns)
    return told


def last(journal: Journal) -> str:
    """Return the subject of the last settlement or cash slip, empty when there is none near the end of the chain."""
    count, _ = journal.tip()
    kinds = {SaleIntended.kind, CashSold.kind, "void_intended"}
    found = [record.subject for record in journal.records_after(max(count - _LAST, 0), _LAST) if record.kind in kinds]
    return found[-1] if found else ""


def answer(number: str, outcome: str) -> Answer:
    """Return an answer that says no more than its outcome."""
    return {"schema": SCHEMA, "id": number, "outcome": outcome}


def _outcome(folded: Folded) -> str:
    match folded.standing:
        case Standing.ACCEPTED if folded.not_agreed:
            return "voided" if folded.difference_agreed is False else "open"
        case Standing.ACCEPTED | Standing.PROVISIONAL:
            return "settled"
        case Standing.CASH:
            return "cash"
        case Standing.REVERSED:
            return "voided"
        case Standing.REJECTED | Standing.ABANDONED:
            return "refused"
        case _:
            return "doubt"


def _bill(journal: Journal, folded: Folded) -> Bill | None:
    if isinstance(folded.intent, SaleIntended):
        return folded.intent.bill
    for record in journal.records(folded.subject):
        if record.kind == CashSold.kind:
            return bill_of(record.body["bill"])
    return None


def _cash_fen(folded: Folded) -> int:
    return (folded.figures.psn_cash_pay if folded.figures else 0) + folded.outside_fen
