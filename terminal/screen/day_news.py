"""What the desk tells of the end of a day, and of what the centre states otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counting:
    """The blind count has begun."""


@dataclass(frozen=True, slots=True)
class CloseShown:
    """The count is in: what the day came to, row by row (label, value, role)."""

    rows: tuple[tuple[str, str, str], ...]
    difference_fen: int


@dataclass(frozen=True, slots=True)
class DayReopened:
    """The last close is taken back, under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class DayClosed:
    """The close is booked under this number, and ``operator`` works from now on, as the screen shows it."""

    number: int
    operator: str
    handed_over: tuple[str, ...] = ()
    """What the operator before left open, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreDiffers:
    """One difference with the centre that a person closes."""

    subject: str
    at: str
    amount_fen: int
    rows: tuple[tuple[str, str], ...]
    """Its number and amount, why, and who is right, as labels and values."""
    ways: tuple[tuple[str, str], ...]
    """How it may be closed: code, and what that says and does."""


@dataclass(frozen=True, slots=True)
class DifferenceClosed:
    """A difference with the centre is closed, and so much is owed afterwards."""

    owed_fen: int
