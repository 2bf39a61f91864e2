"""The slip: what the customer takes home, what the shop keeps signed, and what an officer can check line by line.

National names stand beside the amounts. Who it is about is already masked; the head of the journal's chain
binds the slip to its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from settlement.bill import Bill, LeftOut, Line
from settlement.facts import Which
from settlement.figures import Figures
from settlement.money import format_scaled, format_yuan, line_amount
from terminal.paper.sheet import Big, Code, Note, Pair, Row, Rule, Sheet, Signature, Title
from terminal.visits import VisitOfSlip

Occasion = Literal["sale", "void", "cash", "claim"]
Copy = Literal["", "商户联", "顾客联"]
"""Whose copy a sheet is; empty where there is only one."""

COPIES: dict[int, tuple[Copy, ...]] = {1: ("顾客联",), 2: ("商户联", "顾客联")}
_TITLES: dict[Occasion, str] = {"sale": "医保结算单", "void": "医保结算撤销单", "cash": "自费收款凭条", "claim": "手工退费申报单"}
_OF_REGISTRATIONS: dict[Occasion, str] = _TITLES | {"sale": "医保挂号结算单", "void": "医保退号单", "cash": "自费挂号收款凭条"}
_ROUNDED_OFF = "CASH-ROUNDED-OFF"
_DETAIL = 2
"""Columns by which what belongs to a line of the bill is set in."""
_CLASSES = {"01": "甲", "02": "乙", "03": "自"}
_SCHEMES = {
    "310": "职工基本医疗保险",
    "320": "公务员医疗补助",
    "330": "大额医疗费用补助",
    "340": "离休人员医疗保障",
    "390": "城乡居民基本医疗保险",
    "410": "长期护理保险",
    "510": "生育保险",
}
_AMOUNTS = (
    ("medfee_sumamt", "医疗费总额"),
    ("fulamt_ownpay_amt", "全自费金额"),
    ("overlmt_selfpay", "超限价自费"),
    ("preselfpay_amt", "先行自付"),
    ("inscp_scp_amt", "符合范围"),
    ("act_pay_dedc", "本次起付线"),
    ("hifp_pay", "统筹基金"),
    ("cvlserv_pay", "公务员补助"),
    ("hifes_pay", "企业补充"),
    ("hifmi_pay", "大病保险"),
    ("hifob_pay", "大额补助"),
    ("maf_pay", "医疗救助"),
    ("oth_pay", "其他支付"),
    ("fund_pay_sumamt", "基金支付合计"),
    ("hosp_part_amt", "医院负担"),
    ("acct_pay", "个人账户支付"),
    ("acct_mulaid_pay", "账户共济支付"),
    ("psn_cash_pay", "个人现金支付"),
)
_ALWAYS = {"medfee_sumamt", "acct_pay", "psn_cash_pay"}
"""What is said even when it is nothing; any other amount of 0 is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who the settlement is about, masked."""

    name: str = ""
    certno: str = ""
    card_no: str = ""
    insuplc_admdvs: str = ""
    """Where the person is insured; empty when the centre was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Which counter prints."""

    fixmedins_name: str
    fixmedins_code: str = ""
    till: str = ""
    operator: str = ""
    demonstration: bool = False
    training: bool = False

    @property
    def stamp(self) -> str:
        """What stands on every paper that proves nothing, empty at a real counter."""
        if self.training:
            return "培训 · 不作凭证"
        return "演示 · 不作报销凭证" if self.demonstration else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersOfSlip:
    """What was seen on paper; the buyer is masked."""

    written_on: str = ""
    supply_days: int = 0
    doctor: str = ""
    pharmacist: str = ""
    buyer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Everything on one slip."""

    occasion: Occasion
    subject: str
    at: str
    issuer: Issuer
    bill: Bill | None
    figures: Figures | None
    holder: Holder = Holder()
    left_out: tuple[LeftOut, ...] = ()
    receipt: str = ""
    """``till-epoch-number``; empty for a cash slip."""
    setl_id: str = ""
    offline_reason: str = ""
    """Reason code when it was settled off-line."""
    allowance_left_fen: int | None = None
    own_left_fen: int | None = None
    """What a card that debits by itself has left."""
    original: str = ""
    redeems: str = ""
    until: str = ""
    cash_fen: int = 0
    received_fen: int = 0
    """What the customer gave in cash; 0 when it was not counted."""
    change_fen: int = 0
    claimed: str = ""
    """Of a claim by hand: the centre's words."""
    reversed_by: str = ""
    rejected: bool = False
    """The centre refused it after it was booked off-line."""
    which: Which = "first"
    again: int = 0
    """How many times it was printed before."""
    printed_at: str = ""
    chain: str = ""
    """Count and head of the journal's chain."""
    visit: VisitOfSlip | None = None
    """The visit at a clinic that it is of."""
    papers: PapersOfSlip | None = None
    """What was seen for its drugs."""


