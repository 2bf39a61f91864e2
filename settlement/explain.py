"""Why each amount: one step per rule applied, with its source, its numbers and its words, and a hash over all.

The steps restate what ``split.py`` computed; their ``formula`` can be worked out with paper and pencil.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from settlement.bill import LeftOut, LineCut, Split, Step
from settlement.claim import CLASS_B, situation_of
from settlement.money import RATIO_ONE, format_scaled
from settlement.money import format_yuan as yuan
from settlement.policy import CURRENT, MUTUAL, PAST, Policy
from settlement.rule import UNLIMITED_FEN, Mark, find

if TYPE_CHECKING:
    from settlement.working import Ceiling, Deductible, ExactFen, Payment, Slice, Supplement, Working

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
_ARITHMETIC = Mark(key="arithmetic", status="confirmed", source="国家医保接口 恒等式 A–I")


def explanation_hash(split: Split) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of pack, figures, lines and steps: what was shown before it was agreed."""
    shown = {
        "pack": split.pack,
        "figures": asdict(split.figures),
        "cuts": [asdict(cut) for cut in split.cuts],
        "left_out": [asdict(line) for line in split.left_out],
        "steps": [asdict(step) for step in split.steps],
    }
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def steps_of(working: Working, rounded: tuple[LeftOut, ...] = ()) -> tuple[Step, ...]:
    """Return the steps in the order in which the money is divided; ``rounded`` is what is not collected of the cash."""
    claim = working.claim
    steps = [_left_out(working, line) for line in claim.left_out]
    for cut in claim.cuts:
        steps += _line(working, cut)
    steps.append(
        _step(
            "bill.in_scope",
            _ARITHMETIC,
            f"{yuan(claim.medfee_sumamt)} - {yuan(claim.fulamt_ownpay_amt)} - {yuan(claim.overlmt_selfpay)} - {yuan(claim.preselfpay_amt)}",
            claim.inscp_scp_amt,
            "纳入申报的总额减去全自费、超限价和先行自付，是政策范围内金额。",
            "The claim less full self-pay, over-limit and first pay is the amount in scope.",
        )
    )
    steps += _fixed(working)
    steps += _pool(working) if claim.pooled_fen else [_no_pool(working)]
    steps += _person(working)
    for off in rounded:
        formula = f"-({yuan(working.cash_fen)} mod {yuan(working.bill.cash_step_fen)})"
        steps.append(_step("cash.rounded_off", _ARITHMETIC, formula, off.amount_fen, off.zh, off.en))
    return tuple(steps)


def _step(rule: str, mark: Mark, formula: str, result_fen: int, zh: str, en: str) -> Step:
    arithmetic = mark is _ARITHMETIC
    return Step(
        rule=rule,
        source=mark.source,
        status="arithmetic" if arithmetic else mark.status,
        formula=f"{formula} = {yuan(result_fen)}",
        result_fen=result_fen,
        zh=zh,
        en=en,
    )


def _left_out(working: Working, left: LeftOut) -> Step:
    line = next(line for line in working.bill.lines if line.feedetl_sn == left.feedetl_sn)
    goods = find(working.catalogue.goods, situation_of(working.bill, working.benefit), line.goods_kind)
    mark = goods.mark if goods is not None else Mark(key="goods", status="confirmed", source="本产品：清单之外默认不准")
    formula = f"half_up({format_scaled(line.cnt_e4, 4)} x {format_scaled(line.pric_e6, 6)})"
    return _step(f"line.left_out[{left.feedetl_sn}]", mark, formula, left.amount_fen, left.zh, left.en)


