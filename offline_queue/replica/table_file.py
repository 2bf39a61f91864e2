"""A table as another system exports it: CSV with a header, in UTF-8 or GB18030.

The encoding is known from the bytes, or the file is refused. A line is good or it has faults, each with line, column,
value and cure.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from config.reading import Cure, FileFault
from offline_queue.replica.columns import Column, by_name, column_named, invisible

FILE_BYTES_MAX = 256 * 1024 * 1024
FAULTS_MAX = 1_000
"""Faults that are kept in words; all are counted."""
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB18030"}

Progress = Callable[[int, int], None]
"""Told how many of how many lines are read."""

Fault = tuple[str, Cure]
"""The field at fault, and what to write instead."""

_MARK = b"\xef\xbb\xbf"
_NO_TEXT = {
    b"\xff\xfe": ("Unicode 文本", "Unicode text"),
    b"\xfe\xff": ("Unicode 文本", "Unicode text"),
    b"PK\x03\x04": ("表格软件自己的格式", "a spreadsheet"),
    b"\xd0\xcf\x11\xe0": ("表格软件自己的格式", "a spreadsheet"),
}
_SAVE = Cure("用表格软件另存为“CSV UTF-8”。", "Save it from the spreadsheet as “CSV UTF-8”.")
_LARGE = Cure("文件超过 256 MiB，检查是不是要导入的文件。", "It is larger than 256 MiB: check that it is the file to import.")
_WHOLE, _ENCODING = "—", "编码 encoding"
_STEP = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """Why one line is no good. ``column`` is called as the file calls it, ``—`` for the line as a whole."""

    line: int
    column: str
    value: str
    cure: Cure


@dataclass(slots=True, kw_only=True)
class TableFile:
    """What was read of a table, and what is wrong with its bad lines. Each kind of table adds what its good lines became."""

    name: str
    encoding: str
    sha256: str
    ignored: tuple[str, ...] = ()
    """Columns whose names say nothing here."""
    good_lines: int = 0
    bad_lines: int = 0
    faults_count: int = 0
    faults: list[LineFault] = field(default_factory=list)
    """The first :data:`FAULTS_MAX`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """What one kind of table consists of."""

    columns: tuple[Column, ...]
    unusable: type[FileFault]
    """Raised when no line of it could be read, whatever the line holds."""
    empty: Cure
    """For a table without a line."""
    shared: frozenset[str]
    """Fields whose values many lines have in common: one copy of each is enough."""


F = TypeVar("F", bound=TableFile)
Settle = Callable[[F, int, dict[str, Any]], Iterable[Fault]]
"""Given the file, a line and its values, each of its column's type: takes the line in, or gives its faults and leaves it out."""


def read_table(path: Path, kind: TableKind, file: type[F], settle: Settle[F], progress: Progress, encoding: str | None = None) -> F:
    """Read a table; ``encoding`` is a key of :data:`ENCODINGS`, or None to know it from the bytes. Raises ``kind.unusable``."""
    reading = _Reading(path.name, kind)
    content = reading.content(path)
    text, found = reading.decoded(content, encoding)
    read = file(name=path.name, encoding=ENCODINGS[found], sha256=hashlib.sha256(content).hexdigest())
    total = text.count("\n")
    rows = reading.rows(text)
    _, header = next(rows, (1, []))
    table = _Table(header, kind, read, reading)
    for count, (line, cells) in enumerate(rows):
        if count % _STEP == 0:
            progress(line, total)
        if any(cells):
            table.read(line, cells, settle)
    progress(total, total)
    if not read.good_lines and not read.bad_lines:
        raise reading.unusable(_WHOLE, kind.empty)
    return read


