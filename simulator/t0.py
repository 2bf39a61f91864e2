"""Half-duplex T=0 as a card speaks it: case 4 answers 61xx and waits for GET RESPONSE, a wrong Le answers 6Cxx."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from terminal.cards.ldt import SW

Answer = tuple[bytes, int]
GET_RESPONSE = 0xC0
_HEADER_BYTES = 4
LE_MAX = 256
"""What a Le of 00 asks for."""
_VERIFY, _CHANGE_PIN = 0x20, 0x5E


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the fifth byte is Lc when content follows, else Le."""

    cla: int
    ins: int
    p1: int
    p2: int
    p3: int
    content: bytes
    secret: bytearray = field(repr=False)
    """What follows a VERIFY or a CHANGE PIN, which then has no ``content``: wiped as soon as the command was executed."""

    @classmethod
    def parse(cls, apdu: bytes | bytearray) -> Command:
        """Return the command in ``apdu``. Raises :class:`Refused` when it is too short or its Lc is wrong."""
        if len(apdu) < _HEADER_BYTES:
            raise Refused(SW.LENGTH)
        cla, ins, p1, p2, p3 = apdu[: _HEADER_BYTES + 1].ljust(_HEADER_BYTES + 1, b"\0")
        following = len(apdu) - _HEADER_BYTES - 1
        if following > 0 and following != p3:
            raise Refused(SW.LENGTH)
        if ins in {_VERIFY, _CHANGE_PIN}:
            return cls(cla, ins, p1, p2, p3, b"", bytearray(memoryview(apdu)[_HEADER_BYTES + 1 :]))
        return cls(cla, ins, p1, p2, p3, bytes(apdu[_HEADER_BYTES + 1 :]), bytearray())


class Refused(Exception):
    """A command that is not executed: the status word says why."""

    def __init__(self, sw: int) -> None:
        self.sw = sw
        super().__init__(f"{sw:04X}")


class Application(Protocol):
    """What a card does with a command."""

    def perform(self, command: Command, transfer: Transfer) -> Answer:
        """Execute one command. Raises :class:`Refused`."""
        ...


class Transfer:
    """The transport layer of a powered card."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._waiting = b""

    def execute(self, apdu: bytes | bytearray) -> Answer:
        """Execute one command and return (data, status word)."""
        try:
            command = Command.parse(apdu)
        except Refused as refused:
            return b"", refused.sw
        try:
            if command.ins == GET_RESPONSE:
                return self._get_response(command.p3)
            self._waiting = b""
            return self._application.perform(command, self)
        except Refused as refused:
            return b"", refused.sw
        finally:
            command.secret[:] = bytes(len(command.secret))

    def later(self, content: bytes) -> Answer:
        """Answer a case-4 command: the content waits for GET RESPONSE."""
        self._waiting = content
        return b"", 0x6100 | len(content)

    @staticmethod
    def now(content: bytes, length: int) -> Answer:
        """Answer a case-2 command: exactly the length asked for; 00 asks for 256."""
        if (length or LE_MAX) != len(content):
            raise Refused(0x6C00 | len(content))
        return content, SW.OK

    def _get_response(self, length: int) -> Answer:
        if not self._waiting:
            raise Refused(SW.CONDITIONS)
        answer = self.now(self._waiting, length)
        self._waiting = b""
        return answer
