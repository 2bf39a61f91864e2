"""A goods file as a shop's own system exports it: CSV, one product a line, in UTF-8 or GB18030.

Where two lines have the same code, barcode or prefix, the later one is at fault and names the earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.reading import Cure, FileFault, fault_phrase
from offline_queue.catalogue.columns import COLUMNS
from offline_queue.catalogue.item import Item
from offline_queue.replica.columns import first_pay
from offline_queue.replica.table_file import Fault, Progress, TableFile, TableKind, read_table
from settlement.bill import CONTROLS

_TRACED = "国药准字"


class GoodsFileUnusable(FileFault):
    """A goods file that cannot be read as a table of goods: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("CATALOGUE-FILE-UNUSABLE", "商品文件", "Goods file")


@dataclass(slots=True, kw_only=True)
class GoodsFile(TableFile):
    """What was read: the good lines as items, and what is wrong with the others."""

    items: list[Item] = field(default_factory=list)


_KIND = TableKind(
    columns=COLUMNS,
    unusable=GoodsFileUnusable,
    empty=Cure("文件里没有商品，检查导出。", "It holds no product: check the export."),
    shared=frozenset({"spec", "prodentp_name", "unit", "chrgitm_lv", "goods_kind", "expy_end"}),
)


def read_goods(path: Path, progress: Progress, encoding: str | None = None) -> GoodsFile:
    """Read a goods file; ``encoding`` is a key of :data:`offline_queue.replica.table_file.ENCODINGS`, or None to know it.

    Raises :class:`GoodsFileUnusable` when no line of it could be read, whatever the line holds.
    """
    return read_table(path, _KIND, GoodsFile, _Shelf().settle, progress, encoding)


class _Shelf:
    """What the good lines of one file have taken."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], int] = {}

    def settle(self, goods: GoodsFile, line: int, values: dict[str, Any]) -> list[Fault]:
        """Make the line an item, or return what does not go together with itself or with an earlier line."""
        faults = list(_contradictions(values)) or list(self._repeated(values))
        if not faults:
            self._taken |= dict.fromkeys(_keys(values), line)
            controls = tuple(word for word in CONTROLS if values.pop(word))
            goods.items.append(Item(**values, controls=controls))
        return faults

    def _repeated(self, values: Mapping[str, Any]) -> Iterator[Fault]:
        for key in _keys(values):
            earlier = self._taken.get(key)
            if earlier is not None:
                yield key[0], Cure(f"第 {earlier} 行已用它，只留一行。", f"Line {earlier} has it already: keep one of them.")


def _contradictions(values: dict[str, Any]) -> Iterator[Fault]:
    """Settle what depends on another cell, and name what does not go together."""
    ratio = first_pay(values["chrgitm_lv"], values["selfpay_prop_e4"])
    if isinstance(ratio, Cure):
        yield "selfpay_prop_e4", ratio
    values["selfpay_prop_e4"] = ratio
    if values["trac_required"] is None:
        values["trac_required"] = values["goods_kind"] == _TRACED


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return what no two items share. Zeros in front make another form of the same barcode."""
    yield "code", values["code"]
    yield from (("barcodes", barcode.lstrip("0")) for barcode in values["barcodes"])
    if values["trac_prefix"]:
        yield "trac_prefix", values["trac_prefix"]
