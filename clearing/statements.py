"""Reconciling with institutions: 3201, 3202 with its files (9101, 9102), and clearing (3203, 3204).

A day is that of the centre's ``setl_time``. A settlement and its refund are two rows, each on its own day; what 2601 undid is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from clearing.errors import Refused
from clearing.ledger import next_number
from clearing.schema import clearing_application, settlement, stated, statement_file
from clearing.settlements import Booked, booked_of
from nhsa import clearing, codes, statement
from nhsa.envelope import Request
from nhsa.reading import NotReadable
from settlement.money import parse_scaled
from settlement.statement import BALANCED, CENTRE_MORE, COUNTER_MORE, DIFFERENT, Amounts, Group, Stated, Told, Totals, total_of

_WORDS = {BALANCED: "对账平", CENTRE_MORE: "中心多", COUNTER_MORE: "定点机构多", DIFFERENT: "数据不一致"}
_RESULTS = "result.txt"
_FAULTY = "对账文件内容不正确"


def totals(db: Connection, request: Request, at: str) -> dict[str, Any]:
    """Answer 3201: whether the institution's sums of some days are the centre's."""
    query = statement.TotalsQuery.model_validate(request.input.get("data"))
    group = Group(insutype=query.insutype, clr_type=query.clr_type, setl_optins=query.setl_optins)
    days = (query.stmt_begndate, query.stmt_enddate)
    rows = [stated_of(booked) for booked in settled(db, request.fixmedins_code, days) if group_of(booked) == group]
    said = _said(query.fixmedins_setl_cnt, query.medfee_sumamt, query.fund_pay_sumamt, query.acct_pay)
    result = result_of(said, total_of(rows))
    _keep(db, request, group, said, result, days[0], "", at)
    return {"stmtinfo": {"setl_optins": query.setl_optins, "stmt_rslt": result, "stmt_rslt_dscr": _WORDS[result]}}


def take_file(db: Connection, request: Request, at: str) -> dict[str, Any]:
    """Take a file (9101)."""
    try:
        content, filename = statement.read_upload(request.input.get("fsUploadIn"))
    except NotReadable as error:
        raise Refused(_FAULTY) from error
    return _lay_ready(db, request, content, filename, at) | {"fixmedins_code": request.fixmedins_code}


def details(db: Connection, request: Request, at: str) -> dict[str, Any]:
    """Answer 3202: compare the rows of a file that was sent up with the centre's own, and lay the result ready."""
    query = statement.DetailsQuery.model_validate(request.input.get("data"))
    content, _ = _file(db, request.fixmedins_code, query.file_qury_no)
    try:
        rows = statement.read_rows(content)
    except ValueError as error:
        raise Refused(_FAULTY) from error
    said = total_of(row.stated for row in rows)
    sums = _said(query.fixmedins_setl_cnt, query.medfee_sumamt, query.fund_pay_sumamt, "0")
    if (said.count, said.amounts.total_fen, said.amounts.fund_fen) != (sums.count, sums.amounts.total_fen, sums.amounts.fund_fen):
        raise Refused("对账文件的合计与上报的合计不符")
    days = (query.stmt_begndate, query.stmt_enddate)
    booked = [
        one
        for one in settled(db, request.fixmedins_code, days)
        if (group_of(one).setl_optins, group_of(one).clr_type) == (query.setl_optins, query.clr_type)
    ]
    found = tuple(results(rows, booked))
    worst = {row.told.result for row in found}
    result = BALANCED if not worst else worst.pop() if len(worst) == 1 else DIFFERENT
    about = Group(insutype="", clr_type=query.clr_type, setl_optins=query.setl_optins)
    _keep(db, request, about, said, result, days[0], query.file_qury_no, at)
    return {"fileinfo": _lay_ready(db, request, statement.write_results(found, _RESULTS), "result.zip", at)}


