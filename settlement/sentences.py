"""Why this amount, in two plain sentences: what the funds pay and why, and what the person pays and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_scaled
from settlement.money import format_yuan as yuan

if TYPE_CHECKING:
    from settlement.bill import LineCut, Split
    from settlement.figures import Figures

_BEHIND = {
    "hifob_pay": ("大额补助", "the large-amount fund"),
    "hifes_pay": ("企业补充", "the employer's supplement"),
    "hifmi_pay": ("大病保险", "serious-illness insurance"),
}


def sentences_of(split: Split) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the two sentences, each in Chinese and English."""
    return _fund(split), _person(split)


def sentence_of_line(cut: LineCut, name: str) -> tuple[str, str]:
    """Return how one claimed line divides, in Chinese and English."""
    zh, en = f"{name} {yuan(cut.det_item_fee_sumamt)} 元：", f"{name}, {yuan(cut.det_item_fee_sumamt)} yuan: "
    parts = (
        (cut.fulamt_ownpay_amt, "全自费 {} 元", "{} full self-pay"),
        (cut.overlmt_amt, "超限价 {} 元", "{} over the price limit"),
        (cut.preselfpay_amt, "先行自付 {} 元", "{} first pay"),
        (cut.inscp_scp_amt, "进入政策范围 {} 元", "{} in scope"),
    )
    said = [(zh_part.format(yuan(fen)), en_part.format(yuan(fen))) for fen, zh_part, en_part in parts if fen]
    return f"{zh}{'，'.join(part for part, _ in said)}。", f"{en}{', '.join(part for _, part in said)}."


def _fund(split: Split) -> tuple[str, str]:
    figures = split.figures
    total = yuan(figures.medfee_sumamt)
    if not figures.medfee_sumamt:
        return "本单没有可以进医保的项目。", "Nothing of this bill can be claimed."
    if not split.pool_possible:
        return f"医保总额 {total} 元，按规则这里没有统筹支付。", f"The claim is {total} yuan; by rule the pooled fund shares none of it."
    steps = {step.name: step.value for step in split.steps}
    first_fen = steps.get("account.first", 0)
    fixed_fen = sum(value for name, value in steps.items() if name.startswith("fixed.fund["))
    pooled = yuan(split.pooled_fen + first_fen)
    zh, en = [f"医保总额 {total} 元，其中 {pooled} 元有统筹支付"], [f"The claim is {total} yuan, of which {pooled} have a pooled share"]
    if fixed_fen:
        zh.append(f"定额由基金支付 {yuan(fixed_fen)} 元")
        en.append(f"fixed amounts of {yuan(fixed_fen)} are paid by the fund")
    if first_fen:
        zh.append(f"当年个人账户先付 {yuan(first_fen)} 元")
        en.append(f"the account of this year pays {yuan(first_fen)} first")
    if figures.act_pay_dedc:
        zh.append(f"起付标准内 {yuan(figures.act_pay_dedc)} 元由个人负担")
        en.append(f"{yuan(figures.act_pay_dedc)} within the deductible are the person's")
    paid = _paid(split, figures.hifp_pay - fixed_fen)
    for fund, (name_zh, name_en) in _BEHIND.items():
        if fen := getattr(figures, fund):
            paid[0].append(f"{name_zh}再支付 {yuan(fen)} 元")
            paid[1].append(f"{name_en} pays {yuan(fen)} more")
    return f"{'，'.join([*zh, *paid[0]])}。", f"{'; '.join([*en, *paid[1]])}."


def _paid(split: Split, fund_fen: int) -> tuple[list[str], list[str]]:
    """Say what the fund pays of what is above the deductible."""
    figures = split.figures
    above_fen = split.pooled_fen - figures.act_pay_dedc
    if not above_fen:
        return ["没有超过起付标准，统筹不支付"], ["nothing is above it, so the fund pays nothing"]
    ratio = format_scaled(figures.pool_prop_selfpay, 2).rstrip("0").rstrip(".")
    steps = {step.name: step.value for step in split.steps}
    capped = steps.get("pool.ratio", fund_fen) > fund_fen
    if not figures.pool_prop_selfpay:
        return ["已到限额，统筹不再支付"], ["the ceiling is reached, so the fund pays nothing more"]
    until = ("，到限额为止，共", ", up to its ceiling") if capped else ("", "")
    zh = f"其余 {yuan(above_fen)} 元按 {ratio}% 由统筹支付{until[0]} {yuan(fund_fen)} 元"
    en = f"of the other {yuan(above_fen)} the fund pays {ratio} %{until[1]}: {yuan(fund_fen)} yuan"
    return [zh], [en]


def _person(split: Split) -> tuple[str, str]:
    figures: Figures = split.figures
    zh, en = [f"个人负担 {yuan(figures.psn_part_amt)} 元"], [f"The person bears {yuan(figures.psn_part_amt)} yuan"]
    if figures.acct_pay:
        zh.append(f"个人账户支付 {yuan(figures.acct_pay)} 元")
        en.append(f"the account pays {yuan(figures.acct_pay)}")
    if figures.acct_mulaid_pay:
        zh.append(f"共济账户支付 {yuan(figures.acct_mulaid_pay)} 元")
        en.append(f"the family's quota pays {yuan(figures.acct_mulaid_pay)}")
    outside_fen = sum(one.amount_fen for one in split.left_out if one.amount_fen > 0)
    if outside_fen:
        zh.append(f"不进医保的 {yuan(outside_fen)} 元另付现金")
        en.append(f"{yuan(outside_fen)} outside the claim are cash")
    zh.append(f"应收现金 {yuan(split.cash_due_fen)} 元")
    en.append(f"the cash due is {yuan(split.cash_due_fen)} yuan")
    return f"{'，'.join(zh)}。", f"{'; '.join(en)}."
