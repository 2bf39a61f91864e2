"""The mark on a record whose wall time cannot be relied on, because the clock was set before it.

Nothing is decided by it: order is that of the numbers (commit-protocol section 8). It tells a reader of the log, months later, from where
on the times of a till are others than those of the centre.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from config.clock import Clock

CLOCK_SUSPECT = "clock_suspect_s"
"""The mark's name in a record's body: kept in it so that the chain covers it, and no part of what the record says."""
_STEP_S = 60.0
"""A clock that its network keeps right is slewed, or set by less."""


class Pace:
    """What one process knows of its wall clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._set_by: float | None = None

    def suspect_s(self, now: datetime, newest: Callable[[], str]) -> int:
        """Return by how many seconds the clock was set since the last :meth:`recorded`; 0 when it was not.

        A process that has recorded nothing yet may find its clock behind the ``newest`` record (ISO time, empty when there is
        none): then by how much.
        """
        if self._set_by is not None:
            step_s = self._clock.set_by() - self._set_by
            return round(step_s) if abs(step_s) > _STEP_S else 0
        at = newest()
        behind = now - datetime.fromisoformat(at) if at else timedelta()
        return round(behind.total_seconds()) if behind.total_seconds() < -_STEP_S else 0

    def recorded(self) -> None:
        """Take the clock as it is now for right: what was marked is on disk."""
        self._set_by = self._clock.set_by()


def parted(text: str) -> tuple[dict[str, Any], int]:
    """Return what a record says, and its mark; 0 when it has none."""
    body: dict[str, Any] = json.loads(text)
    suspect_s: int = body.pop(CLOCK_SUSPECT, 0)
    return body, suspect_s
