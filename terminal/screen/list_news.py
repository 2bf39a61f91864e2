"""What the desk tells of lists to choose from, and of the slips that are printed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Paged:
    """Rows of a list that was asked for: what it is, and (key, cells, why not) for each."""

    what: Literal["voids", "holds", "slips"]
    rows: tuple[PickRow, ...]
    wanted: str = ""
    """The number that the rows were looked for by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """One line of a list to choose from."""

    key: str
    at: str
    words: str
    amount_fen: int
    why_not: str = ""
    kind: Literal["sale", "void", "cash"] = "sale"
    """What a slip is of."""
    printed: int = 0
    """How often its slip came out."""


@dataclass(frozen=True, slots=True)
class PrintTaken:
    """The printer will print the slip of ``subject``: the one that is missing (补打), or one more (重打) for ``again``."""

    subject: str
    again: bool
