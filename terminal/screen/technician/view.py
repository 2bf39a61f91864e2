"""A view of the technician's screen: rows for a space, and what a key does. The screen holds a stack of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

from terminal.screen.glyphs import Glyphs
from terminal.screen.paint import Row, Span
from terminal.screen.technician.desk import Desk
from terminal.screen.technician.frame import Key
from terminal.screen.words import trn


class Room(Protocol):
    """What a view may ask of the screen that it is on."""

    @property
    def desk(self) -> Desk:
        """Where it reads."""
        ...

    @property
    def directory(self) -> Path:
        """Where the journal lies."""
        ...

    @property
    def glyphs(self) -> Glyphs:
        """The shapes of this terminal."""
        ...

    def open(self, view: View) -> None:
        """Show another view over this one."""
        ...

    def show(self) -> None:
        """Paint again."""
        ...


class View(ABC):
    """One thing to look at."""

    title = ""

    def __init__(self, room: Room) -> None:
        self.room = room

    @abstractmethod
    def load(self) -> None:
        """Read what is shown, anew; called when it opens and whenever the log has changed."""

    @abstractmethod
    def paint(self, columns: int, rows: int) -> list[Row]:
        """Return what stands between the first row and the keys."""

    @abstractmethod
    def press(self, key: str, character: str) -> bool:
        """Take a key; False = it means nothing here."""

    @abstractmethod
    def keys(self) -> list[Key]:
        """Return the keys of the bar."""

    def about(self) -> list[Span]:
        """Return what stands behind the title."""
        return []

    def failed(self) -> None:
        """Take that something could not be read; the screen says why."""
        return

    def leave(self) -> bool:
        """Take one step back inside the view; False = there is none, the view closes."""
        return False


class Scroll:
    """How far rows that do not fit are scrolled."""

    def __init__(self) -> None:
        self.top = 0
        self._rows = self._space = 0

    def part(self, rows: list[Row], space: int) -> list[Row]:
        """Return what is seen of ``rows`` in ``space`` rows."""
        self._rows, self._space = len(rows), max(space, 1)
        self.top = max(min(self.top, len(rows) - space), 0)
        return rows[self.top : self.top + space]

    def hint(self) -> list[Span]:
        """Return that there is more below, if there is."""
        below = self._rows - self._space - self.top
        said = trn("{n} more row below", "{n} more rows below", below)
        return [Span("  "), Span(said.format(n=below), "notice")] if below > 0 else []

    def press(self, key: str) -> bool:
        """Scroll; False = the key does not."""
        by = {"up": -1, "down": 1, "pageup": 1 - self._space, "pagedown": self._space - 1, "home": -self._rows, "end": self._rows}.get(key)
        if by is None:
            return False
        self.top = max(min(self.top + by, self._rows - self._space), 0)
        return True
