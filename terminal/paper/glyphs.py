"""Which characters a receipt printer has, and how wide it prints them.

A printer in Chinese mode reads one byte as ASCII and two as GBK. The four-byte forms of GB18030 it takes for two
characters each: ``¥`` (U+00A5) is 81 30 84 36 and prints as ``0`` and ``6`` beside some garbage. So only what GBK
has in one or two bytes goes on paper; the rest is mapped to a form that it has, or shown as 〓.
"""

from __future__ import annotations

import unicodedata

MISSING = "〓"
"""Stands for a character that no printer has: the reader sees that something is there."""
_CODEC = "gbk"
_MAPPED = {
    "¥": "￥",
    "•": "·",
    "‧": "·",
    "∙": "·",
    "✓": "√",
    "✔": "√",
    "✗": "×",
    "✘": "×",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "µ": "μ",
    "€": "EUR",
}
_FRACTION_SLASH = "\u2044"
_DROPPED = {"Cc", "Cf", "Mn", "Me"}
"""Controls, formatting such as direction marks, and accents that no character took up: nothing to see."""


def clean(text: str) -> str:
    """Return ``text`` in one line of characters that the printer has; a second time changes nothing."""
    return "".join(_glyph(character) for character in unicodedata.normalize("NFC", text))


def encode(text: str) -> bytes:
    """Return cleaned text as the printer reads it. Raises :class:`UnicodeEncodeError` for text that is not cleaned."""
    return text.encode(_CODEC)


def paper_width(text: str) -> int:
    """Return how many columns cleaned text takes on paper: two for whatever takes two bytes, ``×`` and ``·`` too."""
    return len(encode(text))


def screen_width(text: str) -> int:
    """Return how many columns ``text`` takes on a terminal, where ``×`` and ``·`` take one."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _glyph(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character.isspace() and character != "\u3000":
        return " "
    if unicodedata.category(character) in _DROPPED:
        return ""
    mapped = _MAPPED.get(character, character)
    for form in (mapped, unicodedata.normalize("NFKC", mapped).replace(_FRACTION_SLASH, "/")):
        if _known(form):
            return form
    return MISSING


def _known(form: str) -> bool:
    try:
        encode(form)
    except UnicodeEncodeError:
        return False
    return form.isprintable() or form == "\u3000"
