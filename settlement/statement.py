"""Reconciling a day (对账): what the counter booked beside what the centre says it settled. Pure.

Both sides are rows: a settlement is one, its refund another with the other sign (± pair, interface 2.10). They are
compared by ``setl_id``, in groups by which the centre clears. What differs is explained: which side is right, and what
closes it. The differences of a day add up to the whole difference of its totals, so an explanation is complete or it is none.
Amounts in fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Group:
    """By what settlements are cleared, and so by what their totals are stated (3201)."""

    insutype: str
    clr_type: str
    setl_optins: str
    """The agency that clears (清算经办机构)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a statement compares; cash passes no centre."""

    total_fen: int = 0
    fund_fen: int = 0
    """``fund_pay_sumamt`` as the centre states it: with the account's payment in an area whose fund contains that."""
    account_fen: int = 0

    def plus(self, other: Amounts) -> Amounts:
        """Return both added up."""
        return Amounts(
            total_fen=self.total_fen + other.total_fen,
            fund_fen=self.fund_fen + other.fund_fen,
            account_fen=self.account_fen + other.account_fen,
        )

    def minus(self, other: Amounts) -> Amounts:
        """Return what is left without ``other``."""
        negated = Amounts(total_fen=-other.total_fen, fund_fen=-other.fund_fen, account_fen=-other.account_fen)
        return self.plus(negated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One row of a statement: a settlement, or its refund with negative amounts."""

    setl_id: str
    mdtrt_id: str
    msgid: str
    """Empty in what a counter sends up; the centre's rows name it."""
    refund: bool
    amounts: Amounts | None
    """None where the centre's form of the file has none."""


BALANCED, CENTRE_MORE, COUNTER_MORE, DIFFERENT = "000000", "000101", "000102", "000103"
"""``stmt_rslt`` (interface 4): the same · the centre has more (unconfirmed) · the institution has more · both have it and it differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row of the centre's answer to 3202."""

    row: Stated
    result: str
    """``stmt_rslt``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of some rows."""

    count: int
    amounts: Amounts


class Known(StrEnum):
    """What the counter knows of a message that the centre names and the day's own rows do not."""

    OTHER_TILL = "other-till"
    """Another till of the institution made it."""
    WAITS = "waits"
    """Sent, and the answer is not here: a doubt, or a row of the queue."""
    BOOKED = "booked"
    """Settled here under this ``setl_id``, and counted on another day."""
    SECOND = "second"
    """Settled here under another ``setl_id``."""
    WRITTEN_OFF = "written-off"
    """Taken as not done, with goods out and nothing paid: booked as owed to the shop."""
    ENDED = "ended"
    """Taken as not done, and nothing is missing here."""
    NEVER = "never"
    """No record of it, in a journal that has them all."""
    LOST = "lost"
    """No record of it, and records were lost when the journal was restored."""


class Side(StrEnum):
    """Who is right."""

    CENTRE = "centre"
    COUNTER = "counter"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something differs: who is right, and the action that closes it."""

    code: str
    right: Side
    action: str
    """``wait`` another till's or day's statement · ``adopt`` take the centre's answer · ``release`` 2103 · ``adopt-loss`` adopt, and the
    loss is reversed · ``look`` a person looks at the slip and says whether it stands · ``claim`` the slip and the frozen request go
    to the agency by hand · ``take-figures`` the centre's figures are booked, what the customer's share changed by is owed."""
    automatic: bool
    """Whether the till or the sender does it by itself."""


ADOPTED_LATER = Cause(code="answer-lost", right=Side.CENTRE, action="adopt", automatic=True)
_SALES: Mapping[Known, Cause] = {
    Known.OTHER_TILL: Cause(code="other-till", right=Side.BOTH, action="wait", automatic=True),
    Known.WAITS: ADOPTED_LATER,
    Known.BOOKED: Cause(code="other-day", right=Side.BOTH, action="wait", automatic=True),
    Known.SECOND: Cause(code="settled-twice", right=Side.COUNTER, action="release", automatic=True),
    Known.WRITTEN_OFF: Cause(code="written-off", right=Side.CENTRE, action="adopt-loss", automatic=True),
    Known.ENDED: Cause(code="not-wanted", right=Side.COUNTER, action="release", automatic=True),
    Known.NEVER: Cause(code="not-ours", right=Side.COUNTER, action="release", automatic=True),
    Known.LOST: Cause(code="lost-here", right=Side.CENTRE, action="look", automatic=False),
}
REFUNDED_ELSEWHERE = Cause(code="refunded-elsewhere", right=Side.CENTRE, action="look", automatic=False)
_REFUNDS: Mapping[Known, Cause] = {
    known: _SALES[known] if known in {Known.OTHER_TILL, Known.WAITS, Known.BOOKED} else REFUNDED_ELSEWHERE for known in Known
}
MISSING_THERE = Cause(code="missing-there", right=Side.COUNTER, action="claim", automatic=False)
OTHER_AMOUNTS = Cause(code="other-amounts", right=Side.CENTRE, action="take-figures", automatic=False)
CAUSES: tuple[Cause, ...] = (*_SALES.values(), REFUNDED_ELSEWHERE, MISSING_THERE, OTHER_AMOUNTS)
RELEASED = frozenset({"settled-twice", "not-wanted", "not-ours"})
"""Causes by which a settlement that stands at the centre alone is released there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that is not the same on both sides."""

    cause: Cause
    here: Stated | None
    there: Stated | None

    @property
    def row(self) -> Stated:
        """Either side's row, the centre's first: it names more."""
        found = self.there or self.here
        assert found is not None
        return found

    @property
    def gap(self) -> Amounts:
        """What the centre has more."""
        none = Amounts()
        here = self.here.amounts if self.here is not None and self.here.amounts is not None else none
        there = self.there.amounts if self.there is not None and self.there.amounts is not None else none
        return there.minus(here)

    @property
    def more(self) -> int:
        """How many rows the centre has more: 1, 0 or -1."""
        return (self.there is not None) - (self.here is not None)

    def body(self) -> dict[str, Any]:
        """Return it JSON-ready; no person is in it."""
        return {
            "cause": self.cause.code,
            "right": str(self.cause.right),
            "action": self.cause.action,
            "automatic": self.cause.automatic,
            "setl_id": self.row.setl_id,
            "mdtrt_id": self.row.mdtrt_id,
            "msgid": self.row.msgid,
            "refund": self.row.refund,
            "here": _amounts(self.here),
            "there": _amounts(self.there),
            "gap": asdict(self.gap),
        }


def total_of(rows: Iterable[Stated]) -> Totals:
    """Return the sums of ``rows``: a refund lowers them, and is counted."""
    count, amounts = 0, Amounts()
    for row in rows:
        count, amounts = count + 1, amounts.plus(row.amounts or Amounts())
    return Totals(count=count, amounts=amounts)


def compare(here: Iterable[Stated], told: Iterable[Told], *, known: Callable[[Stated], Known]) -> tuple[Difference, ...]:
    """Return what differs, in the order in which the centre told of it. What it did not name is the same on both sides.

    ``known`` says what the counter knows of a row that is not among the day's own.
    """
    own, found = {row.setl_id: row for row in here}, []
    for one in told:
        mine = own.get(one.row.setl_id)
        if mine is None:
            causes = _REFUNDS if one.row.refund else _SALES
            found.append(Difference(cause=causes[known(one.row)], here=None, there=one.row))
        elif one.result == COUNTER_MORE:
            found.append(Difference(cause=MISSING_THERE, here=mine, there=None))
        elif one.result != BALANCED:
            found.append(Difference(cause=OTHER_AMOUNTS, here=mine, there=one.row))
    return tuple(found)


def explained(stated: Totals, differences: Iterable[Difference]) -> Totals:
    """Return what the totals are at the centre when ``differences`` are all there is: asked again, they are balanced, or one is missing."""
    count, amounts = stated.count, stated.amounts
    for difference in differences:
        count, amounts = count + difference.more, amounts.plus(difference.gap)
    return Totals(count=count, amounts=amounts)


def _amounts(row: Stated | None) -> dict[str, int] | None:
    return None if row is None or row.amounts is None else asdict(row.amounts)
