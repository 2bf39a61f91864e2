"""What the accounts pay of the person's part, after the pool: each the kinds of cost that the area opens to it, in the area's order."""

from __future__ import annotations

from settlement.bill import Benefit
from settlement.claim import Claim
from settlement.plan import Plan
from settlement.policy import CURRENT, MUTUAL, PAST
from settlement.rule import Given
from settlement.working import Payment, Pooled


def draw(plan: Plan, benefit: Benefit, claim: Claim, pooled: Pooled, *, account_fen: int) -> list[Payment]:
    """Return the payments; the pack's values that are used are added to ``claim.warnings``.

    Raises :class:`settlement.unpriced.Unpriced` where the pack does not say whether an account may pay a cost.
    """
    balances = {CURRENT: account_fen - pooled.first_fen, PAST: benefit.past_fen, MUTUAL: benefit.mutual_fen}
    borne = borne_of(claim, pooled)
    warnings, order = claim.warnings, plan.policy.account_order
    payments: list[Payment] = []
    for account, known in plan.accounts.items():
        available_fen = balances[account]
        if not available_fen or not borne:
            continue
        opened: list[tuple[str, int, Given]] = []
        payable_fen = 0
        for cost, amount_fen in borne:
            given = known.get(cost) or plan.account(account, cost)
            opened.append((cost, amount_fen, given))
            warnings += given.mark.warnings
            if given.value:
                payable_fen += amount_fen
        pay_fen = min(available_fen, payable_fen)
        payments.append(Payment(account=account, available_fen=available_fen, opened=opened, pay_fen=pay_fen))
        warnings += order.mark.warnings
        if len(plan.accounts) > 1:
            borne = _left(opened, pay_fen)
    return payments


def _left(opened: list[tuple[str, int, Given]], pay_fen: int) -> list[tuple[str, int]]:
    """Return what is still borne of each kind of cost."""
    left: list[tuple[str, int]] = []
    for cost, amount_fen, given in opened:
        paid_fen = min(amount_fen, pay_fen) if given.value else 0
        pay_fen -= paid_fen
        if amount_fen > paid_fen:
            left.append((cost, amount_fen - paid_fen))
    return left


def borne_of(claim: Claim, pooled: Pooled) -> list[tuple[str, int]]:
    """Return what the person bears of each kind of cost, in the order of :data:`settlement.policy.COSTS`."""
    above_fen = pooled.above_fen - pooled.supplement_fen
    in_scope_fen = claim.inscp_scp_amt - claim.fixed_fund_fen - pooled.first_fen - pooled.fund_fen - pooled.supplement_fen
    unpooled_fen = claim.unpooled_fen
    borne = (
        ("unpooled", unpooled_fen),
        ("deductible", pooled.act_pay_dedc),
        ("shared", in_scope_fen - unpooled_fen - pooled.act_pay_dedc - above_fen),
        ("above_ceiling", above_fen),
        ("first_pay", claim.preselfpay_amt),
        ("over_limit", claim.overlmt_selfpay),
        ("full_selfpay", claim.fulamt_ownpay_amt),
    )
    return [one for one in borne if one[1]]
