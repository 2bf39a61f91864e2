"""Foreign text in a sentence: one line that moves no cursor, sets no colour and turns no direction, on whatever terminal reads it.

What cards, centres, files and other programs call things goes into errors and reports; a screen lays it out more strictly still
(``terminal/screen/literal.py``).
"""

from __future__ import annotations

import unicodedata

FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Characters that count as letters and show as nothing."""

_MARKS_MAX = 2
_REPLACED = "\ufffd"
_BLANK = frozenset("\t\n\r\v\f\x85\u2028\u2029")


def one_line(text: str) -> str:
    """Return ``text`` with controls as ``�``, line breaks as blanks, formats and directions dropped, and two marks on a letter at most."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind in {"Mn", "Mc", "Me"}:
            marks += 1
            if marks <= _MARKS_MAX and shown:
                shown.append(character)
            continue
        if kind == "Cf":
            continue
        marks = 0
        shown.append(" " if character in _BLANK else _REPLACED if kind in {"Cc", "Cs", "Co"} else character)
    return "".join(shown)
