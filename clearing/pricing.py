"""The centre's own price of a claim: the lines as the counter classed them, this centre's packs, the person's year.

The reference centre keeps no catalogue: class, first-pay ratio and kind of each line come from the counter
(``expContent``). What they cost, and who pays, is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from clearing.errors import PutOff, Refused
from nhsa import codes
from nhsa.pharmacy import ItemDetail, SettlementRequest, declared_line
from nhsa.reading import yuan
from settlement.bill import Benefit, Bill, Line, Split, Venue
from settlement.errors import Refusal, SettingsError
from settlement.figures import Figures
from settlement.money import format_scaled, parse_yuan
from settlement.policy import Policy
from settlement.split import price
from settlement.unpriced import BillMalformed

PolicyOf = Callable[[str, str], Policy | Refusal]
"""(area, date) → the pack in force."""
SELF_PAY = "03"


@dataclass(frozen=True, slots=True)
class Claim:
    """A priced claim: its bill, its split, and the figures of all its lines."""

    bill: Bill
    split: Split
    figures: Figures


def policy_in_force(policy_of: PolicyOf, admdvs: str, date: str) -> Policy:
    """Return the pack. Raises :class:`Refused` when there is none, :class:`PutOff` when it is damaged."""
    try:
        policy = policy_of(admdvs, date)
    except SettingsError as damaged:
        raise PutOff("中心的政策包暂不可用，请稍后再试") from damaged
    if isinstance(policy, Refusal):
        raise Refused(policy.phrase.say("zh", policy.details).happened)
    return policy


def bill_of(request: SettlementRequest, admdvs: str) -> Bill:
    """Return the bill that a counter claims. Raises :class:`Refused` when it contradicts itself."""
    head = request.druginfo
    lines = tuple(line_of(detail) for detail in request.drugdetail)
    if parse_yuan(head.medfee_sumamt) != sum(line.det_item_fee_sumamt for line in lines):
        raise Refused("医疗费总额与明细合计不符")
    return Bill(
        admdvs=admdvs,
        begntime=head.begntime,
        venue=Venue.PHARMACY,
        insutype=head.insutype,
        med_type=head.med_type,
        lines=lines,
    )


def price_claim(bill: Bill, policy: Policy, benefit: Benefit, *, use_account: bool) -> Claim:
    """Price ``bill``. Raises :class:`Refused` when the pack does not say how."""
    try:
        split = price(bill, policy, benefit, use_account=use_account, explained=False)
    except BillMalformed as malformed:
        raise Refused(malformed.phrase.say("zh", malformed.details).happened) from malformed
    if isinstance(split, Refusal):
        raise Refused(split.phrase.say("zh", split.details).happened)
    # A line that this pack leaves out was claimed all the same: the claim stays whole and its person pays that line.
    own_fen = split.outside_fen
    figures = replace(
        split.figures,
        medfee_sumamt=split.figures.medfee_sumamt + own_fen,
        fulamt_ownpay_amt=split.figures.fulamt_ownpay_amt + own_fen,
        psn_part_amt=split.figures.psn_part_amt + own_fen,
        psn_cash_pay=split.figures.psn_cash_pay + own_fen,
    )
    return Claim(bill, split, figures)


def cuts_of(claim: Claim) -> list[dict[str, Any]]:
    """Return ``detlcutinfo`` (2102) or ``result`` (2204): how each line divides, and in ``memo`` why one is left to the person."""
    lines = {line.feedetl_sn: line for line in claim.bill.lines}
    cut = [
        _cut(lines[item.feedetl_sn], item.fulamt_ownpay_amt, item.overlmt_amt, item.preselfpay_amt, item.inscp_scp_amt)
        for item in claim.split.cuts
    ]
    return cut + [_cut(lines[item.feedetl_sn], item.amount_fen, 0, 0, 0, memo=item.zh) for item in claim.split.left_out]


def line_of(detail: ItemDetail) -> Line:
    """Return the bill line that a counter sent. Raises :class:`Refused` when it is not classed or contradicts itself."""
    try:
        line = declared_line(detail)
    except ValueError as error:
        raise Refused("明细{line}未说明费用等级和种类", line=detail.feedetl_sn) from error
    if parse_yuan(detail.det_item_fee_sumamt) != line.det_item_fee_sumamt:
        raise Refused("明细{line}的金额与数量、单价不符", line=detail.feedetl_sn)
    return line


def _cut(line: Line, full_fen: int, over_fen: int, first_fen: int, scope_fen: int, *, memo: str = "") -> dict[str, Any]:
    limit = codes.NO_LIMIT if line.pric_uplmt_e6 is None else format_scaled(line.pric_uplmt_e6, 6)
    return {
        "feedetl_sn": line.feedetl_sn,
        "det_item_fee_sumamt": yuan(line.det_item_fee_sumamt),
        "cnt": format_scaled(line.cnt_e4, 4),
        "pric": format_scaled(line.pric_e6, 6),
        "pric_uplmt_amt": limit,
        "selfpay_prop": format_scaled(line.selfpay_prop_e4, 4),
        "fulamt_ownpay_amt": yuan(full_fen),
        "overlmt_amt": yuan(over_fen),
        "preselfpay_amt": yuan(first_fen),
        "inscp_scp_amt": yuan(scope_fen),
        "chrgitm_lv": SELF_PAY if full_fen else line.chrgitm_lv,
        "memo": memo or None,
    }
