"""The waterfall: claim → deductible → shared by ratio → ceiling → account → cash (settlement-rules section 3).

Integers only. The fund's share is rounded half-up once; the person takes the remainder, the account pays
of it what the area allows and the balance covers, and cash is what is left. So the identities A–E and I
of the national interface hold by construction. A value that the pack does not give, and that the amounts
depend on, refuses: no default is ever used.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from settlement import unpriced
from settlement.bill import SCHEME, Benefit, Bill, LeftOut, Split, Venue
from settlement.claim import NEGATIVE, Claim, check, divide, require, situation_of
from settlement.errors import Refusal
from settlement.explain import steps_of
from settlement.figures import Figures
from settlement.money import RATIO_ONE, format_yuan, share
from settlement.policy import MATERNITY, OUTPATIENT, PURCHASE, REGISTRATION, Policy
from settlement.working import Drawn, Pooled, Working

ROUNDED_OFF = "CASH-ROUNDED-OFF"
MED_TYPES = {Venue.PHARMACY: PURCHASE, Venue.CLINIC: OUTPATIENT, Venue.HOSPITAL: OUTPATIENT}
"""The ordinary medical type of each venue."""
_AT_A_CLINIC = frozenset({REGISTRATION, MATERNITY})
"""Priced at a clinic or hospital besides, where the pack has rows that name them."""


def price(bill: Bill, policy: Policy, benefit: Benefit, *, use_account: bool = True, explained: bool = True) -> Split | Refusal:
    """Return the split of ``bill`` under ``policy``, or why it cannot be priced.

    ``explained=False`` leaves the steps out: the amounts are the same. Raises
    :class:`settlement.unpriced.BillMalformed` when bill or benefit contradict themselves.
    """
    if bill.insutype != SCHEME:
        return unpriced.refuse(unpriced.OTHER_SCHEME, bill, insutype=bill.insutype)
    if bill.med_type != MED_TYPES[bill.venue] and (bill.venue is Venue.PHARMACY or bill.med_type not in _AT_A_CLINIC):
        return unpriced.refuse(unpriced.OTHER_MED_TYPE, bill, med_type=bill.med_type, venue=bill.venue)
    check(bill)
    _check_benefit(bill, policy, benefit)
    try:
        claim = divide(bill, policy)
        pooled = _pool(bill, policy, benefit, claim)
        drawn = _draw(bill, policy, benefit, claim, pooled, available_fen=max(0, benefit.account_fen) if use_account else 0)
    except unpriced.Unpriced as unpriceable:
        return unpriceable.refusal
    working = Working(bill=bill, policy=policy, benefit=benefit, claim=claim, pooled=pooled, drawn=drawn)
    rounded = _rounded_off(bill, working.cash_fen)
    marks = (*claim.marks, *pooled.marks, *drawn.marks)
    return Split(
        figures=_figures(benefit, claim, pooled, drawn),
        cuts=claim.cuts,
        left_out=(*claim.left_out, *rounded),
        pool_possible=claim.pool_possible,
        steps=steps_of(working, rounded) if explained else (),
        pack=policy.pack,
        warnings=tuple(sorted({mark.key for mark in marks if mark.status != "confirmed"})),
    )


def _rounded_off(bill: Bill, cash_fen: int) -> tuple[LeftOut, ...]:
    """Return what is not collected of the cash (抹零): the shop's gift, outside the claim."""
    off_fen = cash_fen % bill.cash_step_fen
    if not off_fen:
        return ()
    zh, en = f"抹零，现金少收 {format_yuan(off_fen)}。", f"Rounded down: {format_yuan(off_fen)} of the cash is not collected."
    return (LeftOut(feedetl_sn="", amount_fen=-off_fen, code=ROUNDED_OFF, zh=zh, en=en),)


def pool_possible(bill: Bill, policy: Policy) -> bool | Refusal:
    """Return whether the rule gives ``bill`` a pooled share at all, whoever the person is and whatever the amount."""
    check(bill)
    try:
        return divide(bill, policy).pool_possible
    except unpriced.Unpriced as unpriceable:
        return unpriceable.refusal


def carried(benefit: Benefit, figures: Figures) -> Benefit:
    """Return what stands before the same person's next bill of the year."""
    return replace(
        benefit,
        deductible_used_fen=benefit.deductible_used_fen + figures.act_pay_dedc,
        fund_paid_fen=benefit.fund_paid_fen + figures.fund_pay_sumamt,
        account_fen=figures.balc,
    )


