"""What may be voided, of today or of any day by its number, newest first, each with why not where it may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offline_queue.fold import Standing
from settlement.facts import SaleIntended
from terminal import journal_view
from terminal.counter import Counter
from terminal.visits import label_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Voidable:
    """A settlement."""

    subject: str
    at: str
    goods: str
    total_fen: int
    reversed: bool
    other_person: bool
    unanswered: bool
    """Nobody has said yes or no to its figures: a no voids it."""

    @property
    def why_not(self) -> str:
        """Code of why it cannot be voided now, empty when it can."""
        if self.reversed:
            return "reversed"
        return "unanswered" if self.unanswered else "other-person" if self.other_person else ""


def of_today(counter: Counter, certno: str) -> list[Voidable]:
    """Return today's settlements. Those of another person than ``certno`` (empty: nobody's card is in) cannot be voided now."""
    return _of(counter, certno, journal_view.subjects_since(counter.journal, counter.today, frozenset({"done"})))


def named(counter: Counter, certno: str, wanted: str) -> list[Voidable]:
    """Return the settlements of any day that ``wanted`` names: the last six digits or more of a number, or a receipt."""
    return _of(counter, certno, counter.journal.slips_named(wanted))


def _of(counter: Counter, certno: str, subjects: Iterable[str]) -> list[Voidable]:
    found, unanswered = [], counter.journal.unanswered()
    for subject in subjects:
        folded = counter.journal.standing(subject)
        if not isinstance(folded.intent, SaleIntended) or not folded.done or folded.standing is Standing.REJECTED:
            continue
        owner = journal_view.owner_of(counter.journal, subject)
        undone = bool(folded.reversed_by) or bool(journal_view.void_of(counter.journal, subject, certno=owner.certno if owner else ""))
        found.append(
            Voidable(
                subject=subject,
                at=folded.at,
                goods=label_of(counter.journal, subject) or journal_view.goods_of(folded.intent.bill),
                total_fen=folded.intent.bill.total_fen,
                reversed=undone,
                other_person=owner is None or owner.certno != certno,
                unanswered=subject in unanswered,
            )
        )
    return sorted(found, key=lambda row: (row.other_person, row.reversed))
