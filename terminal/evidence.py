"""What other tills read of a card after a sale here was torn: the next reader saw what had been written (commit-protocol section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.allowance import SaleWrite, Verdict, judge
from settlement.facts import SaleIntended
from terminal import journal_view

if TYPE_CHECKING:
    from terminal.counter import Counter


def asked(counter: Counter, intent: SaleIntended) -> Verdict | None:
    """Ask the centre; DONE when a till read our tag and our amount, EVIDENCE when none did, None when the centre cannot be asked.

    What was read proves no sale undone: it may have been read before ours was written.
    """
    plan, of = intent.card, journal_view.owner_of(counter.journal, intent.subject)
    if not isinstance(plan, SaleWrite) or of is None:
        return Verdict.EVIDENCE
    read = counter.line.readings(of.card_no, of.card_sn, plan)
    if read is None:
        return None
    return Verdict.DONE if any(judge(plan, record) is Verdict.DONE for record in read) else Verdict.EVIDENCE
