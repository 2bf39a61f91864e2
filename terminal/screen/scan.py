"""What is typed or scanned into the scan line: a quantity and goods, a traceability code, or a word about the focused line.

``3*`` quantity, alone that of the focused line · ``90%`` price of the focused line in whole per cent (九折) · ``-2.50`` so much off
it, ``-0`` its full price again · ``=`` cash rounded down to the jiao, ``==`` to the yuan (抹零), again to undo · ``#…`` prescription
number, ``#`` alone all that its drugs ask for on paper · ``@lot`` or ``@lot/2028-03`` batch and expiry of the focused line · the
number of a cash slip (补结算) · everything else is looked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["search", "trace", "percent", "off", "round", "prescription", "papers", "lot", "slip"]
_QUANTITY = re.compile(r"^(\d{1,4}(?:\.\d{1,4})?)\*")
_TRACE = re.compile(r"8\d{19}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)%", re.ASCII)
_OFF = re.compile(r"-(\d{1,6}(?:\.\d{1,2})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan line understood."""

    kind: Kind
    text: str
    quantity: str = "1"
    """Exact decimal."""


def normal(text: str) -> str:
    """Return what was typed with full-width forms made narrow; control characters of a scanner's prefix are dropped."""
    return "".join(character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character)[0] != "C")


def split_quantity(text: str) -> tuple[str, str]:
    """Return (quantity, rest): ``3*abc`` → 3 and abc."""
    match = _QUANTITY.match(text)
    return (match[1], text[match.end() :]) if match else ("1", text)


def understand(text: str) -> Scanned:
    """Return what the scan line says."""
    whole = normal(text).strip()
    quantity, rest = split_quantity(whole)
    rest = rest.strip()
    for kind, pattern in _COMMANDS:
        match = pattern.fullmatch(rest)
        if match:
            return Scanned(kind, match[match.lastindex or 0], quantity)
    return Scanned("search", rest, quantity)


_COMMANDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("trace", _TRACE),
    ("percent", _PERCENT),
    ("off", _OFF),
    ("round", re.compile("==?")),
    ("slip", re.compile(r"[A-Z]\d{29}", re.ASCII)),
    ("prescription", re.compile(r"#([0-9A-Za-z]{1,40})")),
    ("papers", re.compile("#")),
    ("lot", re.compile(r"@(\S{1,60})")),
)