def compose(slip: Slip, copy: Copy = "", *, code: bool = False) -> Sheet:
    """Return the sheet of one copy; ``code`` adds the settlement's number as a QR code."""
    rows: list[Row] = [Title(slip.issuer.fixmedins_name), Title(_title(slip))]
    if slip.issuer.stamp:
        rows.append(Title(slip.issuer.stamp))
    if copy:
        rows.append(Title(copy))
    if slip.visit is not None:
        rows += [Rule(), *_visit(slip.visit)]
    rows += [Rule(), *_identity(slip), Rule()]
    if slip.bill is not None and slip.bill.lines:
        rows += [*_bill(slip.bill), Rule()]
        if slip.papers is not None:
            rows += [*_papers(slip.bill, slip.papers), Rule()]
    # On a claim no cash moves: what the insurance paid is the agency's to take back.
    rows += [*_money(slip), *(_cash(slip) if slip.occasion != "claim" else ()), Rule(), *_foot(slip)]
    if copy == "商户联":
        rows.append(Signature("顾客签名："))
    if code:
        rows.append(Code(slip.subject))
    return tuple(rows)


def _title(slip: Slip) -> str:
    marks = {
        "脱机": bool(slip.offline_reason),
        "补结算": bool(slip.redeems),
        "已撤销": bool(slip.reversed_by),
        "中心未接受": slip.rejected,
        "补打": slip.which == "late",
        f"重打 {slip.again}": slip.which == "again",
    }
    wanted = "、".join(mark for mark, on in marks.items() if on)
    titles = _OF_REGISTRATIONS if slip.visit is not None and slip.visit.queue else _TITLES
    return titles[slip.occasion] + (f"（{wanted}）" if wanted else "")


def _identity(slip: Slip) -> Iterator[Row]:
    scheme = slip.bill.insutype if slip.bill is not None and slip.occasion == "sale" else ""
    rows = {
        "机构编码": slip.issuer.fixmedins_code,
        "机号": slip.issuer.till,
        "收银员": slip.issuer.operator,
        "时间": slip.at,
        "打印时间": slip.printed_at if slip.which != "first" else "",
        "票号": slip.receipt,
        "结算编号": slip.subject,
        "中心结算号": slip.setl_id,
        "原结算编号": slip.original,
        "撤销编号": slip.reversed_by,
        "补结算凭条": slip.redeems,
        "参保人": slip.holder.name,
        "证件号": slip.holder.certno,
        "卡号": slip.holder.card_no,
        "险种": _SCHEMES.get(scheme, scheme),
        "参保地": slip.holder.insuplc_admdvs,
        "脱机原因": slip.offline_reason,
    }
    return (Pair(label, value) for label, value in rows.items() if value)


def _visit(visit: VisitOfSlip) -> Iterator[Row]:
    if visit.queue:
        yield Big("排队号", visit.queue)
    rows = {"科室": visit.department, "医师": visit.doctor, "号别": visit.fee_class, "就诊号": visit.visit_no}
    yield from (Pair(label, value) for label, value in rows.items() if value)


