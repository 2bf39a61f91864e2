"""Whether the money of a purchase is right: an independent count, from the centre's ledger and what a counter believes.

Right is: what the counter has booked is what the centre has, in number and in each amount; and what the centre paid and what lies
in the drawer are together the price of goods that left, or nothing when none did. It knows no rule of either counter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from terminal.demo.versus.customers import Customer, Fault, number_of

Export = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One settlement (sign 1) or the release of one (−1), as one side has it; amounts in fen, negative in a release."""

    msgid: str
    """Of the settlement, also in the row that releases it."""
    sign: int
    fund_fen: int
    account_fen: int
    cash_fen: int


@dataclass(slots=True, kw_only=True)
class Believed:
    """What one counter believes at the end of the day."""

    rows: list[Row] = field(default_factory=list)
    cash_fen: dict[int, int] = field(default_factory=dict)
    """By customer: cash taken for a sale that the centre has nothing to do with."""
    goods_out: set[int] = field(default_factory=set)
    """Customers who left with the goods."""
    open: list[str] = field(default_factory=list)
    """What the counter itself lists as not known, or not delivered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One purchase whose money is wrong."""

    number: int
    fault: Fault
    fen: int
    """By how much what was paid differs from what was due."""
    why: str


def rows_at_centre(centre: Export, fixmedins_code: str) -> list[Row]:
    """Return what the centre's export has of one institution."""
    return [_row(item) for item in centre["settlements"] if item["msgid"].startswith(fixmedins_code)]


def rows_in_journal(journal: Export) -> list[Row]:
    """Return what a journal's export holds as done, and what a statement found at the centre alone."""
    alone = [item | {"original": ""} for item in journal["stood_alone"] if not item["adopted"]]
    return [_row(item) for item in [*journal["settlements"], *alone] if item.get("done", True)]


def wrongs(customers: Iterable[Customer], believed: Believed, centre: Iterable[Row]) -> list[Wrong]:
    """Return every purchase whose money is wrong, and one for all rows that belong to none."""
    here, there = _by_number(believed.rows), _by_number(centre)
    found = []
    for customer in customers:
        number = customer.number
        booked, settled = _net(here.pop(number, [])), _net(there.pop(number, []))
        drawer_fen = booked.cash_fen + believed.cash_fen.get(number, 0)
        due_fen = customer.total_fen if number in believed.goods_out else 0
        excess_fen = settled.fund_fen + settled.account_fen + drawer_fen - due_fen
        if booked != settled or excess_fen:
            why = f"centre {_said(settled)}, counter {_said(booked)}, drawer {drawer_fen}, due {due_fen}"
            found.append(Wrong(number=number, fault=customer.fault, fen=abs(excess_fen), why=why))
    for number, rows in [*here.items(), *there.items()]:
        found.append(Wrong(number=number, fault=Fault.NONE, fen=0, why=f"belongs to no purchase: {rows[0].msgid}"))
    return found


def _row(item: Export) -> Row:
    moved = item["movements"]
    return Row(
        msgid=item["original"] or item["msgid"],
        sign=-1 if item["original"] else 1,
        fund_fen=moved["fund_fen"],
        account_fen=moved["account_fen"],
        cash_fen=moved["cash_fen"],
    )


def _by_number(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[number_of(row.msgid)].append(row)
    return dict(found)


def _net(rows: list[Row]) -> Row:
    return Row(
        msgid="",
        sign=sum(row.sign for row in rows),
        fund_fen=sum(row.fund_fen for row in rows),
        account_fen=sum(row.account_fen for row in rows),
        cash_fen=sum(row.cash_fen for row in rows),
    )


def _said(net: Row) -> str:
    return f"{net.sign} × ({net.fund_fen} / {net.account_fen} / {net.cash_fen})"
