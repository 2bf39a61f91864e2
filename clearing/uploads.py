"""2204 and 2205: lines of a visit go up and come down, in batches."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert

from clearing import fee_lines, people
from clearing.errors import Refused
from clearing.pricing import PolicyOf, cuts_of, line_of, policy_in_force, price_claim
from clearing.schema import fee_line
from clearing.visits import Visit, bill_of_visit, visit_of
from nhsa import codes
from nhsa.envelope import Request
from nhsa.fee_lines import FeeDetail, FeeLinesCancellation, FeeLinesRequest
from settlement.bill import Benefit

_OF_A_CATALOGUE = (
    "med_chrgitm_type",
    "bas_medn_flag",
    "hi_nego_drug_flag",
    "chld_medc_flag",
    "list_sp_item_flag",
    "lmt_used_flag",
    "drt_reim_flag",
    "exp_content",
)
"""Members of a result that this centre, which keeps no catalogue, leaves null as real ones may."""


def upload(db: Connection, request: Request, policy_of: PolicyOf, *, answers_copies: bool) -> list[dict[str, Any]]:
    """Take lines into their batches and return how each is cut (2204). Raises :class:`Refused`.

    A line that is there already, the same to the letter, is answered as it was where the centre ``answers_copies``;
    else, and with another content, it is refused as a duplicate. Then nothing of the request is taken.
    """
    rows = FeeLinesRequest.model_validate({"feedetail": request.input.get("feedetail")}).feedetail
    head = rows[0]
    if {(row.mdtrt_id, row.psn_no) for row in rows} != {(head.mdtrt_id, head.psn_no)}:
        raise Refused("一次只能上传同一就诊的费用明细")
    if len({row.feedetl_sn for row in rows}) != len(rows):
        raise Refused("报文中两行明细的流水号相同")
    visit = visit_of(db, request, mdtrt_id=head.mdtrt_id, psn_no=head.psn_no)
    if not visit.med_type:
        raise Refused("还未上传就诊信息，请先上传就诊信息")
    held = {row["feedetl_sn"]: row for row in fee_lines.lines_of(db, visit.mdtrt_id)}
    results: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.feedetl_sn in held:
            if not answers_copies or held[row.feedetl_sn]["detail"] != _text(row):
                raise Refused("明细{line}的流水号已存在", line=row.feedetl_sn)
            results[row.feedetl_sn] = json.loads(held[row.feedetl_sn]["result"])
    fresh = [row for row in rows if row.feedetl_sn not in held]
    _refuse_mixed(db, visit, fresh)
    results |= {result["feedetl_sn"]: result for result in _cut(db, visit, fresh, policy_of)}
    for row in fresh:
        members = {name: getattr(row, name) for name in ("mdtrt_id", "chrg_bchno", "feedetl_sn", "dise_codg")}
        texts = {"detail": _text(row), "result": json.dumps(results[row.feedetl_sn], ensure_ascii=False)}
        db.execute(insert(fee_line).values(members | texts | {"med_type": visit.med_type}))
    return [results[row.feedetl_sn] for row in rows]


def take_down(db: Connection, request: Request, at: str) -> None:
    """Cancel one batch, or all lines that are not settled (2205); of the latter there may be none. Raises :class:`Refused`."""
    query = FeeLinesCancellation.model_validate(request.input.get("data"))
    visit = visit_of(db, request, mdtrt_id=query.mdtrt_id, psn_no=query.psn_no)
    every = query.chrg_bchno == codes.ALL_UNSETTLED
    lines = fee_lines.unsettled(db, visit.mdtrt_id, "" if every else query.chrg_bchno)
    if not lines and not every:
        paid = fee_lines.settled(db, visit.mdtrt_id, query.chrg_bchno)
        raise Refused("收费批次已结算，请先退费再撤销明细" if paid else "收费批次没有可撤销的费用明细")
    fee_lines.drop(db, lines, at)


def _refuse_mixed(db: Connection, visit: Visit, fresh: list[FeeDetail]) -> None:
    """One batch is one disease and one medical type, and closed once it is settled."""
    for batch in {row.chrg_bchno for row in fresh}:
        if fee_lines.settled(db, visit.mdtrt_id, batch):
            raise Refused("收费批次{batch}已结算，不能再上传明细", batch=batch)
        there = fee_lines.unsettled(db, visit.mdtrt_id, batch)
        if len({row["dise_codg"] for row in there} | {row.dise_codg for row in fresh if row.chrg_bchno == batch}) > 1:
            raise Refused("收费批次{batch}的病种编码不一致", batch=batch)
        if {row["med_type"] for row in there} - {visit.med_type}:
            raise Refused("收费批次{batch}的医疗类别不一致", batch=batch)


def _cut(db: Connection, visit: Visit, fresh: list[FeeDetail], policy_of: PolicyOf) -> list[dict[str, Any]]:
    """Price the lines by themselves: a bill that the pack cannot price is refused here, before anything hangs on it."""
    if not fresh:
        return []
    bill = bill_of_visit(db, visit, visit.med_type, tuple(line_of(row) for row in fresh))
    deductible_fen, fund_fen = people.accumulated(db, visit.psn_no, visit.begntime[:4])
    psn_type = people.insured_of(db, visit.psn_no).psn_type
    benefit = Benefit(psn_type=psn_type, deductible_used_fen=deductible_fen, fund_paid_fen=fund_fen, account_fen=0)
    claim = price_claim(bill, policy_in_force(policy_of, visit.admdvs, visit.begntime), benefit, use_account=False)
    return [dict.fromkeys(_OF_A_CATALOGUE) | cut for cut in cuts_of(claim)]


def _text(row: FeeDetail) -> str:
    return json.dumps(row.wire(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