def _check_benefit(bill: Bill, policy: Policy, benefit: Benefit) -> None:
    require(
        bill.admdvs == policy.admdvs,
        "admdvs",
        f"用 {policy.pack} 计算 {bill.admdvs} 的单据",
        f"area {bill.admdvs} is priced by {policy.pack}",
    )
    require(benefit.deductible_used_fen >= 0, "deductible_used", *NEGATIVE)
    require(benefit.fund_paid_fen >= 0, "fund_paid", *NEGATIVE)


def _pool(bill: Bill, policy: Policy, benefit: Benefit, claim: Claim) -> Pooled:
    """Walk the in-scope amount: deductible, then shared, then what the year's ceiling still allows.

    A value is asked of the pack only where the amounts depend on it.
    """
    if not claim.pooled_fen:
        return Pooled()
    ask = partial(unpriced.required, situation=situation_of(bill, benefit.psn_type), bill=bill, policy=policy)
    deductible = ask(policy.deductible, phrase=unpriced.NO_DEDUCTIBLE, name="deductible")
    act_pay_dedc = min(max(0, deductible.value - benefit.deductible_used_fen), claim.pooled_fen)
    pooled = Pooled(
        deductible=deductible,
        act_pay_dedc=act_pay_dedc,
        shared_fen=claim.pooled_fen - act_pay_dedc,
        marks=(policy.segments.mark, policy.deductible_basis.mark, deductible.mark),
    )
    if not pooled.shared_fen:
        return pooled
    ceiling = ask(policy.ceiling, phrase=unpriced.NO_CEILING, name="ceiling")
    room_fen = max(0, ceiling.value - benefit.fund_paid_fen)
    pooled = replace(pooled, ceiling=ceiling, room_fen=room_fen, marks=(*pooled.marks, policy.ceiling_basis.mark, ceiling.mark))
    if not room_fen:
        return pooled
    ratio = ask(policy.ratio, phrase=unpriced.NO_RATIO, name="ratio")
    uncapped_fen = share(pooled.shared_fen, ratio.value)
    rounding = (policy.rounding.mark,) if pooled.shared_fen * ratio.value % RATIO_ONE else ()
    fund_fen = min(uncapped_fen, room_fen)
    return replace(pooled, ratio=ratio, uncapped_fen=uncapped_fen, fund_fen=fund_fen, marks=(*pooled.marks, ratio.mark, *rounding))


def _draw(bill: Bill, policy: Policy, benefit: Benefit, claim: Claim, pooled: Pooled, *, available_fen: int) -> Drawn:
    """Return what the account pays of the kinds of cost that the area opens to it."""
    if not available_fen:
        return Drawn()
    borne = {
        "in_scope": claim.inscp_scp_amt - pooled.fund_fen,
        "first_pay": claim.preselfpay_amt,
        "over_limit": claim.overlmt_selfpay,
        "full_selfpay": claim.fulamt_ownpay_amt,
    }
    ask = partial(unpriced.required, policy.account, situation_of(bill, benefit.psn_type), bill=bill, policy=policy)
    opened = tuple(
        (cost, amount_fen, ask(phrase=unpriced.NO_ACCOUNT, name=f"account({cost})")) for cost, amount_fen in borne.items() if amount_fen
    )
    payable_fen = sum(amount_fen for _, amount_fen, given in opened if given.value)
    return Drawn(
        available_fen=available_fen,
        opened=opened,
        payable_fen=payable_fen,
        acct_pay=min(available_fen, payable_fen),
        marks=(policy.account_order.mark, *(given.mark for _, _, given in opened)),
    )


def _figures(benefit: Benefit, claim: Claim, pooled: Pooled, drawn: Drawn) -> Figures:
    person_fen = claim.medfee_sumamt - pooled.fund_fen
    return Figures(
        medfee_sumamt=claim.medfee_sumamt,
        fulamt_ownpay_amt=claim.fulamt_ownpay_amt,
        overlmt_selfpay=claim.overlmt_selfpay,
        preselfpay_amt=claim.preselfpay_amt,
        inscp_scp_amt=claim.inscp_scp_amt,
        act_pay_dedc=pooled.act_pay_dedc,
        hifp_pay=pooled.fund_fen,
        pool_prop_selfpay=pooled.ratio_e4,
        fund_pay_sumamt=pooled.fund_fen,
        psn_part_amt=person_fen,
        acct_pay=drawn.acct_pay,
        psn_cash_pay=person_fen - drawn.acct_pay,
        balc=benefit.account_fen - drawn.acct_pay,
    )
