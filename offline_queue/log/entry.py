"""A row of the log and what a technician may filter by: plain values, loaded in a moment."""

from __future__ import annotations

from typing import Literal, NamedTuple

Group = Literal["all", "owed", "doubt", "rejected", "voided"]
"""Everything · to upload · in doubt (or not ended) · rejected · voided."""
GROUPS: tuple[Group, ...] = ("all", "owed", "doubt", "rejected", "voided")
KINDS = ("", "sale", "void", "cash", "refresh")
"""What a technician chooses from; the empty one is every kind, also those that are not named here (a close, a held bill)."""
TAIL_DIGITS = 6
"""Of a number, what a person reads aloud."""


class LogEntry(NamedTuple):
    """One settlement, void, cash slip or refresh as the records say now. Amounts in fen."""

    seq: int
    """The first record about it: the order of the log."""
    subject: str
    tail: str
    """The last six digits of the subject."""
    at: str
    """When it was begun, as on its slip: ``yyyy-MM-dd HH:mm:ss``."""
    day: int
    """yyyymmdd."""
    kind: str
    """``sale``, ``void``, ``cash``, ``refresh``, or the kind of the first record of anything else."""
    infno: str
    standing: str
    """The value of a :class:`~offline_queue.fold.Standing`."""
    offline: int
    owed: int
    """1 = the sender still owes it to the centre."""
    total_fen: int
    """The claim and what lies outside it."""
    fund_fen: int
    account_fen: int
    cash_fen: int
    """The claim's cash and what lies outside it: what the drawer took."""
    outside_fen: int
    receipt: str
    """``till-epoch-number``, empty when none was taken."""
    number: int
    """The receipt's number within its epoch, 0 when none was taken."""
    person: str
    """Masked name; empty when nobody is named or the person was erased."""
    card: str
    """Last four characters of the card's number."""
    reason: str
    """Code: why off-line, why void, why for cash."""
    attempts: int
    """How often the sender tried."""
    words: str
    """What the centre said last."""
    original: str
    """Of a void: what it undoes. Of a settlement: the cash slip that it redeems."""
    setl_id: str


COLUMNS = LogEntry._fields


class Filter(NamedTuple):
    """What is shown. Days are yyyymmdd, amounts fen; 0 and None = no bound."""

    group: Group = "all"
    kind: str = ""
    offline: bool = False
    first_day: int = 0
    last_day: int = 0
    least_fen: int | None = None
    most_fen: int | None = None

    @property
    def by_amount(self) -> bool:
        """Whether rows come by amount, the largest first, instead of the newest first."""
        return self.least_fen is not None or self.most_fen is not None

    @property
    def by_day(self) -> bool:
        """Whether the days are bounded."""
        return bool(self.first_day or self.last_day)


class DayTotals(NamedTuple):
    """What was booked on some days: refused and abandoned settlements are in no sum, a void is negative."""

    sales: int
    voids: int
    slips: int
    """Cash slips."""
    offline: int
    owed: int
    doubts: int
    total_fen: int
    fund_fen: int
    account_fen: int
    cash_fen: int
