"""By which letters a name may be typed: pinyin initials with every reading of every character.

Only an import reads this: the pinyin tables take a tenth of a second to load. What they do not know of the words
of the trade stands in ``readings.toml``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pypinyin import Style, pinyin

from offline_queue.catalogue.matching import fold

_OWN = Path(__file__).with_name("readings.toml")
_TYPED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def initials_of(name: str) -> tuple[str, ...]:
    """Return for each character of the folded name the letters that it may be typed by; what cannot be typed has no place."""
    folded = fold(name)
    places = [_letters(character) for character in folded]
    for word, letters in _words().items():
        at = folded.find(word)
        while at >= 0:
            for place, letter in enumerate(letters, at):
                if letter not in places[place]:
                    places[place] += letter
            at = folded.find(word, at + 1)
    return tuple(filter(None, places))


@cache
def _letters(character: str) -> str:
    if character in _TYPED:
        return character
    own = _characters().get(character)
    if own is not None:
        return own
    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = (fold(reading)[:1] for reading in (readings[0] if readings else ()))
    return "".join(dict.fromkeys(letter for letter in letters if letter in _TYPED))


@cache
def _characters() -> dict[str, str]:
    own: dict[str, str] = tomllib.loads(_OWN.read_text(encoding="utf-8"))["characters"]
    return own


@cache
def _words() -> dict[str, str]:
    own: dict[str, str] = tomllib.loads(_OWN.read_text(encoding="utf-8"))["words"]
    return own