def _line(working: Working, cut: LineCut) -> list[Step]:
    line = next(line for line in working.bill.lines if line.feedetl_sn == cut.feedetl_sn)
    policy, at = working.catalogue, f"[{cut.feedetl_sn}]"
    count, total = format_scaled(line.cnt_e4, 4), yuan(cut.det_item_fee_sumamt)
    steps = [
        _step(
            f"line.amount{at}",
            _ARITHMETIC,
            f"half_up({count} x {format_scaled(line.pric_e6, 6)})",
            cut.det_item_fee_sumamt,
            f"{line.name}：数量乘单价。",
            f"{line.name}: quantity times price.",
        )
    ]
    if cut.fulamt_ownpay_amt:
        words = ("目录外或丙类，全部自费。", "Outside the catalogue: full self-pay.")
        steps.append(_step(f"line.full_selfpay{at}", _ARITHMETIC, total, cut.fulamt_ownpay_amt, *words))
        return steps
    if cut.overlmt_amt:
        assert line.pric_uplmt_e6 is not None
        formula = f"half_up({count} x ({format_scaled(line.pric_e6, 6)} - {format_scaled(line.pric_uplmt_e6, 6)}))"
        words = ("超过医保支付标准的部分由个人负担。", "The part above the payment standard is the person's.")
        steps.append(_step(f"line.over_limit{at}", _ARITHMETIC, formula, cut.overlmt_amt, *words))
    if line.chrgitm_lv == CLASS_B and policy.first_pay_on.value != "none":
        base = total if policy.first_pay_on.value == "price" else yuan(cut.det_item_fee_sumamt - cut.overlmt_amt)
        formula = f"half_up({base} x {format_scaled(line.selfpay_prop_e4, 4)})"
        words = ("乙类先行自付，不计起付标准。", "First pay of a class-B item; it does not count to the deductible.")
        steps.append(_step(f"line.first_pay{at}", policy.first_pay_on.mark, formula, cut.preselfpay_amt, *words))
    formula = f"{total} - {yuan(cut.overlmt_amt)} - {yuan(cut.preselfpay_amt)}"
    words = ("其余进入政策范围内金额。", "The remainder is in scope.")
    steps.append(_step(f"line.in_scope{at}", _ARITHMETIC, formula, cut.inscp_scp_amt, *words))
    return steps


def _no_pool(working: Working) -> Step:
    mark = working.claim.pooling[0].mark if working.claim.pooling else _ARITHMETIC
    return _step("pool.none", mark, "0", 0, "按规则本单没有统筹支付的部分。", "By rule nothing of this bill is shared by the pooled fund.")


def _fixed(working: Working) -> list[Step]:
    """Say what is paid of single lines before everything else."""
    zh, en = "按规定额支付，不经起付和比例。", "a fixed amount, before deductible and ratio."
    steps = []
    for one in working.claim.fixed:
        at = f"[{one.feedetl_sn}]"
        if one.fund_fen:
            steps.append(_step(f"fixed.fund{at}", one.given[0].mark, yuan(one.fund_fen), one.fund_fen, f"基金{zh}", f"The fund: {en}"))
        if one.person_fen:
            mark = one.given[-1].mark
            steps.append(_step(f"fixed.person{at}", mark, yuan(one.person_fen), one.person_fen, f"个人{zh}", f"The person: {en}"))
    return steps


