"""The card's off-line allowance: what is read, what is written, and what a later reading proves.

Our reading of DF04 EF06 and EF15 (commit-protocol section 1; item names are not public, so every field
is unconfirmed): 92 amount in fen · 93 generation ‖ counter, one byte each · 90 not-after, one character ·
EF15 the eight newest 16-bit tags of the writers' intents.

An off-line sale writes 93 (counter+1), then its tag, then 92 (new amount). A refresh writes 93 = g+1 ‖ 0,
its tag, 90 and 92 = grant, last 93 = g+1 ‖ 1. Each record is old, new or unreadable after a tear; several
are not atomic together. On a card without an anti-tear of its own a record may be bytes of both: of the sale's only
the amount can be, and such an amount is neither; of the refresh's the first could be g+1 ‖ old counter, so 90 is
closed before it where the old amount could be spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

COUNTER_SPENDABLE_MIN = 1
COUNTER_MAX = 255
NOT_AFTER_MONTHS = "123456789ABC"
NOT_AFTER_NEVER = "0"
"""In place of a month while a refresh is being written: nothing counts, whatever else is on the card."""
_MONTHS_AHEAD_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """The off-line record as read. ``None`` = the record could not be read (torn)."""

    generation: int | None
    counter: int | None
    amount_fen: int | None
    not_after: str | None
    tags: tuple[int | None, ...]
    """Newest first, at most eight."""

    @property
    def readable(self) -> bool:
        """Whether all of 90, 92 and 93 were read."""
        return None not in (self.generation, self.counter, self.amount_fen, self.not_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleWrite:
    """The plan of one debit, frozen in the intent before the first byte goes to the card."""

    before: CardRecord
    tag: int
    debit_fen: int

    @property
    def counter_after(self) -> int:
        """The counter value that this intent uses up."""
        assert self.before.counter is not None
        return self.before.counter + 1

    @property
    def amount_after_fen(self) -> int:
        """The allowance left after the debit."""
        assert self.before.amount_fen is not None
        return self.before.amount_fen - self.debit_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshWrite:
    """The plan of one refresh: a new generation that the centre granted."""

    before: CardRecord
    tag: int
    generation: int
    grant_fen: int
    not_after: str

    @property
    def closes_first(self) -> bool:
        """Whether 90 is closed first: else a tear between the bytes of 93 would leave the old amount under the new generation."""
        before = self.before
        return before.readable and bool(before.counter and before.amount_fen) and before.not_after in set(NOT_AFTER_MONTHS)


class Verdict(StrEnum):
    """What a reading of the card proves of a sale's debit."""

    DONE = "done"
    ABORTED = "aborted"
    EVIDENCE = "evidence"
    """The card alone cannot tell: evidence of all tills at the centre, else the deadline."""


def judge(plan: SaleWrite, now: CardRecord) -> Verdict:
    """Return what ``now`` proves of the debit ``plan`` (commit-protocol section 5, row "card pulled").

    Nothing is done without our tag *and* our amount read from the card.
    """
    before = plan.before
    newest = now.tags[0] if now.tags else None
    if now.generation is None or now.counter is None:
        if before.tags and newest is not None and newest == before.tags[0]:
            return Verdict.ABORTED
        return _by_amount(plan, now) if newest == plan.tag else Verdict.EVIDENCE
    if now.generation != before.generation:
        return Verdict.EVIDENCE
    if now.counter == before.counter:
        return Verdict.ABORTED
    if now.counter == plan.counter_after:
        # The tag follows the counter: another or no tag means that the write stopped before 92.
        return _by_amount(plan, now) if newest == plan.tag else Verdict.ABORTED
    return Verdict.EVIDENCE


def _by_amount(plan: SaleWrite, now: CardRecord) -> Verdict:
    if now.amount_fen == plan.amount_after_fen:
        return Verdict.DONE
    return Verdict.ABORTED if now.amount_fen == plan.before.amount_fen else Verdict.EVIDENCE


def is_mixed(plan: SaleWrite, now: CardRecord) -> bool:
    """Whether the card was pulled between the bytes of our amount and kept both: nobody wrote since, and it is neither amount.

    Such a record is as torn as an unreadable one. Written from the first byte on it is below the old amount, so that another till,
    which cannot tell, spends nothing that is not earmarked.
    """
    ours = now.readable and now.generation == plan.before.generation and now.counter == plan.counter_after
    return ours and now.tags[:1] == (plan.tag,) and now.amount_fen not in {plan.before.amount_fen, plan.amount_after_fen}


def spendable_fen(record: CardRecord, *, month: int) -> int:
    """Return what the record allows off-line in calendar ``month`` (1–12); 0 is always the safe side.

    The not-after character has no year: a month up to five ahead counts, so an allowance may not be
    granted for longer (checked where packs are loaded: ``allowance_days`` ≤ 150).
    """
    if not record.readable or record.not_after is None or record.not_after not in NOT_AFTER_MONTHS:
        return 0
    assert record.counter is not None
    assert record.amount_fen is not None
    if not COUNTER_SPENDABLE_MIN <= record.counter < COUNTER_MAX:
        return 0
    ahead = (NOT_AFTER_MONTHS.index(record.not_after) + 1 - month) % 12
    return record.amount_fen if ahead <= _MONTHS_AHEAD_MAX else 0
