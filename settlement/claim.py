"""Which lines enter the claim and how each of them divides (settlement-rules sections 2 and 3, identity E).

Per line: over the price limit first, then the class-B first pay, and what is left is in scope. A line of
a kind that the account may not buy leaves the claim; kinds are permitted by list, the default is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settlement import unpriced
from settlement.bill import Bill, LeftOut, Line, LineCut
from settlement.money import LINE_TO_FEN, RATIO_ONE, TWO_LINES, line_amount, share
from settlement.plan import CLASS_A, CLASS_B, SELF_PAY, LineRules, Plan, situation_of, warned
from settlement.policy import Policy
from settlement.rule import Given, Rule, find

if TYPE_CHECKING:
    from collections.abc import Container

NEGATIVE = ("金额不能为负", "an amount is not negative")
_FIRST_PAY: dict[str, Container[int]] = {CLASS_A: (0,), CLASS_B: range(RATIO_ONE + 1), SELF_PAY: (0, RATIO_ONE)}
"""The first-pay ratios that a class may have."""

Shares = list[tuple[LineRules, int]]
"""In-scope amounts by what their ratio depends on."""


@dataclass(slots=True, kw_only=True)
class Fixed:
    """What is paid of one line before everything else."""

    feedetl_sn: str
    fund_fen: int
    person_fen: int
    fund: Given | None
    person: Given | None


@dataclass(slots=True, kw_only=True)
class Claim:
    """The lines of a bill, divided. Amounts in fen."""

    cuts: list[LineCut]
    rules: list[LineRules]
    """What the packs say of each cut, or of the bare total."""
    left_out: list[LeftOut]
    pool_possible: bool
    """Whether the rule, not the amount, gives a pooled share on any claimed line."""
    pooled: Shares
    """The in-scope amounts that have a pooled share by rule, less what is fixed of them."""
    pooled_fen: int
    """Their sum."""
    fixed: list[Fixed]
    """What is paid of single lines before everything else."""
    fixed_fund_fen: int
    """What of it the fund pays."""
    medfee_sumamt: int
    fulamt_ownpay_amt: int
    overlmt_selfpay: int
    preselfpay_amt: int
    inscp_scp_amt: int
    warnings: list[str]
    """The keys of the pack's values that were used and are not confirmed."""

    @property
    def unpooled_fen(self) -> int:
        """The in-scope amount that is the person's whatever the pool does."""
        return self.inscp_scp_amt - self.pooled_fen - self.fixed_fund_fen


def check(bill: Bill) -> None:
    """Raise :class:`settlement.unpriced.BillMalformed` when the bill contradicts itself."""
    if getattr(bill, "sound", False):
        return
    if bill.inscp_scp_amt is not None:
        require(not bill.lines, "inscp_scp_amt", "明细和合计只能给一种", "both lines and a bare total")
        require(bill.inscp_scp_amt >= 0, "inscp_scp_amt", *NEGATIVE)
    require(bill.cash_step_fen > 0, "cash_step", "抹零单位必须大于零", "a rounding step is above zero")
    numbers = {line.feedetl_sn for line in bill.lines}
    if len(numbers) != len(bill.lines):
        require(held=False, key="feedetl_sn", what_zh="两行明细的流水号相同", what_en="two lines have the same number")
    for line in bill.lines:
        limit_e6, full_e6 = line.pric_uplmt_e6, line.full_pric_e6
        if (
            line.cnt_e4 <= 0
            or line.pric_e6 < 0
            or line.selfpay_prop_e4 not in _FIRST_PAY.get(line.chrgitm_lv, ())
            or (limit_e6 is not None and limit_e6 < 0)
            or (full_e6 is not None and full_e6 < line.pric_e6)
        ):
            _refuse(line)
    object.__setattr__(bill, "sound", True)


def _refuse(line: Line) -> None:
    """Say what is wrong with a line."""
    at = f"{line.feedetl_sn}."
    require(line.cnt_e4 > 0, f"{at}cnt", "数量必须大于零", "a quantity is above zero")
    dearer = line.full_pric_e6 is None or line.full_pric_e6 >= line.pric_e6
    require(dearer, f"{at}full_pric", "折后价不能高于原价", "a discount lowers the price")
    require(line.pric_e6 >= 0 and (line.pric_uplmt_e6 or 0) >= 0, f"{at}pric", *NEGATIVE)
    require(line.chrgitm_lv in _FIRST_PAY, f"{at}chrgitm_lv", "费用等级只有 01、02、03", "the classes are 01, 02 and 03")
    require(held=False, key=f"{at}selfpay_prop", what_zh="自付比例与费用等级不符", what_en="its class has no such first-pay ratio")


def require(held: bool, key: str, what_zh: str, what_en: str) -> None:  # noqa: FBT001 - a condition, as in assert
    """Raise :class:`settlement.unpriced.BillMalformed` about ``key`` unless the condition held."""
    if not held:
        raise unpriced.BillMalformed(key=key, what_zh=what_zh, what_en=what_en)