class _Table:
    """The columns of one file."""

    def __init__(self, header: Sequence[str], kind: TableKind, file: TableFile, reading: _Reading) -> None:
        self._file = file
        self._all = kind.columns
        self._shared = kind.shared
        self._width = len(header)
        self._columns: dict[int, Column] = {}
        self._called: dict[str, str] = {}
        known = by_name(kind.columns)
        for place, name in enumerate(header):
            column = column_named(name, known)
            if column is None:
                file.ignored += (name,) if name else ()
            elif column.field in self._called:
                twin = self._called[column.field]
                cure = Cure(f"“{twin}”和“{name}”是同一列，只留一列。", f"“{twin}” and “{name}” are the same column: keep one.")
                raise reading.unusable(name, cure)
            else:
                self._columns[place], self._called[column.field] = column, name
        missing = [column for column in kind.columns if column.required and column.field not in self._called]
        if missing:
            listed = "、".join(f"{column.names[0]}（{column.field}）" for column in missing)
            cure = Cure(f"第一行是列名，缺少：{listed}。", f"The first line names the columns; there is none for: {listed}.")
            raise reading.unusable(missing[0].names[0], cure)
        self._empty = {column.field: column.empty for column in kind.columns if column.field not in self._called}
        self._same: dict[object, object] = {}

    def read(self, line: int, cells: list[str], settle: Settle[Any]) -> None:
        """Read one line and have it taken in, or say what is wrong with it."""
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
        faults: list[Fault] = []
        for place, column in self._columns.items():
            value = _value(column, cells[place])
            if isinstance(value, Cure):
                faults.append((column.field, value))
            values[column.field] = self._same.setdefault(value, value) if column.field in self._shared else value
        faults = faults or list(settle(self._file, line, values))
        if faults:
            self._refuse(line, [(self._name_of(field), self._written(field, cells), cure) for field, cure in faults])
        else:
            self._file.good_lines += 1

    def _name_of(self, field: str) -> str:
        """Return what the file calls a field, or what it might call it."""
        return self._called.get(field) or next(column.names[0] for column in self._all if column.field == field)

    def _written(self, field: str, cells: Sequence[str]) -> str:
        return next((cells[place] for place, column in self._columns.items() if column.field == field), "")

    def _refuse(self, line: int, faults: Sequence[tuple[str, str, Cure]]) -> None:
        self._file.bad_lines += 1
        self._file.faults_count += len(faults)
        for column, value, cure in faults[: FAULTS_MAX - len(self._file.faults)]:
            self._file.faults.append(LineFault(line=line, column=column, value=value, cure=cure))


class _Reading:
    """One file on its way from bytes to rows."""

    def __init__(self, name: str, kind: TableKind) -> None:
        self._name = name
        self._kind = kind

    def unusable(self, key: str, cure: Cure) -> FileFault:
        """Return the fault of the file as a whole."""
        return self._kind.unusable(file=self._name, key=key, cure_zh=cure.zh, cure_en=cure.en)

    def content(self, path: Path) -> bytes:
        """Return the bytes, when they may be a text and are not too many."""
        try:
            size = path.stat().st_size
            content = path.read_bytes() if size <= FILE_BYTES_MAX else b""
        except OSError as error:
            raise self.unusable(_WHOLE, Cure(f"文件读不出来（{error.strerror}）。", f"It cannot be read ({error.strerror}).")) from error
        if size > FILE_BYTES_MAX:
            raise self.unusable(_WHOLE, _LARGE)
        for mark, (zh, en) in _NO_TEXT.items():
            if content.startswith(mark):
                raise self.unusable("CSV", Cure(f"这是{zh}，不是 CSV：{_SAVE.zh}", f"It is {en} and no CSV. {_SAVE.en}"))
        return content

    def decoded(self, content: bytes, encoding: str | None) -> tuple[str, str]:
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
        raise self.unusable(_ENCODING, cure)

    def rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
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
            raise self.unusable("CSV", cure) from error


def _value(column: Column, cell: str) -> Any:  # noqa: ANN401 - of the column's type, or a Cure
    unseen = invisible(cell)
    if unseen is not None:
        return unseen
    if not cell:
        return Cure("这一格必须填写。", "Fill it in.") if column.required else column.empty
    return column.read(cell)
