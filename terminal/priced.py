"""A priced or refused bill as JSON in national names and yuan, and as text for a person."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from settlement.explain import explanation_hash
from settlement.figures import Figures
from settlement.money import format_scaled, format_yuan
from settlement.plain import one_line
from settlement.reasons import LEAF, UNLIMITED, roundings
from settlement.sentences import sentences_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from settlement.bill import Bill, LineCut, Split
    from settlement.errors import Refusal
    from settlement.reasons import Expression, Step

Answer = dict[str, Any]

_FIGURES = tuple(field.name for field in fields(Figures))
_TITLES = {
    "medfee_sumamt": "医疗费总额 · the claim",
    "fulamt_ownpay_amt": "全自费金额 · full self-pay",
    "overlmt_selfpay": "超限价自费 · over the price limit",
    "preselfpay_amt": "先行自付 · class-B first pay",
    "inscp_scp_amt": "符合政策范围 · in scope",
    "act_pay_dedc": "实际起付 · deductible",
    "pool_prop_selfpay": "统筹支付比例 · pooled ratio",
    "hifp_pay": "统筹基金 · pooled fund",
    "psn_part_amt": "个人负担 · the person's part",
    "acct_pay": "个人账户 · account",
    "psn_cash_pay": "个人现金 · cash in the claim",
    "outside": "不进医保 · outside the claim",
    "cash_due": "应收现金 · cash due",
    "balc": "账户余额 · balance after",
}


def priced(split: Split, bill: Bill, expect: Mapping[str, int | str], *, explain: bool) -> Answer:
    """Return the answer for a priced bill; ``steps`` only where asked for."""
    figures = split.figures.account_in_fund() if split.fund_includes_account else split.figures
    amounts = {**asdict(figures), "cash_due": split.cash_due_fen, "outside": split.outside_fen}
    answer: Answer = {
        "outcome": "priced",
        "pack": split.pack,
        "date": bill.begntime[:10],
        **{name: _written(name, amount) for name, amount in amounts.items()},
        "pool_possible": split.pool_possible,
        "detlcutinfo": [_cut(cut) for cut in split.cuts],
        "left_out": [
            {"feedetl_sn": left.feedetl_sn, "amount": format_yuan(left.amount_fen), "code": left.code, "zh": left.zh, "en": left.en}
            for left in split.left_out
        ],
        "warnings": list(split.warnings),
        "explanation": explanation_hash(split),
        "differences": _differences(expect, amounts),
    }
    if not explain:
        return answer
    said = sentences_of(split)
    why = {"zh": [zh for zh, _ in said], "en": [en for _, en in said]}
    return {**answer, "why": why, "steps": [_step(step) for step in split.steps]}


def refused(refusal: Refusal, bill: Bill, expect: Mapping[str, int | str], *, pack: str) -> Answer:
    """Return the answer for a bill that is not priced: why, and what full self-pay would be."""
    return {
        "outcome": "refused",
        "pack": pack,
        "date": bill.begntime[:10],
        "refusal": {"code": refusal.code, "zh": refusal.say("zh"), "en": refusal.say("en"), "details": refusal.details},
        "self_pay": format_yuan(bill.total_fen),
        "differences": _differences(expect, {"refusal": refusal.code}),
    }


def readable(answer: Answer) -> str:
    """Return the answer as lines for a person, in both languages."""
    if answer["outcome"] == "refused":
        refusal = answer["refusal"]
        lines = [
            f"[{refusal['code']}] {refusal['zh']}",
            refusal["en"],
            f"  {'self_pay':<18}{answer['self_pay']:>14}  全自费 · full self-pay",
        ]
    else:
        lines = [f"{answer['pack']}  {answer['date']}"]
        lines += [f"  {name:<18}{answer[name]:>14}  {title}" for name, title in _TITLES.items()]
        lines += [f"  ! {left['amount']} {left['zh']} {left['en']}" for left in answer["left_out"]]
        lines += [f"  ? 未经确认 · not confirmed: {key}" for key in answer["warnings"]]
    lines += [f"  ≠ {name}: {said['expected']} → {said['found']}" for name, said in answer["differences"].items()]
    for language in ("zh", "en"):
        lines += [f"  = {sentence}" for sentence in answer.get("why", {}).get(language, ())]
    for step in answer.get("steps", ()):
        said = f"{step['rule']} · {step['pack']} · {step['source']} [{step['status']}]" if step["pack"] else step["source"]
        lines += [f"  {step['name']}: {step['formula']}", f"      {step['zh']} {step['en']}", f"      {said}"]
    return "\n".join(map(one_line, lines)) + "\n"


def _cut(cut: LineCut) -> Answer:
    return {name: value if isinstance(value, str) else format_yuan(value) for name, value in asdict(cut).items()}


def _step(step: Step) -> Answer:
    return {
        "name": step.name,
        "result": step.result,
        "formula": step.formula,
        "of": _expression(step.of),
        "rounding": list(roundings(step.of)),
        "rule": step.rule,
        "pack": step.pack,
        "source": step.source,
        "status": step.status,
        "zh": step.zh,
        "en": step.en,
    }


def _expression(expression: Expression) -> Answer:
    if len(expression) == LEAF:
        kind, name, value, places, unlimited = expression
        return {kind: name, "value": UNLIMITED if unlimited else format_scaled(value, places)}
    operation, parts = expression
    return {"operation": operation, "parts": [_expression(part) for part in parts]}


def _differences(expect: Mapping[str, int | str], found: Mapping[str, int | str]) -> Answer:
    return {
        name: {"expected": _written(name, said), "found": _written(name, found.get(name, "—"))}
        for name, said in expect.items()
        if found.get(name) != said
    }


def _written(name: str, value: int | str) -> str:
    if isinstance(value, str):
        return value
    return format_scaled(value, 4) if name == "pool_prop_selfpay" else format_yuan(value)
