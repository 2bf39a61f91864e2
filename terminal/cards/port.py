"""The lower seam: bytes to a card and back. Everything above it is the same for every reader."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from terminal.cards.keypad import Judge, Seen


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


@runtime_checkable
class KeypadPort(CardPort, Protocol):
    """A card in a reader that may have keys of its own (:mod:`terminal.cards.keypad`)."""

    def has_keypad(self) -> bool:
        """Whether the PIN can be typed on the reader."""
        ...

    def hands_over(self) -> bool:
        """Whether the digits come to this machine, and are shown to ``seen`` and ``judge``. Only where :meth:`has_keypad`."""
        ...

    def changes_by_keypad(self) -> bool:
        """Whether the PIN can be changed there. Only where :meth:`has_keypad`."""
        ...

    def verify_by_keypad(self, template: bytes, digits: int, seen: Seen) -> int:
        """Have a PIN typed on the reader and sent in ``template``; return the card's status word, or the reader's own.

        Raises :class:`OutcomeUnknown`.
        """
        ...

    def change_by_keypad(self, template: bytes, digits: int, judge: Judge) -> int:
        """Have the old PIN and the new one twice typed on the reader and sent in ``template``; return as :meth:`verify_by_keypad`.

        Only where :meth:`changes_by_keypad`. Raises :class:`OutcomeUnknown`.
        """
        ...


class PsamPort(CardPort, Protocol):
    """A powered PSAM, which may stay powered from one customer to the next. Connected, it is this program's alone."""

    def rest(self) -> None:
        """Let other programs use it until :meth:`resume`; it stays powered."""
        ...

    def resume(self) -> bool:
        """Take it again, without a command; False when it was taken out or reset meanwhile, or is out of reach: then connect anew.

        Raises :class:`~terminal.cards.errors.ReaderBusy` when another program does not let go of it.
        """
        ...


class Slots(Protocol):
    """Where a counter's two cards are. Each call connects anew, with reset, and shuts other programs out."""

    def card(self) -> CardPort:
        """Connect the user card. Raises :class:`~settlement.errors.CardError`."""
        ...

    def psam(self) -> PsamPort:
        """Connect the PSAM. Raises :class:`~settlement.errors.CardError`."""
        ...

    def presence(self) -> str:
        """Return a word that changes with each insertion, empty while the slot is. Touches no card and waits for nothing.

        Raises :class:`~settlement.errors.CardError` when there is no reader to look at.
        """
        ...
