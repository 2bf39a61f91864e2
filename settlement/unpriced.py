"""Why a bill cannot be priced by the pack: refusals that name the missing key and offer full self-pay.

``{key}`` is the value that the pack does not give, ``{self_pay}`` the whole bill in yuan.
"""

from __future__ import annotations

from dataclasses import replace

from settlement.bill import Bill, Venue
from settlement.errors import Phrase, Refusal, SettlementError, Words
from settlement.money import format_yuan
from settlement.rule import Given, Rule, Situation, find

_SAFE_ZH = "没有动用账户和基金的钱。"
_SAFE_EN = "No account or fund money has moved."
_PAY_ZH = "可按全自费结算：{self_pay} 元，凭票据向参保地经办机构申请报销。"
_PAY_EN = "Full self-pay is possible: {self_pay} yuan, claimed later at the insurer with the receipt."


def _refusal(code: str, zh: str, en: str) -> Phrase:
    return Phrase(
        code,
        zh=Words(zh, _SAFE_ZH, _PAY_ZH, "不要用别处的比例估算。"),
        en=Words(en, _SAFE_EN, _PAY_EN, "Do not estimate it by another area's figures."),
    )


NO_PACK = Phrase(
    "REGION-NO-PACK",
    zh=Words(
        "没有统筹区 {area} 在 {date} 有效的政策包。",
        _SAFE_ZH,
        "可按全自费结算，凭票据向参保地经办机构申请报销。",
        "不要用别的日期或别处的政策包计算。",
    ),
    en=Words(
        "There is no region pack for area {area} on {date}.",
        _SAFE_EN,
        "Full self-pay is possible, claimed later at the insurer with the receipt.",
        "Do not price it by the pack of another day or area.",
    ),
)
NO_POOLING = _refusal(
    "PACK-NO-POOLING",
    "政策包 {pack} 没有说明此处是否有统筹支付：{key}。",
    "Pack {pack} does not say whether a pooled share exists here: {key}.",
)
NO_DEDUCTIBLE = _refusal(
    "PACK-NO-DEDUCTIBLE",
    "政策包 {pack} 没有给出起付标准：{key}。",
    "Pack {pack} gives no deductible: {key}.",
)
NO_RATIO = _refusal(
    "PACK-NO-RATIO",
    "政策包 {pack} 没有给出支付比例：{key}。",
    "Pack {pack} gives no pooled ratio: {key}.",
)
NO_CEILING = _refusal(
    "PACK-NO-CEILING",
    "政策包 {pack} 没有给出年度支付限额：{key}。",
    "Pack {pack} gives no ceiling: {key}.",
)
NO_ACCOUNT = _refusal(
    "PACK-NO-ACCOUNT",
    "政策包 {pack} 没有说明个人账户可否支付此类费用：{key}。",
    "Pack {pack} does not say whether the account may pay this cost: {key}.",
)
NO_VALUE = _refusal(
    "PACK-NO-VALUE",
    "政策包 {pack} 没有给出这一项：{key}。",
    "Pack {pack} does not give this value: {key}.",
)
NO_AGE = _refusal(
    "BENEFIT-NO-AGE",
    "不知道参保人的年龄，这里的待遇按年龄规定。",
    "The person's age is not known and the benefit here depends on it.",
)
SUSPENDED = _refusal(
    "CERTIFICATE-SUSPENDED",
    "该参保人的联网结算已暂停（《医疗保障基金使用监督管理条例》第四十一条）。",
    "Settlement by this person's certificate is suspended (regulation 735, article 41).",
)
NOT_SETTLED_ELSEWHERE = _refusal(
    "AREA-NOT-SETTLED",
    "参保地 {pack} 的参保人在此就医不能直接结算（未备案或未联网）：{key}。",
    "A person insured under {pack} is not settled directly here (not filed, or not networked): {key}.",
)
NO_LEVEL = _refusal(
    "BILL-NO-LEVEL",
    "不知道医疗机构级别，政策包 {pack} 的这一项按级别规定：{key}。",
    "The institution's level is not known and pack {pack} gives this by level: {key}.",
)
NO_PSN_TYPE = _refusal(
    "BENEFIT-NO-PSN-TYPE",
    "不知道人员类别（在职或退休），按规则有统筹支付的单据无法计算。",
    "The person's type (in service or retired) is not known and by rule this bill has a pooled share.",
)
OTHER_SCHEME = _refusal(
    "BILL-SCHEME",
    "政策包 {pack} 没有险种 {insutype} 的规则。",
    "Pack {pack} has no rules of insurance scheme {insutype}.",
)
OTHER_MED_TYPE = _refusal(
    "BILL-MED-TYPE",
    "医疗类别 {med_type} 在 {venue} 不在本机可计算的范围（普通门诊 11、挂号 12、门诊慢特病 14、生育门诊 51、药店购药 41、医院住院 21）。",
    "Medical type {med_type} at a {venue} is not priced here "
    "(11 out-patient, 12 registration, 14 chronic, 51 maternity, 41 purchase, 21 in-patient at a hospital are).",
)


