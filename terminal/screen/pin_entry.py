"""The PIN while it is typed: bytes in one buffer of fixed size, wiped; never text, never an event, never in a log.

Digits do not pass through Textual: while an entry is open the input driver (:mod:`terminal.screen.input_driver`) hands each
byte over as it is read, and tells the screen only how many there are. Where there is no such driver (headless tests, other
systems) the widget gives single characters, of which Python keeps one for the whole process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

DIGITS = 6
_ENTER = frozenset((0x0D, 0x0A))
_ERASE = frozenset((0x08, 0x7F))
_CANCEL = 0x1B
_ZERO, _NINE = 0x30, 0x39


class PinEntry:
    """One buffer for the whole life of the till. ``changed`` is called, from any thread, after each byte."""

    def __init__(self) -> None:
        self._digits = bytearray(DIGITS)
        self._count = 0
        self._open = False
        self._lock = threading.Lock()
        self._changed: Callable[[], None] = _nobody
        self._done: Callable[[bytearray | None], None] = _wipe

    @property
    def open(self) -> bool:
        """Whether a PIN is being typed now."""
        return self._open

    @property
    def count(self) -> int:
        """How many digits were typed."""
        return self._count

    def begin(self, *, changed: Callable[[], None], done: Callable[[bytearray | None], None]) -> None:
        """Open an entry. ``done`` gets a copy of the digits, which its receiver wipes, or None when it was given up."""
        with self._lock:
            self._forget()
            self._changed, self._done, self._open = changed, done, True

    def cancel(self) -> None:
        """Give the entry up."""
        self._finish(given=False)

    def feed(self, byte: int) -> None:
        """Take one byte of the keyboard. What is no digit, Enter, erase or Esc is ignored."""
        if not self._open:
            return
        if _ZERO <= byte <= _NINE:
            with self._lock:
                if self._count < DIGITS:
                    self._digits[self._count] = byte
                    self._count += 1
        elif byte in _ERASE:
            with self._lock:
                if self._count:
                    self._count -= 1
                    self._digits[self._count] = 0
        elif byte in _ENTER:
            # A short entry is no attempt: it stays open and costs the cardholder no try.
            if self._count == DIGITS:
                self._finish(given=True)
                return
        elif byte == _CANCEL:
            self._finish(given=False)
            return
        self._changed()

    def _finish(self, *, given: bool) -> None:
        with self._lock:
            if not self._open:
                return
            pin = self._digits[: self._count] if given else None
            done, changed = self._done, self._changed
            self._forget()
            self._open = False
        done(pin)
        changed()

    def _forget(self) -> None:
        self._digits[:] = bytes(DIGITS)
        self._count = 0


def _nobody() -> None:
    """Nobody looks."""


def _wipe(pin: bytearray | None) -> None:
    """Nobody takes it."""
    if pin is not None:
        pin[:] = bytes(len(pin))
