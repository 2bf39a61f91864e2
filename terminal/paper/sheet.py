"""One sheet of paper as rows with roles, and how rows become lines of a given number of columns.

Both forms of a slip, text and printer's bytes, are made of the same rows by the same layout: they differ in how
wide a character is and in what stands between the lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from terminal.paper.glyphs import clean

Measure = Callable[[str], int]
_WORD = re.compile(r"[!-~]+|[^!-~]")


@dataclass(frozen=True, slots=True)
class Title:
    """A centred line."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Note:
    """Running text; ``indent`` columns stand before every line of it."""

    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A label on the left and its value on the right. The value is never cut: it goes to a line of its own first."""

    label: str
    value: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Big:
    """A pair in double height."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign."""

    label: str


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of ``payload``, which is also in the text of the sheet: only the printer draws it."""

    payload: str


Row = Title | Rule | Note | Pair | Big | Signature | Code
Sheet = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it will stand on paper."""

    text: str
    tall: bool = False
    code: str = ""
    """Payload of a QR code; the line has no text then."""


def lay(sheet: Sheet, columns: int, measure: Measure) -> list[Line]:
    """Return the sheet as lines of at most ``columns`` columns by ``measure``; 24 or more of them hold every amount."""
    return [line for row in sheet for line in _lines(row, columns, measure)]


def _lines(row: Row, columns: int, measure: Measure) -> list[Line]:  # noqa: PLR0911 - one line a role
    match row:
        case Title():
            return [Line(_centred(part, columns, measure)) for part in _folded(clean(row.text).strip(), columns, measure)]
        case Rule():
            return [Line("-" * columns)]
        case Note():
            return _texts(row.text, row.indent, columns, measure)
        case Pair():
            return [Line(text) for text in _pair(row.label, row.value, row.indent, columns, measure)]
        case Big():
            return [Line(text, tall=True) for text in _pair(row.label, row.value, 0, columns, measure)]
        case Signature():
            label = clean(row.label)
            return [Line(""), Line(label + "_" * max(columns - measure(label), 0)), Line("")]
        case Code():
            return [Line("", code=clean(row.payload))]


def _texts(text: str, indent: int, columns: int, measure: Measure) -> list[Line]:
    return [Line(" " * indent + part) for part in _folded(clean(text).strip(), columns - indent, measure)]


def _pair(label: str, value: str, indent: int, columns: int, measure: Measure) -> list[str]:
    left = [" " * indent + part for part in _folded(clean(label), columns - indent, measure)] or [""]
    value = clean(value).strip()
    gap = columns - measure(left[-1]) - measure(value)
    if gap > 0:
        return [*left[:-1], f"{left[-1]}{' ' * gap}{value}"]
    return [*left, *(" " * (columns - measure(part)) + part for part in _folded(value, columns, measure))]


def _centred(text: str, columns: int, measure: Measure) -> str:
    return " " * ((columns - measure(text)) // 2) + text


def _folded(text: str, columns: int, measure: Measure) -> list[str]:
    """Cut ``text`` into parts of at most ``columns`` columns: Chinese anywhere, a number or a Latin word only when it is longer."""
    parts: list[str] = []
    part = ""
    for word in _WORD.findall(text):
        if measure(part + word) <= columns:
            part += word
            continue
        parts.append(part.rstrip(" "))
        part = "" if word == " " else word
        while measure(part) > columns:
            head = _fitting(part, columns, measure)
            parts.append(head)
            part = part.removeprefix(head)
    return [kept for kept in (*parts, part) if kept]


def _fitting(word: str, columns: int, measure: Measure) -> str:
    """Return as much of the beginning of ``word`` as fits."""
    head = ""
    for character in word:
        if measure(head + character) > columns:
            break
        head += character
    return head
