"""2101 dry run, 2102 settlement and 2103 reversal at a pharmacy (interface 2.6): no registration step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from nhsa import codes
from nhsa.envelope import DateTime
from nhsa.reading import Content, decode, yuan
from nhsa.registration import Presented
from settlement.bill import Bill, Line
from settlement.facts import SaleIntended
from settlement.money import format_scaled, parse_scaled

Amount = Annotated[str, Field(pattern=r"^[0-9]{1,14}(\.[0-9]{1,2})?$")]
"""num16,2 as text. This product writes both decimals; 69.6 is seen too."""
Quantity = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$")]
"""num16,4 as text."""
Price = Annotated[str, Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?$")]
"""num16,6 as text."""


class DrugInfo(Content):
    """``druginfo``."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_cert_type: codes.CertType
    mdtrt_cert_no: Annotated[str, Field(min_length=1, max_length=50)]
    begntime: DateTime
    medfee_sumamt: Amount
    invono: Annotated[str, Field(max_length=20)] = ""
    insutype: Annotated[str, Field(min_length=1, max_length=6)]
    dise_codg: Annotated[str, Field(max_length=30)] = ""
    dise_name: Annotated[str, Field(max_length=500)] = ""
    acct_used_flag: Annotated[str, Field(pattern=r"^[01]$")]
    med_type: Annotated[str, Field(min_length=1, max_length=6)]
    expContent: Annotated[str, Field(max_length=4000)] = ""  # noqa: N815 - the interface's spelling


class DrugTrace(Content):
    """One box of a line, by its traceability code."""

    feedetl_sn: Annotated[str, Field(min_length=1, max_length=30)]
    drug_trac_codg: Annotated[str, Field(min_length=1, max_length=30)]
    trdn_flag: Annotated[str, Field(max_length=3)] = ""
    """Whether the pack was split."""
    min_prcunt_type: Annotated[str, Field(max_length=3)] = ""


class ItemDetail(Content):
    """What rows of ``drugdetail`` (2102) and of ``feedetail`` (2204) have in common."""

    feedetl_sn: Annotated[str, Field(min_length=1, max_length=30)]
    rxno: Annotated[str, Field(max_length=40)] = ""
    rx_circ_flag: Annotated[str, Field(max_length=3)] = ""
    fee_ocur_time: DateTime
    med_list_codg: Annotated[str, Field(min_length=1, max_length=50)]
    medins_list_codg: Annotated[str, Field(min_length=1, max_length=100)]
    det_item_fee_sumamt: Amount
    cnt: Quantity
    pric: Price
    sin_dos_dscr: Annotated[str, Field(max_length=200)] = ""
    used_frqu_dscr: Annotated[str, Field(max_length=200)] = ""
    prd_days: Annotated[str, Field(pattern=r"^([0-9]{1,2}(\.[0-9]{1,2})?)?$")] = ""
    """num4,2 as text."""
    medc_way_dscr: Annotated[str, Field(max_length=200)] = ""
    bilg_dr_codg: Annotated[str, Field(max_length=30)] = ""
    bilg_dr_name: Annotated[str, Field(max_length=50)] = ""
    tcmdrug_used_way: Annotated[str, Field(max_length=6)] = ""
    expContent: Annotated[str, Field(max_length=4000)] = ""  # noqa: N815 - the interface's spelling


class DrugDetail(ItemDetail):
    """One row of ``drugdetail``. ``drug_trac_info`` is a member of newer revisions."""

    drug_trac_info: list[DrugTrace] | None = None


class Classed(Content):
    """How a counter classes one line, in ``expContent`` of its row: an extension of this product."""

    name: str
    chrgitm_lv: Annotated[str, Field(min_length=1, max_length=3)]
    selfpay_prop: str
    pric_uplmt_amt: str
    goods_kind: Annotated[str, Field(min_length=1)]


class SettlementRequest(Content):
    """The input of 2101 and 2102."""

    druginfo: DrugInfo
    drugdetail: Annotated[list[DrugDetail], Field(min_length=1, max_length=500)]


