"""Commands over T=0: case 4 without Le, 61xx → GET RESPONSE, 6Cxx → the same command with that Le.

Every loop is bounded: a card that answers 61 or 6C for ever ends in a typed error.
"""

from __future__ import annotations

from collections.abc import Callable

from terminal.cards.errors import CardMalformed
from terminal.cards.keypad import Judge, Seen
from terminal.cards.ldt import SW
from terminal.cards.port import CardPort, KeypadPort
from terminal.cards.trace import Slot, Trace

_ROUNDS_MAX = 8
_ANSWER_MAX = 256
"""Bytes of one answer over T=0 (ISO/IEC 7816-3): a driver that hands out more hands out nonsense."""
_CASE_2_BYTES = 5


def tries_left(sw: int) -> int | None:
    """Return x of 63Cx, None for any other status word."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None  # noqa: PLR2004 - the status word's own form


def selected(sw: int) -> bool:
    """Whether a status word to a selection is its success: 9000, or 61xx with bytes that wait."""
    return sw == SW.OK or sw >> 8 == 0x61  # noqa: PLR2004 - the status word's own form


class Channel:
    """A port with the rules of T=0, counting what it sends; a trace learns of each exchange, not what was in it."""

    def __init__(self, port: CardPort, trace: Trace | None = None, slot: Slot = "card", *, was_reset: bool = True) -> None:
        """``was_reset``: the card was connected for this, and did not keep its power from an earlier use."""
        self._port = port
        self._trace = trace
        self._slot: Slot = slot
        self.sent = 0
        if trace is not None and was_reset:
            trace.connected(slot, len(port.atr))

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._port.atr

    def read(self, cla: int, ins: int, p1: int, p2: int, *, le: int) -> tuple[bytes, int]:
        """Send a case-2 command: header and the length expected."""
        return self._collect(bytes((cla, ins, p1, p2, le)))

    def write(self, cla: int, ins: int, p1: int, p2: int, content: bytes) -> tuple[bytes, int]:
        """Send a case-3 or case-4 command, as T=0 has it without Le."""
        return self._collect(bytes((cla, ins, p1, p2, len(content))) + content)

    def secret(self, cla: int, ins: int, p1: int, p2: int, content: bytearray) -> int:
        """Send a case-3 command whose content must not stay in memory; return the status word."""
        apdu = bytearray((cla, ins, p1, p2, len(content))) + content
        try:
            return self._transmit(apdu)[1]
        finally:
            apdu[:] = bytes(len(apdu))

    def has_keypad(self) -> bool:
        """Whether the reader has keys of its own."""
        return isinstance(self._port, KeypadPort) and self._port.has_keypad()

    def keypad_hands_over(self) -> bool:
        """Whether the digits typed there come to this machine."""
        return isinstance(self._port, KeypadPort) and self._port.has_keypad() and self._port.hands_over()

    def changes_by_keypad(self) -> bool:
        """Whether the PIN can be changed on the reader's own keys."""
        return isinstance(self._port, KeypadPort) and self._port.has_keypad() and self._port.changes_by_keypad()

    def by_keypad(self, template: bytes, digits: int, seen: Seen) -> int:
        """Have the reader take a PIN from its own keys and send it in ``template``; return the status word.

        Only where :meth:`has_keypad`.
        """
        port = self._port
        assert isinstance(port, KeypadPort)
        return self._typed(template, lambda: port.verify_by_keypad(template, digits, seen))

    def change_by_keypad(self, template: bytes, digits: int, judge: Judge) -> int:
        """Have the reader take the old PIN and the new one from its own keys; return as :meth:`by_keypad`.

        Only where :meth:`changes_by_keypad`.
        """
        port = self._port
        assert isinstance(port, KeypadPort)
        return self._typed(template, lambda: port.change_by_keypad(template, digits, judge))

    def _typed(self, template: bytes, send: Callable[[], int]) -> int:
        self.sent += 1
        sw: int | None = None
        try:
            sw = send()
        finally:
            if self._trace is not None:
                self._trace.exchanged(self._slot, template, 0, sw)
        return sw

    def select(self, p1: int, name: bytes) -> int:
        """Select and return the status word; the answer's content (61xx) is left where it is."""
        return self._transmit(bytes((0x00, 0xA4, p1, 0x00, len(name))) + name)[1]

    def select_for(self, p1: int, name: bytes, more_than: int) -> tuple[bytes, int]:
        """Select and return (content, status word); content that waits (61xx) is fetched only when there are more bytes of it."""
        content, sw = self._transmit(bytes((0x00, 0xA4, p1, 0x00, len(name))) + name)
        if sw >> 8 == 0x61 and ((sw - 1) & 0xFF) + 1 > more_than:  # noqa: PLR2004 - 00 stands for 256
            return self.read(0x00, 0xC0, 0x00, 0x00, le=sw & 0xFF)
        return content, sw

    def close(self) -> None:
        """Let the card go."""
        self._port.close()

    def _collect(self, apdu: bytes) -> tuple[bytes, int]:
        collected, command = b"", apdu
        for _ in range(_ROUNDS_MAX):
            content, sw = self._transmit(command)
            collected += content
            if sw >> 8 == 0x61:  # noqa: PLR2004 - more to come
                command = bytes((0x00, 0xC0, 0x00, 0x00, sw & 0xFF))
            elif sw >> 8 == 0x6C and len(command) == _CASE_2_BYTES:  # noqa: PLR2004 - wrong Le
                command = command[:-1] + bytes((sw & 0xFF,))
            else:
                return collected, sw
        raise CardMalformed(what="61xx/6Cxx")

    def _transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        self.sent += 1
        content, sw = b"", None
        try:
            content, sw = self._port.transmit(apdu)
        finally:
            if self._trace is not None:
                self._trace.exchanged(self._slot, apdu, len(content), sw)
        if len(content) > _ANSWER_MAX:
            raise CardMalformed(what=f"{len(content)} B")
        return content, sw
