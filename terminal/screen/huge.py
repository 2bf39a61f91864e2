"""The one huge number: digits of full cells, painted as background, so that no font can leave a seam or change a width."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from terminal.screen.literal import literal, width
from terminal.screen.paint import Row, Span, row

_FONT = {
    "0": ("111", "101", "101", "101", "111"),
    "1": ("110", "010", "010", "010", "111"),
    "2": ("111", "001", "111", "100", "111"),
    "3": ("111", "001", "111", "001", "111"),
    "4": ("101", "101", "111", "001", "001"),
    "5": ("111", "100", "111", "001", "111"),
    "6": ("111", "100", "111", "101", "111"),
    "7": ("111", "001", "001", "001", "001"),
    "8": ("111", "101", "111", "101", "111"),
    "9": ("111", "101", "111", "001", "111"),
    "-": ("000", "000", "111", "000", "000"),
}
_POINTS = {".": "00001", ",": "00011"}
ROWS = 5
_SIZES = (((2, 2, 2), 2, 2), ((2, 2, 2), 2, 1), ((1, 2, 1), 2, 1), ((1, 1, 1), 1, 1))
"""Columns of a digit's three strokes, of the point, and of the gap: the largest that fits wins."""


def huge(amount: str, columns: int, role: str) -> list[Row]:
    """Return ``amount`` as five rows, or as one bold row where it fits no other way or is no number; centred, never cut."""
    return list(_painted(literal(amount), columns, role))


@lru_cache(maxsize=64)
def _painted(amount: str, columns: int, role: str) -> tuple[Row, ...]:
    drawn = amount and set(amount) <= _FONT.keys() | _POINTS.keys()
    for strokes, point, gap in _SIZES if drawn else ():
        needed = sum(point if character in _POINTS else sum(strokes) for character in amount) + gap * (len(amount) - 1)
        if needed <= columns:
            return tuple(_row(amount, line, (strokes, point, gap), (columns - needed) // 2, role) for line in range(ROWS))
    spaced = " ".join(amount) if 2 * width(amount) - 1 <= columns else amount
    return (row(" " * max((columns - width(spaced)) // 2, 0), Span(spaced, f"{role}_text")),)


def _row(amount: str, line: int, size: tuple[tuple[int, ...], int, int], margin: int, role: str) -> Row:
    strokes, point, gap = size
    cells = ""
    for index, character in enumerate(amount):
        cells += "0" * gap if index else ""
        if character in _POINTS:
            cells += _POINTS[character][line] * point
        else:
            cells += "".join(pixel * columns for pixel, columns in zip(_FONT[character][line], strokes, strict=True))
    spans = [Span(" " * len(list(run)), role if lit == "1" else "text") for lit, run in groupby(cells)]
    return row(" " * margin, *spans)
