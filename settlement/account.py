"""What the accounts pay of the person's part, after the pool: each the kinds of cost that the area opens to it, in the area's order."""

from __future__ import annotations

from dataclasses import replace

from settlement import unpriced
from settlement.bill import Benefit, Bill
from settlement.claim import Claim, situation_of
from settlement.policy import COSTS, CURRENT, MUTUAL, PAST, Policy
from settlement.rule import Mark
from settlement.working import Drawn, Payment, Pooled


def draw(bill: Bill, policy: Policy, benefit: Benefit, claim: Claim, pooled: Pooled, *, account_fen: int, use_account: bool) -> Drawn:
    """Return the payments. Raises :class:`settlement.unpriced.Unpriced` where the pack does not say whether an account may pay a cost."""
    if not use_account:
        return Drawn()
    balances = {CURRENT: account_fen - pooled.first_fen, PAST: benefit.past_fen, MUTUAL: benefit.mutual_fen}
    borne = _borne(claim, pooled)
    payments: list[Payment] = []
    marks: list[Mark] = []
    for account in policy.account_order.words:
        available_fen = balances[account]
        if not available_fen or not any(borne.values()):
            continue
        situation = replace(situation_of(bill, benefit), account=account)
        opened = tuple(
            (
                cost,
                amount_fen,
                unpriced.required(policy.account, situation, bill=bill, policy=policy, phrase=unpriced.NO_ACCOUNT, name=f"account({cost})"),
            )
            for cost, amount_fen in borne.items()
            if amount_fen
        )
        payable_fen = sum(amount_fen for _, amount_fen, given in opened if given.value)
        pay_fen = left_fen = min(available_fen, payable_fen)
        for cost, amount_fen, given in opened:
            if given.value:
                borne[cost] -= min(amount_fen, left_fen)
                left_fen -= min(amount_fen, left_fen)
        payments.append(Payment(account=account, available_fen=available_fen, opened=opened, payable_fen=payable_fen, pay_fen=pay_fen))
        marks += [policy.account_order.mark, *(given.mark for _, _, given in opened)]
    return Drawn(payments=tuple(payments), marks=tuple(marks))


def _borne(claim: Claim, pooled: Pooled) -> dict[str, int]:
    """Return what the person bears of each kind of cost, in the order in which accounts pay it."""
    above_fen = pooled.above_fen - pooled.supplement_fen
    in_scope_fen = claim.inscp_scp_amt - claim.fixed_fund_fen - pooled.first_fen - pooled.fund_fen - pooled.supplement_fen
    borne = {
        "unpooled": claim.unpooled_fen,
        "deductible": pooled.act_pay_dedc,
        "shared": in_scope_fen - claim.unpooled_fen - pooled.act_pay_dedc - above_fen,
        "above_ceiling": above_fen,
        "first_pay": claim.preselfpay_amt,
        "over_limit": claim.overlmt_selfpay,
        "full_selfpay": claim.fulamt_ownpay_amt,
    }
    assert tuple(borne) == COSTS
    return borne
