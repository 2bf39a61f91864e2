"""The split of a bill: claim → current account → deductible → shared by ratio → ceiling → accounts → cash (settlement-rules section 3).

Integers, and exact fractions where a band ends within a fen. One side of the shared amount is rounded once and the other takes the
remainder, the accounts pay of the person's part what the area allows and their balances cover, and cash is what is left. So the
identities A–E and I of the national interface hold by construction. A value that the pack does not give, and that the amounts
depend on, refuses: no default is ever used.
"""

from __future__ import annotations

from dataclasses import replace

from settlement import claim as claims
from settlement import unpriced
from settlement.account import draw
from settlement.bill import Benefit, Bill, LeftOut, Split, Venue
from settlement.claim import NEGATIVE, check, divide
from settlement.errors import Refusal
from settlement.explain import steps_of
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.ordinary import price_ordinary
from settlement.plan import Plan, plan_of, situation_of
from settlement.policy import Policy
from settlement.pool import pool
from settlement.rule import OUTPATIENT, PURCHASE, TREATED
from settlement.working import Pooled, Working

ROUNDED_OFF = "CASH-ROUNDED-OFF"
MED_TYPES = {Venue.PHARMACY: PURCHASE, Venue.CLINIC: OUTPATIENT, Venue.HOSPITAL: OUTPATIENT}
"""The ordinary medical type of each venue."""
_USED = (
    "deductible_used_fen",
    "fund_paid_fen",
    "scope_used_fen",
    "shared_used_fen",
    "month_fund_paid_fen",
    "month_scope_used_fen",
    "past_fen",
    "mutual_fen",
)
_NOTHING: dict[str, int] = {}
BESIDES = {venue: TREATED[venue] - {med_type} for venue, med_type in MED_TYPES.items()}
"""Priced there besides, where the pack has rows that name them."""


def price(
    bill: Bill, policy: Policy, benefit: Benefit, *, catalogue: Policy | None = None, use_account: bool = True, explained: bool = True
) -> Split | Refusal:
    """Return the split of ``bill`` under ``policy``, or why it cannot be priced.

    ``policy`` is the pack of the insured place; ``catalogue`` that of the place of care, where it is another one: lines divide by
    it, everything else goes by the insured place (settlement-rules 1.5). ``explained=False`` leaves the steps out: the amounts
    are the same. Raises :class:`settlement.unpriced.BillMalformed` when bill or benefit contradict themselves.
    """
    if bill.med_type != MED_TYPES[bill.venue] and bill.med_type not in BESIDES[bill.venue]:
        return unpriced.refuse(unpriced.OTHER_MED_TYPE, bill, med_type=bill.med_type, venue=bill.venue)
    if bill.insutype not in policy.schemes:
        return unpriced.refuse(unpriced.OTHER_SCHEME, bill, insutype=bill.insutype, pack=policy.pack)
    check(bill)
    place = policy if catalogue is None else catalogue
    _check_benefit(bill, place, benefit)
    if benefit.suspended:
        return unpriced.refuse(unpriced.SUSPENDED, bill)
    try:
        if place is not policy:
            _refuse_elsewhere(bill, policy, benefit)
        plan = plan_of(bill, policy, place, benefit)
        ordinary = price_ordinary(bill, plan, benefit, _spendable(benefit, use_account=use_account), explained=explained)
        return ordinary or waterfall(bill, plan, benefit, use_account=use_account, explained=explained)
    except unpriced.Unpriced as missing:
        return unpriced.refuse(missing.phrase, bill, **missing.details)


def _spendable(benefit: Benefit, *, use_account: bool) -> int:
    """Return what this year's account may pay: an overdrawn one pays nothing."""
    return max(0, benefit.account_fen) if use_account else 0


def waterfall(bill: Bill, plan: Plan, benefit: Benefit, *, use_account: bool, explained: bool) -> Split:
    """Return the split of a sound bill step by step, whatever happens to it.

    Raises :class:`settlement.unpriced.Unpriced` for a value that the pack does not give.
    """
    policy, claim = plan.policy, divide(bill, plan)
    account_fen = _spendable(benefit, use_account=use_account)
    pooled = pool(bill, plan, benefit, claim, current_fen=account_fen)
    payments = draw(plan, benefit, claim, pooled, account_fen=account_fen) if use_account else ()
    working = Working(bill=bill, policy=policy, catalogue=plan.catalogue, benefit=benefit, claim=claim, pooled=pooled, payments=payments)
    rounded = _rounded_off(bill, working.cash_fen)
    return Split(
        figures=_figures(working),
        cuts=tuple(claim.cuts),
        left_out=(*claim.left_out, *rounded),
        pool_possible=claim.pool_possible,
        steps=steps_of(working, rounded) if explained else (),
        pack=policy.pack,
        warnings=tuple(sorted(set(claim.warnings))),
        fund_includes_account=policy.fund_includes_account.value == "yes",
        past_pay_fen=working.past_fen,
        pooled_fen=claim.pooled_fen - pooled.first_fen,
        shared_fen=pooled.shared_fen,
        paid_toward=_toward(pooled) if pooled.supplement is not None or len(pooled.ceilings) > 1 else (),
    )


