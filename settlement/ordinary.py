"""The ordinary bill in one pass: what claim, pool and account come to where nothing else happens.

Many bills are claimed line by line and shared at one ratio, behind one deductible of the year, within one ceiling on what the fund pays
in it, and the rest is drawn from this year's account. For those the whole waterfall is a dozen sums, worked out here at once.
Everything else — lines that leave the claim, fixed amounts, several ratios, bands, a ceiling that is reached, further accounts — is
given back unpriced, as is whatever the pack does not say. Where both ways can go they come to the same, steps and warnings
too: every bill on which the two engines are compared is priced by both.
"""

from __future__ import annotations

from settlement.account import borne_of
from settlement.bill import Benefit, Bill, LineCut, Split
from settlement.claim import Claim, cut_line
from settlement.explain import steps_of
from settlement.figures import Figures
from settlement.plan import LineRules, Plan, Ratio
from settlement.policy import CURRENT
from settlement.pool import deductible_of, rounded
from settlement.terms import Terms, terms_of
from settlement.working import Ceiling, Payment, Pooled, Slice, Working


def price_ordinary(bill: Bill, plan: Plan, benefit: Benefit, account_fen: int, *, explained: bool) -> Split | None:
    """Return the split of a sound bill, or None unless it is ordinary.

    ``account_fen`` is what this year's account may pay; ``explained=False`` leaves the steps out.
    """
    terms = plan.terms
    if terms == "unasked":
        terms = plan.terms = terms_of(plan)
    if terms is None or bill.inscp_scp_amt is not None or bill.cash_step_fen != 1 or benefit.past_fen or benefit.mutual_fen:
        return None
    warnings: list[str] = []
    claimed = _claimed(bill, plan, warnings)
    if claimed is None:
        return None
    cuts, found, at, (total, full, over_limit, first_pay, pooled) = claimed
    fund = deductible = shared = 0
    if pooled:
        warnings += terms.pooled_warnings
        left_fen = terms.own_fen - benefit.deductible_used_fen if terms.yearly else terms.own_fen
        deductible = min(left_fen, pooled) if left_fen > 0 else 0
        shared = pooled - deductible
    if at is not None and shared:
        warnings += terms.shared_warnings + at.warnings
        fund = rounded(plan, warnings, shared * at.ratio_e4, shared)
        room_fen = terms.ceiling_fen - benefit.fund_paid_fen
        if room_fen <= 0 or fund > room_fen:
            return None
    in_scope = total - full - over_limit - first_pay
    account = 0
    if account_fen and total > fund:
        closed = _closed(terms, (in_scope - pooled, deductible, shared - fund, first_pay, over_limit, full), warnings)
        if closed is None:
            return None
        account = min(total - fund - closed, account_fen)
    if first_pay:
        warnings += plan.catalogue.first_pay_on.mark.warnings
    figures = Figures(
        medfee_sumamt=total,
        fulamt_ownpay_amt=full,
        overlmt_selfpay=over_limit,
        preselfpay_amt=first_pay,
        inscp_scp_amt=in_scope,
        act_pay_dedc=deductible,
        hifp_pay=fund,
        pool_prop_selfpay=at.ratio_e4 if at is not None and shared else 0,
        fund_pay_sumamt=fund,
        psn_part_amt=total - fund,
        acct_pay=account,
        psn_cash_pay=total - fund - account,
        balc=benefit.account_fen - account,
    )
    return Split(
        figures=figures,
        cuts=tuple(cuts),
        left_out=(),
        pool_possible=at is not None,
        steps=steps_of(_working(bill, plan, benefit, figures, _claim(figures, cuts, found, pooled), at, account_fen)) if explained else (),
        pack=terms.pack,
        warnings=terms.sorted(tuple(warnings)) if warnings else (),
        fund_includes_account=terms.fund_includes_account,
        pooled_fen=pooled,
        shared_fen=shared,
    )


