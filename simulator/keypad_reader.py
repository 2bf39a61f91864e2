"""A reader with keys: the calls of PC/SC as pyscard has them, over the simulated slots of one folder.

What such a reader does with PIN_VERIFY_STRUCTURE is written here from the specification (PC/SC part 10, CCID 1.1 §6.1.11), apart from
the till that writes it. No reader of a maker stands behind it: their firmwares refuse more than this one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from simulator.slot import CardPulled, SimulatedCard, SimulatedPsam, SimulatedSlot, SlotBusy, SlotEmpty, SlotMissing

CARD_READER, PSAM_READER = "Simulated Keypad 00 00", "Simulated Keypad SAM 00 01"
CONTROL_BASE = 0x42000000
"""Control codes of pcsc-lite begin here."""
_GET_FEATURES = CONTROL_BASE + 3400
_VERIFY_DIRECT, _PROPERTIES = CONTROL_BASE + 3410, CONTROL_BASE + 3411
_DONE = 0
_REMOVED, _NO_CARD, _BUSY, _NO_READERS, _UNSUPPORTED = 0x80100069, 0x8010000C, 0x8010000B, 0x8010002E, 0x8010001F
_STRUCTURE = struct.Struct("<BBBBBHBBHB3xI")
_TIMED_OUT, _CANCELLED, _LENGTH, _MALFORMED = 0x6400, 0x6401, 0x6403, 0x6B80
_LC = 4
_ASCII, _BCD = 2, 1
_FULL, _ENTER, _TIME = 1, 2, 4


class Key(StrEnum):
    """A key that is no digit."""

    ENTER = "enter"
    CANCEL = "cancel"
    CLEAR = "clear"


@dataclass(slots=True)
class ReaderKeys:
    """The keypad and its firmware. ``pressed`` gives what the customer presses at the next prompt; then nothing comes any more."""

    pressed: Callable[[], Iterable[str]]
    display: bool = False
    conditions: int = 0x07
    """bEntryValidationCondition that the firmware takes, one bit each."""
    prompts: list[tuple[int, int]] = field(default_factory=list)
    """Of each prompt: seconds that the customer has, and messages shown."""

    def answer_features(self) -> bytes:
        """Return the features, tag by tag."""
        return b"".join(bytes((tag, 4)) + code.to_bytes(4) for tag, code in ((0x06, _VERIFY_DIRECT), (0x0A, _PROPERTIES)))

    def answer_properties(self) -> bytes:
        """Return PIN_PROPERTIES_STRUCTURE: 16 characters in two rows, or no display."""
        return struct.pack("<HBB", 0x0210 if self.display else 0, self.conditions, 0)

    def verify(self, structure: bytes, transmit: Callable[[bytearray], tuple[bytes, int]]) -> int:
        """Let the customer type, and send what the structure makes of it; return the status word of card or reader."""
        if len(structure) < _STRUCTURE.size:
            return _MALFORMED
        timeout_s, _, formats, block, length, extra, condition, messages, _, _, size = _STRUCTURE.unpack_from(structure)
        command = bytearray(structure[_STRUCTURE.size :])
        fewest, most = extra >> 8, extra & 0xFF
        position, block_bytes = (formats >> 3) & 0x0F, block & 0x0F
        kind, in_bytes, right = formats & 0x03, bool(formats & 0x80), bool(formats & 0x04)
        unsupported = kind not in {_ASCII, _BCD} or right or not in_bytes or block >> 4 or length
        if unsupported or size != len(command) or size <= _LC or not 0 < fewest <= most or not condition & self.conditions:
            return _MALFORMED
        self.prompts.append((timeout_s, messages))
        typed = self._typed(most, condition)
        if isinstance(typed, int):
            return typed
        if not fewest <= len(typed) <= most:
            return _LENGTH
        formed = typed if kind == _ASCII else _packed(typed)
        room = block_bytes or len(formed)
        start = _LC + 1 + position
        if len(formed) > room or start + room > len(command):
            return _MALFORMED
        command[start : start + len(formed)] = formed
        return transmit(command)[1]

    def _typed(self, most: int, condition: int) -> bytearray | int:
        digits = bytearray()
        for key in self.pressed():
            if key == Key.CANCEL:
                return _CANCELLED
            if key == Key.ENTER and condition & _ENTER:
                return digits
            if key == Key.CLEAR:
                digits.clear()
            elif key.isdecimal():
                digits += key.encode("ascii")
            if condition & _FULL and len(digits) == most:
                return digits
        return digits if condition & _TIME else _TIMED_OUT


def _packed(digits: bytearray) -> bytearray:
    """Return two digits to a byte, the last half filled with F."""
    whole = digits + b"?" * (len(digits) % 2)
    return bytearray((whole[at] & 0x0F) << 4 | (whole[at + 1] & 0x0F) for at in range(0, len(whole), 2))


class KeypadReader:
    """What the module ``smartcard.scard`` offers, as far as a till calls it, with these two readers and no others."""

    def __init__(self, folder: Path, keys: ReaderKeys | None) -> None:
        """``keys`` = None: a reader without any."""
        self._slot = SimulatedSlot(folder)
        self._keys = keys
        self._connected: dict[int, SimulatedCard | SimulatedPsam] = {}

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:  # noqa: N802 - PC/SC's own names
        """Return a context."""
        return _DONE, scope

    def SCardReleaseContext(self, context: int) -> int:  # noqa: N802
        """Do what a service does with a context that is no longer needed: nothing that shows."""
        del context
        return _DONE

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802
        """Return the readers' names."""
        del context, groups
        return (_DONE, [CARD_READER, PSAM_READER]) if self._slot.folder.is_dir() else (_NO_READERS, [])

    def SCardConnect(self, context: int, reader: str, mode: int, protocol: int) -> tuple[int, int, int]:  # noqa: N802
        """Power the card in a reader."""
        del context, mode
        handle = len(self._connected) + 1
        try:
            self._connected[handle] = self._slot.connect_psam() if reader == PSAM_READER else self._slot.connect_card()
        except SlotBusy:
            return _BUSY, 0, 0
        except (SlotEmpty, SlotMissing):
            return _NO_CARD, 0, 0
        return _DONE, handle, protocol

    def SCardReconnect(self, handle: int, mode: int, protocol: int, how: int) -> tuple[int, int]:  # noqa: N802
        """Reset the card, which was powered just now."""
        del mode, how
        return (_DONE if handle in self._connected else _REMOVED), protocol

    def SCardStatus(self, handle: int) -> tuple[int, str, int, int, list[int]]:  # noqa: N802
        """Return the answer to reset."""
        return _DONE, "", 0, 0, list(self._connected[handle].atr)

    def SCardTransmit(self, handle: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        """Have the card execute a command."""
        del protocol
        try:
            content, sw = self._connected[handle].transmit(bytearray(command))
        except (CardPulled, SlotMissing):
            return _REMOVED, []
        return _DONE, [*content, *sw.to_bytes(2)]

    def SCardControl(self, handle: int, code: int, content: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        """Have the reader do something itself."""
        keys, card = self._keys, self._connected[handle]
        if keys is None or not isinstance(card, SimulatedCard):
            return _UNSUPPORTED, []
        if code == _VERIFY_DIRECT:
            try:
                return _DONE, [*keys.verify(bytes(content), card.transmit).to_bytes(2)]
            except (CardPulled, SlotMissing):
                return _REMOVED, []
        answers = {_GET_FEATURES: keys.answer_features, _PROPERTIES: keys.answer_properties}
        return (_DONE, [*answers[code]()]) if code in answers else (_UNSUPPORTED, [])

    def SCardDisconnect(self, handle: int, how: int) -> int:  # noqa: N802
        """Let the card go."""
        del how
        with suppress(KeyError):
            self._connected[handle].close()
        return _DONE
