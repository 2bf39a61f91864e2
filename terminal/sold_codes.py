"""A box is sold once: where a traceability code left this till, as the journal knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.errors import Refusal
from terminal.bill_refusals import CODE_SOLD

if TYPE_CHECKING:
    from offline_queue.journal import Journal
    from settlement.bill import Bill

_MINUTE = len("yyyy-MM-dd HH:mm")


def whereabouts(journal: Journal, code: str) -> str:
    """Return when a box was sold here, and under which number; empty when it was not, or is here again."""
    subject = journal.sold_code(code)
    return f"{journal.records(subject)[0].body['at'][:_MINUTE]} {subject}" if subject else ""


def refusal(journal: Journal, bill: Bill) -> Refusal | None:
    """Return why a bill cannot be sold: a box on it was sold already."""
    for code in (code for line in bill.lines for code in line.drug_trac_codg):
        where = whereabouts(journal, code)
        if where:
            return Refusal(CODE_SOLD, {"traced": code, "where": where})
    return None
