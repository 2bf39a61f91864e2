"""The PIN while it is typed: bytes in one buffer of fixed size, wiped; never text, never an event, never in a log.

Digits do not pass through Textual: while an entry is open the input driver (:mod:`terminal.screen.input_driver`) hands each
byte over as it is read, and tells the screen only how many there are. There is no other way in: a key that comes as an event
while an entry is open was pressed before, and is not the PIN's.

What is no PIN never becomes one: a seventh digit, a letter, anything else that is printed empties the entry, and nothing counts
until Enter or an erase. A scanner that fires into the entry therefore costs the cardholder no try, with one exception: a code of
exactly six digits. Speed tells nothing, since a PIN pad on the keyboard's line is as fast as a scanner.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

DIGITS = 6
PATIENCE_S = 60.0
"""An entry that nobody touches for so long is given up."""
ENTER, ERASE, CANCEL = 0x0D, 0x7F, 0x1B
_ENTER = frozenset((ENTER, 0x0A))
_ERASE = frozenset((0x08, ERASE))
_ZERO, _NINE = 0x30, 0x39
_PRINTED = 0x20


class PinEntry:
    """One buffer for the whole life of the till. ``changed`` is called, from any thread, after each byte."""

    def __init__(self, *, patience_s: float = PATIENCE_S, clock: Callable[[], float] = monotonic) -> None:
        self._patience_s = patience_s
        self._clock = clock
        self._digits = bytearray(DIGITS)
        self._count = 0
        self._open = self._amiss = self._ignoring = False
        self._touched_s = 0.0
        self._lock = threading.Lock()
        self._changed: Callable[[], None] = _nobody
        self._done: Callable[[bytearray | None], None] = wipe

    @property
    def open(self) -> bool:
        """Whether a PIN is being typed now."""
        return self._open

    @property
    def count(self) -> int:
        """How many digits were typed."""
        return self._count

    @property
    def amiss(self) -> bool:
        """Whether what came last was no PIN, and was thrown away."""
        return self._amiss

    def begin(self, *, changed: Callable[[], None], done: Callable[[bytearray | None], None]) -> None:
        """Open an entry. ``done`` gets a copy of the digits, which its receiver wipes, or None when it was given up."""
        with self._lock:
            self._forget()
            self._changed, self._done = changed, done
            self._amiss = self._ignoring = False
            self._touched_s, self._open = self._clock(), True

    def cancel(self) -> None:
        """Give the entry up."""
        self._finish(given=False)

    def look(self) -> None:
        """Give the entry up when nobody has touched it for too long. To be called once in a while."""
        if self._open and self._clock() - self._touched_s >= self._patience_s:
            self._finish(given=False)

    def feed(self, byte: int) -> None:
        """Take one byte of the keyboard."""
        with self._lock:
            if not self._open:
                return
            self._touched_s = self._clock()
            if byte not in _ENTER and byte != CANCEL:
                self._take(byte)
            elif self._ignoring:
                self._ignoring = False
        if byte == CANCEL:
            self._finish(given=False)
        elif byte in _ENTER and self._count == DIGITS:
            # A short entry is no attempt: it stays open and costs the cardholder no try.
            self._finish(given=True)
        else:
            self._changed()

    def _take(self, byte: int) -> None:
        if byte in _ERASE:
            self._count = max(self._count - 1, 0)
            self._digits[self._count] = 0
            self._ignoring = self._amiss = False
        elif self._ignoring or byte < _PRINTED:
            return
        elif _ZERO <= byte <= _NINE and self._count < DIGITS:
            self._digits[self._count] = byte
            self._count += 1
            self._amiss = False
        else:
            self._forget()
            self._ignoring = self._amiss = True

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


def wipe(pin: bytearray | None) -> None:
    """Overwrite digits that nobody takes."""
    if pin is not None:
        pin[:] = bytes(len(pin))


def _nobody() -> None:
    """Nobody looks."""
