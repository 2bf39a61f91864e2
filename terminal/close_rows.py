"""A day's close as headings and rows of label and value: what is printed, and what is shown once the drawer is counted.

Amounts are yuan with two decimals. What is nothing is left out, but for the sums and the drawer, which always stand.
"""

from __future__ import annotations

from collections.abc import Iterable

from settlement.day_facts import DayClosed
from settlement.errors import Language
from settlement.money import format_yuan
from settlement.statement_words import statement_rows
from settlement.tally import Named, Remaining, Row, Tally

Rows = list[tuple[str, str]]
Section = tuple[str, Rows]
"""A heading and what stands under it."""

_HEAD = 16
"""Characters of the chain's head: as on a slip."""
_WORDS: dict[str, tuple[str, str]] = {
    "close": ("日结 第 {} 号", "Day close no. {}"),
    "at": ("时间", "time"),
    "operator": ("收款员", "operator"),
    "next_operator": ("接班", "taken over by"),
    "head": ("账本链", "chain"),
    "business": ("结算汇总", "Settlements"),
    "online": ("联机结算", "on-line"),
    "offline": ("脱机结算", "off-line"),
    "late_sales": ("迟到结算（存疑查清）", "late, found after a doubt"),
    "slips": ("自费凭条", "cash slips"),
    "voids": ("撤销", "voids"),
    "late_voids": ("迟到撤销", "late voids"),
    "sum": ("合计", "in all"),
    "count": ("{} 笔", "{}"),
    "total": ("医疗费总额", "claimed"),
    "fund": ("基金支付", "fund"),
    "account": ("个人账户支付", "account"),
    "cash": ("个人现金支付", "cash in the claims"),
    "outside": ("医保外现金", "cash outside the claims"),
    "rounded_off": ("抹零", "rounded off"),
    "drawer": ("钱箱", "Drawer"),
    "float": ("备用金", "float"),
    "sales_in": ("结算收现", "cash of settlements"),
    "slips_in": ("凭条收现", "cash of slips"),
    "doubts_in": ("存疑收现", "cash against doubts"),
    "agreed_in": ("迟到同意收现", "cash of differences agreed to later"),
    "voids_out": ("撤销退现", "cash back of voids"),
    "returned": ("补结算退现", "cash back against slips"),
    "expected": ("应有现金", "expected"),
    "first_count": ("首次清点", "first count"),
    "counted": ("实点现金", "counted"),
    "over": ("长款", "over"),
    "short": ("短款", "short"),
    "even": ("长短款", "difference"),
    "left": ("留存备用金", "float left"),
    "taken_out": ("上缴现金", "handed in"),
    "papers": ("票据", "Receipts"),
    "receipts": ("张数", "receipts"),
    "first_receipt": ("起号", "first"),
    "last_receipt": ("止号", "last"),
    "missing": ("缺号", "missing"),
    "no_gap": ("连续，无缺号", "no gap"),
    "reprints": ("重打", "printed again"),
    "late_prints": ("补打", "printed late"),
    "open": ("未了结，移交接班", "Open, handed over"),
    "unsent": ("含待传", "not sent yet"),
    "set_aside": ("其中搁置", "of these set aside"),
    "oldest": ("最早", "oldest"),
    "unprinted": ("未出凭条", "slips not printed"),
    "doubts": ("存疑", "in doubt"),
    "differences": ("金额不同待同意", "other figures, to be agreed"),
    "holds": ("挂单", "held bills"),
    "nothing": ("无", "nothing"),
    "late": ("本期查清的存疑", "Doubts resolved in this period"),
    "done": ("已结算", "settled"),
    "void": ("已撤销", "voided"),
    "not-done": ("未发生", "did not happen"),
    "earlier": ("{}（已结日期的）", "{} (of a closed day)"),
    "statement": ("医保对账", "Reconciliation"),
    "adopted": ("应收冲回，中心已结算", "not owed any more: the centre has it"),
    "goods-out": ("别处已退费，货未退", "refunded elsewhere, goods out"),
    "claimed": ("经办机构待付", "claimed at the agency"),
    "taken": ("按中心金额更正", "by the centre's figures"),
    "owed": ("应收与被拒", "Owed and refused"),
    "receivables": ("应收", "receivable"),
    "rejected": ("中心拒付", "refused by the centre"),
}
_OWED = frozenset({"adopted", "goods-out", "claimed", "taken"})
"""Why something is owed, where it says whom to ask for it; of anything else its number says it."""
_KINDS = ("online", "offline", "late_sales", "slips", "voids", "late_voids")


def close_sections(closed: DayClosed, *, language: Language = "zh") -> list[Section]:
    """Return a close as it is printed."""
    say = _Saying(language)
    head = [(say("at"), closed.at), (say("operator"), closed.operator)]
    if closed.next_operator:
        head.append((say("next_operator"), closed.next_operator))
    counted = drawer_rows(
        closed.tally, counts=closed.counts, left_fen=closed.float_left_fen, taken_out_fen=closed.taken_out_fen, language=language
    )
    return [
        (say("close").format(closed.number), [*head, (say("head"), closed.head[:_HEAD])]),
        (say("business"), business_rows(closed.tally, language=language)),
        (say("drawer"), counted),
        (say("papers"), receipt_rows(closed.tally, language=language)),
        (say("open"), remaining_rows(closed.remaining, language=language)),
        *([(say("statement"), statement_rows(closed.statement, language))] if closed.statement else []),
        *late_sections(closed.tally, language=language),
    ]


