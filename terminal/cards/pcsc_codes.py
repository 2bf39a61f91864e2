"""What PC/SC refuses a call with, and what of it is said to the operator. Numbers as in the service's own header (pcsclite.h)."""

from __future__ import annotations

from enum import IntEnum

from settlement.errors import CardError
from terminal.cards import sharing
from terminal.cards.errors import CardMute, NoCard, NoReader, NotLdtCard, PcscdAbsent, ReaderBusy

_MASK = 0xFFFFFFFF


class CallRefused(Exception):
    """PC/SC answered with an error code."""

    def __init__(self, hresult: int) -> None:
        self.hresult = hresult & _MASK
        super().__init__(f"{self.hresult:08X}")


class Code(IntEnum):
    """The codes that mean something here."""

    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    COMM_ERROR = 0x80100013
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_READERS_AVAILABLE = 0x8010002E
    UNSUPPORTED_CARD = 0x80100065
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


LOST = frozenset(
    {
        Code.REMOVED_CARD,
        Code.RESET_CARD,
        Code.UNPOWERED_CARD,
        Code.NO_SMARTCARD,
        Code.NOT_TRANSACTED,
        Code.READER_UNAVAILABLE,
        Code.NO_SERVICE,
        Code.SERVICE_STOPPED,
        Code.INVALID_HANDLE,
        Code.COMM_ERROR,
    }
)
"""Contact with the card was lost: it may or may not have executed the command."""
FOREIGN = frozenset({Code.PROTO_MISMATCH, Code.UNSUPPORTED_CARD})
"""A card with which the reader exchanges no commands."""
_EMPTY = frozenset({Code.NO_SMARTCARD, Code.REMOVED_CARD})
_ABSENT = frozenset({Code.NO_READERS_AVAILABLE, Code.UNKNOWN_READER, Code.READER_UNAVAILABLE})
_STOPPED = frozenset({Code.NO_SERVICE, Code.SERVICE_STOPPED, Code.INVALID_HANDLE})


def cause(hresult: int) -> CardError:
    """Return the operator's words for a code that a connect was refused with."""
    code = f"{hresult:08X}"
    if hresult == Code.SHARING_VIOLATION:
        return ReaderBusy(program=sharing.programs())
    if hresult in _EMPTY:
        return NoCard()
    if hresult in _ABSENT:
        return NoReader(reader="PC/SC")
    if hresult in _STOPPED:
        return PcscdAbsent(why=code)
    return NotLdtCard(what=code) if hresult in FOREIGN else CardMute()