def _pool(working: Working) -> list[Step]:
    claim, pooled, policy = working.claim, working.pooled, working.policy
    scope = _step(
        "pool.scope",
        next(given.mark for given in claim.pooling if given.value),
        yuan(claim.pooled_fen),
        claim.pooled_fen,
        "有统筹支付的范围内金额。",
        "The in-scope amount that has a pooled share.",
    )
    steps = [scope]
    if pooled.first_fen:
        formula = f"min({yuan(working.benefit.account_fen)}, {yuan(claim.pooled_fen)})"
        words = ("当年个人账户先付，不计起付标准。", "The account of this year pays first; it does not count to the deductible.")
        steps.append(_step("account.first", policy.segments.mark, formula, pooled.first_fen, *words))
    if pooled.deductible is None:
        return steps
    due_fen = claim.pooled_fen - pooled.first_fen
    steps.append(_deductible(working, pooled.deductible, due_fen))
    steps.append(
        _step(
            "pool.shared",
            policy.segments.mark,
            f"{yuan(due_fen)} - {yuan(pooled.act_pay_dedc)}",
            due_fen - pooled.act_pay_dedc,
            "起付标准以上按比例共付。",
            "Above it the fund and the person share.",
        )
    )
    steps += [_expense(working, one, due_fen - pooled.act_pay_dedc) for one in pooled.ceilings if not _on_fund(policy, one)]
    if pooled.slices:
        steps += [_ratio(one) for one in pooled.slices if one.points]
        steps.append(_uncapped(working))
    caps = [one for one in pooled.ceilings if _on_fund(policy, one)]
    if caps:
        # With the year's room used up the pack's ratio is not asked for, and nothing is left to cap.
        least = [*([yuan(pooled.uncapped_fen)] if pooled.slices else []), *map(_room, caps)]
        formula = f"min({', '.join(least)})" if least[1:] else least[0]
        lowest = min(caps, key=lambda one: one.room_fen)
        yearly = len(caps) == 1 and policy.ceiling_basis.value == "fund_annual"
        words = (
            ("统筹基金支付不超过年度限额的剩余。", "The fund pays no more than what the year's ceiling leaves.")
            if yearly
            else ("统筹基金支付不超过各项限额的剩余。", "The fund pays no more than what each ceiling leaves.")
        )
        steps.append(_step("pool.ceiling", lowest.given.mark, formula, pooled.fund_fen, *words))
    if pooled.supplement is not None:
        steps.append(_supplement(pooled.supplement))
    return steps


def _deductible(working: Working, deductible: Deductible, due_fen: int) -> Step:
    own = yuan(deductible.full.value)
    own = f"half_up({own} x {format_scaled(deductible.factor.value, 4)})" if deductible.factor else own
    own = f"max(0, {own} - {yuan(deductible.less.value)})" if deductible.less else own
    left = f"max(0, {own} - {yuan(deductible.used_fen)})"
    if deductible.cap is not None:
        left = f"{left}, max(0, {yuan(deductible.cap.value)} - {yuan(working.benefit.deductible_used_fen)})"
    words = {
        "annual": ("年度起付标准以内由个人负担。", "Within the yearly deductible the person pays."),
        "per_visit": ("每次就诊的起付标准以内由个人负担。", "Within the deductible of each visit the person pays."),
    }[working.policy.deductible_basis.value]
    formula = f"min({yuan(due_fen)}, {left})"
    return _step("pool.deductible", deductible.full.mark, formula, working.pooled.act_pay_dedc, *words)


def _on_fund(policy: Policy, ceiling: Ceiling) -> bool:
    return bool(ceiling.name) or policy.ceiling_basis.value.startswith("fund")


def _room(ceiling: Ceiling) -> str:
    if ceiling.given.value >= UNLIMITED_FEN:
        return "无限额"
    full = yuan(ceiling.given.value) if ceiling.times == 1 else f"{yuan(ceiling.given.value)} x {ceiling.times}"
    return f"max(0, {full} - {yuan(ceiling.used_fen)})"


def _expense(working: Working, ceiling: Ceiling, above_fen: int) -> Step:
    words = ("超过费用限额的部分由个人负担。", "What is above the ceiling on expense is the person's.")
    return _step("pool.expense", ceiling.given.mark, f"min({yuan(above_fen)}, {_room(ceiling)})", working.pooled.shared_fen, *words)


def _ratio(one: Slice) -> Step:
    added = " ".join(f"{'+' if point.value >= 0 else '-'} {format_scaled(abs(point.value), 4)}" for point in one.points)
    return Step(
        rule="pool.points",
        source=one.points[0].mark.source,
        status=one.points[0].mark.status,
        formula=f"{format_scaled(one.base.value, 4)} {added} = {format_scaled(one.ratio_e4, 4)}",
        result_fen=0,
        zh="本单的支付比例。",
        en="The ratio of this bill.",
    )


