"""What the centre holds, for an audit: every settlement, visit and person, and whether the ledger balances.

``ledger_fen`` is counted from the settlements, ``available_fen`` and the earmarks from the accounts: two ways
to the same sum.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from clearing import boxes, fee_lines
from clearing.allowances import earmarks_of
from clearing.card_accounts import ON_CARD
from clearing.ledger import OPENING, available, balance_fen, balanced
from clearing.people import hotlist
from clearing.schema import card_debit, entry, movement, person, settlement, visit
from clearing.settlements import Booked, booked_of

SCHEMA = 1


def export(db: Connection) -> dict[str, Any]:
    """Return the whole ledger, JSON-ready."""
    certno = {row.psn_no: row.certno for row in db.execute(select(person.c.psn_no, person.c.certno))}
    rows = db.execute(select(settlement).order_by(settlement.c.number)).mappings().all()
    live = [booked_of(row) for row in rows if not row["corrected"]]
    msgids = {row["setl_id"]: row["msgid"] for row in rows}
    forks, again = _forks(live), boxes.sold_again(db)
    unchecked = {row.msgid: row.unchecked for row in db.execute(select(card_debit.c.msgid, card_debit.c.unchecked))}
    version, numbers = hotlist(db)
    return {
        "schema": SCHEMA,
        "balanced": balanced(db),
        "settlements": [
            {
                **_settlement(booked, certno[booked.psn_no], msgids, unchecked),
                "forked": forks.get(booked.msgid, []),
                "boxes_again": again.get(booked.msgid, []),
            }
            for booked in live
        ],
        "corrected": [{"infno": row["infno"], "msgid": row["msgid"], "setl_id": row["setl_id"]} for row in rows if row["corrected"]],
        "visits": [_visit(db, row, certno[row["psn_no"]]) for row in db.execute(select(visit).order_by(visit.c.mdtrt_id)).mappings()],
        "persons": [_person(db, psn_no, certno[psn_no], live) for psn_no in sorted(certno)],
        "hotlist": {"version": version, "numbers": list(numbers)},
    }


def _forks(live: list[Booked]) -> dict[str, list[str]]:
    """Return, of each off-line sale whose place on the card another used as well, the others: one of the two cards is a copy.

    A card uses each counter value of a generation once (commit-protocol 9, 4), and none again while its sales may be under way.
    """
    places: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for booked in live:
        debit = json.loads(booked.debit) if booked.debit else {}
        if "counter_after" in debit:
            places[debit["card_no"], debit["generation"], debit["counter_after"]].append(booked.msgid)
    return {msgid: [other for other in used if other != msgid] for used in places.values() if len(used) > 1 for msgid in used}


def _settlement(booked: Booked, certno: str, msgids: dict[str, str], unchecked: dict[str, str]) -> dict[str, Any]:
    total, fund, account, cash = booked.figures.movements()
    return {
        "infno": booked.infno,
        "msgid": booked.msgid,
        "original": msgids.get(booked.original, ""),
        "undoes": booked.original,
        "setl_id": booked.setl_id,
        "mdtrt_id": booked.mdtrt_id,
        "psn_no": booked.psn_no,
        "certno": certno,
        "card_no": booked.card_no,
        "begntime": booked.begntime,
        "setl_time": booked.setl_time,
        "med_type": booked.med_type,
        "pack": booked.pack,
        "movements": {"total_fen": total, "fund_fen": fund, "account_fen": account, "cash_fen": cash},
        "figures": asdict(booked.figures),
        "offline": bool(booked.debit),
        "covered_fen": booked.covered_fen,
        "unchecked": unchecked.get(booked.msgid, "") if booked.debit else "",
    }


def _visit(db: Connection, row: RowMapping, certno: str) -> dict[str, Any]:
    same = ("mdtrt_id", "ipt_otp_no", "fixmedins_code", "psn_no", "med_type", "begntime", "registered", "cancelled")
    unsettled = len(fee_lines.unsettled(db, row["mdtrt_id"]))
    return {
        **{name: row[name] for name in same},
        "certno": certno,
        "registration": json.loads(row["registration"]),
        "told": json.loads(row["told"]) if row["told"] else None,
        "lines": {"settled": len(fee_lines.lines_of(db, row["mdtrt_id"])) - unsettled, "unsettled": unsettled},
    }


def _person(db: Connection, psn_no: str, certno: str, live: list[Booked]) -> dict[str, Any]:
    brought = select(func.sum(entry.c.amount_fen)).join(movement, movement.c.number == entry.c.movement)
    opened_fen = db.execute(brought.where(movement.c.kind == OPENING, entry.c.account == available(psn_no))).scalar() or 0
    spent_fen = sum(booked.figures.acct_pay for booked in live if booked.psn_no == psn_no)
    earmarks = earmarks_of(db, psn_no)
    return {
        "certno": certno,
        "psn_no": psn_no,
        "ledger_fen": opened_fen - spent_fen,
        "available_fen": balance_fen(db, available(psn_no)),
        "earmarks": [_earmark(db, row) for row in earmarks],
    }


def _earmark(db: Connection, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    of_earmark = select(func.sum(entry.c.amount_fen)).join(movement, movement.c.number == entry.c.movement)
    of_earmark = of_earmark.where(entry.c.account == f"earmark/{row['number']}")
    moved = {kind: db.execute(of_earmark.where(movement.c.kind == kind)).scalar() or 0 for kind in ("settlement", "return")}
    return {
        "card_no": row["card_no"],
        "generation": None if row["generation"] == ON_CARD else row["generation"],
        "granted_fen": row["grant_fen"],
        "debited_fen": -moved["settlement"],
        "returned_fen": -moved["return"],
        "open_fen": row["open_fen"],
        "not_after": row["not_after"],
        "seen": bool(row["seen"]),
        "state": row["state"],
    }
