"""Rosters of people for whom cards are made: TOML, or the tables that issuing offices use (CSV, DBF)."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import dbf
from simulator.errors import RosterMalformed, RosterUnreadable

COLUMNS = {
    "AAC003": "psn_name",
    "AAC002": "certno",
    "AAZ500": "card_no",
    "AAZ501": "card_sn",
    "AAB301": "admdvs",
    "姓名": "psn_name",
    "社会保障号码": "certno",
    "社会保障号": "certno",
    "身份证号": "certno",
    "卡号": "card_no",
    "卡识别码": "card_sn",
    "行政区划": "admdvs",
    "发卡日期": "issued",
    "卡有效期": "valid_until",
    "规范版本": "version",
    "密码": "pin",
}
"""What offices call the columns of a roster: the codes of the personnel database (one public program) and plain words, also such as
the ten bytes of a DBF column's name hold (five characters)."""
_PERSON = re.compile(r"^[ \t]*\[\[[ \t]*person[ \t]*\]\]", re.MULTILINE)


class ColumnsUnclear(ValueError):
    """A table whose columns do not say what is in them: the line or the name, and how many cells or columns it has."""

    def __init__(self, where: str | int, number: int) -> None:
        super().__init__(f"{where} × {number}")


@dataclass(frozen=True, slots=True)
class Row:
    """One person as a roster has it, nothing checked yet."""

    line: int
    """Line of the file where the entry begins; of a DBF file the number of its record."""
    values: dict[str, Any]


def rows(roster: Path) -> list[Row]:
    """Return the people of a roster, by the ending of its name. Raises :class:`RosterUnreadable`, :class:`RosterMalformed`."""
    reader = {".csv": _csv, ".dbf": _dbf}.get(roster.suffix.lower(), _toml)
    try:
        return reader(roster)
    except OSError as error:
        raise RosterUnreadable(file=roster.name, reason=error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError, csv.Error) as error:
        raise RosterUnreadable(file=roster.name, reason=str(error)) from error


def refusal(roster: Path, row: Row) -> Callable[[str, str, str], RosterMalformed]:
    """Return what makes the error about a row from its key and the reason in both languages."""

    def refuse(key: str, why_zh: str, why_en: str) -> RosterMalformed:
        name = str(row.values.get("image", "—"))
        return RosterMalformed(file=roster.name, line=str(row.line), name=name, key=key, why_zh=why_zh, why_en=why_en)

    return refuse


def _toml(roster: Path) -> list[Row]:
    text = roster.read_text(encoding="utf-8-sig")
    entries = tomllib.loads(text).get("person", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("[[person]]")
    lines = [text.count("\n", 0, found.start()) + 1 for found in _PERSON.finditer(text)]
    if len(lines) != len(entries):
        # Written otherwise (an inline array, or the words inside a text): counted instead.
        lines = list(range(1, len(entries) + 1))
    return [Row(line, entry) for line, entry in zip(lines, entries, strict=True)]


def _csv(roster: Path) -> list[Row]:
    content = roster.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _keys(next(reader, []))
    found, line = [], reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(header):
                raise ColumnsUnclear(line, len(cells))
            found.append(Row(line, _values(dict(zip(header, cells, strict=False)))))
        line = reader.line_num + 1
    return found


def _dbf(roster: Path) -> list[Row]:
    found = []
    for number, record in dbf.records(roster.read_bytes()):
        values: dict[str, str] = {}
        for name, cell in zip(_keys(list(record)), record.values(), strict=True):
            try:
                values[name] = cell.rstrip(b"\0 ").decode("gb18030")
            except UnicodeDecodeError:
                raise refusal(roster, Row(number, {}))(name, "不是 GBK 文字", "it is no GBK text") from None
        found.append(Row(number, _values(values)))
    return found


def _keys(names: list[str]) -> list[str]:
    """Return the names of columns as a roster in TOML has them. Raises :class:`ColumnsUnclear` when two mean one thing."""
    keys = [COLUMNS.get(name.strip().upper(), name.strip().lower()) for name in names]
    twice = [key for key in keys if key and keys.count(key) > 1]
    if twice:
        raise ColumnsUnclear(twice[0], keys.count(twice[0]))
    return keys


def _values(cells: dict[str, str]) -> dict[str, Any]:
    """Return the cells that have something in them; a card without a file name of its own is called by its number."""
    values: dict[str, Any] = {key: cell.strip() for key, cell in cells.items() if cell.strip()}
    if "card_no" in values:
        values.setdefault("image", f"{values['card_no']}.card")
    return values
