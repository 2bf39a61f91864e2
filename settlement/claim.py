"""Which lines enter the claim and how each of them divides (settlement-rules sections 2 and 3, identity E).

Per line: over the price limit first, then the class-B first pay, and what is left is in scope. A line of
a kind that the account may not buy leaves the claim; kinds are permitted by list, the default is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settlement import unpriced
from settlement.bill import Benefit, Bill, LeftOut, Line, LineCut, Venue
from settlement.money import RATIO_ONE, line_amount, share
from settlement.policy import Policy
from settlement.rule import Given, Mark, Rule, Situation, find

if TYPE_CHECKING:
    from collections.abc import Container

CLASS_A, CLASS_B, SELF_PAY = "01", "02", "03"
NEGATIVE = ("金额不能为负", "an amount is not negative")
_FIRST_PAY: dict[str, Container[int]] = {CLASS_A: (0,), CLASS_B: range(RATIO_ONE + 1), SELF_PAY: (0, RATIO_ONE)}
"""The first-pay ratios that a class may have."""


Shares = tuple[tuple[Situation, int], ...]
"""In-scope amounts by what their ratio may depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The lines of a bill, divided. Amounts in fen."""

    cuts: tuple[LineCut, ...]
    left_out: tuple[LeftOut, ...]
    pool_possible: bool
    """Whether the rule, not the amount, gives a pooled share on any claimed line."""
    pooled: Shares
    """The in-scope amounts that have a pooled share by rule, less what is fixed of them."""
    pooling: tuple[Given, ...]
    """What the pack says of the pooled share of each line that asked, or of the bare total."""
    fixed: tuple[Fixed, ...]
    """What is paid of single lines before everything else."""
    medfee_sumamt: int
    fulamt_ownpay_amt: int
    overlmt_selfpay: int
    preselfpay_amt: int
    inscp_scp_amt: int
    marks: tuple[Mark, ...]
    """The pack's values that were used."""

    @property
    def pooled_fen(self) -> int:
        """The in-scope amount of the lines that have a pooled share by rule."""
        return sum(amount_fen for _, amount_fen in self.pooled)

    @property
    def fixed_fund_fen(self) -> int:
        """What of it the fund pays before everything else."""
        return sum(one.fund_fen for one in self.fixed)

    @property
    def unpooled_fen(self) -> int:
        """The in-scope amount that is the person's whatever the pool does."""
        return self.inscp_scp_amt - self.pooled_fen - self.fixed_fund_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What is paid of one line before everything else."""

    feedetl_sn: str
    fund_fen: int
    person_fen: int
    given: tuple[Given, ...]


def situation_of(bill: Bill, benefit: Benefit | None = None, line: Line | None = None) -> Situation:
    """Return what rules may depend on; a pharmacy has no level, and asks whether there is a prescription."""
    conditions = (*bill.conditions, *(benefit.conditions if benefit else ()), *(line.conditions if line else ()))
    return Situation(
        venue=bill.venue,
        hosp_lv="" if bill.venue is Venue.PHARMACY else bill.hosp_lv,
        psn_type=benefit.psn_type if benefit else "",
        insutype=bill.insutype,
        med_type=bill.med_type,
        prescription=bool(line.rxno if line else bill.rxno),
        rx_level=bill.rx_level,
        charge_class=line.chrgitm_lv if line else bill.chrgitm_lv,
        age=benefit.age if benefit else None,
        conditions=frozenset(conditions),
    )


def check(bill: Bill) -> None:
    """Raise :class:`settlement.unpriced.BillMalformed` when the bill contradicts itself."""
    if bill.inscp_scp_amt is not None:
        require(not bill.lines, "inscp_scp_amt", "明细和合计只能给一种", "both lines and a bare total")
        require(bill.inscp_scp_amt >= 0, "inscp_scp_amt", *NEGATIVE)
    require(bill.cash_step_fen > 0, "cash_step", "抹零单位必须大于零", "a rounding step is above zero")
    numbered = {line.feedetl_sn for line in bill.lines}
    require(len(numbered) == len(bill.lines), "feedetl_sn", "两行明细的流水号相同", "two lines have the same number")
    for line in bill.lines:
        at = f"{line.feedetl_sn}."
        require(line.cnt_e4 > 0, f"{at}cnt", "数量必须大于零", "a quantity is above zero")
        require(
            line.full_pric_e6 is None or line.full_pric_e6 >= line.pric_e6,
            f"{at}full_pric",
            "折后价不能高于原价",
            "a discount lowers the price",
        )
        require(line.pric_e6 >= 0 and (line.pric_uplmt_e6 or 0) >= 0, f"{at}pric", *NEGATIVE)
        require(line.chrgitm_lv in _FIRST_PAY, f"{at}chrgitm_lv", "费用等级只有 01、02、03", "the classes are 01, 02 and 03")
        ratios = _FIRST_PAY[line.chrgitm_lv]
        require(line.selfpay_prop_e4 in ratios, f"{at}selfpay_prop", "自付比例与费用等级不符", "its class has no such first-pay ratio")


def require(held: bool, key: str, what_zh: str, what_en: str) -> None:  # noqa: FBT001 - a condition, as in assert
    """Raise :class:`settlement.unpriced.BillMalformed` about ``key`` unless the condition held."""
    if not held:
        raise unpriced.BillMalformed(key=key, what_zh=what_zh, what_en=what_en)


def divide(bill: Bill, policy: Policy, catalogue: Policy, benefit: Benefit) -> Claim:
    """Return the claim: the lines by the catalogue of the place of care, the pooled share by the rules of the insured place.

    Raises :class:`Unpriced` when the pack does not say whether a pooled share exists.
    """
    cuts: list[LineCut] = []
    left_out: list[LeftOut] = []
    marks: list[Mark] = []
    pooling: list[Given] = []
    fixed: list[Fixed] = []
    pooled: dict[Situation, int] = {}

    def ask(situation: Situation, amount_fen: int) -> Given:
        given = unpriced.required(policy.pooling, situation, bill=bill, policy=policy, phrase=unpriced.NO_POOLING, name="pooling")
        pooling.append(given)
        if given.value and amount_fen:
            pooled[situation] = pooled.get(situation, 0) + amount_fen
        return given

    whole = situation_of(bill, benefit)
    # Most lines of a bill are alike to a rule.
    alike: dict[tuple[str, bool, tuple[str, ...]], Situation] = {}
    if bill.inscp_scp_amt is not None:
        ask(whole, bill.inscp_scp_amt)
    for line in bill.lines:
        goods = find(catalogue.goods, whole, line.goods_kind)
        marks += [goods.mark] if goods is not None else []
        if goods is None or not goods.value:
            left_out.append(_leave(line, goods))
            continue
        cut = cut_line(line, catalogue)
        cuts.append(cut)
        marks += [catalogue.first_pay_on.mark] if cut.preselfpay_amt else []
        if line.chrgitm_lv != SELF_PAY:
            key = (line.chrgitm_lv, bool(line.rxno), line.conditions)
            situation = alike.get(key) or alike.setdefault(key, situation_of(bill, benefit, line))
            paid = _fixed(bill, line, cut, situation, policy) if policy.fixed_fund or policy.fixed_person else None
            fixed += [paid] if paid is not None and paid.given else []
            ask(situation, cut.inscp_scp_amt - (paid.fund_fen + paid.person_fen if paid is not None else 0))
    bare_fen = bill.inscp_scp_amt or 0
    return Claim(
        cuts=tuple(cuts),
        left_out=tuple(left_out),
        pool_possible=any(given.value for given in pooling) or any(one.fund_fen for one in fixed),
        pooled=tuple(pooled.items()),
        pooling=tuple(pooling),
        fixed=tuple(fixed),
        medfee_sumamt=bare_fen + sum(cut.det_item_fee_sumamt for cut in cuts),
        fulamt_ownpay_amt=sum(cut.fulamt_ownpay_amt for cut in cuts),
        overlmt_selfpay=sum(cut.overlmt_amt for cut in cuts),
        preselfpay_amt=sum(cut.preselfpay_amt for cut in cuts),
        inscp_scp_amt=bare_fen + sum(cut.inscp_scp_amt for cut in cuts),
        marks=(*marks, *(given.mark for given in pooling), *(given.mark for one in fixed for given in one.given)),
    )


def pool_possible(bill: Bill, policy: Policy) -> bool:
    """Return whether the rule gives ``bill`` a pooled share at all, whoever the person is and whatever the amount.

    Raises :class:`Unpriced` when the pack does not say so of every person.
    """
    lines = [line for line in bill.lines if line.chrgitm_lv != SELF_PAY and _permitted(bill, line, policy)]
    asked = [situation_of(bill, None, line) for line in lines] + ([situation_of(bill)] if bill.inscp_scp_amt is not None else [])
    possible = bool(policy.fixed_fund)
    for situation in asked:
        found = [rule for rule in policy.pooling if rule.may_fit(situation)]
        if not found or any(rule.value is None for rule in found):
            missing = next((rule.mark.key for rule in found), f"pooling [{situation}]")
            raise unpriced.Unpriced(unpriced.refuse(unpriced.NO_POOLING, bill, pack=policy.pack, key=missing))
        possible = possible or any(rule.value for rule in found)
    return possible


def _permitted(bill: Bill, line: Line, policy: Policy) -> bool:
    goods = find(policy.goods, situation_of(bill), line.goods_kind)
    return goods is not None and bool(goods.value)


def _fixed(bill: Bill, line: Line, cut: LineCut, situation: Situation, policy: Policy) -> Fixed:
    """Return what is paid of a line before everything else; of a part of a unit, its part."""
    amounts, given, left_fen = [], [], cut.inscp_scp_amt
    for table, name in ((policy.fixed_fund, "fixed_fund"), (policy.fixed_person, "fixed_person")):
        one = unpriced.optional(table, situation, bill=bill, policy=policy, name=f"{name}({line.goods_kind})")
        amounts.append(min(share(one.value, line.cnt_e4), left_fen) if one is not None else 0)
        left_fen -= amounts[-1]
        given += [one] if one is not None and amounts[-1] else []
    return Fixed(feedetl_sn=line.feedetl_sn, fund_fen=amounts[0], person_fen=amounts[1], given=tuple(given))


def cut_line(line: Line, policy: Policy) -> LineCut:
    """Return how one claimed line divides; each ratio rounds once and the in-scope part is the remainder."""
    total = line.det_item_fee_sumamt
    full = total if line.chrgitm_lv == SELF_PAY else 0
    over = first = 0
    if not full:
        limit_e6 = line.pric_uplmt_e6
        over = 0 if limit_e6 is None or line.pric_e6 <= limit_e6 else line_amount(line.cnt_e4, line.pric_e6 - limit_e6)
        base = total if policy.first_pay_on.value == "price" else total - over
        taken = line.chrgitm_lv == CLASS_B and policy.first_pay_on.value != "none"
        first = min(share(base, line.selfpay_prop_e4), total - over) if taken else 0
    return LineCut(
        feedetl_sn=line.feedetl_sn,
        det_item_fee_sumamt=total,
        fulamt_ownpay_amt=full,
        overlmt_amt=over,
        preselfpay_amt=first,
        inscp_scp_amt=total - full - over - first,
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
