"""The files of a card: SELECT EF, and reading and writing by the layout and the rules of the tables."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from simulator.state import CardState
from simulator.t0 import LE_MAX, Answer, Command, Refused, Transfer
from simulator.tear import OLD, Tear
from terminal.cards import ldt
from terminal.cards.ldt import SW, Layout

READ_RECORD, UPDATE_RECORD, APPEND_RECORD = 0xB2, 0xDC, 0xE2
READ_BINARY, UPDATE_BINARY = 0xB0, 0xD6
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
_BY_SFI = 0x80
"""Set in P1 of the binary commands: its low five bits name the file, P2 alone is the offset."""
_SFI_MASK = 0x1F
_WHOLE = "00"
"""Under this name an image keeps what is in a binary file."""
_HEAD_BYTES = 2
"""Tag and length of a record: the same before and after."""
_DONE: Answer = (b"", SW.OK)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an image keeps of its files, as it was."""

    records: dict[str, dict[str, str | None]]
    cyclic: dict[str, list[str | None]]


class FileSystem:
    """The files of the current application."""

    def __init__(self, card: CardState) -> None:
        self._card = card
        version = card.image.version
        self._files: dict[str, dict[int, ldt.File]] = {"": {}} | {name: ldt.files_of(name, version) for name in ldt.APPLICATIONS}

    def select(self, fid: int) -> None:
        """Make a file the current one."""
        file = self._files[self._card.application].get(fid)
        if file is None:
            raise Refused(SW.NO_FILE)
        self._card.file = file

    def read(self, command: Command, transfer: Transfer) -> Answer:
        """READ RECORD."""
        file = self._addressed(command.p2 >> 3)
        self._card.permit(file.read)
        if file.layout is Layout.BINARY:
            raise Refused(SW.FILE_TYPE)
        if file.layout is Layout.CYCLIC:
            return transfer.now(self._cyclic(file, command), command.p3)
        if file.layout is Layout.TAGGED and command.p2 & 0x07 == _ALL_FROM:
            return transfer.now(self._all_from(file, command.p1), command.p3)
        content = _readable(self._records(file).get(_record(file, command), ""))
        if file.layout is Layout.TAGGED:
            content = bytes((_tag(file, command), len(content))) + content
        return transfer.now(content, command.p3)

    def update(self, command: Command, transfer: Transfer) -> Answer:
        """UPDATE RECORD: the whole TLV of a tagged record, all bytes of a linear one."""
        del transfer
        file, content = self._writable(command.p2 >> 3, {Layout.TAGGED, Layout.LINEAR}), command.content
        record = _record(file, command)
        if file.layout is Layout.TAGGED:
            item = next((item for item in file.items if item.tag == _tag(file, command)), None)
            if item is None:
                raise Refused(SW.NO_RECORD)
            if content[:2] != bytes((item.tag, item.length)) or len(content) != item.length + 2:
                raise Refused(SW.CONTENT)
            content = content[2:]
        elif len(content) != file.record_bytes:
            raise Refused(SW.LENGTH)
        self._records(file)[record] = content.hex().upper()
        self._card.save()
        return _DONE

    def append(self, command: Command, transfer: Transfer) -> Answer:
        """APPEND RECORD to a cyclic file: the oldest goes when it is full (ISO 7816-4; unconfirmed for LD/T)."""
        del transfer
        file = self._writable(command.p2 >> 3, {Layout.CYCLIC})
        if len(command.content) != file.record_bytes:
            raise Refused(SW.LENGTH)
        self.log(file, command.content)
        self._card.save()
        return _DONE

    def log(self, file: ldt.File, record: bytes) -> None:
        """Make ``record`` the newest of a cyclic file of the current application."""
        records = self._card.image.cyclic[self._key(file)]
        records.insert(0, record.hex().upper())
        del records[file.records :]

    def read_binary(self, command: Command, transfer: Transfer) -> Answer:
        """READ BINARY: as many bytes as are asked for, 00 for 256; more than there are answers 6Cxx."""
        file, offset = self._at(command)
        self._card.permit(file.read)
        content = self._binary(file)[offset : offset + (command.p3 or LE_MAX)]
        return transfer.now(content, command.p3)

    def update_binary(self, command: Command, transfer: Transfer) -> Answer:
        """UPDATE BINARY."""
        del transfer
        file, offset = self._at(command)
        self._card.permit(file.write)
        if not command.content or offset + len(command.content) > file.record_bytes:
            raise Refused(SW.LENGTH)
        content = bytearray(self._binary(file))
        content[offset : offset + len(command.content)] = command.content
        self._records(file)[_WHOLE] = content.hex().upper()
        self._card.save()
        return _DONE

    def kept(self) -> Kept:
        """Return what is in the files now."""
        return Kept(deepcopy(self._card.image.records), deepcopy(self._card.image.cyclic))

    def spoil(self, command: Command, before: Kept, tear: Tear) -> None:
        """Leave what ``command`` has just written as ``tear`` says: power was lost meanwhile."""
        file, image = self._addressed(0), self._card.image
        key = self._key(file)
        if command.ins == APPEND_RECORD:
            old = before.cyclic[key]
            # The newest takes the place of the oldest: where the card is not made whole, it is that one's bytes which are left.
            oldest = old[-1] if len(old) == file.records else None
            newest = tear.left(oldest, image.cyclic[key][0], written=tear.byte)
            image.cyclic[key] = old if tear.mends == OLD else [newest, *image.cyclic[key][1:]]
        else:
            name = _WHOLE if command.ins == UPDATE_BINARY else _record(file, command)
            at = self._at(command)[1] if command.ins == UPDATE_BINARY else -_HEAD_BYTES if file.layout is Layout.TAGGED else 0
            self._records(file)[name] = tear.left(before.records[key].get(name), self._records(file)[name], written=at + tear.byte)
        self._card.save()

    # --- addressing -----------------------------------------------------------------------------------------

    def _addressed(self, sfi: int) -> ldt.File:
        """Return the file of a short identifier, which becomes the current one; 0 = the current one."""
        card = self._card
        if sfi:
            card.file = next((file for file in self._files[card.application].values() if file.sfi == sfi), None)
            if card.file is None:
                raise Refused(SW.NO_FILE)
        if card.file is None:
            raise Refused(SW.NO_EF)
        return card.file

    def _at(self, command: Command) -> tuple[ldt.File, int]:
        """Return the binary file and the offset that P1 and P2 mean."""
        by_sfi = command.p1 & _BY_SFI
        file = self._addressed(command.p1 & _SFI_MASK if by_sfi else 0)
        if file.layout is not Layout.BINARY:
            raise Refused(SW.FILE_TYPE)
        offset = command.p2 if by_sfi else command.p1 << 8 | command.p2
        if offset >= file.record_bytes:
            raise Refused(SW.OFFSET)
        return file, offset

    def _writable(self, sfi: int, layouts: set[Layout]) -> ldt.File:
        file = self._addressed(sfi)
        self._card.permit(file.write)
        if file.layout not in layouts:
            raise Refused(SW.FILE_TYPE)
        return file

    # --- contents -------------------------------------------------------------------------------------------

    def _cyclic(self, file: ldt.File, command: Command) -> bytes:
        records = self._card.image.cyclic[self._key(file)]
        ends = {_ALL_FROM: len(records), _BY_NUMBER: command.p1}
        mode = command.p2 & 0x07
        if mode not in ends:
            raise Refused(SW.P1P2)
        chosen = records[command.p1 - 1 : ends[mode]] if command.p1 else []
        return b"".join(_readable(record) for record in chosen or [""])

    def _all_from(self, file: ldt.File, ordinal: int) -> bytes:
        """Return the records of a tagged file from ``ordinal`` on, each a TLV; those that were never written are not there."""
        records = self._records(file)
        items = [item for item in file.items[ordinal - 1 :] if records.get(f"{item.tag:02X}", "") != ""] if ordinal else []
        found = b"".join(bytes((item.tag, item.length)) + _readable(records[f"{item.tag:02X}"]) for item in items)
        if not found:
            raise Refused(SW.NO_RECORD)
        if len(found) > LE_MAX:
            raise Refused(SW.LENGTH)
        return found

    def _binary(self, file: ldt.File) -> bytes:
        """Return what is in a binary file, zero bytes when it was never written."""
        return _readable(self._records(file).get(_WHOLE, bytes(file.record_bytes).hex()))

    def _records(self, file: ldt.File) -> dict[str, str | None]:
        return self._card.image.records[self._key(file)]

    def _key(self, file: ldt.File) -> str:
        return f"{self._card.application}|{file.fid:04X}"


def _readable(record: str | None) -> bytes:
    """Return a record's bytes; "" is a record that was never written, None a torn one."""
    if not record:
        raise Refused(SW.MEMORY if record is None else SW.NO_RECORD)
    return bytes.fromhex(record)


def _record(file: ldt.File, command: Command) -> str:
    """Return under which name the image keeps the record that a command means."""
    if file.layout is Layout.TAGGED:
        return f"{_tag(file, command):02X}"
    if command.p2 & 0x07 != _BY_NUMBER:
        raise Refused(SW.P1P2)
    if not 1 <= command.p1 <= file.records:
        raise Refused(SW.NO_RECORD)
    return f"{command.p1:02X}"


def _tag(file: ldt.File, command: Command) -> int:
    """Return the tag that P1 means: itself, or the ordinal's."""
    mode = command.p2 & 0x07
    if mode == _BY_TAG:
        return command.p1
    if mode != _BY_NUMBER:
        raise Refused(SW.P1P2)
    if not 1 <= command.p1 <= len(file.items):
        raise Refused(SW.NO_RECORD)
    return file.items[command.p1 - 1].tag
