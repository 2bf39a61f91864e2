"""A reader with keys: the calls of PC/SC as pyscard has them, over the simulated slots of one folder.

What such a reader does with PIN_VERIFY_STRUCTURE and PIN_MODIFY_STRUCTURE is written here from the specification (PC/SC part 10, CCID 1.1
§6.1.11), apart from the till that writes them. No reader of a maker stands behind it: their firmwares refuse more than this one.
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
_VERIFY_DIRECT, _PROPERTIES, _MODIFY_DIRECT = CONTROL_BASE + 3410, CONTROL_BASE + 3411, CONTROL_BASE + 3412
_DONE = 0
_REMOVED, _NO_CARD, _BUSY, _NO_READERS, _UNSUPPORTED = 0x80100069, 0x8010000C, 0x8010000B, 0x8010002E, 0x8010001F
_STRUCTURE = struct.Struct("<BBBBBHBBHB3xI")
_MODIFY_STRUCTURE = struct.Struct("<BBBBBBBHBBBHBBB3xI")
_TIMED_OUT, _CANCELLED, _DIFFER, _LENGTH, _MALFORMED = 0x6400, 0x6401, 0x6402, 0x6403, 0x6B80
_CONFIRMED, _OLD_TOO = 1, 2
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
    changes: bool = True
    """Whether the firmware has FEATURE_MODIFY_PIN_DIRECT."""
    prompts: list[tuple[int, int]] = field(default_factory=list)
    """Of each prompt: seconds that the customer has, and messages shown."""

    def answer_features(self) -> bytes:
        """Return the features, tag by tag."""
        offered = [(0x06, _VERIFY_DIRECT), *([(0x07, _MODIFY_DIRECT)] if self.changes else []), (0x0A, _PROPERTIES)]
        return b"".join(bytes((tag, 4)) + code.to_bytes(4) for tag, code in offered)

    def answer_properties(self) -> bytes:
        """Return PIN_PROPERTIES_STRUCTURE: 16 characters in two rows, or no display."""
        return struct.pack("<HBB", 0x0210 if self.display else 0, self.conditions, 0)

    def verify(self, structure: bytes, transmit: Callable[[bytearray], tuple[bytes, int]]) -> int:
        """Let the customer type, and send what the structure makes of it; return the status word of card or reader."""
        if len(structure) < _STRUCTURE.size:
            return _MALFORMED
        timeout_s, _, formats, block, length, extra, condition, messages, _, _, size = _STRUCTURE.unpack_from(structure)
        command = bytearray(structure[_STRUCTURE.size :])
        if not self._understood(formats, block, length, extra, condition) or size != len(command) or size <= _LC:
            return _MALFORMED
        typed = self._entry(timeout_s, messages, extra, condition)
        if isinstance(typed, int):
            return typed
        placed = _placed(command, typed, formats, block, (formats >> 3) & 0x0F)
        return transmit(command)[1] if placed else _MALFORMED

    def modify(self, structure: bytes, transmit: Callable[[bytearray], tuple[bytes, int]]) -> int:
        """Let the customer type the old PIN and the new one twice, and send what the structure makes of them; return as :meth:`verify`."""
        if len(structure) < _MODIFY_STRUCTURE.size:
            return _MALFORMED
        timeout_s, _, formats, block, length, old_at, new_at, extra, confirm, condition, messages, *_, size = _MODIFY_STRUCTURE.unpack_from(
            structure
        )
        command = bytearray(structure[_MODIFY_STRUCTURE.size :])
        if not self._understood(formats, block, length, extra, condition) or size != len(command) or size <= _LC:
            return _MALFORMED
        wanted = [*([old_at] if confirm & _OLD_TOO else []), new_at, *([None] if confirm & _CONFIRMED else [])]
        last = bytearray()
        for place in wanted:
            typed = self._entry(timeout_s, messages, extra, condition)
            if isinstance(typed, int):
                return typed
            if place is None and typed != last:
                return _DIFFER
            if place is not None and not _placed(command, typed, formats, block, place):
                return _MALFORMED
            last = typed
        return transmit(command)[1]

    def _understood(self, formats: int, block: int, length: int, extra: int, condition: int) -> bool:
        fewest, most = extra >> 8, extra & 0xFF
        kind, in_bytes, right = formats & 0x03, bool(formats & 0x80), bool(formats & 0x04)
        unsupported = kind not in {_ASCII, _BCD} or right or not in_bytes or block >> 4 or length
        return not unsupported and 0 < fewest <= most and bool(condition & self.conditions)

    def _entry(self, timeout_s: int, messages: int, extra: int, condition: int) -> bytearray | int:
        """Have one PIN typed; return how it ended when it is none."""
        fewest, most = extra >> 8, extra & 0xFF
        self.prompts.append((timeout_s, messages))
        typed = self._typed(most, condition)
        return typed if isinstance(typed, int) or fewest <= len(typed) <= most else _LENGTH

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


def _placed(command: bytearray, typed: bytearray, formats: int, block: int, position: int) -> bool:
    """Put what was typed into the content of a command from ``position`` on; return whether there is room."""
    formed = typed if formats & 0x03 == _ASCII else _packed(typed)
    room = block & 0x0F or len(formed)
    start = _LC + 1 + position
    if len(formed) > room or start + room > len(command):
        return False
    command[start : start + len(formed)] = formed
    return True


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

    def SCardBeginTransaction(self, handle: int) -> int:  # noqa: N802
        """Say whether the card is still the one that was connected."""
        return _DONE if self._connected[handle].powered() else _REMOVED

    def SCardEndTransaction(self, handle: int, how: int) -> int:  # noqa: N802
        """Nobody waits for it."""
        del handle, how
        return _DONE

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
        works = {_VERIFY_DIRECT: keys.verify, **({_MODIFY_DIRECT: keys.modify} if keys.changes else {})}
        if code in works:
            try:
                return _DONE, [*works[code](bytes(content), card.transmit).to_bytes(2)]
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
