"""A password keypad on a serial line, behind the same port as a reader's own keys (:mod:`terminal.cards.keypad`).

One byte has it ask for the PIN, another puts it to rest; in between each key comes as its ASCII code, the high bit of no meaning.
That is how one public program drives such a keypad (unconfirmed: makers differ, and none publishes more). Unlike a reader's own keys
it gives the digits to this machine: they go from one byte at a time into a buffer that is wiped, and no screen sees them.
"""

from __future__ import annotations

import os
import select
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal.cards.errors import KeypadRefused
from terminal.cards.keypad import TIMEOUT_S, Judge, KeypadEnd, Seen
from terminal.cards.port import CardPort, PsamPort, Slots

_ASK, _REST = b"\x82", b"\x83"
_ENTER, _CANCEL, _ERASE = b"\r\n#", b"\x1b", b"\x08\x7f*"
_SEVEN_BITS = 0x7F
_HEADER = 5


class SerialKeypadPort:
    """A card whose PIN is typed on the keypad at ``device``."""

    def __init__(self, port: CardPort, device: str, *, patience_s: float = TIMEOUT_S) -> None:
        """``patience_s``: how long the first key may take, and each after it."""
        self._port = port
        self._device = device
        self._patience_s = patience_s

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._port.atr

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command. Raises :class:`~terminal.cards.port.OutcomeUnknown`."""
        return self._port.transmit(apdu)

    def close(self) -> None:
        """Let the card go."""
        self._port.close()

    def has_keypad(self) -> bool:
        """Whether the keypad is there."""
        return Path(self._device).exists()

    def hands_over(self) -> bool:
        """They come over the line."""
        return True

    def changes_by_keypad(self) -> bool:
        """Whether a PIN can be changed there: it is three entries."""
        return True

    def verify_by_keypad(self, template: bytes, digits: int, seen: Seen) -> int:
        """Have a PIN typed and sent in ``template``; return the card's status word, or how the entry ended.

        Raises :class:`~terminal.cards.port.OutcomeUnknown`, and :class:`KeypadRefused` when the line cannot be used.
        """

        def send(pin: bytearray) -> int:
            seen(pin)
            return self._send(template, (_HEADER, pin))

        return self._entered(1, digits, send)

    def change_by_keypad(self, template: bytes, digits: int, judge: Judge) -> int:
        """Have the old PIN and the new one twice typed, and both sent in ``template``; return and raise as :meth:`verify_by_keypad`."""

        def send(old: bytearray, new: bytearray, again: bytearray) -> int:
            if new != again:
                return KeypadEnd.NEW_DIFFER
            if not judge(old, new):
                return KeypadEnd.NEW_REFUSED
            return self._send(template, (_HEADER, old), (_HEADER + digits // 2 + 1, new))

        return self._entered(3, digits, send)

    def _entered(self, entries: int, digits: int, send: Callable[..., int]) -> int:
        """Have so many PINs typed and hand them to ``send``; wipe them."""
        typed = [bytearray() for _ in range(entries)]
        try:
            with _line(self._device) as line:
                for entry in typed:
                    end = self._read(line, entry, digits)
                    if end is not KeypadEnd.VERIFIED:
                        return end
                    if len(entry) != digits:
                        return KeypadEnd.WRONG_LENGTH
            return send(*typed)
        except OSError as error:
            raise KeypadRefused from error
        finally:
            for entry in typed:
                entry[:] = bytes(len(entry))

    def _send(self, template: bytes, *parts: tuple[int, bytearray]) -> int:
        """Fill digits into a command, two to a byte, each from its place on; send it and return the status word."""
        command = bytearray(template)
        try:
            for start, pin in parts:
                for place in range(len(pin) // 2):
                    command[start + place] = (pin[2 * place] - 0x30) << 4 | (pin[2 * place + 1] - 0x30)
            return self._port.transmit(command)[1]
        finally:
            command[:] = bytes(len(command))

    def _read(self, line: int, typed: bytearray, digits: int) -> KeypadEnd:
        """Take keys into ``typed`` until Enter, or until there are as many digits as a PIN has."""
        os.write(line, _ASK)
        try:
            while len(typed) < digits:
                key = _key(line, time.monotonic() + self._patience_s)
                if key is None:
                    return KeypadEnd.TIMED_OUT
                if key in _CANCEL:
                    return KeypadEnd.CANCELLED
                if key in _ENTER:
                    break
                if key in _ERASE:
                    _erase(typed)
                elif 0x30 <= key <= 0x39:  # noqa: PLR2004 - "0" to "9"
                    typed.append(key)
            return KeypadEnd.VERIFIED
        finally:
            os.write(line, _REST)


class SerialKeypadSlots:
    """The slots of a counter whose keypad stands beside the reader."""

    def __init__(self, slots: Slots, device: str) -> None:
        self._slots = slots
        self._device = device

    def card(self) -> CardPort:
        """Connect the user card."""
        return SerialKeypadPort(self._slots.card(), self._device)

    def psam(self) -> PsamPort:
        """Connect the PSAM."""
        return self._slots.psam()

    def presence(self) -> str:
        """Return what the slot says of itself."""
        return self._slots.presence()


def _erase(typed: bytearray) -> None:
    """Take the last digit back, and do not leave it in the buffer."""
    if typed:
        typed[-1] = 0
        del typed[-1]


def _key(line: int, deadline: float) -> int | None:
    """Return the next key, None when none comes in time."""
    ready, _, _ = select.select([line], [], [], max(deadline - time.monotonic(), 0))
    if not ready:
        return None
    key = os.read(line, 1)
    if not key:
        raise OSError
    return key[0] & _SEVEN_BITS


@contextmanager
def _line(device: str) -> Iterator[int]:
    """Open the line: 9600 baud, 8 bits, no parity, no echo, nothing translated; what was typed before is thrown away."""
    line = os.open(device, os.O_RDWR | os.O_NOCTTY)
    try:
        flags = termios.tcgetattr(line)
        flags[0] = flags[1] = flags[3] = 0
        flags[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
        flags[4] = flags[5] = termios.B9600
        termios.tcsetattr(line, termios.TCSANOW, flags)
        termios.tcflush(line, termios.TCIOFLUSH)
        yield line
    except termios.error as error:
        raise OSError from error
    finally:
        os.close(line)
