"""Textual's Linux driver with one difference: while a PIN is typed its bytes go to the :class:`PinEntry` and nowhere else.

They are read one by one, so that no buffer ever holds two of them; Python keeps every single byte for the whole process, which
says nothing. Escape sequences (function keys, reports of the terminal) go on to Textual, which ignores keys then.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from terminal.screen.pin_entry import PinEntry

_CHUNK = 4096
_ESC = b"\x1b"
_FOLLOWS_S = 0.03
"""What follows an Esc within this time belongs to a sequence."""


class CounterDriver(LinuxDriver):
    """The driver of the till's terminal. ``pin`` is the process's one entry."""

    pin = PinEntry()

    def run_input_thread(self) -> None:
        """Read the terminal until told to end."""
        selector = selectors.SelectSelector()
        selector.register(self.fileno, selectors.EVENT_READ)
        parser = XTermParser(self._debug)
        decoder = getincrementaldecoder("utf-8")(errors="replace")
        try:
            while not self.exit_event.is_set():
                if not selector.select(0.1):
                    self._pass_on(parser.tick())
                elif self.pin.open:
                    self._read_secret(parser, selector)
                else:
                    given = os.read(self.fileno, _CHUNK)
                    if not given:
                        break
                    self._pass_on(parser.feed(decoder.decode(given)))
                    self._pass_on(parser.tick())
        finally:
            selector.close()
            with suppress(EOFError, ParseError):
                self._pass_on(parser.feed(""))

    def _read_secret(self, parser: XTermParser, selector: selectors.SelectSelector) -> None:
        byte = os.read(self.fileno, 1)
        if byte == _ESC and selector.select(_FOLLOWS_S):
            self._pass_on(parser.feed((byte + self._sequence(selector)).decode("ascii", "replace")))
        elif byte:
            self.pin.feed(byte[0])

    def _sequence(self, selector: selectors.SelectSelector) -> bytes:
        """Return the rest of an escape sequence: up to its final byte."""
        rest = os.read(self.fileno, 1)
        if rest not in {b"[", b"O"}:
            return rest
        while selector.select(_FOLLOWS_S):
            byte = os.read(self.fileno, 1)
            rest += byte
            if not byte or 0x40 <= byte[0] <= 0x7E:  # noqa: PLR2004 - ECMA-48: the final byte of a control sequence
                break
        return rest

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