class BillMalformed(SettlementError):
    """A bill or benefit whose own figures contradict each other."""

    phrase = Phrase(
        "BILL-MALFORMED",
        zh=Words("单据有误：{what_zh}。", _SAFE_ZH, "请改正 {key} 后重算。", "不要按错误的单据收款。"),
        en=Words("The bill is wrong: {what_en}.", _SAFE_EN, "Correct {key} and price it again.", "Do not take money by a wrong bill."),
    )


class Unpriced(Exception):
    """What the pack does not say, on its way out of the arithmetic; :func:`settlement.split.price` hands it on as a refusal."""

    def __init__(self, phrase: Phrase, **details: str) -> None:
        self.phrase, self.details = phrase, details
        super().__init__(phrase.code)


def required(rules: tuple[Rule, ...], situation: Situation, *, pack: str, phrase: Phrase, name: str) -> Given:
    """Return the pack's value for ``situation``.

    ``name`` is the table, or the table and the row's subject as in ``account(first_pay)``. Raises
    :class:`Unpriced` with ``phrase`` when the pack does not give the value.
    """
    about = name.partition("(")[2].removesuffix(")")
    rule = find(rules, situation, about)
    if rule is not None and rule.value is not None:
        return Given(rule.value, rule.mark)
    if rule is None:
        _refuse_unknown(tuple(candidate for candidate in rules if candidate.about == about), situation)
    key = rule.mark.key if rule is not None else f"{name} [{situation}]"
    if rule is None and not situation.hosp_lv and situation.venue is not Venue.PHARMACY and any(other.levels for other in rules):
        raise Unpriced(NO_LEVEL, pack=pack, key=key)
    raise Unpriced(phrase, pack=pack, key=key)


def optional(rules: tuple[Rule, ...], situation: Situation, *, pack: str, name: str) -> Given | None:
    """Return what a table says that an area may lack, None where it has no row; ``name`` as in :func:`required`.

    Raises :class:`Unpriced` for a row without a value, and where a row might speak if more was known of the person.
    """
    if not rules:
        return None
    about = name.partition("(")[2].removesuffix(")")
    if find(rules, situation, about) is None:
        _refuse_unknown(tuple(rule for rule in rules if rule.about == about), situation)
        return None
    return required(rules, situation, pack=pack, phrase=NO_VALUE, name=name)


def _refuse_unknown(rules: tuple[Rule, ...], situation: Situation) -> None:
    """Raise :class:`Unpriced` when a row might speak of ``situation`` if the person's type or age was known."""
    candidates = [rule for rule in rules if replace(rule, psn_types=(), ages=None).fits(situation)]
    if not situation.psn_type and any(rule.psn_types for rule in candidates):
        raise Unpriced(NO_PSN_TYPE)
    known = [rule for rule in candidates if not rule.psn_types or situation.psn_type.startswith(rule.psn_types)]
    if situation.age is None and any(rule.ages for rule in known):
        raise Unpriced(NO_AGE)


def refuse(phrase: Phrase, bill: Bill, **details: str) -> Refusal:
    """Return the refusal with the amount that full self-pay would be."""
    return Refusal(phrase, {**details, "self_pay": format_yuan(bill.total_fen)})
