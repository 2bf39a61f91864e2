"""Columns of an imported table: what they may be called, what may stand in them, and what two tables have in common.

A cell comes stripped; each converter gives the value or the :class:`config.reading.Cure` in both languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from config.reading import Cure
from settlement.money import RATIO_ONE

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_UNPRINTED = Cure("删去不可见的字符 {what}，重新输入这一格。", "Delete the invisible character {what} and type the cell again.")
_CLASS_A, _CLASS_B, _SELF_PAY = "01", "02", "03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the field that it fills, its names, and how a cell that is not empty is read."""

    field: str
    names: tuple[str, ...]
    read: Callable[[str], Any]
    empty: object = ""
    """The value of an empty cell and of a column that is not there."""
    required: bool = False
    """Whether every line must fill it."""


def by_name(columns: Iterable[Column]) -> dict[str, Column]:
    """Return the columns by every name and by their fields, case folded."""
    return {name.casefold(): column for column in columns for name in (column.field, *column.names)}


def column_named(name: str, known: Mapping[str, Column]) -> Column | None:
    """Return the column that the header calls ``name``; a unit in brackets and a star do not count."""
    bare = re.sub(r"\([^()]*\)$", "", unicodedata.normalize("NFKC", name).strip("* "))
    return known.get("".join(bare.split()).strip("*").casefold())


def invisible(cell: str) -> Cure | None:
    """Return the cure when a cell holds what no eye sees: control, formatting and direction characters."""
    if cell.isascii() and cell.isprintable():
        return None
    for character in cell:
        if unicodedata.category(character) in _INVISIBLE:
            what = f"U+{ord(character):04X}"
            return Cure(_UNPRINTED.zh.format(what=what), _UNPRINTED.en.format(what=what))
    return None


def text(longest: int) -> Callable[[str], str | Cure]:
    """Return the converter of a text of at most ``longest`` characters."""

    def convert(cell: str) -> str | Cure:
        return cell if len(cell) <= longest else Cure(f"最多 {longest} 个字。", f"At most {longest} characters.")

    return convert


def narrow(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read full-width digits and signs as the plain ones first."""
    return lambda cell: convert(unicodedata.normalize("NFKC", cell))


def first_pay(chrgitm_lv: str, selfpay_prop_e4: int | None) -> int | Cure:
    """Return the first-pay ratio (10⁻⁴) of a class with this ratio, ``None`` for one that is not written, or why they contradict."""
    if chrgitm_lv == _CLASS_B and selfpay_prop_e4 is None:
        return Cure("乙类要写先行自付比例，没有先行自付写 0。", "Class B states its first-pay ratio: 0 when there is none.")
    if chrgitm_lv == _CLASS_A and selfpay_prop_e4:
        return Cure("甲类没有先行自付：留空，或改为乙类。", "Class A has no first pay: leave it empty, or make it class B.")
    if chrgitm_lv == _SELF_PAY and selfpay_prop_e4 not in {None, 0, RATIO_ONE}:
        return Cure("自费的比例是 100%：留空，或改为乙类。", "Self-pay is 100%: leave it empty, or make it class B.")
    if selfpay_prop_e4 is None:
        return RATIO_ONE if chrgitm_lv == _SELF_PAY else 0
    return selfpay_prop_e4
