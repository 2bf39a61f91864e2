"""The part of the log that is in memory: a few pages around the cursor, whatever the length of the log. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from offline_queue.log.entry import LogEntry

BLOCK = 200
"""Rows fetched at a time."""
KEPT = 500
"""Rows in memory; what lies furthest from the cursor is forgotten."""
_AHEAD = 100
"""So many rows before the edge the next ones are fetched."""
Side = Literal["older", "newer", ""]


class Window:
    """Rows in the order of the screen, a cursor among them, and what part of them the screen shows."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.cursor = 0
        self.top = 0
        self.starts = True
        """Whether nothing stands above the first row."""
        self.ends = True
        """Whether nothing stands below the last row."""

    @property
    def entry(self) -> LogEntry | None:
        """The row under the cursor."""
        return self.entries[self.cursor] if self.entries else None

    def visible(self, rows: int) -> list[LogEntry]:
        """Return what the screen shows of it in ``rows`` rows, and move the view so that the cursor is on it."""
        self.top = max(min(self.top, self.cursor, len(self.entries) - rows), self.cursor - rows + 1, 0)
        return self.entries[self.top : self.top + rows]

    def fill(self, entries: Sequence[LogEntry], *, limit: int, from_top: bool = True) -> None:
        """Hold these rows and no others: a page of ``limit`` from the top of the log, or from its bottom."""
        whole = len(entries) < limit
        self.entries = list(entries)
        self.starts, self.ends = whole or from_top, whole or not from_top
        self.cursor = self.top = 0
        if not from_top:
            self.cursor = max(len(entries) - 1, 0)
            self.top = self.cursor

    def move(self, by: int) -> None:
        """Move the cursor by so many rows, within what is in memory."""
        self.cursor = max(min(self.cursor + by, len(self.entries) - 1), 0)

    def wants(self) -> Side:
        """Return on which side more rows should be fetched now."""
        if not self.ends and len(self.entries) - self.cursor <= _AHEAD:
            return "older"
        if not self.starts and self.cursor < _AHEAD:
            return "newer"
        return ""

    def add(self, entries: Sequence[LogEntry], side: Side, *, limit: int) -> None:
        """Take a page of ``limit`` that was fetched on ``side``; forget what is too much on the other."""
        if side == "older":
            self.entries += entries
            self.ends = len(entries) < limit
            surplus = max(len(self.entries) - KEPT, 0)
            if surplus:
                del self.entries[:surplus]
                self.starts = False
            self._shift(-surplus)
        else:
            self.entries[:0] = entries
            self.starts = len(entries) < limit
            self._shift(len(entries))
            if len(self.entries) > KEPT:
                del self.entries[KEPT:]
                self.ends = False
                self._shift(0)

    def renew(self, entries: Sequence[LogEntry], *, limit: int) -> None:
        """Take the same stretch as it is now: the cursor stays on its row, or on the newest when it stood there at the very top."""
        at_top = self.starts and self.cursor == 0
        seq = self.entry.seq if self.entry is not None else 0
        below = self.cursor - self.top
        self.entries = list(entries)
        self.ends = len(entries) < limit
        if at_top:
            self.cursor = self.top = 0
            return
        # Its row, or where it stood when the row is not of the filter any more.
        self.cursor = next((index for index, entry in enumerate(entries) if entry.seq == seq), min(self.cursor, max(len(entries) - 1, 0)))
        self.top = max(self.cursor - below, 0)

    def _shift(self, by: int) -> None:
        last = max(len(self.entries) - 1, 0)
        self.cursor, self.top = (max(min(place + by, last), 0) for place in (self.cursor, self.top))
