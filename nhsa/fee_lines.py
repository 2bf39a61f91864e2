"""2204 upload of fee lines and 2205 their cancellation (interface 2.7, 2.8 ``result``).

Lines go up in charge batches. The answer says how the centre cuts each of them, and the sums of those cuts are
what 2206 and 2207 must repeat.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from nhsa import codes
from nhsa.pharmacy import ItemDetail, item_members
from nhsa.reading import Answer, Content, Fen, Text
from settlement.bill import Bill, LeftOut, Line, LineCut
from settlement.figures import Figures
from settlement.visit import Batch, Registration

LINES_MAX = 500


def _one_batch(number: str) -> str:
    if number == codes.ALL_UNSETTLED:
        raise ValueError(number)
    return number


BatchNumber = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(_one_batch)]
"""chrg_bchno of one batch: never the number that means them all."""


class FeeDetail(ItemDetail):
    """One row of ``feedetail``."""

    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    chrg_bchno: BatchNumber
    dise_codg: Annotated[str, Field(max_length=30)] = ""
    """The same in all lines of a batch."""
    rxno: Annotated[str, Field(max_length=30)] = ""
    rx_circ_flag: Annotated[str, Field(min_length=1, max_length=3)]
    medins_list_codg: Annotated[str, Field(min_length=1, max_length=150)]
    bilg_dept_codg: Annotated[str, Field(min_length=1, max_length=30)]
    bilg_dept_name: Annotated[str, Field(min_length=1, max_length=100)]
    bilg_dr_codg: Annotated[str, Field(min_length=1, max_length=30)]
    bilg_dr_name: Annotated[str, Field(min_length=1, max_length=50)]
    acord_dept_codg: Annotated[str, Field(max_length=30)] = ""
    acord_dept_name: Annotated[str, Field(max_length=100)] = ""
    orders_dr_code: Annotated[str, Field(max_length=30)] = ""
    orders_dr_name: Annotated[str, Field(max_length=50)] = ""
    hosp_appr_flag: Annotated[str, Field(min_length=1, max_length=3)]
    etip_flag: Annotated[str, Field(max_length=3)] = ""
    etip_hosp_code: Annotated[str, Field(max_length=30)] = ""
    dscg_tkdrug_flag: Annotated[str, Field(max_length=3)] = ""
    matn_fee_flag: Annotated[str, Field(max_length=6)] = ""


class FeeLinesRequest(Content):
    """The input of 2204."""

    feedetail: Annotated[list[FeeDetail], Field(min_length=1, max_length=LINES_MAX)]


class FeeLinesCancellation(Content):
    """``data`` of 2205."""

    mdtrt_id: Annotated[str, Field(min_length=1, max_length=30)]
    chrg_bchno: Annotated[str, Field(min_length=1, max_length=30)]
    psn_no: Annotated[str, Field(min_length=1, max_length=30)]


class FeeResult(Answer):
    """One row of ``result``: how the centre cuts a line."""

    feedetl_sn: Annotated[Text, Field(min_length=1)]
    det_item_fee_sumamt: Fen
    fulamt_ownpay_amt: Fen = 0
    overlmt_amt: Fen = 0
    preselfpay_amt: Fen = 0
    inscp_scp_amt: Fen = 0
    cnt: Text = ""
    pric: Text = ""
    pric_uplmt_amt: Text = ""
    selfpay_prop: Text = ""
    chrgitm_lv: Text = ""
    med_chrgitm_type: Text = ""
    lmt_used_flag: Text = ""
    memo: Text = ""
    """What the centre says of the line: why it is full self-pay, what is wrong with it."""

    def cut(self) -> LineCut:
        """Return the amounts as the local split writes them."""
        return LineCut(
            feedetl_sn=self.feedetl_sn,
            det_item_fee_sumamt=self.det_item_fee_sumamt,
            fulamt_ownpay_amt=self.fulamt_ownpay_amt,
            overlmt_amt=self.overlmt_amt,
            preselfpay_amt=self.preselfpay_amt,
            inscp_scp_amt=self.inscp_scp_amt,
        )


def fee_lines_input(
    bill: Bill, batch: Batch, *, psn_no: str, registration: Registration, left_out: Iterable[LeftOut] = (), dise_codg: str = ""
) -> dict[str, Any]:
    """Return the input of 2204: the claimed lines of ``bill``, as one batch. Raises :class:`ValueError`.

    ``feedetl_sn`` of each line is unique within the visit, not only within its batch.
    """
    ordered = {
        "psn_no": psn_no,
        "mdtrt_id": batch.mdtrt_id,
        "chrg_bchno": batch.chrg_bchno,
        "dise_codg": dise_codg,
        # A clinic's prescriptions are its own: none comes from outside.
        "rx_circ_flag": "0",
        "bilg_dept_codg": registration.department.code,
        "bilg_dept_name": registration.department.name,
        "bilg_dr_codg": registration.doctor.code,
        "bilg_dr_name": registration.doctor.name,
        "hosp_appr_flag": codes.APPROVED,
    }
    rows = [FeeDetail(**item_members(line, bill.begntime), **ordered) for line in claimed(bill, left_out)]
    return FeeLinesRequest(feedetail=rows).wire()


def claimed(bill: Bill, left_out: Iterable[LeftOut]) -> list[Line]:
    """Return the lines of ``bill`` that are uploaded: what left the claim is cash."""
    outside = {line.feedetl_sn for line in left_out}
    return [line for line in bill.lines if line.feedetl_sn not in outside]


def lines_cancellation_input(*, psn_no: str, mdtrt_id: str, chrg_bchno: str = codes.ALL_UNSETTLED) -> dict[str, Any]:
    """Return the input of 2205: one batch, or all that are not settled. Raises :class:`ValueError`."""
    return {"data": FeeLinesCancellation(mdtrt_id=mdtrt_id, chrg_bchno=chrg_bchno, psn_no=psn_no).wire()}


def read_results(output: dict[str, Any]) -> tuple[FeeResult, ...]:
    """Return how the centre cut the lines; one alone may come without its list. Raises :class:`ValueError`."""
    found = output.get("result") or []
    return tuple(FeeResult.model_validate(item) for item in (found if isinstance(found, list) else [found]))


def uploaded(results: Iterable[FeeResult]) -> Figures:
    """Return what the uploaded lines come to: the members of identity A, who pays not yet known."""
    rows = tuple(results)
    return Figures(
        medfee_sumamt=sum(row.det_item_fee_sumamt for row in rows),
        fulamt_ownpay_amt=sum(row.fulamt_ownpay_amt for row in rows),
        overlmt_selfpay=sum(row.overlmt_amt for row in rows),
        preselfpay_amt=sum(row.preselfpay_amt for row in rows),
        inscp_scp_amt=sum(row.inscp_scp_amt for row in rows),
    )
