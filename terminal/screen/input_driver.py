"""Textual's Linux driver with one difference: while a PIN is typed its bytes go to the :class:`PinEntry` and nowhere else.

They are read one by one, so that no buffer ever holds two of them; Python keeps every single byte for the whole process, which
says nothing. Of what begins with Esc, function keys and reports of the terminal go on to Textual, whose screen ignores keys then;
keys that a terminal writes as sequences (a number pad in application mode, the kitty protocol) are the PIN's; everything else is
thrown away.
"""

from __future__ import annotations

import os
import re
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import ExitStack, suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from terminal.screen.pin_entry import CANCEL, ENTER, ERASE, PinEntry

_CHUNK = 4096
_ESC, _BEL = b"\x1b", b"\x07"
_FOLLOWS_S = 0.03
"""What follows an Esc within this time belongs to a sequence."""
_LONGEST = 64
_STRINGS = {b"]", b"P", b"X", b"^", b"_"}
"""What begins a string of the terminal (ECMA-48: OSC, DCS, SOS, PM, APC), such as a report of its colours."""
_KEYPAD = {bytes((0x70 + digit,)): 0x30 + digit for digit in range(10)} | {b"M": ENTER}
"""SS3 and this: the number pad in application mode (DECKPAM)."""
_KITTY = re.compile(rb"(\d+)(?:[:;][\d:;]*)?u")
_RELEASED = re.compile(rb"\d+(?::\d*)*;\d*:3[;u]")
_KITTY_PAD = {57_399 + digit: 0x30 + digit for digit in range(10)} | {57_414: ENTER, 13: ENTER, 127: ERASE, 27: CANCEL}
_MOUSE_BYTES = 3


def _raise(error: Exception) -> None:
    raise error


class CounterDriver(LinuxDriver):
    """The driver of the till's terminal. ``pin`` is the process's one entry."""

    pin = PinEntry()

    def _run_input_thread(self) -> None:
        """Have a bug of this thread end the till as any other does: Textual would paint a traceback, and leave with 0."""
        with ExitStack() as ends:
            ends.push(self._end)
            self.run_input_thread()

    def _end(self, _: object, error: BaseException | None, __: object) -> bool:
        """Hand what ended this thread over to the application's own: without it nobody types any more."""
        if isinstance(error, Exception):
            self._app.call_later(_raise, error)
        return error is not None

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
        if byte != _ESC:
            # The terminal that hangs up types nothing more.
            self.pin.feed(byte[0] if byte else CANCEL)
            return
        # Another Esc tears a sequence and begins the next.
        while byte == _ESC:
            byte = self._escaped(parser, selector)

    def _escaped(self, parser: XTermParser, selector: selectors.SelectSelector) -> bytes:
        """Take what follows an Esc; return the last byte read."""
        intro = self._next(selector)
        if intro == b"[":
            return self._control(parser, selector)
        if intro == b"O":
            key = self._next(selector)
            if key in _KEYPAD:
                self.pin.feed(_KEYPAD[key])
            elif key > b" ":
                self._pass_on(parser.feed((_ESC + intro + key).decode("ascii", "replace")))
            return key
        if intro in _STRINGS:
            self._skip_string(selector)
            return intro
        # Esc alone gives up; what came in one breath with it is no digit of a PIN any more.
        self.pin.feed(CANCEL)
        return b""

    def _control(self, parser: XTermParser, selector: selectors.SelectSelector) -> bytes:
        """Read a control sequence and pass it on, unless it is torn, or a key that may be the PIN's; return its last byte."""
        rest = last = self._next(selector)
        while b" " <= last < b"@" and len(rest) < _LONGEST:
            last = self._next(selector)
            rest += last
        if rest == b"M":
            for _ in range(_MOUSE_BYTES):
                self._next(selector)
        elif key := _KITTY.fullmatch(rest):
            code = int(key[1])
            if not _RELEASED.match(rest):
                self.pin.feed(_KITTY_PAD.get(code, code if 0x20 <= code <= 0x7E else 0))  # noqa: PLR2004 - what is printed in ASCII
        elif b"@" <= last <= b"~":
            self._pass_on(parser.feed((_ESC + b"[" + rest).decode("ascii", "replace")))
        return last

    def _skip_string(self, selector: selectors.SelectSelector) -> None:
        before = b""
        while (byte := self._next(selector)) and byte != _BEL and (before, byte) != (_ESC, b"\\"):
            before = byte

    def _next(self, selector: selectors.SelectSelector) -> bytes:
        """Return the byte that follows at once, empty when none does."""
        return os.read(self.fileno, 1) if selector.select(_FOLLOWS_S) else b""

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
