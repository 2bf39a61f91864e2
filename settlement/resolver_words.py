"""The resolver desk in words: what is known, what can still be asked, what to do and which proof that yields."""

from __future__ import annotations

from collections.abc import Mapping

from settlement.errors import Language
from settlement.money import format_yuan
from settlement.resolver import Action, Asked, Bearer, Resolution

Row = tuple[str, str]
_ASKED: Mapping[Asked, Row] = {
    "card": ("同一张卡：读脱机记录", "the same card: its off-line record"),
    "query": ("中心：按人查就诊和结算（5201、5203）", "the centre: by person (5201, 5203)"),
    "statement": ("中心：对账文件（3202）", "the centre: its statement (3202)"),
    "deadline": ("期限", "the deadline"),
}
ACTIONS: Mapping[Action, tuple[Row, Row]] = {
    "insert-card": (
        ("请持卡人插入同一张卡", "have the same card put in"),
        ("卡上的计数、标记和金额", "counter, tag and amount on the card"),
    ),
    "send-now": (
        ("F5 让发送程序再查一次", "F5: have the sender ask again"),
        ("中心的答复，含结算编号", "the centre's answer with its setl_id"),
    ),
    "goods": (("回答货是否已交", "say whether the goods went out"), ("账本中的一次回答", "one answer in the journal")),
    "cash": (
        ("收现金抵此存疑", "take cash against the doubt"),
        ("账本中的现金；已结算则撤销，未发生则为现金销售", "cash in the journal: settled, it is released; not done, it was a cash sale"),
    ),
    "wait-statement": (
        ("等对账文件，系统自动判定", "wait for the statement: it is judged by itself"),
        ("有：采纳；没有：未发生", "named: adopted; silent: not done"),
    ),
    "wait-deadline": (("等到期限，系统自动了结", "wait for the deadline: it ends by itself"), ("期限已过", "the deadline is past")),
    "close-row": (("看搁置原因；对账后了结", "read why it was set aside; the statement ends it"), ("对账文件", "the centre's statement")),
    "other-card": (("用身份证件和主管办理", "by identity document and a supervisor"), ("账本中的记录", "a record in the journal")),
}
BEARERS: Mapping[Bearer, Row] = {
    "nobody": ("没有人承担：货在店或已收款", "nobody: the goods are here, or paid"),
    "shop": ("本店承担", "the shop"),
    "insurer": ("医保基金承担", "the insurer"),
    "account": ("持卡人账户承担", "the person's account"),
    "unsaid": ("要看货是否已交：请先回答", "it depends on the goods: say first whether they went out"),
    "customer": ("向顾客收：记应收", "the customer: booked as a receivable"),
}
_LABELS: Mapping[str, Row] = {
    "sale": ("存疑结算", "sale in doubt"),
    "void": ("存疑撤销", "void in doubt"),
    "at": ("时间", "at"),
    "never_sent": ("没有发出过", "surely never sent"),
    "sent": ("末次发送", "last sent"),
    "nothing": ("查询没有找到；可能还在路上", "a query found nothing; it may be under way"),
    "goods_out": ("货已交", "the goods went out"),
    "goods_here": ("货在店", "the goods are here"),
    "goods_open": ("货是否已交：没有回答", "goods: nobody has said"),
    "cash": ("已收现金", "cash taken"),
    "found": ("已查清，等货的回答", "known; the answer about the goods is missing"),
    "ask": ("还能问", "can be asked"),
    "do": ("可以做", "safe to do"),
    "proof": ("得到的凭据", "proof"),
    "judged": ("对账文件可判定", "the statement may judge it from"),
    "deadline": ("期限", "deadline"),
    "overdue": ("已过期限", "past its deadline"),
    "bears": ("到期未发生由谁承担", "who bears it then"),
    "refused": ("中心以后拒付由谁承担", "who bears a later refusal"),
    "never": ("不要", "do not"),
    "never_what": ("另用编号再结一次，或手工冲正", "settle it again under another number, or reverse it by hand"),
}


def rows_of(resolution: Resolution, language: Language) -> list[Row]:
    """Return a resolution as labels and values: what is known, until when, what not to do and what to do, then the rest.

    The smallest screen shows what has to be known before anything is done; who bears it and what can be asked is a page further.
    """

    def say(row: Row) -> str:
        return row[0 if language == "zh" else 1]

    def label(name: str) -> str:
        return say(_LABELS[name])

    pending = resolution.pending
    rows = [(label(pending.kind), f"{pending.subject}  {format_yuan(pending.amount_fen)}"), (label("at"), _moment(pending.at))]
    if not pending.offline:
        rows.append((label("sent"), _moment(pending.last_sent)) if pending.last_sent else (label("never_sent"), ""))
    rows += [(label("nothing"), "")] if pending.queried and not pending.found else []
    if pending.kind == "sale":
        goods = {True: "goods_out", False: "goods_here", None: "goods_open"}[pending.goods_released]
        rows.append((label(goods), ""))
    rows += [(label("cash"), format_yuan(pending.cash_taken_fen))] if pending.cash_taken_fen else []
    rows += [(label("found"), "")] if pending.found else []
    rows += [(label("deadline"), f"{resolution.deadline}{'  ' + label('overdue') if resolution.overdue else ''}")]
    rows.append((label("never"), label("never_what")))
    for action in resolution.actions:
        what, proof = ACTIONS[action]
        rows += [(label("do"), say(what)), (f"  {label('proof')}", say(proof))]
    rows += [(label("ask"), say(_ASKED[one])) for one in resolution.asked]
    rows += [(label("judged"), _moment(resolution.judged_after))] if resolution.judged_after and not pending.found else []
    rows.append((label("bears"), say(BEARERS[resolution.bearer])))
    return rows + ([(label("refused"), say(BEARERS[resolution.refused_bearer]))] if resolution.refused_bearer else [])


def _moment(iso: str) -> str:
    return iso[:19].replace("T", " ")