def business_rows(tally: Tally, *, language: Language = "zh") -> Rows:
    """Return each kind of business and the sum of them all."""
    say = _Saying(language)
    rows: Rows = []
    for name in _KINDS:
        row: Row = getattr(tally, name)
        if row.count:
            rows += _business(say, name, row)
    return rows + _business(say, "sum", tally.sales.plus(tally.slips).plus(tally.all_voids))


def drawer_rows(
    tally: Tally, *, counts: tuple[int, ...], left_fen: int | None = None, taken_out_fen: int | None = None, language: Language = "zh"
) -> Rows:
    """Return what must be in the drawer, what was counted, and what becomes of it once that is said."""
    say = _Saying(language)
    moved = [
        ("sales_in", tally.sales.drawer_fen),
        ("slips_in", tally.slips.drawer_fen),
        ("doubts_in", tally.doubt_cash_fen),
        ("agreed_in", tally.agreed_fen),
        ("voids_out", tally.all_voids.drawer_fen),
        ("returned", -tally.returned_fen),
    ]
    difference_fen = counts[-1] - tally.expected_fen
    first = [("first_count", counts[0])] if len(counts) > 1 else []
    named = "over" if difference_fen > 0 else "short" if difference_fen < 0 else "even"
    rest = [(name, fen) for name, fen in (("left", left_fen), ("taken_out", taken_out_fen)) if fen is not None]
    amounts = [("float", tally.float_fen), *(row for row in moved if row[1]), ("expected", tally.expected_fen)]
    amounts += [*first, ("counted", counts[-1]), (named, difference_fen), *rest]
    return [(say(name), format_yuan(fen)) for name, fen in amounts]


def receipt_rows(tally: Tally, *, language: Language = "zh") -> Rows:
    """Return how many receipts there are, whether their numbers run on, and what was printed again or late."""
    say = _Saying(language)
    rows = [(say("receipts"), str(tally.receipts))]
    if tally.receipts:
        rows += [(say("first_receipt"), tally.first_receipt), (say("last_receipt"), tally.last_receipt)]
        rows += [(say("missing"), number) for number in tally.missing_receipts] or [(say("missing"), say("no_gap"))]
    rows += [(say(name), str(copies)) for name, copies in (("reprints", tally.reprints), ("late_prints", tally.late_prints)) if copies]
    return rows


def remaining_rows(remaining: Remaining, *, language: Language = "zh") -> Rows:
    """Return what goes on to the next operator."""
    say = _Saying(language)
    rows: Rows = []
    if remaining.unsent:
        rows += [(say("unsent"), say("count").format(remaining.unsent)), (say("oldest"), remaining.oldest_unsent[:19].replace("T", " "))]
    rows += [(say(name), str(n)) for name, n in (("set_aside", remaining.set_aside), ("unprinted", remaining.unprinted)) if n]
    rows += [*_listed(say, "doubts", remaining.doubts), *_listed(say, "differences", remaining.differences)]
    rows += [(say("holds"), str(len(remaining.holds)))] if remaining.holds else []
    rows += [(f"  {hold.at[-8:]}", hold.label) for hold in remaining.holds]
    return rows or [(say("nothing"), "")]


def late_sections(tally: Tally, *, language: Language = "zh") -> list[Section]:
    """Return what came late, and what somebody owes; nothing where there is nothing."""
    say = _Saying(language)
    resolved = [(_ended(say, one), f"{one.subject} {format_yuan(one.amount_fen)}") for one in tally.resolved]
    owed = [*_listed(say, "receivables", tally.receivables), *_listed(say, "rejected", tally.rejected)]
    return [(heading, rows) for heading, rows in ((say("late"), resolved), (say("owed"), owed)) if rows]


class _Saying:
    """Says a label in one language."""

    def __init__(self, language: Language) -> None:
        self._place = 0 if language == "zh" else 1

    def __call__(self, name: str) -> str:
        return _WORDS[name][self._place]


def _business(say: _Saying, name: str, row: Row) -> Rows:
    parts = {
        "total": row.total_fen,
        "fund": row.fund_fen,
        "account": row.account_fen,
        "cash": row.cash_fen,
        "outside": row.outside_fen,
        "rounded_off": row.rounded_off_fen,
    }
    rows = [(say(name), say("count").format(row.count))]
    return rows + [(f"  {say(part)}", format_yuan(fen)) for part, fen in parts.items() if fen or name == "sum"]


def _ended(say: _Saying, one: Named) -> str:
    return say("earlier").format(say(one.what)) if one.earlier else say(one.what)


def _listed(say: _Saying, name: str, found: Iterable[Named]) -> Rows:
    listed = list(found)
    if not listed:
        return []
    total = format_yuan(sum(one.amount_fen for one in listed))
    rows = [(f"{say(name)} {say('count').format(len(listed))}", total)]
    for one in listed:
        rows.append((f"  {one.subject}", format_yuan(one.amount_fen)))
        if one.what in _OWED:
            rows.append((f"    {say(one.what)}", ""))
    return rows
