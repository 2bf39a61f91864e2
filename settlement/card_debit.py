"""The debit that a card of the older kind does by itself (DEBIT with MAC1 and TAC), and what its log in EF08 proves of it.

Such a card holds an amount and a sequence number of its own; each debit is one entry of its log, which nobody else can write:
sequence (16 bits, it wraps), type, terminal number, date-time, two amounts and the amount left. Sequence, terminal, time and amounts
together are unique per till, so the log alone tells a torn debit from one that never was (commit-protocol section 5).
What the amounts mean is our reading, unconfirmed: personal account, pooled fund, balance after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from settlement.allowance import CardRecord, Verdict

SEQUENCES = 1 << 16
LOG_RECORDS = 30
"""How many entries a card of specification 2.00 keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One record of EF08."""

    sequence: int
    kind: str
    """One character; which means what is not public."""
    terminal: str
    """Twelve digits."""
    moment: str
    """``yyyyMMddHHmmss``."""
    own_fen: int
    pooled_fen: int
    left_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitPlan:
    """One debit, frozen in its intent before it is sent: the sequence is what the card said when it was begun."""

    sequence: int
    number: int
    """The till's own, 32 bits."""
    terminal: str
    moment: str
    own_fen: int
    pooled_fen: int
    balance_fen: int
    """On the card before it."""

    @property
    def debit_fen(self) -> int:
        """What the card pays: the pooled part is recorded on it, not taken."""
        return self.own_fen

    @property
    def amount_after_fen(self) -> int:
        """What is left on the card after it."""
        return self.balance_fen - self.own_fen


def debits_itself(record: CardRecord) -> bool:
    """Whether a card keeps an amount of its own and never had an allowance: no generation, no counter and no tag was ever written."""
    return (record.generation, record.counter, record.tags) == (0, 0, ())


def judge_by_log(plan: DebitPlan, log: Sequence[LogEntry | None], *, kept: int = LOG_RECORDS) -> Verdict:
    """Return what a card's log, newest first and None where it cannot be read, proves of ``plan``; the card keeps ``kept`` entries.

    An entry with all that is ours: done. A readable log that reaches behind our sequence and has no such entry: never happened, also
    where the sequence was used by another. A log that is all newer than ours, or has a record that may be ours: only evidence tells.
    """
    readable = [entry for entry in log if entry is not None]
    if any(_is(plan, entry) for entry in readable):
        return Verdict.DONE
    if len(readable) != len(log):
        return Verdict.EVIDENCE
    reaches_behind = any(_age(plan, entry) >= 0 for entry in readable)
    return Verdict.ABORTED if reaches_behind or len(log) < kept else Verdict.EVIDENCE


def reaches(plan: DebitPlan, entry: LogEntry | None) -> bool:
    """Whether a log that is read as far as ``entry``, from the newest on, needs not be read further."""
    return entry is not None and (_is(plan, entry) or _age(plan, entry) > 0)


def is_newer(sequence: int, other: int) -> bool:
    """Whether a card's sequence comes after another of its own. Sequences wrap."""
    return 0 < (sequence - other) % SEQUENCES < SEQUENCES // 2


def _is(plan: DebitPlan, entry: LogEntry) -> bool:
    ours = (plan.sequence, plan.terminal, plan.moment, plan.own_fen, plan.pooled_fen, plan.amount_after_fen)
    return ours == (entry.sequence, entry.terminal, entry.moment, entry.own_fen, entry.pooled_fen, entry.left_fen)


def _age(plan: DebitPlan, entry: LogEntry) -> int:
    """Return how many transactions ``entry`` is older than ours; negative when it is newer. Sequences wrap."""
    distance = (plan.sequence - entry.sequence) % SEQUENCES
    return distance if distance < SEQUENCES // 2 else distance - SEQUENCES
