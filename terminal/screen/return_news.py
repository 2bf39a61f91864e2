"""What the desk tells of a partial return: what was sold, what it would come to, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """One line of a settlement of which a part may come back."""

    sn: str
    name: str
    count_e4: int
    price_e6: int
    whole: bool
    """Whether it comes back whole or not at all: its boxes carry traceability codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What a return would come to, by the centre as it stands now: (total, fund, account, cash of the claim) and the cash due, fen."""

    released: tuple[int, int, int, int]
    released_cash_fen: int
    kept: tuple[int, int, int, int]
    kept_cash_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """What a settlement sold; with what was marked to come back, where that was priced."""

    subject: str
    lines: tuple[SoldLine, ...]
    returned: tuple[tuple[str, int], ...] = ()
    previewed: Previewed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnListed:
    """A return that was begun and is not over: somebody goes on with it."""

    subject: str
    at: str
    amount_fen: int
    """Of the whole settlement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returning:
    """A return goes on: so much cash was paid for the whole, and goes back or against what is kept."""

    paid_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnShown:
    """How far a return came. ``ended``: ``resold`` · ``cash`` · ``full`` · ``not-begun`` · ``open`` something is not known yet."""

    ended: Literal["resold", "cash", "full", "not-begun", "open"]
    released: tuple[int, int, int, int]
    released_cash_fen: int
    kept: tuple[int, int, int, int] = (0, 0, 0, 0)
    kept_cash_fen: int = 0
    void: str = ""
    sale: str = ""