def hand_out(db: Connection, request: Request) -> bytes:
    """Return the file that 9102 asks for."""
    query = statement.Download.model_validate(request.input.get("fsDownloadIn"))
    if query.fixmedins_code != request.fixmedins_code:
        raise Refused("文件不存在")
    return _file(db, request.fixmedins_code, query.file_qury_no)[0]


def apply(db: Connection, request: Request, at: str) -> dict[str, Any]:
    """Take an application for clearing (3203): of days that are over, whose sums are the centre's, and of which nothing is applied for."""
    query = clearing.Application.model_validate(request.input.get("data"))
    group = Group(insutype=query.insutype, clr_type=query.clr_type, setl_optins=query.setl_optins)
    if not query.begndate <= query.enddate < at[:10]:
        raise Refused("清算期间不正确")
    if _applied(db, request.fixmedins_code, group, (query.begndate, query.enddate)):
        raise Refused("清算期间内已有清算申请")
    rows = [one for one in settled(db, request.fixmedins_code, (query.begndate, query.enddate)) if group_of(one) == group]
    said = _said(query.psntime, query.medfee_sumamt, query.fund_appy_sum, query.acct_pay)
    if said != total_of(stated_of(one) for one in rows):
        raise Refused("清算申请的合计与中心不符，请先对账")
    number = f"{query.setl_optins}{at[:10].replace('-', '')}{next_number(db, 'clearing'):08d}"
    row = {name: getattr(query, name) for name in ("insutype", "clr_type", "setl_optins", "begndate", "enddate")}
    db.execute(insert(clearing_application).values(clr_appy_evt_id=number, fixmedins_code=request.fixmedins_code, at=at, **row))
    return {"data": {"clr_appy_evt_id": number}}


def cancel(db: Connection, request: Request, at: str) -> None:
    """Take an application back (3204)."""
    query = clearing.Cancellation.model_validate(request.input.get("data"))
    own = (clearing_application.c.clr_appy_evt_id == query.clr_appy_evt_id, clearing_application.c.fixmedins_code == request.fixmedins_code)
    changed = db.execute(update(clearing_application).where(*own, clearing_application.c.cancelled == "").values(cancelled=at))
    if not changed.rowcount:
        raise Refused("清算申请不存在")


def refuse_cleared(db: Connection, *, setl_id: str = "", msgid: str = "") -> None:
    """Raise :class:`Refused` when a settlement lies in a period that was applied for: it is corrected by hand from then on."""
    named = settlement.c.setl_id == setl_id if setl_id else settlement.c.msgid == msgid
    for row in db.execute(select(settlement).where(named)).mappings():
        booked = booked_of(row)
        day = booked.setl_time[:10]
        if _applied(db, booked.fixmedins_code, group_of(booked), (day, day)):
            raise Refused("原结算已清算，不能退费，请到经办机构手工办理")


def settled(db: Connection, fixmedins_code: str, days: tuple[str, str]) -> list[Booked]:
    """Return what stands in the books of an institution for some days, first and last, by the centre's time."""
    between = settlement.c.setl_time.between(f"{days[0]} 00:00:00", f"{days[1]} 23:59:59")
    own = (settlement.c.fixmedins_code == fixmedins_code, settlement.c.corrected == 0, between)
    return [booked_of(row) for row in db.execute(select(settlement).where(*own).order_by(settlement.c.number)).mappings()]


def group_of(booked: Booked) -> Group:
    """Return by what a settlement is cleared."""
    at_clinic = booked.infno in {"2207", "2208"}
    clr_type = codes.CLEARED_AS_OUTPATIENT if at_clinic else codes.CLEARED_AT_PHARMACY
    return Group(insutype=booked.insutype, clr_type=clr_type, setl_optins=booked.admdvs)


