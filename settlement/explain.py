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
from settlement.money import format_scaled
from settlement.money import format_yuan as yuan
from settlement.policy import UNLIMITED_FEN, Mark, find

if TYPE_CHECKING:
    from settlement.working import Working

_COSTS = {
    "in_scope": ("范围内个人负担", "The person's share in scope"),
    "first_pay": ("先行自付", "First pay"),
    "over_limit": ("超限价", "Over-limit"),
    "full_selfpay": ("全自费", "Full self-pay"),
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
    goods = find(working.policy.goods, situation_of(working.bill, ""), line.goods_kind)
    mark = goods.mark if goods is not None else Mark(key="goods", status="confirmed", source="本产品：清单之外默认不准")
    formula = f"half_up({format_scaled(line.cnt_e4, 4)} x {format_scaled(line.pric_e6, 6)})"
    return _step(f"line.left_out[{left.feedetl_sn}]", mark, formula, left.amount_fen, left.zh, left.en)


def _line(working: Working, cut: LineCut) -> list[Step]:
    line = next(line for line in working.bill.lines if line.feedetl_sn == cut.feedetl_sn)
    policy, at = working.policy, f"[{cut.feedetl_sn}]"
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
    if line.chrgitm_lv == CLASS_B:
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


def _pool(working: Working) -> list[Step]:
    claim, pooled, used = working.claim, working.pooled, working.benefit
    assert pooled.deductible is not None
    left = f"{yuan(pooled.deductible.value)} - {yuan(used.deductible_used_fen)}"
    steps = [
        _step(
            "pool.scope",
            next(given.mark for given in claim.pooling if given.value),
            yuan(claim.pooled_fen),
            claim.pooled_fen,
            "有统筹支付的范围内金额。",
            "The in-scope amount that has a pooled share.",
        ),
        _step(
            "pool.deductible",
            pooled.deductible.mark,
            f"min({yuan(claim.pooled_fen)}, max(0, {left}))",
            pooled.act_pay_dedc,
            "年度起付标准以内由个人负担。",
            "Within the yearly deductible the person pays.",
        ),
        _step(
            "pool.shared",
            working.policy.segments.mark,
            f"{yuan(claim.pooled_fen)} - {yuan(pooled.act_pay_dedc)}",
            pooled.shared_fen,
            "起付标准以上按比例共付。",
            "Above it the fund and the person share.",
        ),
    ]
    if pooled.ratio is not None:
        formula = f"half_up({yuan(pooled.shared_fen)} x {format_scaled(pooled.ratio_e4, 4)})"
        words = (
            "统筹基金按比例支付，四舍五入到分，余数归个人。",
            "The fund pays its ratio, rounded half-up; the remainder is the person's.",
        )
        steps.append(_step("pool.ratio", pooled.ratio.mark, formula, pooled.uncapped_fen, *words))
    if pooled.ceiling is not None:
        unlimited = pooled.ceiling.value >= UNLIMITED_FEN
        room = "无限额" if unlimited else f"max(0, {yuan(pooled.ceiling.value)} - {yuan(used.fund_paid_fen)})"
        # With the year's room used up the pack's ratio is not asked for, and nothing is left to cap.
        formula = f"min({yuan(pooled.uncapped_fen)}, {room})" if pooled.room_fen else room
        words = ("统筹基金支付不超过年度限额的剩余。", "The fund pays no more than what the year's ceiling leaves.")
        steps.append(_step("pool.ceiling", pooled.ceiling.mark, formula, pooled.fund_fen, *words))
    return steps


def _person(working: Working) -> list[Step]:
    claim, fund_fen, drawn = working.claim, working.pooled.fund_fen, working.drawn
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
    for cost, amount_fen, given in drawn.opened:
        formula = f"{yuan(amount_fen)} x {given.value}"
        zh, en = _COSTS[cost]
        words = (
            f"{zh}：账户{'可以' if given.value else '不可以'}支付。",
            f"{en}: the account {'may' if given.value else 'may not'} pay it.",
        )
        steps.append(_step(f"account.scope[{cost}]", given.mark, formula, amount_fen if given.value else 0, *words))
    if drawn.available_fen:
        mark = working.policy.account_order.mark
        formula = f"min({yuan(drawn.available_fen)}, {yuan(drawn.payable_fen)})"
        words = (
            "个人账户在统筹之后支付，不超过余额。",
            "The account pays after the pool and no more than it holds.",
        )
        steps.append(_step("account.pay", mark, formula, drawn.acct_pay, *words))
    outside_fen = sum(line.amount_fen for line in claim.left_out)
    formula = f"{yuan(person_fen)} - {yuan(drawn.acct_pay)} + {yuan(outside_fen)}"
    words = ("其余付现金，连同不进医保的部分。", "The rest is cash, with what left the claim.")
    steps.append(_step("cash", _ARITHMETIC, formula, working.cash_fen, *words))
    return steps
