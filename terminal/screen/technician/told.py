"""A record in words, and what the words are made of."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from settlement.money import format_yuan

State = Literal["plain", "ok", "notice", "attention", "fault"]
Body = dict[str, Any]


class Told(NamedTuple):
    """A record in words."""

    text: str
    state: State = "plain"
    details: tuple[str, ...] = ()
    """Foreign words among them: literal, never markup."""


def yuan(fen: int) -> str:
    """Return an amount with its sign of currency."""
    return f"￥{format_yuan(fen)}"


def kept(*details: str) -> tuple[str, ...]:
    """Return those that say something."""
    return tuple(detail for detail in details if detail)
