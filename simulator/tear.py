"""What a card that lost power in the middle of a write has kept of it.

Cards differ, and none publishes it: one finds by a check sum that a record is not whole, one puts back what was there, one completes what
was begun, and one without any of this keeps the bytes that were written and the old ones behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Mends = Literal["", "old", "new", "mixed"]
OLD: Mends = "old"
MENDS: tuple[Mends, ...] = ("old", "new", "mixed")


@dataclass(frozen=True, slots=True)
class Tear:
    """A loss of power after ``byte`` bytes of a record, its tag and length included."""

    mends: Mends = ""
    """What the card makes of it: unreadable (empty), the old record, the new one, or bytes of both."""
    byte: int = 0

    @classmethod
    def of(cls, fault: dict[str, Any]) -> Tear:
        """Return the tear that a fault of a slot describes: ``{"mends": "mixed", "byte": 3}``."""
        return cls(fault.get("mends", ""), int(fault.get("byte", 0)))

    def place(self, size: int, written: int) -> int:
        """Return how many of ``size`` bytes are new, when power went after ``written`` of them."""
        return {"old": 0, "mixed": min(max(written, 0), size)}.get(self.mends, size)

    def left(self, old: str | None, new: str | None, *, written: int) -> str | None:
        """Return what is left of a record in hexadecimal, None when it cannot be read.

        Where there was nothing, or nothing to be read, there were erased bytes: FF.
        """
        assert new is not None
        if not self.mends:
            return None
        if self.mends == OLD:
            return old
        place = 2 * self.place(len(new) // 2, written)
        return new[:place] + (old or "F" * len(new))[place:]


UNREADABLE = Tear()