def _claimed(
    bill: Bill, plan: Plan, warnings: list[str]
) -> tuple[list[LineCut], list[LineRules], Ratio | None, tuple[int, int, int, int, int]] | None:
    """Return how the lines divide, what the packs say of each, the one ratio at which they are shared, if any, and five sums.

    The sums: all of the lines, what is paid in full, above the limit and first, and what is shared. None unless each line is ordinary.
    """
    known = plan.lines
    cuts: list[LineCut] = []
    found: list[LineRules] = []
    total = full = over_limit = first_pay = pooled = 0
    at: Ratio | None = None
    for line in bill.lines:
        rules = known.get((line.goods_kind, line.chrgitm_lv, not line.rxno, line.conditions)) or plan.line(line)
        if not rules.ordinary:
            return None
        found.append(rules)
        if rules.warnings:
            warnings += rules.warnings
        cut = cut_line(line, rules)
        cuts.append(cut)
        total += cut.det_item_fee_sumamt
        full += cut.fulamt_ownpay_amt
        over_limit += cut.overlmt_amt
        first_pay += cut.preselfpay_amt
        shared_at = rules.shared_at
        if shared_at is not None:
            if shared_at is not at and pooled and cut.inscp_scp_amt:
                return None
            if cut.inscp_scp_amt or at is None:
                at = shared_at
            pooled += cut.inscp_scp_amt
    return cuts, found, at, (total, full, over_limit, first_pay, pooled)


def _closed(terms: Terms, borne: tuple[int, ...], warnings: list[str]) -> int | None:
    """Return what of the person's costs the account may not pay; None where nobody says."""
    warnings += terms.account_warnings
    closed = 0
    for cost, opened, unconfirmed in terms.apart:
        if amount := borne[cost]:
            if opened is None:
                return None
            warnings += unconfirmed
            if not opened:
                closed += amount
    return closed


def _claim(figures: Figures, cuts: list[LineCut], rules: list[LineRules], pooled_fen: int) -> Claim:
    return Claim(
        cuts=cuts,
        rules=rules,
        left_out=[],
        pool_possible=pooled_fen > 0,
        pooled=[],
        pooled_fen=pooled_fen,
        fixed=[],
        fixed_fund_fen=0,
        medfee_sumamt=figures.medfee_sumamt,
        fulamt_ownpay_amt=figures.fulamt_ownpay_amt,
        overlmt_selfpay=figures.overlmt_selfpay,
        preselfpay_amt=figures.preselfpay_amt,
        inscp_scp_amt=figures.inscp_scp_amt,
        warnings=[],
    )


def _working(bill: Bill, plan: Plan, benefit: Benefit, figures: Figures, claim: Claim, ratio: Ratio | None, account_fen: int) -> Working:
    """Return the intermediate amounts of an ordinary bill, for its explanation."""
    fund_fen, dedc_fen = figures.hifp_pay, figures.act_pay_dedc
    shared_fen = claim.pooled_fen - dedc_fen
    pooled = Pooled(act_pay_dedc=dedc_fen, shared_fen=shared_fen, uncapped_fen=fund_fen, fund_fen=fund_fen)
    if claim.pooled_fen:
        pooled.deductible = deductible_of(bill, plan, benefit)
    if ratio is not None and shared_fen:
        used_fen, (_, given) = benefit.fund_paid_fen, plan.ceilings()[0]
        room_fen = given.value - used_fen
        pooled.ceilings = [Ceiling(name="", given=given, times=1, used_fen=used_fen, room_fen=room_fen, on_fund=True)]
        pooled.slices = [Slice(amount_fen=shared_fen, ratio=ratio)]
    payments = []
    if account_fen and figures.psn_part_amt:
        known = plan.accounts[CURRENT]
        opened = [(cost, amount_fen, known[cost]) for cost, amount_fen in borne_of(claim, pooled)]
        payments.append(Payment(account=CURRENT, available_fen=account_fen, opened=opened, pay_fen=figures.acct_pay))
    return Working(bill=bill, policy=plan.policy, catalogue=plan.catalogue, benefit=benefit, claim=claim, pooled=pooled, payments=payments)
