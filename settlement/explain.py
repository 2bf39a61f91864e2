"""Why each amount: the steps of a split, each with its rule, clause, numbers and words, and a hash over all.

The steps restate what the arithmetic computed: :func:`settlement.reasons.evaluate` of each comes to its amount. Lines come first, then
the claim, the pool, the accounts and the cash; a step starts from inputs, from the pack, and from steps before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from settlement.bill import LeftOut, LineCut, Split
from settlement.explain_pool import pool_steps
from settlement.plan import SELF_PAY, situation_of
from settlement.policy import CURRENT, MUTUAL, PAST
from settlement.reasons import E4, E6, Expression, Leaf, Op, Step
from settlement.rule import find
from settlement.steps import Steps

if TYPE_CHECKING:
    from settlement.bill import Line
    from settlement.policy import Policy
    from settlement.working import Payment, Working

_COSTS = {
    "unpooled": ("没有统筹支付的部分", "Without a pooled share"),
    "deductible": ("起付标准以内", "Within the deductible"),
    "shared": ("共付段个人负担", "The person's part of what is shared"),
    "above_ceiling": ("限额以上", "Above the ceiling"),
    "first_pay": ("先行自付", "First pay"),
    "over_limit": ("超限价", "Over-limit"),
    "full_selfpay": ("全自费", "Full self-pay"),
}
_ACCOUNTS = {
    CURRENT: ("当年个人账户", "The account of this year"),
    PAST: ("历年个人账户", "The account of past years"),
    MUTUAL: ("共济额度", "The family's quota"),
}
_CLAIMED = {
    "medfee_sumamt": ("各行金额之和，是医疗费总额。", "The lines come to the claim."),
    "fulamt_ownpay_amt": ("各行全自费之和。", "What of the lines is paid in full."),
    "overlmt_selfpay": ("各行超限价之和。", "What of the lines is above the price limit."),
    "preselfpay_amt": ("各行先行自付之和。", "What of the lines is first pay."),
    "inscp_scp_amt": ("各行政策范围内金额之和。", "What of the lines is in scope."),
}
"""The totals of a claim, and their words."""


def explanation_hash(split: Split) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of pack, figures, lines and steps: what was shown before it was agreed."""
    shown = {
        "pack": split.pack,
        "figures": asdict(split.figures),
        "cuts": [asdict(cut) for cut in split.cuts],
        "left_out": [asdict(line) for line in split.left_out],
        "steps": split.steps,
    }
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def steps_of(working: Working, rounded: tuple[LeftOut, ...] = ()) -> tuple[Step, ...]:
    """Return the steps in the order in which the money is divided; ``rounded`` is what is not collected of the cash."""
    steps = Steps()
    _claim(steps, working, _lines(steps, working))
    pool_steps(steps, working)
    _person(steps, working)
    _cash(steps, working, rounded)
    return tuple(steps.found)


# --- lines -------------------------------------------------------------------------------------------------


def _lines(steps: Steps, working: Working) -> dict[str, list[Expression]]:
    """Say how each line divides; return the lines' parts by the total that they belong to."""
    claim, place = working.claim, working.catalogue
    parts: dict[str, list[Expression]] = {total: [] for total in _CLAIMED}
    cuts = iter(claim.cuts)
    left = {one.feedetl_sn: one for one in claim.left_out}
    for line in working.bill.lines:
        at = f"[{line.feedetl_sn}]"
        amount = Op(
            "half_up",
            (Op("x", (Leaf("input", f"cnt{at}", line.cnt_e4, E4), Leaf("input", f"pric{at}", line.pric_e6, E6))),),
        )
        gone = left.get(line.feedetl_sn)
        if gone is not None:
            _left_out(steps, working, line, gone, amount)
        else:
            for total, leaf in _cut(steps, line, next(cuts), amount, place).items():
                parts[total].append(leaf)
    return parts


def _left_out(steps: Steps, working: Working, line: Line, left: LeftOut, amount: Expression) -> None:
    goods = find(working.catalogue.goods, situation_of(working.bill, working.benefit), line.goods_kind)
    name = f"outside[{left.feedetl_sn}]"
    if goods is None:
        steps.add(name, left.amount_fen, amount, (left.zh, left.en))
    else:
        steps.add(name, left.amount_fen, amount, (left.zh, left.en), goods.mark, working.catalogue.pack)