class ReversalQuery(Content):
    """``data`` of 2103: whole settlements only."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    setl_id: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    expContent: Annotated[str, Field(max_length=4000)] = ""  # noqa: N815 - the interface's spelling


def settlement_input(intent: SaleIntended, presented: Presented, *, exp_content: str = "") -> dict[str, Any]:
    """Return the input of 2101 or 2102 for a sale: only its claimed lines. Raises :class:`ValueError`."""
    left_out = {line.feedetl_sn for line in intent.left_out}
    claimed = [line for line in intent.bill.lines if line.feedetl_sn not in left_out]
    head = DrugInfo(
        psn_no=presented.psn_no,
        mdtrt_cert_type=presented.mdtrt_cert_type,
        mdtrt_cert_no=presented.mdtrt_cert_no,
        begntime=intent.bill.begntime,
        medfee_sumamt=yuan(intent.figures.medfee_sumamt),
        insutype=intent.bill.insutype,
        acct_used_flag=codes.USE_ACCOUNT,
        med_type=intent.bill.med_type,
        expContent=exp_content,
    )
    return {"druginfo": head.wire(), "drugdetail": [_detail(line, intent.bill).wire() for line in claimed]}


def reversal_input(*, psn_no: str, setl_id: str, mdtrt_id: str) -> dict[str, Any]:
    """Return the input of 2103. Raises :class:`ValueError`."""
    return {"data": ReversalQuery(psn_no=psn_no, setl_id=setl_id, mdtrt_id=mdtrt_id).wire()}


def _detail(line: Line, bill: Bill) -> DrugDetail:
    prescribed = {"prd_days": str(line.prd_days) if line.prd_days else "", "bilg_dr_name": line.bilg_dr_name}
    return DrugDetail(**item_members(line, bill.begntime), **prescribed, drug_trac_info=boxes_of([line]) or None)


def item_members(line: Line, fee_ocur_time: str) -> dict[str, str]:
    """Return the members of a line's row that 2102 and 2204 share."""
    return {
        "feedetl_sn": line.feedetl_sn,
        "rxno": line.rxno,
        "fee_ocur_time": fee_ocur_time,
        # Goods without a national code carry their own: the member is mandatory.
        "med_list_codg": line.med_list_codg or line.medins_list_codg,
        "medins_list_codg": line.medins_list_codg,
        "det_item_fee_sumamt": yuan(line.det_item_fee_sumamt),
        "cnt": format_scaled(line.cnt_e4, 4),
        "pric": format_scaled(line.pric_e6, 6),
        "expContent": declare(line),
    }


def boxes_of(lines: Iterable[Line]) -> list[DrugTrace]:
    """Return the boxes of ``lines`` by their traceability codes."""
    return [DrugTrace(feedetl_sn=line.feedetl_sn, drug_trac_codg=code) for line in lines for code in line.drug_trac_codg]


def declare(line: Line) -> str:
    """Return how the counter classes a line, for a centre that keeps no catalogue of its own (the reference centre)."""
    limit = codes.NO_LIMIT if line.pric_uplmt_e6 is None else format_scaled(line.pric_uplmt_e6, 6)
    classed = Classed(
        name=line.name,
        chrgitm_lv=line.chrgitm_lv,
        selfpay_prop=format_scaled(line.selfpay_prop_e4, 4),
        pric_uplmt_amt=limit,
        goods_kind=line.goods_kind,
    )
    return json.dumps(classed.model_dump(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def declared_line(detail: ItemDetail) -> Line:
    """Return the bill line that a counter sent (the centre's side). Raises :class:`ValueError`."""
    boxes = detail.drug_trac_info if isinstance(detail, DrugDetail) else None
    classed = Classed.model_validate(decode(detail.expContent.encode()))
    limit = classed.pric_uplmt_amt
    return Line(
        feedetl_sn=detail.feedetl_sn,
        medins_list_codg=detail.medins_list_codg,
        med_list_codg=detail.med_list_codg,
        name=classed.name,
        cnt_e4=parse_scaled(detail.cnt, 4),
        pric_e6=parse_scaled(detail.pric, 6),
        chrgitm_lv=classed.chrgitm_lv,
        selfpay_prop_e4=parse_scaled(classed.selfpay_prop, 4),
        pric_uplmt_e6=None if limit == codes.NO_LIMIT else parse_scaled(limit, 6),
        goods_kind=classed.goods_kind,
        rxno=detail.rxno,
        drug_trac_codg=tuple(box.drug_trac_codg for box in boxes or ()),
    )
