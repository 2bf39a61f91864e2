"""Why the pool pays what it pays: fixed amounts, deductible, ratio, ceilings and the fund behind, as steps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from settlement.money import RATIO_ONE
from settlement.reasons import E4, Expression, Leaf, leaf_of, op, value_of
from settlement.rule import UNLIMITED_FEN
from settlement.steps import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settlement.rule import Given
    from settlement.steps import Steps
    from settlement.working import Ceiling, Deductible, ExactFen, Slice, Supplement, Working

_BEHIND = {
    "hifob": ("职工大额医疗费用补助", "The large-amount fund"),
    "hifes": ("企业补充医疗保险", "The employer's supplement"),
    "hifmi": ("大病保险", "Serious-illness insurance"),
}
_MODES = {
    "half_up": ("四舍五入", "rounded half-up"),
    "half_even": ("四舍六入五成双", "rounded half-even"),
    "down": ("舍去分以下", "rounded down"),
    "up": ("进到分", "rounded up"),
}
_ROUNDED = {
    f"{side}_{mode}": (
        (f"个人按比例负担，{zh}，余数归统筹基金。", f"The person bears the rest of the ratio, {en}; the remainder is the fund's.")
        if side == "person"
        else (f"统筹基金按比例支付，{zh}到分，余数归个人。", f"The fund pays its ratio, {en}; the remainder is the person's.")
    )
    for side in ("fund", "person")
    for mode, (zh, en) in _MODES.items()
}
"""What is said of each word of the pack's rounding."""
_WHOLE = leaf_of("input", "1", RATIO_ONE, E4)


def pool_steps(steps: Steps, working: Working, in_scope: Sequence[Expression]) -> None:
    """Add the steps of the pool, down to what all funds pay together; ``in_scope`` is the claim's part of each line, or the bare total."""
    pooled, pack = working.pooled, working.policy.pack
    paid = _fixed(steps, working)
    if working.claim.pooled_fen:
        _scope(steps, working, in_scope)
        if pooled.deductible is not None:
            _deductible(steps, working, pooled.deductible)
        if pooled.ceilings:
            paid.append(_fund(steps, working))
    else:
        pooling = next((rules.pooling for rules in working.claim.rules if rules.pooling is not None), None)
        words = ("按规则本单没有统筹支付的部分。", "By rule nothing of this bill is shared by the pooled fund.")
        mark = pooling.mark if pooling is not None and not pooling.value else None
        of: Expression = leaf_of("rule", mark.key, 0, 0) if mark is not None else NOTHING
        steps.add("pool.none", 0, of, words, mark, pack if mark is not None else "")
    hifp_fen = pooled.fund_fen + working.claim.fixed_fund_fen
    if hifp_fen:
        paid = [steps.add("hifp_pay", hifp_fen, steps.sum_of(paid), ("统筹基金支付。", "Paid by the pooled fund."))]
    if pooled.supplement is not None:
        paid.append(_supplement(steps, working, pooled.supplement))
    if working.fund_fen:
        steps.add("fund_pay_sumamt", working.fund_fen, steps.sum_of(paid), ("各项基金支付之和。", "All funds together."))


def _fixed(steps: Steps, working: Working) -> list[Expression]:
    """Say what is paid of single lines before everything else; return what the fund pays."""
    zh, en = "按规定额支付，不经起付和比例。", "a fixed amount, before deductible and ratio."
    paid: list[Expression] = []
    counts = {line.feedetl_sn: line.cnt_e4 for line in working.bill.lines}
    pack = working.policy.pack
    for one in working.claim.fixed:
        at = f"[{one.feedetl_sn}]"
        count = leaf_of("input", f"cnt{at}", counts[one.feedetl_sn], E4)
        left: Expression = steps.leaves[f"inscp_scp_amt{at}"]
        if one.fund is not None:
            of = op("min", op("half_up", op("x", leaf_of("rule", one.fund.mark.key, one.fund.value), count)), left)
            leaf = steps.add(f"fixed.fund{at}", one.fund_fen, of, (f"基金{zh}", f"The fund: {en}"), one.fund.mark, pack)
            paid.append(leaf)
            left = steps.less(left, leaf)
        if one.person is not None:
            of = op("min", op("half_up", op("x", leaf_of("rule", one.person.mark.key, one.person.value), count)), left)
            steps.add(f"fixed.person{at}", one.person_fen, of, (f"个人{zh}", f"The person: {en}"), one.person.mark, pack)
    return paid


