"""The lower seam of the paper: bytes to a printer and its answers back."""

from __future__ import annotations

from typing import Literal, Protocol

Language = Literal["escpos", "text"]


class Transport(Protocol):
    """One printer. A single thread owns it; every call ends within a time that was set, or the queue shows that it does not."""

    where: str
    """Its address, in words for people."""
    language: Language
    """What it takes: ESC/POS bytes, or the slip as UTF-8 text."""
    answers: bool
    """Whether it answers status requests; what it took is believed printed when it does not."""

    def open(self) -> None:
        """Connect. Raises :class:`~terminal.paper.errors.PrinterError`."""

    def send(self, content: bytes) -> None:
        """Hand all of ``content`` over. Raises :class:`~terminal.paper.errors.PrinterError`."""

    def receive(self, patience_s: float) -> bytes:
        """Return what it answered, empty when nothing came in time. Raises :class:`~terminal.paper.errors.PrinterError`."""

    def close(self) -> None:
        """Disconnect, whatever state it is in."""