def _cut(steps: Steps, line: Line, cut: LineCut, amount: Expression, place: Policy) -> dict[str, Leaf]:
    at = f"[{cut.feedetl_sn}]"
    name = f"det_item_fee_sumamt{at}"
    total_fen = cut.det_item_fee_sumamt
    total = steps.add(name, total_fen, amount, (f"{line.name}：数量乘单价。", f"{line.name}: quantity times price."))
    found = {"medfee_sumamt": total}
    if line.chrgitm_lv == SELF_PAY:
        words = ("目录外或丙类，全部自费。", "Outside the catalogue: full self-pay.")
        found["fulamt_ownpay_amt"] = steps.add(f"fulamt_ownpay_amt{at}", total_fen, total, words)
        return found
    taken: list[Expression] = [total]
    if cut.overlmt_amt:
        assert line.pric_uplmt_e6 is not None
        above = Op("-", (Leaf("input", f"pric{at}", line.pric_e6, E6), Leaf("input", f"pric_uplmt_amt{at}", line.pric_uplmt_e6, E6)))
        over = Op("half_up", (Op("x", (Leaf("input", f"cnt{at}", line.cnt_e4, E4), above)),))
        words = ("超过医保支付标准的部分由个人负担。", "The part above the payment standard is the person's.")
        found["overlmt_selfpay"] = leaf = steps.add(f"overlmt_amt{at}", cut.overlmt_amt, over, words)
        taken.append(leaf)
    if cut.preselfpay_amt:
        rest = Op("-", tuple(taken)) if len(taken) > 1 else total
        ratio = Leaf("input", f"selfpay_prop{at}", line.selfpay_prop_e4, E4)
        on_price = place.first_pay_on.value == "price"
        first: Expression = Op("half_up", (Op("x", (total if on_price else rest, ratio)),))
        if on_price and len(taken) > 1:
            first = Op("min", (first, rest))
        mark, pack = place.first_pay_on.mark, place.pack
        words = ("乙类先行自付，不计起付标准。", "First pay of a class-B item; it does not count to the deductible.")
        found["preselfpay_amt"] = leaf = steps.add(f"preselfpay_amt{at}", cut.preselfpay_amt, first, words, mark, pack)
        taken.append(leaf)
    rest = Op("-", tuple(taken)) if len(taken) > 1 else total
    words = ("其余进入政策范围内金额。", "The remainder is in scope.")
    found["inscp_scp_amt"] = steps.add(f"inscp_scp_amt{at}", cut.inscp_scp_amt, rest, words)
    return found


def _claim(steps: Steps, working: Working, parts: dict[str, list[Expression]]) -> None:
    """Add the claim up."""
    claim, bare_fen = working.claim, working.bill.inscp_scp_amt
    if bare_fen is not None:
        for name in ("medfee_sumamt", "inscp_scp_amt"):
            parts[name].append(Leaf("input", "inscp_scp_amt", bare_fen))
    for name, words in _CLAIMED.items():
        amount_fen: int = getattr(claim, name)
        if amount_fen or name == "medfee_sumamt":
            steps.add(name, amount_fen, steps.sum_of(parts[name]), words)


# --- what the pool left --------------------------------------------------------------------------------------


def _person(steps: Steps, working: Working) -> None:
    claim = working.claim
    words = ("总额减基金支付，是个人负担。", "The claim less the funds is the person's part.")
    steps.add(
        "psn_part_amt",
        claim.medfee_sumamt - working.fund_fen,
        steps.less(steps.need("medfee_sumamt"), steps.of("fund_pay_sumamt")),
        words,
    )
    first = steps.of("account.first")
    own: list[Expression] = [first] if first is not None else []
    borne = _borne(steps, working)
    alone = first is None and sum(payment.account != MUTUAL for payment in working.payments) == 1
    for payment in working.payments:
        if payment.account == MUTUAL:
            _payment(steps, working, payment, borne, "acct_mulaid_pay")
        else:
            own.append(_payment(steps, working, payment, borne, "acct_pay" if alone else f"account.{payment.account}"))
    if own and not alone:
        steps.add("acct_pay", working.own_fen, steps.sum_of(own), ("个人账户支付。", "Paid by the account."))
    words = ("个人负担减账户支付，付现金。", "The person's part less the accounts is cash.")
    steps.add(
        "psn_cash_pay",
        claim.medfee_sumamt - working.fund_fen - working.own_fen - working.mutual_fen,
        steps.less(steps.need("psn_part_amt"), steps.of("acct_pay"), steps.of("acct_mulaid_pay")),
        words,
    )


