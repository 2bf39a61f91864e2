"""The LD/T card as a card operating system: T=0, files by the tables, access rules, PIN, keys.

What the tables of :mod:`terminal.cards.ldt` say is enforced here; a till that reads or writes without the
right gets 6982. A record update is old, new or unreadable after a tear; several are not atomic together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

from simulator import crypto
from simulator.image import CardImage
from terminal.cards import ldt
from terminal.cards.ldt import SW

_KEY_TRIES = 3
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
_NAMES = {ldt.SSSE_AID: "SSSE", ldt.DF04_AID: "DF04", ldt.DF04.to_bytes(2): "DF04"}
_VERSION = "2.00"
_FILES = {"SSSE": ldt.ssse_files(_VERSION), "DF04": ldt.df04_files(_VERSION), "": {}}
_KEY_NAMES = {key.card_key: name for name, key in ldt.KEYS.items()}

Answer = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Command:
    """One command as T=0 carries it: the fifth byte is Lc or Le."""

    cla: int
    ins: int
    p1: int
    p2: int
    p3: int
    content: bytes

    @classmethod
    def parse(cls, apdu: bytes) -> Command:
        """Return the command in ``apdu``, which has at least its header."""
        return cls(apdu[0], apdu[1], apdu[2], apdu[3], apdu[4] if len(apdu) > 4 else 0, apdu[5:])  # noqa: PLR2004 - P3


class CardSystem:
    """A powered card. ``save`` is called after every change that outlives power."""

    def __init__(self, image: CardImage, save: Callable[[], None]) -> None:
        self._image = image
        self._save = save
        self._application = ""
        self._file: ldt.File | None = None
        self._pin_given = False
        self._granted: set[str] = set()
        self._challenge: bytes | None = None
        self._waiting = b""

    # --- the wire ---------------------------------------------------------------------------------------

    def execute(self, apdu: bytes) -> Answer:  # noqa: C901, PLR0911 - one line a command
        """Execute one command and return (data, status word), as T=0 does."""
        if len(apdu) < 4:  # noqa: PLR2004 - no header
            return b"", SW.LENGTH
        command = Command.parse(apdu)
        challenge, self._challenge = self._challenge, None
        if command.ins == 0xC0:  # noqa: PLR2004 - GET RESPONSE
            return self._get_response(command.p3)
        self._waiting = b""
        if command.content and len(command.content) != command.p3:
            return b"", SW.LENGTH
        match command.cla, command.ins:
            case 0x00, 0xA4:
                return self._select(command)
            case 0x00, 0xB2:
                return self._read(command)
            case 0x00, 0xDC:
                return b"", self._update(command)
            case 0x00, 0xE2:
                return b"", self._append(command)
            case 0x00, 0x20:
                return b"", self._verify(command)
            case 0x00, 0x84:
                self._challenge = token_bytes(crypto.BLOCK)
                return self._out(self._challenge, command.p3)
            case 0x00, 0x82:
                return b"", self._external(command, challenge)
            case 0x00, 0x88:
                return self._internal(command)
        return b"", SW.INSTRUCTION if command.cla in {0x00, 0x80, 0x84} else SW.CLASS

    def _get_response(self, length: int) -> Answer:
        waiting, self._waiting = self._waiting, b""
        if not waiting:
            return b"", SW.CONDITIONS
        if length != len(waiting):
            self._waiting = waiting
            return b"", 0x6C00 | len(waiting)
        return waiting, SW.OK

    def _later(self, content: bytes) -> Answer:
        """Case 4: the answer waits for GET RESPONSE."""
        self._waiting = content
        return b"", 0x6100 | len(content)

    def _out(self, content: bytes, length: int) -> Answer:
        """Case 2: exactly the length asked for, else 6Cxx; 00 takes what there is."""
        if length not in {0, len(content)}:
            return b"", 0x6C00 | len(content)
        return content, SW.OK

    # --- files ------------------------------------------------------------------------------------------

    def _select(self, command: Command) -> Answer:
        name = _NAMES.get(command.content)
        if name is not None:
            self._application, self._file = name, None
            self._granted.clear()
            return self._later(bytes((0x6F, len(command.content) + 2, 0x84, len(command.content))) + command.content)
        file = self._by_fid(command.content)
        if file is None:
            return b"", SW.NO_FILE
        self._file = file
        return self._later(b"\x6f\x00")

    def _by_fid(self, fid: bytes) -> ldt.File | None:
        return _FILES[self._application].get(int.from_bytes(fid))

    def _addressed(self, p2: int) -> ldt.File | None:
        sfi = p2 >> 3
        if sfi == 0:
            return self._file
        return next((file for file in _FILES[self._application].values() if file.sfi == sfi), None)

    def _may(self, access: ldt.Access) -> bool:
        proved = not access.keys or not self._granted.isdisjoint(access.keys)
        return not access.cos_only and (not access.pin or self._pin_given) and proved

    def _read(self, command: Command) -> Answer:
        file = self._addressed(command.p2)
        if file is None:
            return b"", SW.NO_FILE
        if not self._may(file.read):
            return b"", SW.SECURITY
        mode = command.p2 & 0x07
        if file.records:
            return self._read_cyclic(file, command, mode)
        tags = [item.tag for item in file.items]
        if mode == _BY_NUMBER:
            if not 1 <= command.p1 <= len(tags):
                return b"", SW.NO_RECORD
            tag = tags[command.p1 - 1]
        elif mode == _BY_TAG:
            tag = command.p1
        else:
            return b"", SW.P1P2
        return self._tagged(file, tag, command.p3)

    def _tagged(self, file: ldt.File, tag: int, length: int) -> Answer:
        records = self._image.records[self._key(file)]
        if f"{tag:02X}" not in records:
            return b"", SW.NO_RECORD
        value = records[f"{tag:02X}"]
        if value is None:
            return b"", SW.MEMORY
        packed = bytes.fromhex(value)
        return self._out(bytes((tag, len(packed))) + packed, length)

    def _read_cyclic(self, file: ldt.File, command: Command, mode: int) -> Answer:
        records = self._image.cyclic[self._key(file)]
        if mode == _ALL_FROM:
            chosen = records[command.p1 - 1 :] if command.p1 else []
        elif mode == _BY_NUMBER:
            chosen = records[command.p1 - 1 : command.p1] if command.p1 else []
        else:
            return b"", SW.P1P2
        if not chosen:
            return b"", SW.NO_RECORD
        if None in chosen:
            return b"", SW.MEMORY
        return self._out(b"".join(bytes.fromhex(record) for record in chosen if record), command.p3)

    def _update(self, command: Command) -> int:
        file = self._addressed(command.p2)
        if file is None:
            return SW.NO_FILE
        if not self._may(file.write):
            return SW.SECURITY
        if command.p2 & 0x07 != _BY_TAG or file.records:
            return SW.P1P2
        item = next((item for item in file.items if item.tag == command.p1), None)
        if item is None:
            return SW.NO_RECORD
        if command.content[:2] != bytes((item.tag, item.length)) or len(command.content) != item.length + 2:
            return SW.LENGTH
        self._image.records[self._key(file)][f"{item.tag:02X}"] = command.content[2:].hex().upper()
        self._save()
        return SW.OK

    def _append(self, command: Command) -> int:
        file = self._addressed(command.p2)
        if file is None:
            return SW.NO_FILE
        if not self._may(file.write):
            return SW.SECURITY
        if not file.records or len(command.content) != file.record_bytes:
            return SW.LENGTH
        records = self._image.cyclic[self._key(file)]
        records.insert(0, command.content.hex().upper())
        del records[file.records :]
        self._save()
        return SW.OK

    def _key(self, file: ldt.File) -> str:
        return f"{self._application}|{file.fid:04X}"

    # --- tearing ----------------------------------------------------------------------------------------

    def tear(self, apdu: bytes) -> None:
        """Lose power while ``apdu`` executes: the record that it was writing becomes unreadable."""
        command = Command.parse(apdu)
        if self.execute(apdu)[1] != SW.OK or command.ins not in {0xDC, 0xE2}:
            return
        file = self._addressed(command.p2)
        assert file is not None
        if command.ins == 0xDC:  # noqa: PLR2004 - UPDATE RECORD
            self._image.records[self._key(file)][f"{command.p1:02X}"] = None
        else:
            self._image.cyclic[self._key(file)][0] = None
        self._save()

    # --- rights -----------------------------------------------------------------------------------------

    def _verify(self, command: Command) -> int:
        if self._image.pin_left == 0:
            return SW.BLOCKED
        if len(command.content) != len(self._image.pin) // 2:
            return SW.LENGTH
        if command.content.hex() == self._image.pin:
            self._pin_given = True
            self._image.pin_left = self._image.pin_tries
            self._save()
            return SW.OK
        self._pin_given = False
        self._image.pin_left -= 1
        self._save()
        return 0x63C0 | self._image.pin_left

    def _external(self, command: Command, challenge: bytes | None) -> int:
        """Let the till prove a key: cryptogram ‖ the challenge of the command before."""
        identifier = f"{command.p2:02X}"
        if identifier not in self._image.keys:
            return SW.NO_KEY
        left = self._image.key_left.get(identifier, _KEY_TRIES)
        if left == 0:
            return SW.BLOCKED
        if challenge is None:
            return SW.NO_CHALLENGE
        if len(command.content) != 2 * crypto.BLOCK:
            return SW.LENGTH
        answer, content = command.content[: crypto.BLOCK], command.content[crypto.BLOCK :]
        expected = crypto.cryptogram(bytes.fromhex(self._image.keys[identifier]), challenge, content)
        # The answer must be made of this challenge: another content would let an old answer be replayed.
        if answer != expected or content != challenge:
            self._image.key_left[identifier] = left - 1
            self._save()
            return 0x63C0 | (left - 1)
        if left != _KEY_TRIES:
            self._image.key_left[identifier] = _KEY_TRIES
            self._save()
        self._granted.add(_KEY_NAMES[command.p2])
        return SW.OK

    def _internal(self, command: Command) -> Answer:
        key = self._image.keys.get(f"{command.p2:02X}")
        if key is None:
            return b"", SW.NO_KEY
        if len(command.content) != 2 * crypto.BLOCK:
            return b"", SW.LENGTH
        random, content = command.content[: crypto.BLOCK], command.content[crypto.BLOCK :]
        return self._later(crypto.cryptogram(bytes.fromhex(key), random, content))