def _papers(bill: Bill, papers: PapersOfSlip) -> Iterator[Row]:
    numbers = dict.fromkeys(line.rxno for line in bill.lines if line.rxno)
    rows = {
        "处方号": "、".join(numbers),
        "开方日期": papers.written_on,
        "医师": papers.doctor,
        "用药天数": str(papers.supply_days) if papers.supply_days else "",
        "审方药师": papers.pharmacist,
        "代购人": papers.buyer,
    }
    yield from (Pair(label, value) for label, value in rows.items() if value)


def _bill(bill: Bill) -> Iterator[Row]:
    for line in bill.lines:
        yield Note(f"{line.name} {line.spec}".strip())
        kind = _CLASSES.get(line.chrgitm_lv, line.chrgitm_lv)
        amount = format_yuan(line.det_item_fee_sumamt)
        yield Pair(f"{kind} {_short(line.cnt_e4, 4)} × {_short(line.pric_e6, 6)}", amount, _DETAIL)
        yield from _particulars(line)


def _particulars(line: Line) -> Iterator[Row]:
    if line.full_pric_e6 is not None:
        off_fen = line_amount(line.cnt_e4, line.full_pric_e6) - line.det_item_fee_sumamt
        yield Pair(f"原价 {_short(line.full_pric_e6, 6)} 优惠", format_yuan(off_fen), _DETAIL)
    said = [(label, value) for label, value in (("批号", line.manu_lotnum), ("效期", line.expy_end)) if value]
    if said:
        yield Note(" ".join(f"{label} {value}" for label, value in said), _DETAIL)
    if line.prodentp_name:
        yield Note(line.prodentp_name, _DETAIL)


def _money(slip: Slip) -> Iterator[Row]:
    figures = slip.figures
    if figures is not None:
        for name, label in _AMOUNTS:
            amount_fen = getattr(figures, name)
            if amount_fen or name in _ALWAYS:
                yield Pair(f"{label} {name}", format_yuan(amount_fen))
            if name == "hifp_pay" and amount_fen and figures.pool_prop_selfpay:
                yield Pair("比例 pool_prop_selfpay", f"{_short(figures.pool_prop_selfpay, 2)}%", _DETAIL)
        if not slip.offline_reason:
            yield Pair("账户余额 balc", format_yuan(figures.balc))
    if slip.allowance_left_fen is not None:
        yield Pair("卡上脱机额度", format_yuan(slip.allowance_left_fen))
    if slip.own_left_fen is not None:
        yield Pair("卡上自带金额", format_yuan(slip.own_left_fen))
    for left in slip.left_out:
        yield Pair("抹零" if left.code == _ROUNDED_OFF else "医保外现金", format_yuan(left.amount_fen))
        if left.code != _ROUNDED_OFF:
            yield Note(left.zh, _DETAIL)


def _cash(slip: Slip) -> Iterator[Row]:
    yield Big("退回现金" if slip.cash_fen < 0 else "应收现金", f"￥{format_yuan(abs(slip.cash_fen))}")
    if slip.received_fen:
        yield Pair("实收", format_yuan(slip.received_fen))
        yield Pair("找零", format_yuan(slip.change_fen))


def _foot(slip: Slip) -> Iterator[Row]:
    if slip.until:
        yield Note(f"凭社会保障卡和本凭条，于 {slip.until} 前到本店补结算。")
    if slip.offline_reason and not slip.rejected:
        yield Note("脱机结算，线路恢复后由中心确认。")
    if slip.claimed:
        yield Note("原结算已清算，请凭本单和原结算单到经办机构手工办理退费。")
        yield Note(f"中心答复：{slip.claimed}")
    if slip.chain:
        yield Pair("账本链", slip.chain)


def _short(value: int, places: int) -> str:
    """Return a scaled number without zeros at its end."""
    return format_scaled(value, places).rstrip("0").rstrip(".")
