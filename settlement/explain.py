"""Why each amount: the steps of a split, each with its rule, clause, numbers and words, and a hash over all.

The steps restate what the arithmetic computed: :func:`settlement.reasons.evaluate` of each comes to its amount. Lines come first, then
the claim, the pool, the accounts and the cash; a step starts from inputs, from the pack, and from steps before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from settlement.bill import LeftOut, LineCut, Split
from settlement.explain_pool import pool_steps
from settlement.plan import SELF_PAY, situation_of
from settlement.policy import CURRENT, MUTUAL, PAST
from settlement.reasons import E4, E6, Expression, Leaf, Op, Step, leaf_of, op
from settlement.rule import find
from settlement.steps import NOTHING, Steps

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
    "": ("个人账户", "The account"),
    CURRENT: ("当年个人账户", "The account of this year"),
    PAST: ("历年个人账户", "The account of past years"),
    MUTUAL: ("共济额度", "The family's quota"),
}
"""In an area with one account it has no name of its own."""
_PAYS = {
    (account, cost, may): (
        f"{cost_zh}：{zh}可以支付，不超过余额。" if may else f"{cost_zh}：{zh}不可以支付。",
        f"{cost_en}: {en[0].lower()}{en[1:]} {'may pay it, no more than it holds.' if may else 'may not pay it.'}",
    )
    for account, (zh, en) in _ACCOUNTS.items()
    for cost, (cost_zh, cost_en) in _COSTS.items()
    for may in (True, False)
}
"""What is said of an account and a cost that it may or may not pay."""
_ASKED = {(account, cost): f"account.{account}[{cost}]" for account in (CURRENT, PAST, MUTUAL) for cost in _COSTS}
_BORNE_AS = {
    "deductible": "act_pay_dedc",
    "first_pay": "preselfpay_amt",
    "over_limit": "overlmt_selfpay",
    "full_selfpay": "fulamt_ownpay_amt",
}
"""The steps that are a kind of cost by themselves."""
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
        "steps": [_said(step) for step in split.steps],
    }
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _said(step: Step) -> tuple[object, ...]:
    """Return all that a step says, in an order that never changes."""
    return (step.name, step.value, step.of, step.rule, step.pack, step.source, step.status, step.zh, step.en, step.places)


def steps_of(working: Working, rounded: tuple[LeftOut, ...] = ()) -> tuple[Step, ...]:
    """Return the steps in the order in which the money is divided; ``rounded`` is what is not collected of the cash."""
    steps = Steps()
    parts = _lines(steps, working)
    _claim(steps, working, parts)
    bare = working.bill.inscp_scp_amt is not None
    pool_steps(steps, working, [steps.leaves["inscp_scp_amt"]] if bare and working.claim.pooled_fen else parts["inscp_scp_amt"])
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
        names = _names(line.feedetl_sn, line.name)
        count: Leaf = ("input", names.quantity, line.cnt_e4, E4, False)
        price: Leaf = ("input", names.price, line.pric_e6, E6, False)
        amount: Op = ("half_up", (("x", (count, price)),))
        if line.feedetl_sn in left:
            _left_out(steps, working, line, left[line.feedetl_sn], amount)
        else:
            _cut(steps, line, names, next(cuts), amount, place, parts)
    return parts


class _Names(NamedTuple):
    """What the inputs and the steps of one line are called."""

    quantity: str
    price: str
    limit: str
    ratio: str
    amount: str
    in_full: str
    over: str
    first: str
    in_scope: str
    words: tuple[str, str]


@lru_cache(maxsize=1024)
def _names(number: str, name: str) -> _Names:
    """Return the names of the line with that number, and its words: both come again with the next bill."""
    return _Names(
        quantity=f"cnt[{number}]",
        price=f"pric[{number}]",
        limit=f"pric_uplmt_amt[{number}]",
        ratio=f"selfpay_prop[{number}]",
        amount=f"det_item_fee_sumamt[{number}]",
        in_full=f"fulamt_ownpay_amt[{number}]",
        over=f"overlmt_amt[{number}]",
        first=f"preselfpay_amt[{number}]",
        in_scope=f"inscp_scp_amt[{number}]",
        words=(f"{name}：数量乘单价。", f"{name}: quantity times price."),
    )


def _left_out(steps: Steps, working: Working, line: Line, left: LeftOut, amount: Expression) -> None:
    goods = find(working.catalogue.goods, situation_of(working.bill, working.benefit), line.goods_kind)
    name = f"outside[{left.feedetl_sn}]"
    if goods is None:
        steps.add(name, left.amount_fen, amount, (left.zh, left.en))
    else:
        steps.add(name, left.amount_fen, amount, (left.zh, left.en), goods.mark, working.catalogue.pack)


def _cut(
    steps: Steps, line: Line, names: _Names, cut: LineCut, amount: Expression, place: Policy, parts: dict[str, list[Expression]]
) -> None:
    """Say how a claimed line divides, and add what it comes to to ``parts``."""
    total_fen = cut.det_item_fee_sumamt
    total = steps.add(names.amount, total_fen, amount, names.words)
    parts["medfee_sumamt"].append(total)
    if line.chrgitm_lv == SELF_PAY:
        words = ("目录外或丙类，全部自费。", "Outside the catalogue: full self-pay.")
        parts["fulamt_ownpay_amt"].append(steps.add(names.in_full, total_fen, total, words))
        return
    over = first = None
    if cut.overlmt_amt:
        assert line.pric_uplmt_e6 is not None
        price, limit = leaf_of("input", names.price, line.pric_e6, E6), leaf_of("input", names.limit, line.pric_uplmt_e6, E6)
        above = op("half_up", op("x", leaf_of("input", names.quantity, line.cnt_e4, E4), op("-", price, limit)))
        words = ("超过医保支付标准的部分由个人负担。", "The part above the payment standard is the person's.")
        over = steps.add(names.over, cut.overlmt_amt, above, words)
        parts["overlmt_selfpay"].append(over)
    if cut.preselfpay_amt:
        rest = steps.less(total, over)
        ratio = leaf_of("input", names.ratio, line.selfpay_prop_e4, E4)
        on_price = place.first_pay_on.value == "price"
        of: Expression = op("half_up", op("x", total if on_price else rest, ratio))
        if on_price and over is not None:
            of = op("min", of, rest)
        words = ("乙类先行自付，不计起付标准。", "First pay of a class-B item; it does not count to the deductible.")
        first = steps.add(names.first, cut.preselfpay_amt, of, words, place.first_pay_on.mark, place.pack)
        parts["preselfpay_amt"].append(first)
    words = ("其余进入政策范围内金额。", "The remainder is in scope.")
    rest = total if over is first is None else steps.less(total, over, first)
    parts["inscp_scp_amt"].append(steps.add(names.in_scope, cut.inscp_scp_amt, rest, words))


def _claim(steps: Steps, working: Working, parts: dict[str, list[Expression]]) -> None:
    """Add the claim up."""
    claim, bare_fen = working.claim, working.bill.inscp_scp_amt
    if bare_fen is not None:
        for name in ("medfee_sumamt", "inscp_scp_amt"):
            parts[name].append(leaf_of("input", "inscp_scp_amt", bare_fen))
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
        steps.less(steps.leaves["medfee_sumamt"], steps.leaves.get("fund_pay_sumamt")),
        words,
    )
    first = steps.leaves.get("account.first")
    own: list[Expression] = [first] if first is not None else []
    borne: dict[str, Expression] = {}
    alone = first is None and len([payment for payment in working.payments if payment.account != MUTUAL]) == 1
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
        steps.less(steps.leaves["psn_part_amt"], steps.leaves.get("acct_pay"), steps.leaves.get("acct_mulaid_pay")),
        words,
    )


def _borne(steps: Steps, working: Working, cost: str) -> Expression:
    """Return of what a kind of cost is made."""
    match cost:
        case "unpooled":
            fixed = [steps.leaves.get(f"fixed.fund[{one.feedetl_sn}]") for one in working.claim.fixed]
            in_scope = steps.leaves.get("inscp_scp_amt")
            return steps.less(in_scope, steps.leaves.get("pool.scope"), *fixed) if in_scope is not None else NOTHING
        case "shared":
            shared = steps.leaves.get("pool.allowed") or steps.leaves.get("pool.shared")
            return steps.less(shared, steps.leaves.get("pool.fund"), steps.leaves.get("pool.beyond")) if shared is not None else NOTHING
        case "above_ceiling":
            above = [leaf for name in ("pool.above", "pool.beyond") if (leaf := steps.leaves.get(name)) is not None]
            supplement = working.pooled.supplement
            return steps.less(steps.sum_of(above), steps.leaves.get(f"{supplement.rules.fund}_pay") if supplement is not None else None)
    return steps.leaves.get(_BORNE_AS[cost]) or NOTHING


def _payment(steps: Steps, working: Working, payment: Payment, borne: dict[str, Expression], name: str) -> Leaf:
    """Say what one account pays of each kind of cost and, under ``name``, together; take it off ``borne``."""
    pack, several = working.policy.pack, len(working.policy.account_order.words) > 1
    whose = payment.account if several else ""
    rest = _held(steps, working, payment)
    opened: list[Expression] = []
    left_fen = payment.pay_fen
    for cost, amount_fen, given in payment.opened:
        paid_fen = min(amount_fen, left_fen) if given.value else 0
        left_fen -= paid_fen
        of = borne.get(cost) or _borne(steps, working, cost)
        decided = op("min", of, steps.less(rest, *opened)) if given.value else op("x", of, leaf_of("rule", given.mark.key, 0, 0))
        words = _PAYS[whose, cost, bool(given.value)]
        leaf = steps.add(_ASKED[payment.account, cost], paid_fen, decided, words, given.mark, pack)
        if paid_fen:
            opened.append(leaf)
        if several:
            borne[cost] = steps.less(of, leaf) if paid_fen else of
    zh, en = _ACCOUNTS[whose]
    words = (f"{zh}在统筹之后支付。", f"{en} pays after the pool.")
    mark = working.policy.account_order.mark
    return steps.add(name, payment.pay_fen, steps.sum_of(opened), words, mark, pack)


def _held(steps: Steps, working: Working, payment: Payment) -> Expression:
    """Return what an account holds when it is asked."""
    if payment.account == CURRENT and working.pooled.first_fen:
        return op("-", leaf_of("input", CURRENT, working.benefit.account_fen), steps.leaves["account.first"])
    return leaf_of("input", payment.account, payment.available_fen)


def _cash(steps: Steps, working: Working, rounded: tuple[LeftOut, ...]) -> None:
    """Say what is handed over the counter, and what the account holds afterwards."""
    parts: list[Expression] = [steps.leaves["psn_cash_pay"]]
    parts += [leaf for one in working.claim.left_out if (leaf := steps.leaves.get(f"outside[{one.feedetl_sn}]")) is not None]
    for off in rounded:
        step = leaf_of("input", "cash_step", working.bill.cash_step_fen)
        of = op("-", NOTHING, op("mod", steps.sum_of(parts), step))
        parts.append(steps.add("cash.rounded_off", off.amount_fen, of, (off.zh, off.en)))
    cash_fen = working.cash_fen + (sum(off.amount_fen for off in rounded) if rounded else 0)
    words = ("付现金，连同不进医保的部分。", "The cash, with what left the claim.")
    steps.add("cash_due", cash_fen, steps.sum_of(parts), words)
    before = [leaf_of("input", CURRENT, working.benefit.account_fen)]
    before += [leaf_of("input", PAST, working.benefit.past_fen)] if working.benefit.past_fen else []
    balance_fen = working.benefit.account_fen + working.benefit.past_fen - working.own_fen
    words = ("账户原有余额减本次账户支付。", "What the account held less what it paid.")
    steps.add("balc", balance_fen, steps.less(steps.sum_of(before), steps.leaves.get("acct_pay")), words)
