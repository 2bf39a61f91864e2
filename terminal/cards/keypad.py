"""The keys of a reader (PC/SC part 10, 2.02.09): the PIN goes from them to the card and never passes through this machine.

A reader says what it can do in answer to :data:`FEATURE_REQUEST`: one control code for each feature. With that of
:data:`VERIFY_PIN_DIRECT` it is given a structure that says how to form VERIFY from what is typed, lets the customer type, sends the
command to the card itself and answers the status word, or one of its own (:class:`KeypadEnd`). With :data:`MODIFY_PIN_DIRECT` it takes the
old PIN and the new one twice, and forms the change.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from terminal.cards import ldt

FEATURE_REQUEST = 3400
"""Argument of ``SCARD_CTL_CODE``."""
VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT, IFD_PIN_PROPERTIES = 0x06, 0x07, 0x0A
TIMEOUT_S = 30
"""How long the reader waits for the first key, and for all of them after it."""
_CONTROL_CODE_BYTES = 4
_HEAD = struct.Struct("<BBBBBHBBHB3sI")
"""bTimeOut · bTimeOut2 · bmFormatString · bmPINBlockString · bmPINLengthFormat · wPINMaxExtraDigit · bEntryValidationCondition ·
bNumberMessage · wLangId · bMsgIndex · bTeoPrologue · ulDataLength."""
_CHANGE_HEAD = struct.Struct("<BBBBBBBHBBBHBBB3sI")
"""As that of :data:`_HEAD`, with bInsertionOffsetOld · bInsertionOffsetNew before wPINMaxExtraDigit, bConfirmPIN behind it; 3 messages."""
_OLD_AND_NEW_TWICE = 0x03
"""bConfirmPIN: the old one is asked for, and the new one is confirmed."""
_THREE_MESSAGES = 0x03
_MESSAGES_OF_CHANGE = (0, 1, 2)
"""The reader's own words for the old PIN, the new one, and the new one once more."""
_PROPERTIES = struct.Struct("<HBB")
_BYTES_BCD_LEFT = 0x81
"""Units are bytes, the PIN begins where the content of the command does, left-justified, two digits to a byte."""
_MINIMUM_SHIFT = 8
_KEY_PRESSED = 0x02
_NO_MESSAGE, _DEFAULT_MESSAGE = 0x00, 0xFF
_CHINESE = 0x0804
_NO_PROLOGUE = bytes(3)
_FILLER = 0xFF
_LENGTH_NOT_IN_COMMAND = 0x00


class KeypadEnd(IntEnum):
    """How an entry at the reader ended; the values are the status words that the reader itself answers."""

    VERIFIED = 0x9000
    TIMED_OUT = 0x6400
    CANCELLED = 0x6401
    NEW_DIFFER = 0x6402
    """The two entries of the new PIN were not the same; the card was not asked."""
    WRONG_LENGTH = 0x6403
    """Fewer or more digits than were asked for; the card was not asked."""
    NOT_UNDERSTOOD = 0x6B80
    """The reader refuses the structure."""
    NEW_REFUSED = 0x1_0000
    """No status word: the new PIN will not do, and the old one holds. Said by the card, or here where the digits can be seen."""


Seen = Callable[[bytearray], None]
"""Is shown a PIN (ASCII digits, wiped afterwards) before the card is asked; never called where the digits stay in the reader."""
Judge = Callable[[bytearray, bytearray], bool]
"""Says whether a new PIN will do in place of the old one; never called where the digits stay in the reader."""


@dataclass(frozen=True, slots=True)
class PinProperties:
    """What a reader says of its keys (IFD_PIN_PROPERTIES)."""

    display: bool
    ends_by: int
    """bEntryValidationCondition: the Enter key where the reader allows it, else whatever it allows."""

    @classmethod
    def parse(cls, answer: bytes) -> Self | None:
        """Return what an answer says, None when it is none."""
        if len(answer) != _PROPERTIES.size:
            return None
        layout, conditions, _ = _PROPERTIES.unpack(answer)
        return cls(display=bool(layout), ends_by=conditions & _KEY_PRESSED or conditions or _KEY_PRESSED)


@dataclass(frozen=True, slots=True)
class Keypad:
    """A reader with keys: where to send the structures, and what is known of the keys."""

    control_code: int
    properties: PinProperties | None
    change_code: int | None = None
    """None: it changes no PIN."""

    def structure(self, template: bytes, digits: int, timeout_s: int = TIMEOUT_S) -> bytes:
        """Return PIN_VERIFY_STRUCTURE for a command whose content is a PIN of ``digits`` digits in packed BCD."""
        head = _HEAD.pack(
            timeout_s,
            timeout_s,
            _BYTES_BCD_LEFT,
            digits // 2,
            _LENGTH_NOT_IN_COMMAND,
            digits << _MINIMUM_SHIFT | digits,
            self._ends_by,
            _DEFAULT_MESSAGE if self._display else _NO_MESSAGE,
            _CHINESE if self._display else 0,
            0,
            _NO_PROLOGUE,
            len(template),
        )
        return head + template

    def change_structure(self, template: bytes, digits: int, timeout_s: int = TIMEOUT_S) -> bytes:
        """Return PIN_MODIFY_STRUCTURE for a command whose content is the old PIN, one byte between, and the new one."""
        head = _CHANGE_HEAD.pack(
            timeout_s,
            timeout_s,
            _BYTES_BCD_LEFT,
            digits // 2,
            _LENGTH_NOT_IN_COMMAND,
            0,
            digits // 2 + 1,
            digits << _MINIMUM_SHIFT | digits,
            _OLD_AND_NEW_TWICE,
            self._ends_by,
            _THREE_MESSAGES if self._display else _NO_MESSAGE,
            _CHINESE if self._display else 0,
            *_MESSAGES_OF_CHANGE,
            _NO_PROLOGUE,
            len(template),
        )
        return head + template

    @property
    def _display(self) -> bool:
        return self.properties is not None and self.properties.display

    @property
    def _ends_by(self) -> int:
        return self.properties.ends_by if self.properties is not None else _KEY_PRESSED


def verify_template() -> bytes:
    """Return VERIFY with filler in the PIN's place, to be filled by the reader."""
    size = ldt.PIN_DIGITS // 2
    return bytes((0x00, 0x20, 0x00, 0x00, size)) + bytes((_FILLER,)) * size


def change_template() -> bytes:
    """Return CHANGE PIN with filler in the places of both PINs, to be filled by the reader."""
    size = ldt.PIN_DIGITS // 2
    content = bytes((_FILLER,)) * size + bytes((ldt.PIN_SEPARATOR,)) + bytes((_FILLER,)) * size
    return bytes((0x80, 0x5E, ldt.CHANGE_PIN_P1, 0x00, len(content))) + content


def features(answer: bytes) -> Mapping[int, int]:
    """Return the control code of each feature; nothing when the answer is malformed: such a reader is used without its keys."""
    found = {}
    while answer:
        tag, size, code = answer[0], answer[1:2], answer[2 : 2 + _CONTROL_CODE_BYTES]
        if size != bytes((_CONTROL_CODE_BYTES,)) or len(code) != _CONTROL_CODE_BYTES:
            return {}
        found[tag] = int.from_bytes(code)  # big-endian, unlike everything else of part 10
        answer = answer[2 + _CONTROL_CODE_BYTES :]
    return found
