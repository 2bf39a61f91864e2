"""What a statement's differences are in words: why, which side is right, what closes it. For screen, paper and commands alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settlement.errors import Language
from settlement.money import format_yuan

Row = tuple[str, str]
"""Label and value."""

_LANGUAGES: tuple[Language, Language] = ("zh", "en")
CAUSES: Mapping[str, Row] = {
    "other-till": ("本机构另一收银台办理", "another till of this institution made it"),
    "answer-lost": ("中心已结算，本机没有收到答复", "the centre settled it, the answer was lost"),
    "other-day": ("本机已入账，算在另一天", "booked here, counted on another day"),
    "settled-twice": ("同一报文中心结算了两次", "the centre settled one message twice"),
    "written-off": ("本机已按未发生处理并记为应收", "taken as not done here, and booked as owed"),
    "not-wanted": ("本机已按未发生处理，货款两清", "taken as not done here, and nothing is missing"),
    "not-ours": ("本机账本里没有这一笔", "this till's journal never had it"),
    "lost-here": ("账本恢复时丢失的记录", "its record was lost when the journal was restored"),
    "refunded-elsewhere": ("不是本机办理的退费", "a refund that was not made here"),
    "missing-there": ("本机已收到结算答复，中心没有这一笔", "accepted here, and the centre does not have it"),
    "other-amounts": ("两边金额不同", "the amounts differ"),
}
SIDES: Mapping[str, Row] = {
    "centre": ("以中心为准", "the centre is right"),
    "counter": ("以本机为准", "the counter is right"),
    "both": ("两边都对", "both are right"),
}
ACTIONS: Mapping[str, Row] = {
    "wait": ("到它自己的对账里核对", "it is checked in its own statement"),
    "adopt": ("采纳中心的结果，补记入账", "the centre's answer is adopted and booked"),
    "release": ("按 2103 在中心撤销", "it is released there by 2103"),
    "adopt-loss": ("采纳并冲回应收", "it is adopted, and the loss is reversed"),
    "look": ("凭票据核对货在哪里，按 F5 了结", "look by its slip where the goods are, and close it with F5"),
    "claim": ("持票据和报文到经办机构申报，按 F5 了结", "take slip and request to the agency, and close it with F5"),
    "take-figures": ("按中心金额更正，按 F5 了结", "the centre's figures are taken: close it with F5"),
}
WAYS: Mapping[str, Row] = {
    "stands": ("货已交出：这一笔保留，按中心的记账", "The goods went out: it stands, and is stated as the centre has it"),
    "release": ("货在店内：在中心撤销这一笔", "Nobody has the goods: it is released at the centre"),
    "goods-back": ("货已退回本店：按中心的退费入账", "The goods came back here: the refund is booked"),
    "goods-out": (
        "货没有退回：按中心的退费入账，顾客应付 {owed}",
        "The goods stayed out: the refund is booked, and the customer owes {owed}",
    ),
    "claimed": (
        "票据和报文已交经办机构申报，待付 {owed}",
        "Slip and request are with the agency, which owes {owed}",
    ),
    "taken": (
        "按中心的金额入账，顾客应补 {owed}（负数为应退）",
        "The centre's figures are booked; the customer owes {owed} (negative: is owed)",
    ),
}
"""How a person closes a difference (:class:`~settlement.by_hand.How`): what is said, and what it does."""
_SELF: Row = ("自动处理", "by itself")
_BY_HAND: Row = ("需要人办理", "by a person")
_SAME: Row = ("两边一致", "the same on both sides")
_NOT_YET: Row = ("今天还没有对账", "not reconciled yet today")
_COUNTS: Row = ("{count} 笔 总额 {total} 统筹 {fund} 个账 {account}", "{count} rows, total {total}, fund {fund}, account {account}")
_EXPLAINED: Row = ("差异已解释到分", "the differences are explained to the last fen")
_UNEXPLAINED: Row = ("还有差异没有解释，请再对一次账", "something is not explained: reconcile again")
_AT: Row = ("对账时间", "reconciled at")
_REFUND: Row = ("退费 ", "refund ")
_UNKNOWN: Row = ("不明", "unknown")


def statement_rows(stated: Mapping[str, Any] | None, language: Language) -> list[Row]:
    """Return what a ``day_stated`` record says, a row for each group and each difference; None: the day was not reconciled."""
    if stated is None:
        return [(_in(_NOT_YET, language), "")]
    rows = [(_in(_AT, language), str(stated["at"])[:19].replace("T", " "))]
    for group in stated["groups"]:
        if group["count"] or group["stmt_rslt"] != "000000":
            sums = {name: format_yuan(group[f"{name}_fen"]) for name in ("total", "fund", "account")}
            said = _in(_COUNTS, language).format(count=group["count"], **sums)
            rows.append((f"{group['insutype']} {group['clr_type']} {group['setl_optins']}", said))
    if stated["balanced"]:
        return [*rows, (_in(_SAME, language), "")]
    for one in stated["differences"]:
        rows += difference_rows(one, language)
    return [*rows, (_in(_EXPLAINED if stated["explained"] else _UNEXPLAINED, language), "")]


def difference_rows(one: Mapping[str, Any], language: Language) -> list[Row]:
    """Return one difference: its number and amount, why, and who is right with what closes it."""
    refund = _in(_REFUND, language) if one["refund"] else ""
    name = f"{refund}{(one['msgid'] or one['setl_id'])[-6:]}"
    action = f"{_in(ACTIONS.get(one['action'], _UNKNOWN), language)}（{_in(_SELF if one['automatic'] else _BY_HAND, language)}）"
    gap = one["gap"]
    amount_fen = gap["total_fen"] or (one["there"] or one["here"] or gap)["total_fen"]
    return [
        (f"✗ {name}", format_yuan(amount_fen)),
        (f"  {_in(CAUSES.get(one['cause'], _UNKNOWN), language)}", ""),
        (f"  {_in(SIDES.get(one['right'], _UNKNOWN), language)}", action),
    ]


def way_words(how: str, owed_fen: int, language: Language) -> str:
    """Return what closing a difference in this way says, with what is owed afterwards."""
    return _in(WAYS.get(how, _UNKNOWN), language).format(owed=format_yuan(owed_fen))


def _in(row: Row, language: Language) -> str:
    return row[_LANGUAGES.index(language)]