def divide(bill: Bill, plan: Plan) -> Claim:
    """Return the claim: the lines by the catalogue of the place of care, the pooled share by the rules of the insured place.

    Raises :class:`settlement.unpriced.Unpriced` when the pack does not say whether a pooled share exists.
    """
    cuts: list[LineCut] = []
    found: list[LineRules] = []
    left_out: list[LeftOut] = []
    warnings: list[str] = []
    fixed: list[Fixed] = []
    pooled: dict[LineRules, int] = {}
    known = plan.lines
    total_fen = full_fen = over_fen = first_fen = fixed_fund_fen = 0
    if bill.inscp_scp_amt is not None:
        rules = plan.whole()
        found.append(rules)
        warnings += rules.warnings
        total_fen = bill.inscp_scp_amt
        if rules.pools:
            pooled[rules] = total_fen
    for line in bill.lines:
        rules = known.get((line.goods_kind, line.chrgitm_lv, not line.rxno, line.conditions)) or plan.line(line)
        if rules.warnings:
            warnings += rules.warnings
        if not rules.claimed:
            left_out.append(_leave(line, rules.goods))
            continue
        cut = cut_line(line, rules)
        cuts.append(cut)
        found.append(rules)
        total_fen += cut.det_item_fee_sumamt
        full_fen += cut.fulamt_ownpay_amt
        over_fen += cut.overlmt_amt
        if cut.preselfpay_amt:
            first_fen += cut.preselfpay_amt
            warnings += plan.catalogue.first_pay_on.mark.warnings
        in_scope = cut.inscp_scp_amt
        if rules.fixed:
            one = _fixed(line, in_scope, rules)
            fixed.append(one)
            warnings += warned(given.mark for given in (one.fund, one.person) if given is not None)
            fixed_fund_fen += one.fund_fen
            in_scope -= one.fund_fen + one.person_fen
        if rules.pools:
            pooled[rules] = pooled.get(rules, 0) + in_scope
    return Claim(
        cuts=cuts,
        rules=found,
        left_out=left_out,
        pool_possible=bool(pooled) or fixed_fund_fen > 0,
        pooled=[one for one in pooled.items() if one[1]],
        pooled_fen=sum(pooled.values()),
        fixed=fixed,
        fixed_fund_fen=fixed_fund_fen,
        medfee_sumamt=total_fen,
        fulamt_ownpay_amt=full_fen,
        overlmt_selfpay=over_fen,
        preselfpay_amt=first_fen,
        inscp_scp_amt=total_fen - full_fen - over_fen - first_fen,
        warnings=warnings,
    )


def cut_line(line: Line, rules: LineRules) -> LineCut:
    """Return how one claimed line divides; each ratio rounds once and the in-scope part is the remainder."""
    count_e4, price_e6, limit_e6 = line.cnt_e4, line.pric_e6, line.pric_uplmt_e6
    total = (2 * count_e4 * price_e6 + LINE_TO_FEN) // TWO_LINES  # line_amount, once for every line of every bill
    if rules.self_pay:
        return LineCut(line.feedetl_sn, total, total, 0, 0, 0)
    over = first = 0
    if limit_e6 is not None and price_e6 > limit_e6:
        over = line_amount(count_e4, price_e6 - limit_e6)
    if rules.first_pay and line.selfpay_prop_e4:
        first = min(share(total if rules.first_pay == "price" else total - over, line.selfpay_prop_e4), total - over)
    return LineCut(line.feedetl_sn, total, 0, over, first, total - over - first)


def pool_possible(bill: Bill, policy: Policy) -> bool:
    """Return whether the rule gives ``bill`` a pooled share at all, whoever the person is and whatever the amount.

    Raises :class:`settlement.unpriced.Unpriced` when the pack does not say so of every person.
    """
    lines = [line for line in bill.lines if line.chrgitm_lv != SELF_PAY and _permitted(bill, line, policy)]
    asked = [situation_of(bill, None, line) for line in lines] + ([situation_of(bill)] if bill.inscp_scp_amt is not None else [])
    possible = bool(policy.fixed_fund)
    for situation in asked:
        found = [rule for rule in policy.pooling if rule.may_fit(situation)]
        if not found or any(rule.value is None for rule in found):
            missing = next((rule.mark.key for rule in found), f"pooling [{situation}]")
            raise unpriced.Unpriced(unpriced.NO_POOLING, pack=policy.pack, key=missing)
        possible = possible or any(rule.value for rule in found)
    return possible


def _permitted(bill: Bill, line: Line, policy: Policy) -> bool:
    goods = find(policy.goods, situation_of(bill), line.goods_kind)
    return goods is not None and bool(goods.value)


def _fixed(line: Line, in_scope_fen: int, rules: LineRules) -> Fixed:
    """Return what is paid of a line before everything else; of a part of a unit, its part."""
    fund, person = rules.fixed_fund, rules.fixed_person
    fund_fen = min(share(fund.value, line.cnt_e4), in_scope_fen) if fund is not None else 0
    person_fen = min(share(person.value, line.cnt_e4), in_scope_fen - fund_fen) if person is not None else 0
    return Fixed(
        feedetl_sn=line.feedetl_sn,
        fund_fen=fund_fen,
        person_fen=person_fen,
        fund=fund if fund_fen else None,
        person=person if person_fen else None,
    )


def _leave(line: Line, goods: Rule | None) -> LeftOut:
    if goods is None:
        code = "GOODS-NOT-LISTED"
        zh = f"{line.goods_kind} 不在政策包的允许清单内，默认不进医保，现金支付。"
        en = f"{line.goods_kind} is on no permitted list of the pack: it leaves the claim and is paid in cash."
    else:
        code = "GOODS-NOT-PERMITTED"
        zh = f"{line.goods_kind} 不得用个人账户支付（{goods.words_zh}），现金支付。"
        en = f"The account may not buy {line.goods_kind} ({goods.words_en}): paid in cash."
    return LeftOut(feedetl_sn=line.feedetl_sn, amount_fen=line.det_item_fee_sumamt, code=code, zh=zh, en=en)
