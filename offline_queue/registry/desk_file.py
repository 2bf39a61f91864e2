"""A desk's file as a clinic's own system exports it: CSV, one line for each doctor, fee class and period, in UTF-8 or GB18030.

A department has one name and one speciality, a doctor one name, and a fee class of a doctor one price at each moment: where two lines
say otherwise, the later one is at fault and names the earlier.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.reading import Cure, FileFault, fault_phrase
from offline_queue.registry.columns import COLUMNS, FEES
from offline_queue.registry.offer import Department, Fee, Offer
from offline_queue.replica.columns import first_pay
from offline_queue.replica.table_file import Fault, Progress, TableFile, TableKind, read_table

_SELF_PAY = "03"
_NEVER = "~"
"""After every moment."""


class DeskFileUnusable(FileFault):
    """A desk's file that cannot be read as a table of offers: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("REGISTRY-FILE-UNUSABLE", "挂号文件", "Desk's file")


@dataclass(slots=True, kw_only=True)
class DeskFile(TableFile):
    """What was read: the good lines as offers, and what is wrong with the others."""

    offers: list[Offer] = field(default_factory=list)


_KIND = TableKind(
    columns=COLUMNS,
    unusable=DeskFileUnusable,
    empty=Cure("文件里没有号别，检查导出。", "It holds no fee class: check the export."),
    shared=frozenset({"dept_code", "dept_name", "caty", "atddr_no", "dr_name", "fee_class"}),
)


def read_desk(path: Path, progress: Progress, encoding: str | None = None) -> DeskFile:
    """Read a desk's file; ``encoding`` is a key of :data:`offline_queue.replica.table_file.ENCODINGS`, or None to know it.

    Raises :class:`DeskFileUnusable` when no line of it could be read, whatever the line holds.
    """
    return read_table(path, _KIND, DeskFile, _Desk().settle, progress, encoding)


class _Desk:
    """What the good lines of one file have said."""

    def __init__(self) -> None:
        self._departments: dict[str, tuple[int, Department]] = {}
        self._doctors: dict[str, tuple[int, str]] = {}
        self._periods: defaultdict[tuple[str, str, str], list[tuple[str, str, int]]] = defaultdict(list)

    def settle(self, desk: DeskFile, line: int, values: dict[str, Any]) -> list[Fault]:
        """Make the line an offer, or return what does not go together with itself or with an earlier line."""
        fees: dict[str, Any] = {}
        faults: list[Fault] = []
        for kind in FEES:
            fees[kind], wrong = _fee(kind, values)
            faults += wrong
        department = Department(values["dept_code"], values["dept_name"], values["caty"])
        begntime, endtime = values["begntime"], values["endtime"]
        if endtime and endtime <= begntime:
            cure = Cure("失效时间要晚于生效时间；只写日期时包括当天。", "It ends after it begins; a date alone includes that day.")
            faults.append(("endtime", cure))
        period = (begntime, endtime or _NEVER, line)
        key = (department.dept_code, values["atddr_no"], values["fee_class"])
        faults = faults or [*self._renamed(department, values), *self._overlapping(key, period)]
        if not faults:
            self._departments.setdefault(department.dept_code, (line, department))
            self._doctors.setdefault(values["atddr_no"], (line, values["dr_name"]))
            insort(self._periods[key], period)
            kept = {name: values[name] for name in ("atddr_no", "dr_name", "fee_class", "begntime", "endtime", "quota", "sessions")}
            desk.offers.append(Offer(department=department, **fees, **kept))
        return faults

    def _renamed(self, department: Department, values: dict[str, Any]) -> Iterator[Fault]:
        line, known = self._departments.get(department.dept_code, (0, department))
        if known.dept_name != department.dept_name:
            yield (
                "dept_name",
                Cure(
                    f"第 {line} 行的 {known.dept_code} 叫“{known.dept_name}”：一个编码只有一个名称。",
                    f"Line {line} calls {known.dept_code} “{known.dept_name}”: a code has one name.",
                ),
            )
        if known.caty != department.caty:
            yield (
                "caty",
                Cure(
                    f"第 {line} 行的 {known.dept_code} 是 {known.caty}：一个科室只有一个科别。",
                    f"Line {line} has {known.dept_code} under {known.caty}: a department has one speciality.",
                ),
            )
        line, name = self._doctors.get(values["atddr_no"], (0, values["dr_name"]))
        if name != values["dr_name"]:
            cure = Cure(
                f"第 {line} 行的这个编码是“{name}”：一个编码只有一位医师。", f"On line {line} this code is “{name}”: a code is one doctor."
            )
            yield "dr_name", cure

    def _overlapping(self, key: tuple[str, str, str], period: tuple[str, str, int]) -> Iterator[Fault]:
        """Compare with the neighbours in time: earlier lines of the same key never overlap each other."""
        taken = self._periods.get(key, [])
        place = bisect_left(taken, period)
        for begntime, endtime, line in taken[max(place - 1, 0) : place + 1]:
            if begntime < period[1] and period[0] < endtime:
                yield (
                    "begntime",
                    Cure(
                        f"与第 {line} 行的时间重叠：同一科室、医师、号别在一个时刻只有一个价；只写日期的失效时间包括当天。",
                        f"Its time overlaps that of line {line}: a fee class of a doctor has one price at each moment, "
                        "and an end that is a date alone includes that day.",
                    ),
                )
                return


def _fee(kind: str, values: dict[str, Any]) -> tuple[Fee | None, list[Fault]]:
    """Return one fee, None where none is charged, and its faults. What its own columns leave empty, the columns of both fees say."""
    if not values[f"{kind}_fen"]:
        return None, []
    word = FEES[kind]
    faults: list[Fault] = []
    level, ratio, at = values[f"{kind}_chrgitm_lv"], values[f"{kind}_selfpay_prop_e4"], f"{kind}_selfpay_prop_e4"
    if not level:
        level = values["chrgitm_lv"]
        if ratio is None:
            ratio, at = values["selfpay_prop_e4"], "selfpay_prop_e4"
    settled = first_pay(level, ratio) if level else 0
    if not level:
        cure = Cure(
            f"写明{word}的医保等级：甲、乙、丙或自费。", f"State the class of the {kind} fee: 甲 (A), 乙 (B), 丙 or 自费 (self-pay)."
        )
        faults.append((f"{kind}_chrgitm_lv", cure))
    if isinstance(settled, Cure):
        faults.append((at, settled))
        settled = 0
    med = values[f"{kind}_med_list_codg"]
    medins = values[f"{kind}_medins_list_codg"] or med
    if not medins or (not med and level != _SELF_PAY):
        cure = Cure(
            f"写明{word}的医保目录编码；自费的可以只写本机构编码。",
            f"Write the national code of the {kind} fee; a self-pay fee may have the institution's own code alone.",
        )
        faults.append((f"{kind}_med_list_codg", cure))
    fee = Fee(
        fee_fen=values[f"{kind}_fen"],
        medins_list_codg=medins,
        med_list_codg=med,
        chrgitm_lv=level,
        selfpay_prop_e4=settled,
        goods_kind=values[f"{kind}_goods_kind"] or values["goods_kind"],
    )
    return fee, faults