def _toward(pooled: Pooled) -> tuple[tuple[str, int], ...]:
    """Return what was paid toward each further ceiling and by the fund behind the pool, by its name."""
    toward = {one.name: pooled.fund_fen for one in pooled.ceilings if one.name}
    if pooled.supplement is not None:
        toward[pooled.supplement.rules.fund] = pooled.supplement.pay_fen
    return tuple(toward.items())


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
        return claims.pool_possible(bill, policy)
    except unpriced.Unpriced as missing:
        return unpriced.refuse(missing.phrase, bill, **missing.details)


def carried(benefit: Benefit, bill: Bill, split: Split) -> Benefit:
    """Return what stands before the same person's next bill of the year."""
    figures, month = split.figures, bill.begntime[:7]
    this_month = benefit.month in {"", month}
    at, toward = dict(benefit.deductible_used_at), dict(benefit.paid_toward)
    at[bill.hosp_lv] = at.get(bill.hosp_lv, 0) + figures.act_pay_dedc
    for name, paid_fen in split.paid_toward:
        toward[name] = toward.get(name, 0) + paid_fen
    past_fen = benefit.past_fen - split.past_pay_fen
    return replace(
        benefit,
        deductible_used_fen=benefit.deductible_used_fen + figures.act_pay_dedc,
        fund_paid_fen=benefit.fund_paid_fen + figures.hifp_pay,
        account_fen=figures.balc - past_fen,
        past_fen=past_fen,
        mutual_fen=benefit.mutual_fen - figures.acct_mulaid_pay,
        deductible_used_at=tuple(at.items()),
        scope_used_fen=benefit.scope_used_fen + split.pooled_fen,
        shared_used_fen=benefit.shared_used_fen + split.shared_fen,
        month=month,
        month_fund_paid_fen=figures.hifp_pay + (benefit.month_fund_paid_fen if this_month else 0),
        month_scope_used_fen=split.pooled_fen + (benefit.month_scope_used_fen if this_month else 0),
        paid_toward=tuple(toward.items()),
    )


def _check_benefit(bill: Bill, place: Policy, benefit: Benefit) -> None:
    if bill.admdvs != place.admdvs:
        what_zh, what_en = f"用 {place.pack} 计算 {bill.admdvs} 的单据", f"area {bill.admdvs} is priced by {place.pack}"
        raise unpriced.BillMalformed(key="admdvs", what_zh=what_zh, what_en=what_en)
    beside = (*benefit.deductible_used_at, *benefit.paid_toward)
    if (
        benefit.deductible_used_fen < 0
        or benefit.fund_paid_fen < 0
        or benefit.scope_used_fen < 0
        or benefit.shared_used_fen < 0
        or benefit.month_fund_paid_fen < 0
        or benefit.month_scope_used_fen < 0
        or benefit.past_fen < 0
        or benefit.mutual_fen < 0
        or (beside and any(amount_fen < 0 for _, amount_fen in beside))
    ):
        used = {name.removesuffix("_fen"): getattr(benefit, name) for name in _USED} | dict(beside)
        raise unpriced.BillMalformed(key=min(used, key=lambda key: used[key]), what_zh=NEGATIVE[0], what_en=NEGATIVE[1])


def _refuse_elsewhere(bill: Bill, policy: Policy, benefit: Benefit) -> None:
    """Refuse a bill of another area unless the insured place settles it there."""
    phrase = unpriced.NOT_SETTLED_ELSEWHERE
    given = unpriced.required(policy.elsewhere, situation_of(bill, benefit), pack=policy.pack, phrase=phrase, name="elsewhere")
    if not given.value:
        raise unpriced.Unpriced(phrase, pack=policy.pack, key=given.mark.key)


def _figures(working: Working) -> Figures:
    claim, pooled, benefit = working.claim, working.pooled, working.benefit
    person_fen = claim.medfee_sumamt - working.fund_fen
    behind = {f"{pooled.supplement.rules.fund}_pay": pooled.supplement.pay_fen} if pooled.supplement is not None else _NOTHING
    return Figures(
        medfee_sumamt=claim.medfee_sumamt,
        fulamt_ownpay_amt=claim.fulamt_ownpay_amt,
        overlmt_selfpay=claim.overlmt_selfpay,
        preselfpay_amt=claim.preselfpay_amt,
        inscp_scp_amt=claim.inscp_scp_amt,
        act_pay_dedc=pooled.act_pay_dedc,
        hifp_pay=pooled.fund_fen + claim.fixed_fund_fen,
        pool_prop_selfpay=pooled.ratio_e4,
        **behind,
        fund_pay_sumamt=working.fund_fen,
        psn_part_amt=person_fen,
        acct_pay=working.own_fen,
        acct_mulaid_pay=working.mutual_fen,
        psn_cash_pay=person_fen - working.own_fen - working.mutual_fen,
        balc=benefit.account_fen + benefit.past_fen - working.own_fen,
    )
