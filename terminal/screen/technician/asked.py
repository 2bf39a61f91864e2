"""What is typed into the find line: a number that is looked for, days, or an amount. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from settlement.money import parse_yuan

_DAY = r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})"
_DAYS = re.compile(rf"{_DAY}(?:\.\.{_DAY})?", re.ASCII)
_AMOUNT = r"\d{1,9}(?:\.\d{1,2})?"
_AMOUNTS = re.compile(rf"({_AMOUNT})?\.\.({_AMOUNT})?", re.ASCII)
_ONE_AMOUNT = re.compile(r"-?\d{1,9}\.\d{1,2}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z]{1,40}|\d{1,4}-\d{1,4}-\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """Look for this."""

    text: str


@dataclass(frozen=True, slots=True)
class Days:
    """Show these days, yyyymmdd."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """Show what costs so much, in fen; None = no bound."""

    least_fen: int | None
    most_fen: int | None


def typed(text: str) -> str:
    """Return what was typed, full-width forms made narrow and letters large, without anything but letters, digits, ``-`` and ``.``."""
    narrow = unicodedata.normalize("NFKC", text).upper().replace("~", "..")
    return "".join(character for character in narrow if character.isascii() and (character.isalnum() or character in "-."))


def understand(text: str, *, today: int) -> Number | Days | Amounts | None:
    """Return what ``text`` asks for, None when it is nothing; a day without a year is the last such day up to ``today``.

    ``000123`` number · ``3-2``, ``2026-03-02``, ``3-2..3-9`` days · ``12.50``, ``10..20``, ``100..`` amount in yuan.
    """
    if match := _DAYS.fullmatch(text):
        year, month, day, last_year, last_month, last_day = match.groups()
        first = _day(year, month, day, today)
        last = first if last_month is None else _day(last_year, last_month, last_day, today)
        return Days(min(first, last), max(first, last)) if first and last else None
    if _ONE_AMOUNT.fullmatch(text):
        return Amounts(parse_yuan(text), parse_yuan(text))
    if (match := _AMOUNTS.fullmatch(text)) and (match[1] or match[2]):
        least, most = (None if bound is None else parse_yuan(bound) for bound in match.groups())
        return Amounts(least, most)
    return Number(text) if _NUMBER.fullmatch(text) else None


def _day(year: str | None, month: str, day: str, today: int) -> int:
    """Return a day as yyyymmdd, 0 when there is no such day."""
    this_year = today // 10_000
    for candidate in (int(year),) if year else (this_year, this_year - 1, this_year - 2, this_year - 3, this_year - 4):
        try:
            found = date(candidate, int(month), int(day))
        except ValueError:
            # 29 February is a day of some years only.
            continue
        number = found.year * 10_000 + found.month * 100 + found.day
        if year or number <= today:
            return number
    return 0
