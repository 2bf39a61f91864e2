"""The lower seam: bytes to a card and back. Everything above it is the same for every reader."""

from __future__ import annotations

from typing import Protocol


class OutcomeUnknown(Exception):
    """Contact was lost during an exchange: the card may or may not have executed it."""


class CardPort(Protocol):
    """One powered card, connected exclusively."""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        ...

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command and return (data, status word). Raises :class:`OutcomeUnknown`."""
        ...

    def close(self) -> None:
        """Let the card go, as it is."""
        ...
