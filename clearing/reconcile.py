"""``yibao-clearing reconcile``: what the centre has of a day beside what each institution stated, group by group.

The centre's own books are looked at first (every movement adds up to zero); then the sums by which each institution is cleared
beside the sums that it last stated (3201), and the rows of its last file (3202) beside the rows in the books now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from clearing import statements
from clearing.ledger import balanced
from clearing.schema import settlement, stated, statement_file
from clearing.settlements import Booked
from nhsa import statement
from settlement.money import format_yuan
from settlement.plain import one_line
from settlement.statement import BALANCED, CENTRE_MORE, COUNTER_MORE, Amounts, Group, Totals, total_of

SCHEMA = 1
NOT_STATED = ""
"""Of a group that the institution has not stated that day."""
_SAID = {
    CENTRE_MORE: ("中心有、机构没有 / the centre has it alone", "机构按报文编号采纳或撤销 / the institution adopts or releases it"),
    COUNTER_MORE: ("机构有、中心没有 / the institution has it alone", "机构凭票据申报 / the institution claims it by its slip"),
}
_DIFFERS = ("金额不一致 / other amounts", "以中心为准，机构更正 / the centre's figures stand, the institution corrects")


def reconcile(db: Connection, day: str, fixmedins_code: str = "") -> dict[str, Any]:
    """Return a day, JSON-ready: of one institution, or of all that settled or stated anything."""
    codes = [fixmedins_code] if fixmedins_code else _institutions(db, day)
    found = [_institution(db, code, day) for code in codes]
    return {"schema": SCHEMA, "day": day, "books_balanced": balanced(db), "institutions": found}


def agrees(found: dict[str, Any]) -> bool:
    """Whether nothing is left: every group stated and the same, and no row that differs."""
    return found["books_balanced"] and all(
        not one["differences"] and all(group["stmt_rslt"] == BALANCED for group in one["groups"]) for one in found["institutions"]
    )


def said(found: dict[str, Any]) -> str:
    """Return the same as text."""
    lines = [f"{found['day']}  {'账平 / books balanced' if found['books_balanced'] else '账不平 / BOOKS NOT BALANCED'}"]
    for one in found["institutions"]:
        lines.append(one["fixmedins_code"])
        for group in one["groups"]:
            name = f"{group['insutype']} {group['clr_type']} {group['setl_optins']}"
            lines += [
                f"  {name}  {_sums('中心 / centre', group['centre'])}",
                f"  {' ' * len(name)}  {_sums('机构 / stated', group['stated'])}",
            ]
            lines.append(f"  {' ' * len(name)}  {_verdict(group['stmt_rslt'])}")
        for row in one["differences"]:
            why, action = _SAID.get(row["stmt_rslt"], _DIFFERS)
            amounts = row["there"] or row["here"]
            total = format_yuan(amounts["total_fen"]) if amounts else ""
            lines.append(one_line(f"  ✗ {row['setl_id']}  {row['msgid']}  {total}  {why} → {action}"))
    return "\n".join(lines)


def _institutions(db: Connection, day: str) -> list[str]:
    between = settlement.c.setl_time.between(f"{day} 00:00:00", f"{day} 23:59:59")
    settled = db.execute(select(settlement.c.fixmedins_code).where(between).distinct()).scalars()
    told = db.execute(select(stated.c.fixmedins_code).where(stated.c.day == day).distinct()).scalars()
    return sorted({*settled, *told})


def _institution(db: Connection, code: str, day: str) -> dict[str, Any]:
    booked = statements.settled(db, code, (day, day))
    of_day = (stated.c.fixmedins_code == code, stated.c.day == day)
    told = db.execute(select(stated).where(*of_day).order_by(stated.c.number)).mappings().all()
    last = {_group(row): row for row in told if row["infno"] == statement.TOTALS}
    groups = sorted({*last, *(statements.group_of(one) for one in booked)})
    files = {(row["setl_optins"], row["clr_type"]): row["file_qury_no"] for row in told if row["infno"] == statement.DETAILS}
    return {
        "fixmedins_code": code,
        "groups": [_compared(group, booked, last.get(group)) for group in groups],
        "differences": [row for of_file, number in sorted(files.items()) for row in _differences(db, booked, of_file, number)],
    }


def _compared(group: Group, booked: Iterable[Booked], row: RowMapping | None) -> dict[str, Any]:
    held = total_of(statements.stated_of(one) for one in booked if statements.group_of(one) == group)
    return {
        **asdict(group),
        "centre": _totals(held),
        "stated": None if row is None else _totals(_stated(row)),
        # As it stands now: what was the same when it was stated may not be any more.
        "stmt_rslt": NOT_STATED if row is None else statements.result_of(_stated(row), held),
    }


def _differences(db: Connection, booked: Iterable[Booked], of_file: tuple[str, str], number: str) -> Iterable[dict[str, Any]]:
    content = db.execute(select(statement_file.c.content).where(statement_file.c.file_qury_no == number)).scalar_one()
    rows = statement.read_rows(bytes(content))
    own = {row.stated.setl_id: row.stated for row in rows}
    of_agency = [one for one in booked if (statements.group_of(one).setl_optins, statements.group_of(one).clr_type) == of_file]
    for found in statements.results(rows, of_agency):
        row, mine = found.told.row, own.get(found.told.row.setl_id)
        centre = None if found.told.result == COUNTER_MORE else row.amounts
        yield {
            "setl_id": row.setl_id,
            "msgid": row.msgid,
            "refund": row.refund,
            "stmt_rslt": found.told.result,
            "here": _amounts(centre),
            "there": _amounts(mine.amounts if mine is not None else None),
        }


def _group(row: RowMapping) -> Group:
    return Group(insutype=row["insutype"], clr_type=row["clr_type"], setl_optins=row["setl_optins"])


def _stated(row: RowMapping) -> Totals:
    amounts = Amounts(total_fen=row["medfee_fen"], fund_fen=row["fund_fen"], account_fen=row["account_fen"])
    return Totals(count=row["fixmedins_setl_cnt"], amounts=amounts)


def _totals(totals: Totals) -> dict[str, int]:
    return {"count": totals.count, **asdict(totals.amounts)}


def _amounts(amounts: Amounts | None) -> dict[str, int] | None:
    return None if amounts is None else asdict(amounts)


def _sums(name: str, sums: dict[str, int] | None) -> str:
    if sums is None:
        return f"{name}  —"
    total, fund, account = (format_yuan(sums[key]) for key in ("total_fen", "fund_fen", "account_fen"))
    return f"{name}  {sums['count']} 笔  总额 {total}  统筹 {fund}  个账 {account}"


def _verdict(result: str) -> str:
    if result == BALANCED:
        return "平 / balanced"
    return "未上报 / not stated" if result == NOT_STATED else f"不平 / differs ({result})"