def stated_of(booked: Booked) -> Stated:
    """Return a row of the ledger as a statement has it."""
    figures = booked.figures
    amounts = Amounts(total_fen=figures.medfee_sumamt, fund_fen=figures.fund_pay_sumamt, account_fen=figures.acct_pay)
    return Stated(setl_id=booked.setl_id, mdtrt_id=booked.mdtrt_id, msgid=booked.msgid, refund=bool(booked.original), amounts=amounts)


def results(rows: Sequence[statement.Row], booked: Iterable[Booked]) -> Iterable[statement.ResultRow]:
    """Return what differs between an institution's rows and the centre's, the centre's order first."""
    own = {row.stated.setl_id: row for row in rows}
    for one in booked:
        mine = own.pop(one.setl_id, None)
        row = stated_of(one)
        if mine is None:
            yield _found(one.psn_no, row, CENTRE_MORE)
        elif (mine.stated.amounts, mine.stated.refund, mine.psn_no) != (row.amounts, row.refund, one.psn_no):
            yield _found(one.psn_no, row, DIFFERENT)
    for left in own.values():
        yield _found(left.psn_no, left.stated, COUNTER_MORE)


def _found(psn_no: str, row: Stated, result: str) -> statement.ResultRow:
    return statement.ResultRow(psn_no=psn_no, told=Told(row=row, result=result), memo=_WORDS[result])


def _said(count: str, total: str, fund: str, account: str) -> Totals:
    total_fen, fund_fen, account_fen = (parse_scaled(text, 2) for text in (total, fund, account))
    return Totals(count=int(count), amounts=Amounts(total_fen=total_fen, fund_fen=fund_fen, account_fen=account_fen))


def result_of(said: Totals, held: Totals) -> str:
    """Return ``stmt_rslt`` of what an institution said beside what the centre holds."""
    if said == held:
        return BALANCED
    if said.count != held.count:
        return CENTRE_MORE if held.count > said.count else COUNTER_MORE
    return DIFFERENT


def _keep(db: Connection, request: Request, group: Group, said: Totals, result: str, day: str, file: str, at: str) -> None:
    amounts = {
        "medfee_fen": said.amounts.total_fen,
        "fund_fen": said.amounts.fund_fen,
        "account_fen": said.amounts.account_fen,
    }
    about = {"insutype": group.insutype, "clr_type": group.clr_type, "setl_optins": group.setl_optins, "day": day}
    told = {"infno": request.infno, "fixmedins_code": request.fixmedins_code, "stmt_rslt": result, "file_qury_no": file, "at": at}
    db.execute(insert(stated).values(fixmedins_setl_cnt=said.count, **amounts, **about, **told))


def _lay_ready(db: Connection, request: Request, content: bytes, filename: str, at: str) -> dict[str, Any]:
    number = f"{request.mdtrtarea_admvs}{at[:10].replace('-', '')}{next_number(db, 'file'):08d}"
    row = {"file_qury_no": number, "fixmedins_code": request.fixmedins_code, "filename": filename, "content": content, "at": at}
    db.execute(insert(statement_file).values(row))
    return {"file_qury_no": number, "filename": filename, "dld_endtime": None}


def _file(db: Connection, fixmedins_code: str, number: str) -> tuple[bytes, str]:
    own = (statement_file.c.file_qury_no == number, statement_file.c.fixmedins_code == fixmedins_code)
    found = db.execute(select(statement_file.c.content, statement_file.c.filename).where(*own)).first()
    if found is None:
        raise Refused("文件不存在")
    return bytes(found[0]), str(found[1])


def _applied(db: Connection, fixmedins_code: str, group: Group, days: tuple[str, str]) -> bool:
    table = clearing_application
    of_group = (table.c.insutype == group.insutype, table.c.clr_type == group.clr_type, table.c.setl_optins == group.setl_optins)
    crossing = (table.c.begndate <= days[1], table.c.enddate >= days[0], table.c.cancelled == "")
    wanted = select(table.c.clr_appy_evt_id).where(table.c.fixmedins_code == fixmedins_code, *of_group, *crossing)
    return db.execute(wanted).first() is not None
