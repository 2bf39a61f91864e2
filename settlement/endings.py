"""Every ending of a settlement, a void or a doubt, with its time limit: one dictionary for screen, command and document.

Limits are the pack's own values, published with it; ``{name}`` stands for one of :data:`LIMITS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settlement.errors import Language
from settlement.policy import Policy

Row = tuple[str, str]
"""What it says in Chinese and in English."""
LIMITS = ("transit_h", "doubt_days", "later_settlement_days", "allowance_days", "hotlist_soft_h", "hotlist_refuse_h")
"""Values of the pack that limit something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One way in which something ends."""

    code: str
    name: Row
    proof: Row
    """What proves it."""
    limit: Row
    """Until when it may come."""


_AT_ONCE: Row = ("当时", "at once")
ENDINGS: tuple[Ending, ...] = (
    Ending(
        code="accepted", name=("已接受", "accepted"), proof=("中心答复，含结算编号", "the centre's answer with its setl_id"), limit=_AT_ONCE
    ),
    Ending(
        code="rejected",
        name=("被拒", "rejected"),
        proof=("首次发送的业务拒绝，且查询没有这一笔", "a business refusal of a first delivery, and a query that finds nothing"),
        limit=_AT_ONCE,
    ),
    Ending(
        code="found-by-query",
        name=("查到已结算", "found by a query"),
        proof=("5203 的 medins_setl_id 等于报文编号", "5203 names our msgid as medins_setl_id"),
        limit=("存疑期限 {doubt_days} 天内", "within {doubt_days} days"),
    ),
    Ending(
        code="named-by-statement",
        name=("对账文件有这一笔", "named by the centre's statement"),
        proof=("3202 结果中的报文编号和结算编号", "msgid and setl_id in the result of 3202"),
        limit=("存疑期限 {doubt_days} 天内", "within {doubt_days} days"),
    ),
    Ending(
        code="not-in-statement",
        name=("对账文件没有，未发生", "not done: no statement names it"),
        proof=("末次发送 {transit_h} 小时后生成的全部对账文件", "all files of 3202 cut {transit_h} hours after the last attempt"),
        limit=("末次发送后 {transit_h} 小时起", "from {transit_h} hours after the last attempt"),
    ),
    Ending(
        code="unreachable",
        name=("肯定没有发出", "surely not sent"),
        proof=("连接没有建立", "no connection came about"),
        limit=_AT_ONCE,
    ),
    Ending(
        code="card-done",
        name=("卡上已扣", "debited on the card"),
        proof=("同一张卡：本机的标记和金额，或卡内扣款记录", "the same card: our tag and our amount, or our entry in its own log"),
        limit=("额度有效月末后 {doubt_days} 天内", "until {doubt_days} days after the month of the allowance"),
    ),
    Ending(
        code="read-elsewhere",
        name=("别处读到已扣", "seen as debited elsewhere"),
        proof=("YX05：别的收银台读到本机的标记和金额", "YX05: another till read our tag and our amount"),
        limit=("额度有效月末后 {doubt_days} 天内", "until {doubt_days} days after the month of the allowance"),
    ),
    Ending(
        code="card-not-written",
        name=("卡上未扣，未发生", "not done: the card was not debited"),
        proof=(
            "同一张卡：计数或金额没有变，或卡内没有这笔扣款",
            "the same card: counter or amount as before, or no such debit in its own log",
        ),
        limit=("额度有效月末后 {doubt_days} 天内", "until {doubt_days} days after the month of the allowance"),
    ),
    Ending(
        code="record-renewed",
        name=("卡上记录重新写过，未发生", "not done: the card's record was made anew"),
        proof=("中心发放了新一代额度", "the centre granted a new generation"),
        limit=("额度有效月末后 {doubt_days} 天内", "until {doubt_days} days after the month of the allowance"),
    ),
    Ending(
        code="deadline",
        name=("到期仍无凭据，按未发生处理", "taken as not done at the deadline"),
        proof=(
            "期限已过，额度已由中心收回；自带金额的卡由经办机构核对",
            "the deadline is past; the centre has taken the allowance back, or the office compares what the card itself kept",
        ),
        limit=("额度有效月末后 {doubt_days} 天", "{doubt_days} days after the month of the allowance"),
    ),
    Ending(
        code="receivable",
        name=("应收", "receivable"),
        proof=("货已交、未收款、判为未发生", "goods out, nothing paid, judged not done"),
        limit=("与该存疑同时", "with the doubt it belongs to"),
    ),
    Ending(
        code="cash-stands",
        name=("现金为准", "the cash stands"),
        proof=("收了现金；中心若已结算则撤销", "cash was taken; what the centre settled is released"),
        limit=_AT_ONCE,
    ),
    Ending(
        code="voided-today",
        name=("当日撤销", "voided on its day"),
        proof=("2103（诊所 2208）的答复", "the answer to 2103, at a clinic 2208"),
        limit=("日结之前", "before the close of the day"),
    ),
    Ending(
        code="voided-later",
        name=("日结之后撤销", "voided after its close"),
        proof=("2103 的答复；记在今天的日结里", "the answer to 2103; it stands in today's close"),
        limit=("清算（3203）之前", "before its period is cleared (3203)"),
    ),
    Ending(
        code="manual-claim",
        name=("清算之后，手工申报单", "after clearing: a slip for a claim by hand"),
        proof=("申报单和中心的拒绝原文", "the slip and the centre's own words"),
        limit=("以经办机构规定为准", "as the agency says"),
    ),
    Ending(
        code="later-settlement",
        name=("补结算", "settled later"),
        proof=("现金凭条和持卡人的卡", "the cash slip and the person's card"),
        limit=("凭条日期后 {later_settlement_days} 天内", "within {later_settlement_days} days of the slip"),
    ),
    Ending(
        code="released",
        name=("单边账撤销", "released: it stood at the centre alone"),
        proof=("2103 的答复，两行一正一负", "the answer to 2103, a pair of rows"),
        limit=("清算（3203）之前", "before its period is cleared (3203)"),
    ),
    Ending(
        code="adopted",
        name=("采纳，损失冲回", "adopted, its loss reversed"),
        proof=("3202 有、本机已按未发生处理", "3202 names what was written off here"),
        limit=("清算（3203）之前", "before its period is cleared (3203)"),
    ),
)


def endings(policy: Policy, language: Language) -> list[tuple[str, str, str]]:
    """Return (name, proof, limit) of every ending, the limits as the pack says them."""
    values: Mapping[str, int] = {name: getattr(policy, name) for name in LIMITS}
    place = 0 if language == "zh" else 1
    return [(one.name[place], one.proof[place].format_map(values), one.limit[place].format_map(values)) for one in ENDINGS]
