"""2206 and 2207: the dry run and the settlement of one uploaded batch.

The request repeats what the uploads were answered; the centre compares, prices the whole batch and books it as a
pharmacy sale is booked: on-line ``available`` is spent, and with the card's evidence its earmark.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, insert

from clearing import boxes, certificates, fee_lines, people
from clearing.errors import Refused
from clearing.ledger import available, balance_fen
from clearing.people import Insured
from clearing.pricing import Claim, PolicyOf, line_of, policy_in_force, price_claim
from clearing.schema import settled_line
from clearing.settlements import BATCH_SALE, Booked, Funds, book_sale, funds_of, identity
from clearing.visits import Visit, bill_of_visit, visit_of
from nhsa import codes
from nhsa.envelope import Request
from nhsa.fee_lines import FeeDetail, read_results, uploaded
from nhsa.outpatient import BatchSettlement, BatchSettlementRequest, DryRun
from settlement.bill import Benefit
from settlement.figures import Figures
from settlement.money import format_yuan, parse_yuan

_SUMS = {
    "medfee_sumamt": "医疗费总额",
    "fulamt_ownpay_amt": "全自费金额",
    "overlmt_selfpay": "超限价金额",
    "preselfpay_amt": "先行自付金额",
    "inscp_scp_amt": "符合政策范围金额",
}
"""What the request repeats of the uploads (identity A), in words."""
_OTHER_SUM = "{what}与已上传的费用明细合计 {there} 不符"


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """One batch, priced and not booked."""

    visit: Visit
    insured: Insured
    card_no: str
    lines: Sequence[RowMapping]
    claim: Claim
    funds: Funds


def dry_run(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> Priced:
    """Price a batch and book nothing (2206). Raises :class:`Refused`."""
    return _priced(db, request, DryRun.model_validate(request.input.get("data")), policy_of, at)


def settle(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> Booked:
    """Settle a batch (2207). Raises :class:`Refused`."""
    nodes = {name: request.input[name] for name in ("data", "drug_trac_info") if name in request.input}
    wanted = BatchSettlementRequest.model_validate(nodes)
    priced = _priced(db, request, wanted.data, policy_of, at)
    there = {line["feedetl_sn"] for line in priced.lines}
    for box in wanted.drug_trac_info or ():
        if box.feedetl_sn not in there:
            raise Refused("追溯码所指的明细{line}不在此收费批次", line=box.feedetl_sn)
    figures = priced.claim.figures
    booked = Booked(
        setl_id=identity(db, "setl", request, at),
        mdtrt_id=priced.visit.mdtrt_id,
        infno=BATCH_SALE,
        msgid=request.msgid,
        original="",
        psn_no=priced.insured.psn_no,
        card_no=priced.card_no,
        mdtrt_cert_type=wanted.data.mdtrt_cert_type,
        insutype=wanted.data.insutype,
        med_type=wanted.data.med_type,
        admdvs=priced.visit.admdvs,
        fixmedins_code=request.fixmedins_code,
        begntime=priced.visit.begntime,
        setl_time=at,
        pack=priced.claim.split.pack,
        figures=replace(figures, balc=balance_fen(db, available(priced.insured.psn_no)) + priced.funds.returned_fen(figures)),
        debit=priced.funds.told,
        covered_fen=priced.funds.cover.fen,
    )
    book_sale(db, booked, priced.funds)
    sold = (box.drug_trac_codg for box in wanted.drug_trac_info or ())
    boxes.sell(db, booked.setl_id, sold, msgid=request.msgid, offline=priced.funds.debit is not None)
    db.execute(insert(settled_line), [{"setl_id": booked.setl_id, "line": line["number"]} for line in priced.lines])
    return booked


def _priced(db: Connection, request: Request, wanted: DryRun, policy_of: PolicyOf, at: str) -> Priced:
    visit = visit_of(db, request, mdtrt_id=wanted.mdtrt_id, psn_no=wanted.psn_no)
    insured, card_no = certificates.presented(
        db, request, policy_of, at, psn_no=wanted.psn_no, cert_type=wanted.mdtrt_cert_type, cert_no=wanted.mdtrt_cert_no
    )
    evidence = wanted.exp_content if isinstance(wanted, BatchSettlement) else ""
    funds = funds_of(db, insured, card_no, msgid=request.msgid, exp_content=evidence, begntime=visit.begntime, at=at)
    if wanted.psn_setlway != codes.BY_ITEM:
        raise Refused("本中心只支持按项目结算")
    lines = fee_lines.unsettled(db, visit.mdtrt_id, wanted.chrg_bchno)
    if not lines:
        paid = fee_lines.settled(db, visit.mdtrt_id, wanted.chrg_bchno)
        raise Refused("收费批次已结算，请勿重复结算" if paid else "还未上传费用，请先上传费用再进行结算")
    if wanted.insutype != visit.insutype:
        raise Refused("险种与挂号时不符")
    if {line["med_type"] for line in lines} != {wanted.med_type}:
        raise Refused("医疗类别与上传明细时的就诊信息不符")
    sums = uploaded(read_results({"result": [json.loads(line["result"]) for line in lines]}))
    _refuse_other_sums(wanted, sums)
    claim = _claim(db, visit, wanted, insured, lines, policy_of, funds)
    if any(getattr(sums, name) != getattr(claim.figures, name) for name in _SUMS):
        raise Refused("费用明细的计算依据已变，请撤销明细后再上传")
    return Priced(visit=visit, insured=insured, card_no=card_no, lines=lines, claim=claim, funds=funds)


def _claim(
    db: Connection, visit: Visit, wanted: DryRun, insured: Insured, lines: Sequence[RowMapping], policy_of: PolicyOf, funds: Funds
) -> Claim:
    bill = bill_of_visit(db, visit, wanted.med_type, tuple(line_of(FeeDetail.model_validate_json(line["detail"])) for line in lines))
    deductible_fen, fund_fen = people.accumulated(db, visit.psn_no, visit.begntime[:4])
    benefit = Benefit(psn_type=insured.psn_type, deductible_used_fen=deductible_fen, fund_paid_fen=fund_fen, account_fen=funds.account_fen)
    policy = policy_in_force(policy_of, visit.admdvs, visit.begntime)
    return price_claim(bill, policy, benefit, use_account=wanted.acct_used_flag == codes.USE_ACCOUNT)


def _refuse_other_sums(wanted: DryRun, sums: Figures) -> None:
    """2206 repeats the total of the uploads, 2207 each of its parts."""
    stated = _SUMS if isinstance(wanted, BatchSettlement) else ("medfee_sumamt",)
    for name in stated:
        if parse_yuan(getattr(wanted, name)) != getattr(sums, name):
            raise Refused(_OTHER_SUM, what=_SUMS[name], there=format_yuan(getattr(sums, name)))
