"""Who keeps the till's keys: a PSAM beside the card, or a key server behind the line (the ``_HSM_StepN`` functions of LD/T 33).

Both are asked the same: name of the key, factors that diversify it, the card's random, and what is to be made of it. A key server
joins what LD/T 33 cuts into steps: the first step gives the card's randoms, the server's answer goes back to the card in the next.
"""

from __future__ import annotations

from typing import Protocol


class KeyService(Protocol):
    """What makes cryptograms without giving a key away. All raise :class:`~settlement.errors.CardError` when it cannot."""

    sm4: bool
    """Whether the card's keys are SM4."""

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Return ``content`` enciphered under the process key that ``random`` makes of the card's key ``name``."""
        ...

    def mac(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Return the four bytes that prove ``content``."""
        ...

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Return ``secret`` enciphered and the MAC over ``head`` and that; an empty one gives the MAC alone. ``secret`` is wiped."""
        ...

    def terminal_number(self) -> str:
        """Return the terminal number, twelve digits."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...