def _borne(steps: Steps, working: Working) -> dict[str, Expression]:
    """Return of what each kind of cost is made."""
    above = [steps.of("pool.above"), steps.of("pool.beyond")]
    behind = steps.of(f"{working.pooled.supplement.rules.fund}_pay") if working.pooled.supplement is not None else None
    fixed = [steps.of(f"fixed.fund[{one.feedetl_sn}]") for one in working.claim.fixed]
    in_scope = steps.of("inscp_scp_amt")
    shared = steps.of("pool.allowed") or steps.of("pool.shared")
    return {
        "unpooled": steps.less(in_scope, steps.of("pool.scope"), *fixed) if in_scope is not None else steps.nothing(),
        "deductible": steps.of("act_pay_dedc") or steps.nothing(),
        "shared": steps.less(shared, steps.of("pool.fund"), steps.of("pool.beyond")) if shared is not None else steps.nothing(),
        "above_ceiling": steps.less(steps.sum_of([one for one in above if one is not None]), behind),
        "first_pay": steps.of("preselfpay_amt") or steps.nothing(),
        "over_limit": steps.of("overlmt_selfpay") or steps.nothing(),
        "full_selfpay": steps.of("fulamt_ownpay_amt") or steps.nothing(),
    }


def _payment(steps: Steps, working: Working, payment: Payment, borne: dict[str, Expression], name: str) -> Leaf:
    """Say what one account pays of each kind of cost and, under ``name``, together; take it off ``borne``."""
    pack, several = working.policy.pack, len(working.policy.account_order.words) > 1
    zh, en = _ACCOUNTS[payment.account] if several else ("个人账户", "The account")
    holds = _held(steps, working, payment)
    opened: list[Expression] = []
    left_fen = payment.pay_fen
    for cost, amount_fen, given in payment.opened:
        cost_zh, cost_en = _COSTS[cost]
        paid_fen = min(amount_fen, left_fen) if given.value else 0
        left_fen -= paid_fen
        if given.value:
            of = Op("min", (borne[cost], steps.less(holds, *opened)))
            words = (f"{cost_zh}：{zh}可以支付，不超过余额。", f"{cost_en}: {en[0].lower()}{en[1:]} may pay it, no more than it holds.")
        else:
            of = Op("x", (borne[cost], Leaf("rule", given.mark.key, 0, 0)))
            words = (f"{cost_zh}：{zh}不可以支付。", f"{cost_en}: {en[0].lower()}{en[1:]} may not pay it.")
        leaf = steps.add(f"account.{payment.account}[{cost}]", paid_fen, of, words, given.mark, pack)
        if paid_fen:
            opened.append(leaf)
            borne[cost] = steps.less(borne[cost], leaf)
    words = (f"{zh}在统筹之后支付。", f"{en} pays after the pool.")
    mark = working.policy.account_order.mark
    return steps.add(name, payment.pay_fen, steps.sum_of(opened), words, mark, pack)


def _held(steps: Steps, working: Working, payment: Payment) -> Expression:
    """Return what an account holds when it is asked."""
    if payment.account == CURRENT and working.pooled.first_fen:
        return Op("-", (Leaf("input", CURRENT, working.benefit.account_fen), steps.need("account.first")))
    return Leaf("input", payment.account, payment.available_fen)


def _cash(steps: Steps, working: Working, rounded: tuple[LeftOut, ...]) -> None:
    """Say what is handed over the counter, and what the account holds afterwards."""
    outside = [leaf for one in working.claim.left_out if (leaf := steps.of(f"outside[{one.feedetl_sn}]")) is not None]
    parts: list[Expression] = [steps.need("psn_cash_pay"), *outside]
    for off in rounded:
        step = Leaf("input", "cash_step", working.bill.cash_step_fen)
        of = Op("-", (steps.nothing(), Op("mod", (steps.sum_of(parts), step))))
        parts.append(steps.add("cash.rounded_off", off.amount_fen, of, (off.zh, off.en)))
    cash_fen = working.cash_fen + sum(off.amount_fen for off in rounded)
    words = ("付现金，连同不进医保的部分。", "The cash, with what left the claim.")
    steps.add("cash_due", cash_fen, steps.sum_of(parts), words)
    before = [Leaf("input", CURRENT, working.benefit.account_fen)]
    before += [Leaf("input", PAST, working.benefit.past_fen)] if working.benefit.past_fen else []
    balance_fen = working.benefit.account_fen + working.benefit.past_fen - working.own_fen
    words = ("账户原有余额减本次账户支付。", "What the account held less what it paid.")
    steps.add("balc", balance_fen, steps.less(steps.sum_of(before), steps.of("acct_pay")), words)
