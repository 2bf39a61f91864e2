"""The columns of a desk's file: what they may be called, and what may stand in them.

Lengths are those of 2201 and 2204 (interface 2.7). A fee is an exact number of fen or a fault of its line, a moment is one second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from config import case_words as read
from config.reading import Cure
from offline_queue.registry.offer import HalfDay
from offline_queue.replica.columns import Column, narrow, text
from settlement.money import parse_yuan

FEES = {"registration": "挂号费", "consultation": "诊察费"}
"""The two fees of a registration, by the beginning of their fields."""
SERVICE = "医疗服务"
"""The kind of a fee for which the file names none."""

_FEE_DIGITS = 8
_MOMENTS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})?)?",
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?)?",
    )
)
_FOREVER = 9999
_SESSIONS = {
    "上午": (HalfDay.MORNING,),
    "下午": (HalfDay.AFTERNOON,),
    "全天": tuple(HalfDay),
    "am": (HalfDay.MORNING,),
    "pm": (HalfDay.AFTERNOON,),
}
_NO_MOMENT = Cure(
    "写成日期或日期加时间，如 2027-01-01 或 2027-01-01 00:00:00。",
    "Write a date, or a date and a time, such as 2027-01-01 or 2027-01-01 00:00:00.",
)


def _caty(cell: str) -> str | Cure:
    if re.fullmatch(r"[0-9A-Z.]{1,6}", cell, re.ASCII):
        return cell
    return Cure("写国家科别代码，如内科 A03。", "Write the national code of the speciality, such as A03 for internal medicine.")


def _fee(cell: str) -> int | Cure:
    try:
        fee_fen = parse_yuan(cell)
    except ValueError:
        fee_fen = -1
    if fee_fen < 0 or len(cell.partition(".")[0]) > _FEE_DIGITS:
        return Cure("写成元，最多两位小数，如 9.00；不收写 0。", "Write yuan with at most 2 decimals, such as 9.00; 0 when there is none.")
    return fee_fen


def _moment(*, ends: bool) -> Callable[[str], str | Cure]:
    """Read a moment. A day alone is the whole day: it begins at its first second and ends with its last; so does one until 23:59."""

    def convert(cell: str) -> str | Cure:
        found = next(filter(None, (form.fullmatch(cell) for form in _MOMENTS)), None)
        if found is None:
            return _NO_MOMENT
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        # 24:00 is how a day's end is written.
        late = (hour, minute, second) == (24, 0, 0)
        whole_day = found[4] is None or (hour, minute, second or 59) == (23, 59, 59)
        try:
            at = datetime(year, month, day, 0 if late else hour, minute, second)  # noqa: DTZ001 - China time, as on the wire
            if ends and year == _FOREVER:
                return ""
            if late or (ends and whole_day):
                at = at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
            return at.isoformat(" ")
        except (ValueError, OverflowError):
            return _NO_MOMENT

    return convert


def _quota(cell: str) -> int | Cure:
    if re.fullmatch(r"[1-9]\d{0,3}", cell, re.ASCII):
        return int(cell)
    return Cure("写每半天的限号数，如 30；不限号留空。", "Write how many in each half-day, such as 30; leave it empty for no limit.")


def _sessions(cell: str) -> tuple[HalfDay, ...] | Cure:
    written = [part for part in re.split(r"[\s,;|/、和+]+", cell.casefold()) if part]
    if not written or any(part not in _SESSIONS for part in written):
        return Cure("写 上午、下午 或 全天。", "Write 上午 (am), 下午 (pm) or 全天 (all day).")
    given = {half_day for part in written for half_day in _SESSIONS[part]}
    return tuple(half_day for half_day in HalfDay if half_day in given)


def _fee_columns(fee: str, *words: str) -> tuple[Column, ...]:
    """Return the columns of one fee; what they leave empty is taken from the columns of both fees."""

    def named(*endings: str) -> tuple[str, ...]:
        return tuple(f"{word}{ending}" for word in words for ending in endings)

    return (
        Column(field=f"{fee}_fen", names=named("", "金额"), read=narrow(_fee), required=True),
        Column(field=f"{fee}_med_list_codg", names=named("医保目录编码", "医保编码", "国家编码"), read=narrow(text(50))),
        Column(field=f"{fee}_medins_list_codg", names=named("编码", "项目编码", "自编码"), read=text(150)),
        Column(field=f"{fee}_chrgitm_lv", names=named("医保等级", "收费类别", "甲乙类"), read=narrow(read.charge_class)),
        Column(field=f"{fee}_selfpay_prop_e4", names=named("先行自付比例", "自付比例"), read=narrow(read.ratio), empty=None),
        Column(field=f"{fee}_goods_kind", names=named("批准类别"), read=narrow(read.goods_kind)),
    )


COLUMNS = (
    Column(field="dept_code", names=("科室编码", "科室代码", "科室编号"), read=text(30), required=True),
    Column(field="dept_name", names=("科室名称", "科室"), read=text(100), required=True),
    Column(field="caty", names=("科别", "科别代码", "科别编码"), read=narrow(_caty), required=True),
    Column(field="atddr_no", names=("医师编码", "医师代码", "医生编码", "医生代码"), read=text(30), required=True),
    Column(field="dr_name", names=("医师姓名", "医生姓名", "医师", "医生"), read=text(50), required=True),
    Column(field="fee_class", names=("号别", "号别名称", "号类", "挂号类别"), read=text(20), required=True),
    *_fee_columns("registration", "挂号费"),
    *_fee_columns("consultation", "诊察费", "诊查费"),
    Column(
        field="chrgitm_lv",
        names=("医保等级", "收费类别", "费用等级", "收费项目等级", "甲乙类", "医保类别", "class"),
        read=narrow(read.charge_class),
    ),
    Column(field="selfpay_prop_e4", names=("先行自付比例", "自付比例", "selfpay_prop"), read=narrow(read.ratio), empty=None),
    Column(field="goods_kind", names=("批准类别", "类别", "kind"), read=narrow(read.goods_kind), empty=SERVICE),
    Column(field="begntime", names=("生效时间", "生效日期", "开始时间", "开始日期", "启用日期"), read=narrow(_moment(ends=False))),
    Column(field="endtime", names=("失效时间", "失效日期", "结束时间", "结束日期", "停用日期"), read=narrow(_moment(ends=True))),
    Column(field="quota", names=("限号", "限号数", "号源数"), read=narrow(_quota), empty=None),
    Column(field="sessions", names=("出诊时段", "上午/下午", "上下午", "午别", "时段"), read=narrow(_sessions), empty=tuple(HalfDay)),
)
