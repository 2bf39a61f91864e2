"""A goods file as a shop's own system exports it: CSV, one product a line, in UTF-8 or GB18030.

The encoding is known from the bytes, or the file is refused. A line is good or it has faults, each with line, column,
value and cure; where two lines have the same code, barcode or prefix, the later one is at fault and names the earlier.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.reading import Cure, FileFault, fault_phrase
from offline_queue.catalogue.columns import COLUMNS, Column, column_named, invisible
from offline_queue.catalogue.item import Item
from settlement.money import RATIO_ONE

FILE_BYTES_MAX = 256 * 1024 * 1024
FAULTS_MAX = 1_000
"""Faults that are kept in words; all are counted."""
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB18030"}

Progress = Callable[[int, int], None]
"""Told how many of how many lines are read."""

_MARK = b"\xef\xbb\xbf"
_NO_TEXT = {
    b"\xff\xfe": ("Unicode 文本", "Unicode text"),
    b"\xfe\xff": ("Unicode 文本", "Unicode text"),
    b"PK\x03\x04": ("表格软件自己的格式", "a spreadsheet"),
    b"\xd0\xcf\x11\xe0": ("表格软件自己的格式", "a spreadsheet"),
}
_SAVE = Cure("用表格软件另存为“CSV UTF-8”。", "Save it from the spreadsheet as “CSV UTF-8”.")
_WHOLE = "—"
_STEP = 2_000
_CLASS_A, _CLASS_B, _SELF_PAY = "01", "02", "03"
_TRACED = "国药准字"
_SHARED = {"spec", "prodentp_name", "unit", "chrgitm_lv", "goods_kind", "expy_end"}
"""What many lines have in common: one copy of each text is enough."""


class GoodsFileUnusable(FileFault):
    """A goods file that cannot be read as a table of goods: ``file``, ``key``, ``cure_zh``, ``cure_en``."""

    phrase = fault_phrase("CATALOGUE-FILE-UNUSABLE", "商品文件", "Goods file")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """Why one line is no good. ``column`` is called as the file calls it, ``—`` for the line as a whole."""

    line: int
    column: str
    value: str
    cure: Cure


@dataclass(slots=True, kw_only=True)
class GoodsFile:
    """What was read: the good lines as items, and what is wrong with the others."""

    name: str
    encoding: str
    sha256: str
    ignored: tuple[str, ...] = ()
    """Columns whose names say nothing here."""
    items: list[Item] = field(default_factory=list)
    bad_lines: int = 0
    faults_count: int = 0
    faults: list[LineFault] = field(default_factory=list)
    """The first :data:`FAULTS_MAX`."""


def read_goods(path: Path, progress: Progress, encoding: str | None = None) -> GoodsFile:
    """Read a goods file; ``encoding`` is a key of :data:`ENCODINGS`, or None to know it from the bytes.

    Raises :class:`GoodsFileUnusable` when no line of it could be read, whatever the line holds.
    """
    content = _content(path)
    text, found = _decoded(content, path.name, encoding)
    goods = GoodsFile(name=path.name, encoding=ENCODINGS[found], sha256=hashlib.sha256(content).hexdigest())
    total = text.count("\n")
    rows = _rows(text, path.name)
    _, header = next(rows, (1, []))
    table = _Table(header, goods)
    for count, (line, cells) in enumerate(rows):
        if count % _STEP == 0:
            progress(line, total)
        if any(cells):
            table.read(line, cells)
    progress(total, total)
    if not goods.items and not goods.bad_lines:
        raise _unusable(path.name, _WHOLE, Cure("文件里没有商品，检查导出。", "It holds no product: check the export."))
    return goods


class _Table:
    """The columns of one file, and what its good lines have taken."""

    def __init__(self, header: Sequence[str], goods: GoodsFile) -> None:
        self._goods = goods
        self._width = len(header)
        self._columns: dict[int, Column] = {}
        self._called: dict[str, str] = {}
        for place, name in enumerate(header):
            column = column_named(name)
            if column is None:
                goods.ignored += (name,) if name else ()
            elif column.field in self._called:
                known = self._called[column.field]
                cure = Cure(f"“{known}”和“{name}”是同一列，只留一列。", f"“{known}” and “{name}” are the same column: keep one.")
                raise _unusable(goods.name, name, cure)
            else:
                self._columns[place], self._called[column.field] = column, name
        missing = [column for column in COLUMNS if column.required and column.field not in self._called]
        if missing:
            listed = "、".join(f"{column.names[0]}（{column.field}）" for column in missing)
            cure = Cure(f"第一行是列名，缺少：{listed}。", f"The first line names the columns; there is none for: {listed}.")
            raise _unusable(goods.name, missing[0].names[0], cure)
        self._empty = {column.field: column.empty for column in COLUMNS if column.field not in self._called}
        self._taken: dict[tuple[str, str], int] = {}
        self._same: dict[object, object] = {}

    def read(self, line: int, cells: list[str]) -> None:
        """Read one line into an item, or say what is wrong with it."""
        while len(cells) > self._width and not cells[-1]:
            cells.pop()
        if len(cells) != self._width:
            wide = Cure(
                f"这一行有 {len(cells)} 格，列名有 {self._width} 格：文字里的逗号要加引号。",
                f"It has {len(cells)} cells and the header {self._width}: a comma inside a text needs quotes.",
            )
            self._refuse(line, [(_WHOLE, "", wide)])
            return
        values: dict[str, Any] = dict(self._empty)
        faults: list[tuple[str, Cure]] = []
        for place, column in self._columns.items():
            value = _value(column, cells[place])
            if isinstance(value, Cure):
                faults.append((column.field, value))
            values[column.field] = self._same.setdefault(value, value) if column.field in _SHARED else value
        faults = faults or list(_contradictions(values)) or list(self._repeated(values))
        if faults:
            self._refuse(line, [(self._called.get(field, field), self._written(field, cells), cure) for field, cure in faults])
        else:
            self._taken |= dict.fromkeys(_keys(values), line)
            self._goods.items.append(Item(**values))

    def _written(self, field: str, cells: Sequence[str]) -> str:
        return next((cells[place] for place, column in self._columns.items() if column.field == field), "")

    def _repeated(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Cure]]:
        for key in _keys(values):
            earlier = self._taken.get(key)
            if earlier is not None:
                yield key[0], Cure(f"第 {earlier} 行已用它，只留一行。", f"Line {earlier} has it already: keep one of them.")

    def _refuse(self, line: int, faults: Sequence[tuple[str, str, Cure]]) -> None:
        self._goods.bad_lines += 1
        self._goods.faults_count += len(faults)
        for column, value, cure in faults[: FAULTS_MAX - len(self._goods.faults)]:
            self._goods.faults.append(LineFault(line=line, column=column, value=value, cure=cure))


def _value(column: Column, cell: str) -> Any:  # noqa: ANN401 - of the column's type, or a Cure
    unseen = invisible(cell)
    if unseen is not None:
        return unseen
    if not cell:
        return Cure("这一格必须填写。", "Fill it in.") if column.required else column.empty
    return column.read(cell)


def _contradictions(values: dict[str, Any]) -> Iterator[tuple[str, Cure]]:
    """Settle what depends on another cell, and name what does not go together."""
    level, ratio = values["chrgitm_lv"], values["selfpay_prop_e4"]
    if level == _CLASS_B and ratio is None:
        yield (
            "selfpay_prop_e4",
            Cure("乙类要写先行自付比例，没有先行自付写 0。", "Class B states its first-pay ratio: 0 when there is none."),
        )
    if level == _CLASS_A and ratio:
        yield (
            "selfpay_prop_e4",
            Cure("甲类没有先行自付：留空，或改为乙类。", "Class A has no first pay: leave it empty, or make it class B."),
        )
    if level == _SELF_PAY and ratio not in {None, 0, RATIO_ONE}:
        yield "selfpay_prop_e4", Cure("自费的比例是 100%：留空，或改为乙类。", "Self-pay is 100%: leave it empty, or make it class B.")
    if ratio is None:
        values["selfpay_prop_e4"] = RATIO_ONE if level == _SELF_PAY else 0
    if values["trac_required"] is None:
        values["trac_required"] = values["goods_kind"] == _TRACED


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return what no two items share. Zeros in front make another form of the same barcode."""
    yield "code", values["code"]
    yield from (("barcodes", barcode.lstrip("0")) for barcode in values["barcodes"])
    if values["trac_prefix"]:
        yield "trac_prefix", values["trac_prefix"]


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= FILE_BYTES_MAX else b""
    except OSError as error:
        raise _unusable(path.name, _WHOLE, Cure(f"文件读不出来（{error.strerror}）。", f"It cannot be read ({error.strerror}).")) from error
    if size > FILE_BYTES_MAX:
        cure = Cure("文件超过 256 MiB，检查是不是商品文件。", "It is larger than 256 MiB: check that it is the goods file.")
        raise _unusable(path.name, _WHOLE, cure)
    for mark, (zh, en) in _NO_TEXT.items():
        if content.startswith(mark):
            raise _unusable(path.name, "CSV", Cure(f"这是{zh}，不是 CSV：{_SAVE.zh}", f"It is {en} and no CSV. {_SAVE.en}"))
    return content


def _decoded(content: bytes, name: str, encoding: str | None) -> tuple[str, str]:
    """Return the text and its encoding: the first in which every byte has its meaning."""
    wanted = [encoding] if encoding else ["utf-8"] if content.startswith(_MARK) else list(ENCODINGS)
    reached = 0
    for candidate in wanted:
        try:
            return content.decode(candidate).removeprefix("\ufeff"), candidate
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    line, tried = content.count(b"\n", 0, reached) + 1, " / ".join(ENCODINGS[candidate] for candidate in wanted)
    cure = Cure(f"第 {line} 行不是 {tried}。{_SAVE.zh}", f"Line {line} is not {tried}. {_SAVE.en}")
    raise _unusable(name, "编码 encoding", cure)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows, stripped, each with the line on which it begins. Tabs separate where the header has tabs."""
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in header and "," not in header else ",", strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        cure = Cure(f"第 {line} 行的引号没有成对（{error}）。", f"The quotes of line {line} do not match ({error}).")
        raise _unusable(name, "CSV", cure) from error


def _unusable(name: str, key: str, cure: Cure) -> GoodsFileUnusable:
    return GoodsFileUnusable(file=name, key=key, cure_zh=cure.zh, cure_en=cure.en)
