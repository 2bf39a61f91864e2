"""Differences with the centre that a person closes: the ways that each may be closed, and what is owed afterwards. Pure.

What a statement explains by itself is done by the till and the sender (:mod:`settlement.statement`). Of the rest somebody has to know
what became of the goods, or goes to the agency. Only what the statement of a day that is over says may be closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from settlement.facts import Body, Fact
from settlement.figures import Figures

DIFFERENCE_FOUND = "difference_found"
"""The sender's record: one of them, as the statement and 5203 have it."""


class How(StrEnum):
    """How a person closes one."""

    STANDS = "stands"
    """Its slip is here and the goods went out: the centre's row is stated from now on."""
    RELEASE = "release"
    """Nobody has the goods: it is released there by 2103."""
    GOODS_BACK = "goods-back"
    """Refunded elsewhere, and the goods are here again: the refund is stated, nothing is owed."""
    GOODS_OUT = "goods-out"
    """Refunded elsewhere, and the goods stayed out: the refund is stated, and what fund and account paid is owed by the customer."""
    CLAIMED = "claimed"
    """Slip and request went to the agency: it is not stated any more, and what fund and account were to pay is owed by the agency."""
    TAKEN = "taken"
    """The centre's figures are booked: what the customer's share changed by is owed, by the customer where it is more."""


CLOSED_BY: Mapping[str, tuple[How, ...]] = {
    "lost-here": (How.STANDS, How.RELEASE),
    "refunded-elsewhere": (How.GOODS_BACK, How.GOODS_OUT),
    "missing-there": (How.CLAIMED,),
    "other-amounts": (How.TAKEN,),
}
"""By the code of a :class:`~settlement.statement.Cause`."""
STATED = frozenset({How.STANDS, How.GOODS_BACK, How.GOODS_OUT, How.TAKEN})
"""After these the centre's row is this till's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceClosed(Fact):
    """A difference is closed by a person. Its subject is the difference; the settlement's own records stay as they are."""

    kind: ClassVar[str] = "difference_closed"
    at: str
    operator: str
    how: str
    owed_fen: int
    """What the shop has to get of somebody afterwards; negative = it owes the customer."""
    row: Body = field(hash=False)
    """What was found: the body of the ``difference_found`` record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated(Fact):
    """The centre's figures of a settlement that was booked with others."""

    kind: ClassVar[str] = "restated"
    figures: Figures


def subject_of(setl_id: str) -> str:
    """Return under which subject a difference about the centre's settlement ``setl_id`` stands in the journal."""
    return f"difference {setl_id}"


def amounts_of(total_fen: int, fund_fen: int, account_fen: int, cash_fen: int) -> dict[str, int]:
    """Return one side of a difference: the account beside the fund, whatever the area's statements do."""
    return {"total_fen": total_fen, "fund_fen": fund_fen, "account_fen": account_fen, "cash_fen": cash_fen}


def closed(subject: str, row: Body, how: How, *, at: str, operator: str) -> tuple[Fact, ...]:
    """Return what closes the difference ``row`` in this way. Raises :class:`ValueError` where it is none of its ways."""
    if how not in CLOSED_BY[row["cause"]]:
        message = f"{row['cause']} is not closed by {how}"
        raise ValueError(message)
    facts: list[Fact] = [DifferenceClosed(subject=subject, at=at, operator=operator, how=how, owed_fen=owed_fen(row, how), row=row)]
    if how is How.TAKEN:
        facts.append(Restated(subject=row["msgid"], figures=Figures(**row["figures"])))
    return tuple(facts)


def owed_fen(row: Mapping[str, Any], how: How) -> int:
    """Return what the shop has to get of somebody once ``row`` is closed in this way."""
    match how:
        case How.GOODS_OUT:
            return -_paid_for(row["there"])
        case How.CLAIMED:
            return _paid_for(row["here"])
        case How.TAKEN:
            there_fen: int = row["there"]["cash_fen"]
            here_fen: int = row["here"]["cash_fen"]
            return there_fen - here_fen
        case _:
            return 0


def _paid_for(side: Mapping[str, int]) -> int:
    return side["fund_fen"] + side["account_fen"]
