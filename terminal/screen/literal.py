"""Foreign text on the screen: literal, one line, of known width. Everything from card, centre, printer and files passes here.

A control character shows as ``�``, direction marks, joiners and variation selectors are dropped, and of combining marks only
two stay on a letter: no text moves the cursor, colours the screen or paints over its neighbour. Letters that are written from the
right show as ``�`` too, since a terminal that turns them would move the amounts beside them.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size

from settlement.plain import FILLERS
from terminal.screen.narrow import is_safe, spelled

_MARKS_MAX = 2
_REPLACED = "\ufffd"
_CJK_PLANES = range(0x20000, 0x3FFFE)
"""Chinese characters, also those younger than this Python: two columns on every terminal."""
_OPENING, _CLOSING = frozenset("（〔【《〈「『“‘"), frozenset("，。、；：？！）〕】》〉」』”’…—％")


def literal(text: str) -> str:
    """Return ``text`` as it may be painted."""
    if text.isascii() and text.isprintable():
        return text
    return _safe(text) if is_safe() else _literal(text)


@lru_cache(maxsize=4096)
def _literal(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for character in text:
        match _treatment(character):
            case "show":
                marks = 0
                shown.append(character)
            case "mark":
                marks += 1
                if marks <= _MARKS_MAX and shown:
                    shown.append(character)
            case "replace":
                marks = 0
                shown.append(_REPLACED)
            case "drop":
                continue
    return "".join(shown)


@lru_cache(maxsize=1024)
def _safe(text: str) -> str:
    return spelled(_literal(text))


@lru_cache(maxsize=8192)
def _treatment(character: str) -> Literal["show", "mark", "replace", "drop"]:
    kind = unicodedata.category(character)
    if kind == "Cn" and ord(character) in _CJK_PLANES and ord(character) & 0xFFFE != 0xFFFE:  # noqa: PLR2004 - no character ever
        return "show"
    if kind in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or unicodedata.bidirectional(character) in {"R", "AL", "AN"}:
        return "replace"
    if kind == "Cf" or character in FILLERS or "VARIATION SELECTOR" in unicodedata.name(character, ""):
        return "drop"
    if kind in {"Mn", "Mc", "Me"}:
        return "mark"
    if cell_len(character):
        # A flag is two of these: one picture of two columns here, two letters there.
        return "replace" if "REGIONAL INDICATOR" in unicodedata.name(character, "") else "show"
    # Takes no column and is no mark: the vowels of Korean syllables join, the skin tone of an emoji only on some terminals.
    return "drop" if kind == "Sk" else "mark"


def width(text: str) -> int:
    """Return how many columns ``text`` takes: a Chinese character takes two."""
    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """Return ``text`` in exactly ``columns`` columns, its end dropped or blanks added. Never for amounts: those are laid out first."""
    return set_cell_size(literal(text), max(columns, 0))


def right(text: str, columns: int) -> str:
    """Return ``text`` pushed to the right of ``columns`` columns; one that is wider stays whole."""
    return " " * (columns - cell_len(text)) + text


def folded(text: str, columns: int) -> list[str]:
    """Return ``text`` as rows of at most ``columns`` columns (two at least), broken between words or Chinese characters."""
    columns = max(columns, 2)
    rows: list[str] = []
    row = ""
    for word in _pieces(literal(text)):
        if row and cell_len(row) + cell_len(word.rstrip()) > columns:
            rows.append(row.rstrip())
            row = ""
            word = word.lstrip()  # noqa: PLW2901 - a row begins without the blank that the break was
        while cell_len(word.rstrip()) > columns:
            head = _head(word, columns)
            rows.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - what is left of a word wider than the row
        row += word
    return [*rows, row.rstrip()] if row.strip() else rows or [""]


def _head(word: str, columns: int) -> str:
    """Return the start of ``word`` that fills a row, no letter parted from its marks."""
    used = 0
    for end, character in enumerate(word):
        used += cell_len(character)
        if used > columns:
            return word[:end]
    return word


def _pieces(text: str) -> list[str]:
    """Return what a row may be broken between: a closing mark stays with what it closes, an opening one with what it opens."""
    pieces: list[str] = []
    word = ""
    for character in text:
        if pieces and not word and (character in _CLOSING or not cell_len(character)):
            pieces[-1] += character
            continue
        word += character
        if character == " " or (cell_len(character) > 1 and character not in _OPENING):
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