def _uncapped(working: Working) -> Step:
    pooled, policy = working.pooled, working.policy
    side, _, mode = policy.rounding.value.partition("_")
    own = RATIO_ONE if side == "person" else 0
    parts = [f"{_exact(one.amount_fen)} x {format_scaled(abs(own - one.ratio_e4), 4)}" for one in pooled.slices]
    shared = f"{mode}({' + '.join(parts)})"
    formula = f"{yuan(pooled.shared_fen)} - {shared}" if side == "person" else shared
    mark = pooled.slices[0].base.mark
    zh, en = _MODES[mode]
    words = (
        (f"个人按比例负担，{zh}，余数归统筹基金。", f"The person bears the rest of the ratio, {en}; the remainder is the fund's.")
        if side == "person"
        else (f"统筹基金按比例支付，{zh}到分，余数归个人。", f"The fund pays its ratio, {en}; the remainder is the person's.")
    )
    return _step("pool.ratio", mark, formula, pooled.uncapped_fen, *words)


def _exact(amount: ExactFen) -> str:
    """Return fen as yuan; where a band ends within a fen, as the fraction that it is."""
    return yuan(amount) if isinstance(amount, int) else f"({amount.numerator} / {amount.denominator * 100})"


def _supplement(one: Supplement) -> Step:
    zh, en = _BEHIND[one.fund]
    formula = f"min(half_up({yuan(one.base_fen)} x {format_scaled(one.ratio.value, 4)}), {yuan(one.room_fen)})"
    return _step(
        f"pool.supplement[{one.fund}]", one.ratio.mark, formula, one.pay_fen, f"限额以上由{zh}支付。", f"{en} pays above the ceiling."
    )


def _person(working: Working) -> list[Step]:
    claim, fund_fen, drawn = working.claim, working.fund_fen, working.drawn
    person_fen = claim.medfee_sumamt - fund_fen
    steps = [
        _step(
            "person.part",
            _ARITHMETIC,
            f"{yuan(claim.medfee_sumamt)} - {yuan(fund_fen)}",
            person_fen,
            "总额减基金支付，是个人负担。",
            "The claim less the fund is the person's part.",
        )
    ]
    for payment in drawn.payments:
        steps += _payment(working, payment)
    outside_fen = sum(line.amount_fen for line in claim.left_out)
    formula = f"{yuan(person_fen)} - {yuan(working.account_fen)} + {yuan(outside_fen)}"
    words = ("其余付现金，连同不进医保的部分。", "The rest is cash, with what left the claim.")
    steps.append(_step("cash", _ARITHMETIC, formula, working.cash_fen, *words))
    return steps


def _payment(working: Working, payment: Payment) -> list[Step]:
    several = len(working.policy.account_order.words) > 1
    at = f"{payment.account}: " if several else ""
    zh, en = _ACCOUNTS[payment.account] if several else ("个人账户", "The account")
    steps = []
    for cost, amount_fen, given in payment.opened:
        formula = f"{yuan(amount_fen)} x {given.value}"
        cost_zh, cost_en = _COSTS[cost]
        words = (
            f"{cost_zh}：{zh}{'可以' if given.value else '不可以'}支付。",
            f"{cost_en}: {en.lower()} {'may' if given.value else 'may not'} pay it.",
        )
        steps.append(_step(f"account.scope[{at}{cost}]", given.mark, formula, amount_fen if given.value else 0, *words))
    formula = f"min({yuan(payment.available_fen)}, {yuan(payment.payable_fen)})"
    words = (f"{zh}在统筹之后支付，不超过余额。", f"{en} pays after the pool and no more than it holds.")
    rule = f"account.pay[{payment.account}]" if several else "account.pay"
    steps.append(_step(rule, working.policy.account_order.mark, formula, payment.pay_fen, *words))
    return steps