def _scope(steps: Steps, working: Working, in_scope: Sequence[Expression]) -> None:
    """Say what has a pooled share, and what the current account pays of it before everything else."""
    claim, pooled, pack = working.claim, working.pooled, working.policy.pack
    given: Given | None = None
    parts: list[Expression] = []
    # A bare total is the one part of a claim without cuts; of lines, those that are not paid in full have one.
    leaves = iter(in_scope)
    for number, rules in enumerate(claim.rules):
        if rules.self_pay:
            continue
        leaf = next(leaves)
        if rules.pools:
            given = given or rules.pooling
            if claim.fixed:
                at = claim.cuts[number].feedetl_sn
                leaf = steps.less(leaf, *(steps.leaves.get(f"fixed.{payer}[{at}]") for payer in ("fund", "person")))
            parts.append(leaf)
    assert given is not None
    words = ("有统筹支付的范围内金额。", "The in-scope amount that has a pooled share.")
    scope = steps.add("pool.scope", claim.pooled_fen, steps.sum_of(parts), words, given.mark, pack)
    if pooled.first_fen:
        words = ("当年个人账户先付，不计起付标准。", "The account of this year pays first; it does not count to the deductible.")
        of = op("min", leaf_of("input", "current", working.benefit.account_fen), scope)
        steps.add("account.first", pooled.first_fen, of, words, working.policy.segments.mark, pack)


def _deductible(steps: Steps, working: Working, deductible: Deductible) -> None:
    rules, benefit, pack = deductible.rules, working.benefit, working.policy.pack
    own: Expression = leaf_of("rule", rules.full.mark.key, rules.full.value)
    if rules.factor is not None:
        own = op("half_up", op("x", own, leaf_of("rule", rules.factor.mark.key, rules.factor.value, E4)))
    if rules.less is not None:
        own = op("max", NOTHING, op("-", own, leaf_of("rule", rules.less.mark.key, rules.less.value)))
    if deductible.used_fen:
        own = op("max", NOTHING, op("-", own, leaf_of("input", "deductible_used", deductible.used_fen)))
    due = steps.less(steps.leaves["pool.scope"], steps.leaves.get("account.first"))
    least = [due, own]
    if rules.cap is not None:
        cap = op(
            "-", leaf_of("rule", rules.cap.mark.key, rules.cap.value), leaf_of("input", "deductible_used", benefit.deductible_used_fen)
        )
        least.append(op("max", NOTHING, cap))
    words = {
        "annual": ("年度起付标准以内由个人负担。", "Within the yearly deductible the person pays."),
        "per_visit": ("每次就诊的起付标准以内由个人负担。", "Within the deductible of each visit the person pays."),
    }[working.policy.deductible_basis.value]
    leaf = steps.add("act_pay_dedc", working.pooled.act_pay_dedc, op("min", *least), words, rules.full.mark, pack)
    above_fen = working.claim.pooled_fen - working.pooled.first_fen - working.pooled.act_pay_dedc
    words = ("起付标准以上按比例共付。", "Above it the fund and the person share.")
    steps.add("pool.shared", above_fen, steps.less(due, leaf), words, working.policy.segments.mark, pack)


def _fund(steps: Steps, working: Working) -> Leaf:
    """Say what the fund pays of what is shared: ceilings on expense, the ratio, ceilings on the fund."""
    pooled, pack = working.pooled, working.policy.pack
    shared: Leaf = steps.leaves["pool.shared"]
    caps: list[Ceiling] = []
    for one in pooled.ceilings:
        if one.on_fund:
            caps.append(one)
            continue
        words = ("超过费用限额的部分由个人负担。", "What is above the ceiling on expense is the person's.")
        allowed = steps.add("pool.allowed", pooled.shared_fen, op("min", shared, _room(one)), words, one.given.mark, pack)
        words = ("限额以上的费用。", "Expense above the ceiling.")
        steps.add("pool.above", value_of(shared) - pooled.shared_fen, op("-", shared, allowed), words)
        shared = allowed
    least: list[Expression] = [_room(one) for one in caps]
    if pooled.slices:
        for slice_ in pooled.slices:
            _ratio(steps, slice_, pack)
        least.insert(0, _uncapped(steps, working, shared))
    if not caps:
        # Nothing of the expense is within the ceiling, or the ratio alone decides.
        of = least[0] if least else NOTHING
        return steps.add(
            "pool.fund", pooled.fund_fen, of, ("限额以内由统筹基金按比例支付。", "Within the ceiling the fund pays its ratio.")
        )
    lowest = caps[0] if len(caps) == 1 else min(caps, key=lambda one: one.room_fen)
    yearly = len(caps) == 1 and working.policy.ceiling_basis.value == "fund_annual"
    words = (
        ("统筹基金支付不超过年度限额的剩余。", "The fund pays no more than what the year's ceiling leaves.")
        if yearly
        else ("统筹基金支付不超过各项限额的剩余。", "The fund pays no more than what each ceiling leaves.")
    )
    if not pooled.slices and pooled.shared_fen == 0:
        least.append(shared)
    of = op("min", *least) if len(least) > 1 else least[0]
    fund = steps.add("pool.fund", pooled.fund_fen, of, words, lowest.given.mark, pack)
    if pooled.above_fen and (beyond_fen := pooled.above_fen - value_of(steps.leaves.get("pool.above") or NOTHING)):
        _beyond(steps, working, shared, beyond_fen)
    return fund


def _room(ceiling: Ceiling) -> Expression:
    given = ceiling.given
    full: Expression = leaf_of("rule", given.mark.key, given.value, unlimited=given.value >= UNLIMITED_FEN)
    if ceiling.times != 1:
        full = op("x", full, leaf_of("input", "month", ceiling.times, 0))
    if not ceiling.used_fen or given.value >= UNLIMITED_FEN:
        # An unlimited ceiling leaves more than any bill, whatever was used.
        return full
    return op("max", NOTHING, op("-", full, leaf_of("input", "used", ceiling.used_fen)))


