"""What the journal remembers of a card's PIN being changed: that it was begun, and how it ended. Never a digit.

No money moves by it. Its intent tells a change that was torn (begun, and no end) from a PIN that was wrong (never begun).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from settlement.facts import Fact

PinWork = Literal["change", "activation", "reload", "unblock"]
"""By its holder · at its first use · forgotten, anew by the office's key · its tries made whole by the office's key."""
Evidence = Literal["", "document", "old-card"]
"""Who stood there, for what the old PIN does not prove: an identity document that the clerk saw · the old card of the same person."""
Held = Literal["new", "old", "right"]
"""Which PIN the card has: the card took the new one · it refused, and has the old one · after a tear a right one was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinIntended(Fact):
    """A command that changes the PIN is about to go to the card; who it is of stands beside it."""

    kind: ClassVar[str] = "pin_intended"
    at: str
    work: PinWork
    evidence: Evidence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinEnded(Fact):
    """It is known again which PIN the card has."""

    kind: ClassVar[str] = "pin_ended"
    held: Held
