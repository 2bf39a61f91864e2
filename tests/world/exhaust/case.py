"""Which world is explored, and how much may be begun in it."""

from __future__ import annotations

from dataclasses import dataclass

ROLE = "first"
ALLOWANCE, NO_ALLOWANCE = "allowance", "forbidden"
LEGACY = "legacy_card"
BACK_ENDS = (ALLOWANCE, NO_ALLOWANCE, LEGACY)
"""What a card may be to the area: with an off-line allowance, to settle on-line only, or one that debits by itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """One world to be exhausted."""

    back_end: str
    personality: str
    foreign: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """How often each thing may still be begun."""

    sales: int
    voids: int
    foreign: int
