"""The columns of a goods file: what they may be called, and what may stand in them.

Nothing is guessed: an amount that is not exact, or a class without its ratio, is a fault of its line.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from config import case_words as read
from config.reading import Cure
from offline_queue.replica.columns import Column, narrow, text
from settlement.bill import EPHEDRINE, RX
from settlement.money import parse_scaled

NO_LIMIT_E6 = 999_999 * 10**6
"""How the wire says that an item has no price limit."""

_PRICE_DIGITS = 10
_COUNT_MAX = 10**12
_GTIN = {8, 12, 13, 14}
_DAYS = tuple(
    re.compile(form, re.ASCII)
    for form in (r"(\d{4})(\d{2})(\d{2})?", r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?|月)?")
)

_SCIENTIFIC = Cure(
    "表格软件把长数字改成了科学计数：把此列设为“文本”后重新导出。",
    "A spreadsheet rounded the number: make the column text and export again.",
)


def _price(cell: str) -> int | Cure:
    try:
        price_e6 = parse_scaled(cell, 6)
    except ValueError:
        price_e6 = -1
    if price_e6 < 0 or len(cell.partition(".")[0]) > _PRICE_DIGITS:
        return Cure(
            "写成元，最多六位小数，如 12.30；不带千位逗号和单位。", "Write yuan with at most 6 decimals, such as 12.30: no commas, no unit."
        )
    return price_e6


def _price_paid(cell: str) -> int | Cure:
    price = _price(cell)
    return Cure("售价必须大于零。", "A price is above zero.") if price == 0 else price


def _price_limit(cell: str) -> int | Cure | None:
    price = _price(cell)
    return None if price == NO_LIMIT_E6 else price


def _barcodes(cell: str) -> tuple[str, ...] | Cure:
    found = tuple(dict.fromkeys(re.split(r"[\s,;|/、]+", cell)))
    for barcode in found:
        if re.fullmatch(r"[\d.]+E\+?\d+", barcode, re.ASCII | re.IGNORECASE):
            return _SCIENTIFIC
        if not re.fullmatch(r"\d+", barcode, re.ASCII) or len(barcode) not in _GTIN:
            return Cure(
                "条码为 8、12、13 或 14 位数字；本店自编的号写在编码一列。",
                "A barcode has 8, 12, 13 or 14 digits; the shop's own numbers are codes.",
            )
        if not checked(barcode):
            return Cure("条码校验位不对，照商品重新扫一次。", "Its check digit is wrong: scan the product again.")
    return found


def checked(barcode: str) -> bool:
    """Whether the last digit of a GTIN is its check digit (GS1: weights 3 and 1 from the right)."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(barcode))) % 10 == 0


def _trac_prefix(cell: str) -> str | Cure:
    if re.fullmatch(r"\d{7}", cell, re.ASCII):
        return cell
    return Cure("写追溯码的前七位数字（药品标识码）。", "Write the first seven digits of the traceability code.")


def last_day(text: str) -> str:
    """Return the last day of use, ISO; a month alone lasts to its end, as the rule for labels has it. Empty: it is no date."""
    found = next(filter(None, (form.fullmatch(text) for form in _DAYS)), None)
    if found is None:
        return ""
    try:
        first = date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return ""
    return (first if found[3] else first.replace(day=monthrange(first.year, first.month)[1])).isoformat()


def _day(cell: str) -> str | Cure:
    return last_day(cell) or Cure(
        "写成日期，如 2027-03-31；只有年月时写 2027-03。", "Write a date such as 2027-03-31, or 2027-03 when only the month is printed."
    )


def _count(cell: str) -> int | Cure:
    if re.fullmatch(r"\d{1,13}", cell, re.ASCII) and int(cell) <= _COUNT_MAX:
        return int(cell)
    return Cure("写不带小数的数量，如 120。", "Write a whole number such as 120.")


def _yes(cell: str) -> bool | Cure:
    answer = read.yes(cell)
    return Cure("写 是 或 否。", "Write 是 or 否 (yes or no).") if isinstance(answer, Cure) else answer


def _on_prescription(cell: str) -> bool | Cure:
    word = cell.casefold()
    if word in {"处方药", "处方", "rx"}:
        return True
    if "otc" in word or "非处方" in word:
        return False
    answer = read.yes(cell)
    cure = Cure("写 处方药 或 OTC，或 是 或 否。", "Write Rx or OTC, or 是 or 否 (yes or no).")
    return cure if isinstance(answer, Cure) else answer


COLUMNS = (
    Column(
        field="code",
        names=("商品编码", "自编码", "货号", "商品代码", "药品编码", "编码", "medins_list_codg"),
        read=text(100),
        required=True,
    ),
    Column(field="name", names=("商品名称", "名称", "品名", "药品名称", "通用名", "通用名称"), read=text(200), required=True),
    Column(field="pric_e6", names=("零售价", "售价", "单价", "销售价", "价格", "pric", "price"), read=narrow(_price_paid), required=True),
    Column(
        field="chrgitm_lv",
        names=("医保等级", "费用等级", "收费项目等级", "甲乙类", "医保类别", "class"),
        read=narrow(read.charge_class),
        required=True,
    ),
    Column(field="goods_kind", names=("批准类别", "批文类别", "商品类别", "类别", "kind"), read=narrow(read.goods_kind), required=True),
    Column(
        field="selfpay_prop_e4",
        names=("先行自付比例", "自付比例", "乙类自付比例", "selfpay_prop", "first_pay_ratio"),
        read=narrow(read.ratio),
        empty=None,
    ),
    Column(
        field="pric_uplmt_e6",
        names=("医保支付标准", "支付标准", "限价", "医保限价", "最高限价", "pric_uplmt_amt", "price_limit"),
        read=narrow(_price_limit),
        empty=None,
    ),
    Column(field="med_list_codg", names=("医保目录编码", "医保编码", "国家医保编码", "国家编码"), read=narrow(text(50))),
    Column(field="spec", names=("规格", "商品规格", "包装规格"), read=text(200)),
    Column(field="prodentp_name", names=("生产企业", "生产厂家", "厂家", "厂商", "生产单位", "maker"), read=text(200)),
    Column(field="unit", names=("单位", "计量单位", "包装单位", "销售单位"), read=text(20)),
    Column(field="barcodes", names=("条码", "条形码", "商品条码", "国际条码", "69码", "barcode", "ean"), read=narrow(_barcodes), empty=()),
    Column(field="trac_prefix", names=("药品标识码", "追溯码前七位", "追溯码前7位", "追溯码前缀"), read=narrow(_trac_prefix)),
    Column(field="manu_lotnum", names=("生产批号", "批号"), read=text(100)),
    Column(field="expy_end", names=("有效期至", "有效期", "失效日期"), read=narrow(_day)),
    Column(field="trac_required", names=("须扫追溯码", "是否追溯", "追溯"), read=narrow(_yes), empty=None),
    Column(field=RX, names=("处方药", "是否处方药", "处方类别", "处方分类", "rx"), read=narrow(_on_prescription), empty=False),
    Column(field=EPHEDRINE, names=("含麻黄碱", "含麻黄碱类", "麻黄碱", "含特殊药品复方制剂", "ephedrine"), read=narrow(_yes), empty=False),
    Column(field="popularity", names=("销量", "年销量", "热度"), read=narrow(_count), empty=0),
)
