"""Shapes that repeat what a colour says, and the words that stand for them where a terminal draws them too wide."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.screen.words import tr


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The shapes of one terminal. ``safe``: no character whose width terminals disagree about."""

    safe: bool = False

    @property
    def ok(self) -> str:
        """Everything is as it should be."""
        return tr("[OK]") if self.safe else "●"

    @property
    def attention(self) -> str:
        """Look here."""
        return tr("[!]") if self.safe else "▲"

    @property
    def fault(self) -> str:
        """It does not work."""
        return tr("[X]") if self.safe else "✖"

    @property
    def unknown(self) -> str:
        """Not known."""
        return "[?]" if self.safe else "?"

    @property
    def part(self) -> str:
        """A part of a bar's legend."""
        return "#" if self.safe else "■"

    @property
    def times(self) -> str:
        """Multiplication."""
        return "x" if self.safe else "×"

    @property
    def dot(self) -> str:
        """Between two short texts."""
        return "-" if self.safe else "·"

    @property
    def arrow(self) -> str:
        """From one value to another."""
        return ">" if self.safe else "→"
