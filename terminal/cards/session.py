"""One LD/T card in one session: records by the tables, with the right that each file asks for.

A file's access rule says which key opens it, so nobody above decides when to authenticate. A right lasts until
the next application is selected; a card that forgets it earlier answers 6982 and is asked once more.
"""

from __future__ import annotations

import hmac
from secrets import token_bytes

from terminal.cards import ldt
from terminal.cards.apdu import Channel, selected, tries_left
from terminal.cards.errors import CardMalformed, CardRefused, NotGenuine, NotLdtCard, PsamForeign
from terminal.cards.key_service import KeyService
from terminal.cards.ldt import SW
from terminal.cards.port import CardPort
from terminal.cards.trace import Trace

_BLOCK = 8
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
"""Modes of P2: P1 is a tag; P1 is a number; all records from number P1 (ISO 7816-4; for LD/T the last is unconfirmed)."""
MAC_BYTES = 4
_NEVER = 256
"""Longer than any answer."""


class CardSession:
    """A powered card and the keys that speak for the till."""

    def __init__(self, card: CardPort, keys: KeyService, trace: Trace | None = None) -> None:
        self.card = Channel(card, trace)
        self.keys = keys
        self._factors: tuple[bytes, ...] = ()
        self._application = b""
        self._rights: set[str] = set()
        self._filled: dict[int, int] = {}
        self._singly: set[ldt.Layout] = set()
        """Layouts of which this card does not read several records in one command."""

    def close(self) -> None:
        """Let both cards go, as they are."""
        self.card.close()
        self.keys.close()

    def enter(self, application: bytes) -> None:
        """Select an application, unless it is the current one. Raises :class:`NotLdtCard`."""
        if application != self._application and self.try_enter(application) is None:
            raise NotLdtCard(what=self.card.atr.hex().upper())

    def try_enter(self, application: bytes, *, more_than: int = _NEVER) -> bytes | None:
        """Select an application; return what it says of itself, None when the card has none of that name.

        What it says is fetched only when it is longer than ``more_than`` bytes, and is empty otherwise.
        """
        said, sw = self.card.select_for(0x04, application, more_than)
        if not selected(sw):
            return None
        self._application = application
        self._rights.clear()
        return said

    # --- the card and the till prove themselves ---------------------------------------------------------

    def know(self, card_sn: bytes, *, sm4: bool = False) -> None:
        """Take the diversification factors from the answer to reset and 卡识别码; ``sm4``: which of the PSAM's key sets is the card's."""
        self.keys.sm4 = sm4
        self._factors = (self.card.atr[-ldt.FACTOR_BYTES :], ldt.city_factor(card_sn), ldt.province_factor(card_sn))

    def check_genuine(self) -> None:
        """Have the card answer a challenge of ours under its own key. Raises :class:`NotGenuine`."""
        random, content = token_bytes(_BLOCK), token_bytes(_BLOCK)
        answer, sw = self.card.write(0x00, 0x88, 0x00, ldt.KEYS["IRK"].card_key, random + content)
        if sw != SW.OK or not hmac.compare_digest(answer, self.keys.cryptogram("IRK", self._factors, random, content)):
            raise NotGenuine

    def obtain(self, access: ldt.Access) -> None:
        """Prove the till's right to a file by external authentication, unless it was.

        Raises :class:`PsamForeign` when the PSAM's key does not open this card: each try costs one of the key's own.
        """
        if not access.keys or not self._rights.isdisjoint(access.keys):
            return
        self.prove(access.keys[0])

    def prove(self, name: str) -> None:
        """Prove that the till has the key ``name`` by external authentication. Raises as :meth:`obtain`."""
        challenge = self._challenge()
        answer = self.keys.cryptogram(name, self._factors, challenge, challenge)
        _, sw = self.card.write(0x00, 0x82, 0x00, ldt.KEYS[name].card_key, answer + challenge)
        if tries_left(sw) is not None or sw == SW.BLOCKED:
            raise PsamForeign(key=name)
        require(sw)
        self._rights.add(name)

    def seal(self, name: str, ins: int, secret: bytearray) -> bytes:
        """Return the content of ``84 ins``: ``secret`` enciphered and a MAC, both under ``name`` and the challenge fetched now; wipe it.

        It is good for the next command only.
        """
        challenge = self._challenge()
        size = len(secret) + MAC_BYTES
        head = bytes((0x84, ins, 0x00, 0x00, size))
        return self.keys.sealed(name, self._factors, challenge, head, secret)

    def mac(self, name: str, random: bytes, content: bytes) -> bytes:
        """Return the proof of ``content`` under the key ``name``, its process key made from ``random``."""
        return self.keys.mac(name, self._factors, random, content)

    def _challenge(self) -> bytes:
        challenge, sw = self.card.read(0x00, 0x84, 0x00, 0x00, le=_BLOCK)
        require(sw)
        if len(challenge) != _BLOCK:
            raise CardMalformed(what="GET CHALLENGE")
        return challenge

    # --- records ----------------------------------------------------------------------------------------

    def value(self, file: ldt.File, tag: int) -> bytes | None:
        """Return the value of a tagged record, None when it cannot be read: torn, or never written."""
        item = file.item(tag)
        packed, sw = self._read(file, tag, _BY_TAG, item.length + 2)
        if sw in {SW.MEMORY, SW.NO_RECORD}:
            return None
        require(sw)
        if packed[:2] != bytes((tag, item.length)) or len(packed) != item.length + 2:
            raise CardMalformed(what=f"{file.fid:04X}|{tag:02X}")
        return packed[2:]

    def values(self, file: ldt.File, *tags: int) -> dict[int, bytes | None]:
        """Return the values of some tagged records as :meth:`value`: in one command where the card has it and all can be read."""
        found = self._all_values(file)
        return {tag: found[tag] if tag in found else self.value(file, tag) for tag in tags}

    def text(self, file: ldt.File, tag: int) -> str:
        """Return the value of a tagged record as text. Raises :class:`CardMalformed`."""
        return text_of(file, tag, self.value(file, tag))

    def update(self, file: ldt.File, tag: int, value: bytes) -> None:
        """Replace a tagged record. Raises :class:`CardRefused`."""
        require(self.card.write(0x00, 0xDC, tag, file.sfi << 3 | _BY_TAG, bytes((tag, len(value))) + value)[1])

    def append(self, file: ldt.File, record: bytes) -> None:
        """Add the newest record of a cyclic file (ISO 7816-4 APPEND RECORD; unconfirmed for LD/T)."""
        require(self.card.write(0x00, 0xE2, 0x00, file.sfi << 3, record)[1])
        self._filled[file.fid] = min(self._filled.get(file.fid, 0) + 1, file.records)

    def records(self, file: ldt.File) -> tuple[bytes | None, ...]:
        """Return a cyclic file's records, the newest first: in one command where the card has it and all can be read."""
        size = file.record_bytes
        packed, sw = self._all(file, size * (self._filled.get(file.fid) or file.records))
        if sw == SW.NO_RECORD:
            return ()
        if not packed:
            return self._one_by_one(file)
        if len(packed) % size or len(packed) > size * file.records:
            self._singly.add(file.layout)
            return self._one_by_one(file)
        self._filled[file.fid] = len(packed) // size
        return tuple(packed[start : start + size] for start in range(0, len(packed), size))

    def record(self, file: ldt.File, number: int) -> bytes | None:
        """Return one record of a cyclic file, 1 = the newest: empty when there is none, None when it cannot be read."""
        packed, sw = self._read(file, number, _BY_NUMBER, file.record_bytes)
        if sw == SW.NO_RECORD:
            return b""
        if sw == SW.MEMORY:
            return None
        require(sw)
        if len(packed) != file.record_bytes:
            raise CardMalformed(what=f"{file.fid:04X}:{number:02}")
        return packed

    def _one_by_one(self, file: ldt.File) -> tuple[bytes | None, ...]:
        found: list[bytes | None] = []
        while len(found) < file.records and (packed := self.record(file, len(found) + 1)) != b"":
            found.append(packed)
        self._filled[file.fid] = len(found)
        return tuple(found)

    def _all_values(self, file: ldt.File) -> dict[int, bytes]:
        packed, _ = self._all(file, sum(item.length + 2 for item in file.items))
        found = ldt.values_of(file, packed)
        if packed and not found:
            self._singly.add(file.layout)
        return found

    def _all(self, file: ldt.File, length: int) -> tuple[bytes, int]:
        """Read all records of a file in one command; nothing where one cannot be read, or where the card reads them singly."""
        if file.layout in self._singly:
            return b"", SW.FUNCTION
        packed, sw = self._read(file, 1, _ALL_FROM, length)
        if sw not in {SW.OK, SW.MEMORY, SW.NO_RECORD} or (sw == SW.OK and not packed):
            self._singly.add(file.layout)
        return packed if sw == SW.OK else b"", sw

    def _read(self, file: ldt.File, p1: int, mode: int, length: int) -> tuple[bytes, int]:
        self.obtain(file.read)
        packed, sw = self.card.read(0x00, 0xB2, p1, file.sfi << 3 | mode, le=length)
        if sw == SW.SECURITY and not self._rights.isdisjoint(file.read.keys):
            self._rights.difference_update(file.read.keys)
            self.obtain(file.read)
            packed, sw = self.card.read(0x00, 0xB2, p1, file.sfi << 3 | mode, le=length)
        return packed, sw


def text_of(file: ldt.File, tag: int, value: bytes | None) -> str:
    """Return what was read of a tagged record as text. Raises :class:`CardMalformed`, also for what could not be read."""
    try:
        if value is not None:
            return ldt.decode(file.item(tag), value)
    except ValueError as error:
        raise CardMalformed(what=f"{file.fid:04X}|{tag:02X}") from error
    raise CardMalformed(what=f"{file.fid:04X}|{tag:02X}")


def require(sw: int) -> None:
    """Refuse any status word but 9000. Raises :class:`CardRefused`."""
    if sw != SW.OK:
        raise CardRefused(sw=f"{sw:04X}")