def _ratio(steps: Steps, one: Slice, pack: str) -> None:
    """Say how a ratio came about that has points."""
    ratio = one.ratio
    if not ratio.points or steps.leaves.get(f"pool.points[{ratio.ratio_e4}]") is not None:
        return
    parts: list[Expression] = [leaf_of("rule", ratio.base.mark.key, ratio.base.value, E4)]
    parts += [leaf_of("rule", point.mark.key, point.value, E4) for point in ratio.points]
    of = op("min", _WHOLE, op("max", NOTHING, op("+", *parts)))
    mark = ratio.points[0].mark
    words = ("本单的支付比例。", "The ratio of this bill.")
    steps.add(f"pool.points[{ratio.ratio_e4}]", ratio.ratio_e4, of, words, mark, pack, E4)


def _uncapped(steps: Steps, working: Working, shared: Leaf) -> Leaf:
    pooled, policy = working.pooled, working.policy
    side, _, mode = policy.rounding.value.partition("_")
    if len(pooled.slices) == 1:
        parts: list[Expression] = [op("x", shared, _ratio_of(steps, pooled.slices[0]))]
    else:
        parts = [_full(steps, one) for one in pooled.slices]
    exact = steps.sum_of(parts)
    of: Expression = op(mode, exact)
    if side == "person":
        of = op("-", shared, op(mode, op("-", shared, exact)))
    mark = pooled.slices[0].ratio.base.mark
    return steps.add("pool.ratio", pooled.uncapped_fen, of, _ROUNDED[policy.rounding.value], mark, policy.pack)


def _exact(amount: ExactFen) -> Expression:
    """Return an amount; where a band ends within a fen, the fraction that it is."""
    if isinstance(amount, int):
        return leaf_of("input", "slice", amount)
    return op("/", leaf_of("input", "slice", amount.numerator), leaf_of("input", "slice", amount.denominator, 0))


def _beyond(steps: Steps, working: Working, shared: Leaf, beyond_fen: int) -> None:
    """Say what of the expense is behind the point where a ceiling on the fund is used up."""
    pooled = working.pooled
    of: Expression = shared
    if pooled.crossing:
        of = op("half_up", op("-", shared, *_before(steps, pooled.crossing, steps.leaves["pool.fund"])))
    elif pooled.slices:
        full = steps.sum_of([_full(steps, one) for one in pooled.slices])
        past = op("/", op("-", full, steps.leaves["pool.fund"]), full)
        of = op("half_up", op("x", shared, past))
    words = ("统筹基金限额用完之后的费用。", "Expense behind the point where the fund's ceiling is used up.")
    steps.add("pool.beyond", beyond_fen, of, words)


def _before(steps: Steps, slices: Sequence[Slice], fund: Leaf) -> list[Expression]:
    """Return the expense before that point: whole slices, and of the one that crosses it what is left of the fund over its ratio."""
    whole: list[Expression] = []
    paid: list[Expression] = []
    left, crossed = Fraction(value_of(fund) * RATIO_ONE), False
    part: list[Expression] = []
    for one in slices:
        share = one.amount_fen * one.ratio.ratio_e4
        if not share or (not crossed and share <= left):
            whole.append(_exact(one.amount_fen))
            paid += [_full(steps, one)] if share else []
            left -= share
        elif not crossed:
            crossed = True
            part = [op("/", steps.less(fund, *paid), _ratio_of(steps, one))]
    return [*whole, *part]


def _full(steps: Steps, one: Slice) -> Expression:
    return op("x", _exact(one.amount_fen), _ratio_of(steps, one))


def _ratio_of(steps: Steps, one: Slice) -> Expression:
    ratio = one.ratio
    points = steps.leaves.get(f"pool.points[{ratio.ratio_e4}]") if ratio.points else None
    return points or leaf_of("rule", ratio.base.mark.key, ratio.ratio_e4, E4)


def _supplement(steps: Steps, working: Working, one: Supplement) -> Leaf:
    zh, en = _BEHIND[one.rules.fund]
    base = steps.sum_of([leaf for name in ("pool.above", "pool.beyond") if (leaf := steps.leaves.get(name)) is not None])
    ratio = leaf_of("rule", one.rules.ratio.mark.key, one.rules.ratio.value, E4)
    given = one.rules.ceiling
    room: Expression = leaf_of("rule", given.mark.key, given.value, unlimited=given.value >= UNLIMITED_FEN)
    if given.value - one.room_fen:
        paid = leaf_of("input", one.rules.fund, given.value - one.room_fen)
        room = op("max", NOTHING, op("-", room, paid))
    of = op("min", op("half_up", op("x", base, ratio)), room)
    words = (f"限额以上由{zh}支付。", f"{en} pays above the ceiling.")
    return steps.add(f"{one.rules.fund}_pay", one.pay_fen, of, words, one.rules.ratio.mark, working.policy.pack)
