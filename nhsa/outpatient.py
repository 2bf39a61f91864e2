"""2206 dry run, 2207 settlement and 2208 reversal at a clinic (interface 2.7): one uploaded batch, or a whole settlement.

Answers are ``setlinfo`` as of 2102 (:mod:`nhsa.settlement`), with ``hosp_part_amt``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from nhsa import codes
from nhsa.fee_lines import BatchNumber
from nhsa.pharmacy import Amount, DrugTrace, boxes_of
from nhsa.reading import Content, yuan
from nhsa.registration import Presented
from nhsa.settlement import SetlInfo
from settlement.bill import Line
from settlement.figures import Figures
from settlement.visit import Batch


class DryRun(Content):
    """``data`` of 2206."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_cert_type: codes.CertType
    mdtrt_cert_no: Annotated[str, Field(min_length=1, max_length=50)]
    med_type: Annotated[str, Field(min_length=1, max_length=6)]
    medfee_sumamt: Amount
    psn_setlway: Annotated[str, Field(min_length=1, max_length=6)]
    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    chrg_bchno: BatchNumber
    acct_used_flag: Annotated[str, Field(pattern=r"^[01]$")]
    insutype: Annotated[str, Field(min_length=1, max_length=6)]


class BatchSettlement(DryRun):
    """``data`` of 2207: 2206 and what the answers to 2204 add up to."""

    invono: Annotated[str, Field(max_length=20)] = ""
    fulamt_ownpay_amt: Amount
    overlmt_selfpay: Amount
    preselfpay_amt: Amount
    inscp_scp_amt: Amount
    exp_content: Annotated[str, Field(max_length=4000)] = ""
    """This product's: the card's evidence of an off-line debit (:mod:`nhsa.extension`)."""


class BatchSettlementRequest(Content):
    """The input of 2207. ``drug_trac_info`` is a node of newer revisions."""

    data: BatchSettlement
    drug_trac_info: list[DrugTrace] | None = None


class BatchReversal(Content):
    """``data`` of 2208: whole settlements only."""

    setl_id: Annotated[str, Field(min_length=1, max_length=30)]
    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    psn_no: Annotated[str, Field(min_length=1, max_length=30)]


def dry_run_input(batch: Batch, presented: Presented, figures: Figures, *, use_account: bool = True) -> dict[str, Any]:
    """Return the input of 2206; ``figures`` are :func:`nhsa.fee_lines.uploaded`. Raises :class:`ValueError`."""
    return {"data": DryRun(**_asked(batch, presented, figures, use_account=use_account)).wire()}


def settlement_input(
    batch: Batch,
    presented: Presented,
    figures: Figures,
    *,
    use_account: bool = True,
    invono: str = "",
    lines: Iterable[Line] = (),
    exp_content: str = "",
) -> dict[str, Any]:
    """Return the input of 2207; ``lines`` are those of the batch, whose boxes it names. Raises :class:`ValueError`."""
    settled = BatchSettlement(
        **_asked(batch, presented, figures, use_account=use_account),
        invono=invono,
        fulamt_ownpay_amt=yuan(figures.fulamt_ownpay_amt),
        overlmt_selfpay=yuan(figures.overlmt_selfpay),
        preselfpay_amt=yuan(figures.preselfpay_amt),
        inscp_scp_amt=yuan(figures.inscp_scp_amt),
        exp_content=exp_content,
    )
    return BatchSettlementRequest(data=settled, drug_trac_info=boxes_of(lines) or None).wire()


def reversal_input(*, psn_no: str, setl_id: str, mdtrt_id: str) -> dict[str, Any]:
    """Return the input of 2208. Raises :class:`ValueError`."""
    return {"data": BatchReversal(setl_id=setl_id, mdtrt_id=mdtrt_id, psn_no=psn_no).wire()}


def read_setlinfo(output: dict[str, Any]) -> SetlInfo:
    """Return ``setlinfo`` of 2206 (no ``setl_id``, not binding), 2207 or 2208. Raises :class:`ValueError`."""
    return SetlInfo.model_validate(output.get("setlinfo"))


def _asked(batch: Batch, presented: Presented, figures: Figures, *, use_account: bool) -> dict[str, Any]:
    return {
        "psn_no": presented.psn_no,
        "mdtrt_cert_type": presented.mdtrt_cert_type,
        "mdtrt_cert_no": presented.mdtrt_cert_no,
        "med_type": batch.med_type,
        "medfee_sumamt": yuan(figures.medfee_sumamt),
        "psn_setlway": codes.BY_ITEM,
        "mdtrt_id": batch.mdtrt_id,
        "chrg_bchno": batch.chrg_bchno,
        "acct_used_flag": codes.USE_ACCOUNT if use_account else codes.KEEP_ACCOUNT,
        "insutype": batch.insutype,
    }
