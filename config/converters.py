"""A value as a pack writes it → the value that rules use, or its cure. Exact and strict: money and ratios in quotes."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from config.reading import Cure, Unquoted
from settlement.money import RATIO_ONE, parse_scaled
from settlement.rule import UNLIMITED_FEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AGE_MOST = 200
"""No age is above it."""


def text(value: object) -> str | Cure:
    """Return a text that says something."""
    if isinstance(value, str) and not isinstance(value, Unquoted) and value.strip():
        return value
    return Cure("写成带引号的文字。", "Write a quoted text.")


def day(value: object) -> str | Cure:
    """Return a day as ``yyyy-MM-dd``, from a TOML date or a text of that form."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    return Cure("写成日期，如 2023-02-01。", "Write a date such as 2023-02-01.")


def area(value: object) -> str | Cure:
    """Return the six digits of a pooling area."""
    if isinstance(value, str) and re.fullmatch(r"\d{6}", value, re.ASCII):
        return value
    return Cure('写成六位行政区划代码，如 "420100"。', 'Write the six digits of the area, such as "420100".')


def yuan(value: object) -> int | Cure:
    """Return an amount of yuan, not negative, in fen."""
    fen = _scaled(value, 2, UNLIMITED_FEN - 1)
    return fen if fen is not None else Cure('写成带引号的元，如 "700.00"。', 'Write yuan in quotes, such as "700.00".')


def ceiling(value: object) -> int | Cure:
    """Return a ceiling in fen; ``none`` states that there is none."""
    return UNLIMITED_FEN if value == "none" else yuan(value)


def ratio(value: object) -> int | Cure:
    """Return a ratio between 0 and 1 in 10⁻⁴."""
    scaled = _scaled(value, 4, RATIO_ONE)
    cure = Cure('写成带引号、0 到 1 之间的比例，如 "0.80"。', 'Write a ratio from 0 to 1 in quotes, such as "0.80".')
    return scaled if scaled is not None else cure


def flag(value: object) -> bool | Cure:
    """Return true or false."""
    return value if isinstance(value, bool) else Cure("写 true 或 false。", "Write true or false.")


def count(value: object) -> int | Cure:
    """Return a whole number, not negative."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return Cure("写一个不带引号的非负整数。", "Write a whole number, not negative, without quotes.")


def one_of(words: Sequence[str]) -> Callable[[Any], str | Cure]:
    """Return the converter that takes one of ``words``; a list of texts is read as its texts in a row."""

    def convert(value: object) -> str | Cure:
        said = " ".join(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else value
        return said if isinstance(said, str) and said in words else Cure(f"只能是：{_listed(words)}。", f"Write one of: {_listed(words)}.")

    return convert


def some_of(words: Sequence[str], *, fewest: int = 1) -> Callable[[Any], tuple[str, ...] | Cure]:
    """Return the converter that takes at least ``fewest`` of ``words``, each once."""

    def convert(value: object) -> tuple[str, ...] | Cure:
        said = [value] if isinstance(value, str) else value
        if isinstance(said, list) and len(said) >= fewest and all(word in words for word in said) and len(set(said)) == len(said):
            return tuple(said)
        return Cure(f"从这些里选，不重复：{_listed(words)}。", f"Choose from these, each once: {_listed(words)}.")

    return convert


def codes_of(example: str) -> Callable[[Any], tuple[str, ...] | Cure]:
    """Return the converter that takes codes of two to six digits, or their first digits, each once."""

    def convert(value: object) -> tuple[str, ...] | Cure:
        said = [value] if isinstance(value, str) else value
        if isinstance(said, list) and said and all(isinstance(one, str) and re.fullmatch(r"\d{2,6}", one, re.ASCII) for one in said):
            return tuple(said)
        return Cure(f'写代码或其前几位，如 "{example}"。', f'Write codes or their first digits, such as "{example}".')

    return convert


def ages_of(value: object) -> tuple[int, int] | Cure:
    """Return the youngest and the oldest age of a row: ``[45, 69]``, both included; one number means from it on."""
    said = [value, AGE_MOST] if isinstance(value, int) and not isinstance(value, bool) else value
    match said:
        case [int() as youngest, int() as oldest] if 0 <= youngest <= oldest <= AGE_MOST:
            return youngest, oldest
    return Cure(
        "写起止年龄，如 [45, 69]，或只写起始年龄。", "Write the youngest and the oldest age, such as [45, 69], or the youngest alone."
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _scaled(value: object, places: int, largest: int) -> int | None:
    if not isinstance(value, str) or isinstance(value, Unquoted):
        return None
    try:
        scaled = parse_scaled(value, places)
    except ValueError:
        return None
    return scaled if 0 <= scaled <= largest else None
