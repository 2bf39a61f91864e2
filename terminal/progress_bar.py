"""A line on the terminal that says how far a long command is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

_CELLS = 24
_CYAN, _PLAIN = "\x1b[36m", "\x1b[0m"


class ProgressBar:
    """Draws on a terminal and is silent everywhere else; ``NO_COLOR`` in the environment leaves the colour out."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str]) -> None:
        self._stream = stream
        self._visible = stream.isatty() and environment.get("TERM") != "dumb"
        self._coloured = not environment.get("NO_COLOR")
        self._drawn = ""
        self._width = 0

    def show(self, words: str, done: int, total: int) -> None:
        """Draw ``done`` of ``total``, when that looks different from what is there."""
        filled = _CELLS * done // total if total else _CELLS
        percent = 100 * done // total if total else 100
        drawn = f"{words} {percent:>3}%"
        if not self._visible or drawn == self._drawn:
            return
        self._drawn = drawn
        bar = "█" * filled + "░" * (_CELLS - filled)
        coloured = f"{_CYAN}{bar}{_PLAIN}" if self._coloured else bar
        self._put(f"{coloured} {drawn}", cells=_CELLS + 1 + sum(1 + (character > "\u2e7f") for character in drawn))

    def clear(self) -> None:
        """Leave an empty line."""
        if self._drawn:
            self._drawn = ""
            self._put("", cells=0)
            self._stream.write("\r")
            self._stream.flush()

    def _put(self, text: str, *, cells: int) -> None:
        # Blanks over what was longer: not every terminal that has no colour erases a line.
        self._stream.write(f"\r{text}{' ' * (self._width - cells)}")
        self._stream.flush()
        self._width = cells
