"""The slip as text: what the customer takes home and what an officer can check line by line.

National names stand beside the amounts. Columns count a Chinese character as two. The person's name and
numbers are masked; the head of the journal's chain binds the slip to its record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

from settlement.bill import Bill, LeftOut
from settlement.figures import Figures
from settlement.money import format_scaled, format_yuan

Occasion = Literal["sale", "void", "cash"]

_TITLES: dict[Occasion, str] = {"sale": "医保结算单", "void": "医保结算撤销单", "cash": "自费收款凭条"}
_AMOUNTS = (
    ("medfee_sumamt", "医疗费总额"),
    ("fulamt_ownpay_amt", "全自费金额"),
    ("overlmt_selfpay", "超限价自费"),
    ("preselfpay_amt", "先行自付"),
    ("inscp_scp_amt", "符合范围"),
    ("act_pay_dedc", "本次起付线"),
    ("fund_pay_sumamt", "基金支付"),
    ("acct_pay", "个人账户支付"),
    ("psn_cash_pay", "个人现金支付"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Everything on one slip; who it is about is already masked."""

    occasion: Occasion
    subject: str
    at: str
    shop: str
    bill: Bill | None
    figures: Figures | None
    left_out: tuple[LeftOut, ...] = ()
    receipt: str = ""
    """``till-epoch-number``; empty for a cash slip."""
    person: str = ""
    card: str = ""
    offline_reason: str = ""
    """Reason code when it was settled off-line."""
    allowance_left_fen: int | None = None
    original: str = ""
    redeems: str = ""
    until: str = ""
    cash_fen: int = 0
    late: bool = False
    demonstration: bool = False
    chain_head: str = ""


def mask_name(name: str) -> str:
    """Return the name with all but its first character hidden."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_number(number: str) -> str:
    """Return a number with all but its first three and last four characters hidden."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)  # noqa: PLR2004


def width(text: str) -> int:
    """Return how many columns ``text`` takes on paper."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def render(slip: Slip, *, columns: int = 42) -> str:
    """Return the slip as lines of at most ``columns`` columns; amounts are never cut."""
    rule = "-" * columns
    rows = [_centred(slip.shop, columns), _centred(_title(slip), columns)]
    if slip.demonstration:
        rows.append(_centred("演示 · 不作报销凭证", columns))
    rows += [rule, *_identity(slip, columns), rule]
    if slip.bill is not None:
        rows += [*_lines(slip.bill, columns), rule]
    rows += [*_money(slip, columns), rule, *_foot(slip, columns)]
    return "\n".join(row for row in rows if row) + "\n"


def _title(slip: Slip) -> str:
    marks = [mark for mark, on in (("脱机", bool(slip.offline_reason)), ("补打", slip.late), ("补结算", bool(slip.redeems))) if on]
    return _TITLES[slip.occasion] + (f"（{'、'.join(marks)}）" if marks else "")


def _identity(slip: Slip, columns: int) -> list[str]:
    rows = [
        ("时间", slip.at),
        ("结算编号", slip.subject),
        ("票号", slip.receipt),
        ("原结算编号", slip.original),
        ("补结算凭条", slip.redeems),
        ("参保人", slip.person),
        ("卡号", slip.card),
        ("脱机原因", slip.offline_reason),
    ]
    return [_pair(label, value, columns) for label, value in rows if value]


def _lines(bill: Bill, columns: int) -> list[str]:
    rows = []
    for line in bill.lines:
        rows.append(line.name)
        quantity = format_scaled(line.cnt_e4, 4).rstrip("0").rstrip(".")
        unit = format_scaled(line.pric_e6, 6).rstrip("0").rstrip(".")
        kind = {"01": "甲", "02": "乙", "03": "丙"}.get(line.chrgitm_lv, line.chrgitm_lv)
        rows.append(_pair(f"  {kind} {quantity} × {unit}", format_yuan(line.det_item_fee_sumamt), columns))
    return rows


def _money(slip: Slip, columns: int) -> list[str]:
    rows = []
    if slip.figures is not None:
        for name, label in _AMOUNTS:
            amount = getattr(slip.figures, name)
            if amount or name in {"medfee_sumamt", "acct_pay", "psn_cash_pay"}:
                rows.append(_pair(f"{label} {name}", format_yuan(amount), columns))
        if not slip.offline_reason:
            rows.append(_pair("账户余额 balc", format_yuan(slip.figures.balc), columns))
    if slip.allowance_left_fen is not None:
        rows.append(_pair("卡上脱机额度", format_yuan(slip.allowance_left_fen), columns))
    for left in slip.left_out:
        rows.append(_pair("医保外现金", format_yuan(left.amount_fen), columns))
        rows += _folded(f"  {left.zh}", columns)
    rows.append(_pair("退回现金" if slip.cash_fen < 0 else "应收现金", f"￥{format_yuan(abs(slip.cash_fen))}", columns))
    return rows


def _foot(slip: Slip, columns: int) -> list[str]:
    rows = []
    if slip.until:
        rows += _folded(f"凭社会保障卡和本凭条，于 {slip.until} 前到本店补结算。", columns)
    if slip.offline_reason:
        rows += _folded("脱机结算，线路恢复后由中心确认。", columns)
    if slip.chain_head:
        rows.append(_pair("账本链", slip.chain_head[:16], columns))
    return rows


def _pair(label: str, value: str, columns: int) -> str:
    gap = columns - width(label) - width(value)
    return f"{label}{' ' * gap}{value}" if gap > 0 else f"{label}\n{' ' * max(columns - width(value), 0)}{value}"


def _centred(text: str, columns: int) -> str:
    return " " * max((columns - width(text)) // 2, 0) + text


def _folded(text: str, columns: int) -> list[str]:
    rows, row = [], ""
    for character in text:
        if width(row + character) > columns:
            rows.append(row)
            row = ""
        row += character
    return [*rows, row] if row else rows
