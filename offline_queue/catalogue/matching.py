"""What a query finds: the definition, which the index must give and the exact scan applies as it stands.

A query is folded first. It finds an item when it is part of the folded name, part of the folded code, part of one
reading of the name in pinyin initials, or the beginning of one of its barcodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

GRAM = 3
"""Length of the parts that queries longer than two characters are looked up by."""


@dataclass(frozen=True, slots=True)
class Sought:
    """By what one item is found, all folded."""

    name: str
    code: str
    initials: tuple[str, ...]
    """For each character of the name that has any, the letters that it may be typed by."""
    barcodes: tuple[str, ...]


def fold(text: str) -> str:
    """Return the form in which texts are compared: compatibility forms and case are one (NFKC, casefold), blanks are gone."""
    return "".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def matches(query: str, sought: Sought) -> bool:
    """Whether a folded, not empty query finds the item."""
    return (
        query in sought.name
        or query in sought.code
        or any(barcode.startswith(query) for barcode in sought.barcodes)
        or _spelled(query, sought.initials)
    )


def _spelled(query: str, initials: tuple[str, ...]) -> bool:
    """Whether the query is part of some reading: each of its letters is one of those at its place."""
    if not query.isascii():
        return False
    for start in range(len(initials) - len(query) + 1):
        for letter, letters in zip(query, initials[start : start + len(query)], strict=True):
            if letter not in letters:
                break
        else:
            return True
    return False


def grams(sought: Sought, size: int) -> set[str]:
    """Return every query of ``size`` characters that is part of name, code or a reading."""
    found = {text[start : start + size] for text in (sought.name, sought.code) for start in range(len(text) - size + 1)}
    for start in range(len(sought.initials) - size + 1):
        spelled = [""]
        for letters in sought.initials[start : start + size]:
            spelled = [before + letter for before in spelled for letter in letters]
        found.update(spelled)
    return found


def runs(text: Iterable[str]) -> set[str]:
    """Return one character repeated, for each run of it that is longer than a part: a code of zeros holds one part only.

    ``text`` gives for each place the characters that may stand there.
    """
    found: set[str] = set()
    length: dict[str, int] = {}
    for letters in text:
        before, length = length, {}
        for letter in letters:
            times = length[letter] = before.get(letter, 0) + 1
            if times > GRAM:
                found.add(letter * times)
    return found


def parts_of_item(sought: Sought) -> set[str]:
    """Return the parts by which an item is looked up for a query of :data:`GRAM` characters or more."""
    return grams(sought, GRAM).union(*map(runs, (sought.name, sought.code, sought.initials)))


def parts_of_query(query: str) -> set[str]:
    """Return the parts that every item has which such a query finds by name, code or reading."""
    return {query[start : start + GRAM] for start in range(len(query) - GRAM + 1)} | runs(query)
