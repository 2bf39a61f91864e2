"""Foreign text on the screen: literal, one line, of known width. Everything from card, centre, printer and files passes here.

A control character shows as ``�``, direction marks and zero-width joiners are dropped, and of combining marks only two
stay on a letter: no text moves the cursor, colours the screen or paints over its neighbour.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

_MARKS_MAX = 2
_DROPPED = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\ufeff\uffa0\u3164")


@lru_cache(maxsize=4096)
def literal(text: str) -> str:
    """Return ``text`` as it may be painted."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind in {"Mn", "Me"}:
            marks += 1
            if marks <= _MARKS_MAX and shown:
                shown.append(character)
            continue
        marks = 0
        if kind == "Cf" or character in _DROPPED:
            continue
        shown.append("\ufffd" if kind in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} else character)
    return "".join(shown)


def width(text: str) -> int:
    """Return how many columns ``text`` takes: a Chinese character takes two."""
    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """Return ``text`` in exactly ``columns`` columns, its end dropped or blanks added. Never for amounts: those are laid out first."""
    return set_cell_size(text, max(columns, 0))


def right(text: str, columns: int) -> str:
    """Return ``text`` pushed to the right of ``columns`` columns; one that is wider stays whole."""
    return " " * (columns - cell_len(text)) + text


def folded(text: str, columns: int) -> list[str]:
    """Return ``text`` as rows of at most ``columns`` columns, broken between words or Chinese characters."""
    rows: list[str] = []
    row = ""
    for word in _pieces(text):
        if row and cell_len(row) + cell_len(word.rstrip()) > columns:
            rows.append(row.rstrip())
            row = ""
            word = word.lstrip()  # noqa: PLW2901 - a row begins without the blank that the break was
        while cell_len(word) > columns:
            head = set_cell_size(word, columns).rstrip() or word[:1]
            rows.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - what is left of a word wider than the row
        row += word
    return [*rows, row.rstrip()] if row.strip() else rows or [""]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    word = ""
    for character in text:
        word += character
        if character == " " or cell_len(character) > 1:
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
