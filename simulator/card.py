"""The LD/T card as a card operating system: files by the tables, access rules, PIN, keys.

What the tables of :mod:`terminal.cards.ldt` say is enforced here; a till that reads or writes without the
right gets 6982. A record update is old, new or unreadable after a tear; several are not atomic together.
"""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from secrets import token_bytes

from simulator import crypto
from simulator.image import CardImage
from simulator.t0 import Answer, Command, Refused, Transfer
from terminal.cards import ldt
from terminal.cards.ldt import SW

KEY_TRIES = 3
UPDATE_RECORD, APPEND_RECORD = 0xDC, 0xE2
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
_NAMES = {ldt.SSSE_AID: "SSSE", ldt.DF04_AID: "DF04", ldt.DF04.to_bytes(2): "DF04"}
_KEY_NAMES = {key.card_key: name for name, key in ldt.KEYS.items()}
_PROPRIETARY = {0x5E: 0x80}
"""Class of the instructions that are not ISO 7816-4's own."""
_CLASSES = {0x00, 0x04, 0x80, 0x84, 0xB0}
_DONE: Answer = (b"", SW.OK)


class CardSystem:
    """A powered card. ``save`` is called after every change that outlives power."""

    def __init__(self, image: CardImage, save: Callable[[], None]) -> None:
        self._image = image
        self._save = save
        version = image.version
        self._files: dict[str, dict[int, ldt.File]] = {"": {}, "SSSE": ldt.ssse_files(version), "DF04": ldt.df04_files(version)}
        self._application = ""
        self._file: ldt.File | None = None
        self._pin_given = False
        self._granted: set[str] = set()
        self._challenge: bytes | None = None
        self._transfer = Transfer(self)
        self._commands: dict[int, Callable[[Command, Transfer], Answer]] = {
            0xA4: self._select,
            0xB2: self._read,
            UPDATE_RECORD: self._update,
            APPEND_RECORD: self._append,
            0x20: self._verify,
            0x5E: self._change_pin,
            0x84: self._get_challenge,
            0x82: self._external,
            0x88: self._internal,
        }

    # --- the wire ---------------------------------------------------------------------------------------

    def execute(self, apdu: bytes | bytearray) -> Answer:
        """Execute one command and return (data, status word), as T=0 does."""
        return self._transfer.execute(apdu)

    def tear(self, apdu: bytes | bytearray) -> None:
        """Lose power while ``apdu`` executes: the record that it was writing becomes unreadable."""
        if self.execute(apdu)[1] != SW.OK or apdu[1] not in {UPDATE_RECORD, APPEND_RECORD}:
            return
        command = Command.parse(apdu)
        if command.ins == UPDATE_RECORD:
            self._image.records[self._key(self._addressed(command.p2))][f"{command.content[0]:02X}"] = None
        elif command.ins == APPEND_RECORD:
            self._image.cyclic[self._key(self._addressed(command.p2))][0] = None
        self._save()

    def perform(self, command: Command, transfer: Transfer) -> Answer:
        """Execute one command that is not the transport's own."""
        perform = self._commands.get(command.ins)
        if perform is None or command.cla != _PROPRIETARY.get(command.ins, 0x00):
            raise Refused(SW.INSTRUCTION if command.cla in _CLASSES else SW.CLASS)
        try:
            return perform(command, transfer)
        finally:
            if perform != self._get_challenge:
                self._challenge = None  # Good for the next command only.

    # --- files ------------------------------------------------------------------------------------------

    def _select(self, command: Command, transfer: Transfer) -> Answer:
        name = _NAMES.get(command.content)
        if name is not None and (name != "DF04" or self._application):
            # Each application proves its rights anew, so that none leaks from one to the next.
            self._application, self._file, self._pin_given = name, None, False
            self._granted.clear()
            return transfer.later(bytes((0x6F, len(command.content) + 2, 0x84, len(command.content))) + command.content)
        file = self._files[self._application].get(int.from_bytes(command.content))
        if file is None:
            raise Refused(SW.NO_FILE)
        self._file = file
        return transfer.later(bytes((0x6F, 0x04, 0x83, 0x02)) + command.content)

    def _addressed(self, p2: int) -> ldt.File:
        """Return the file of the short identifier in P2, which becomes the current one; 0 = the current one."""
        if sfi := p2 >> 3:
            self._file = next((file for file in self._files[self._application].values() if file.sfi == sfi), None)
        if self._file is None:
            raise Refused(SW.NO_FILE)
        return self._file

    def _permit(self, access: ldt.Access) -> None:
        proved = not access.keys or not self._granted.isdisjoint(access.keys)
        if access.cos_only or not proved or (access.pin and not self._pin_given):
            raise Refused(SW.SECURITY)

    def _read(self, command: Command, transfer: Transfer) -> Answer:
        file = self._addressed(command.p2)
        self._permit(file.read)
        if file.layout is ldt.Layout.CYCLIC:
            content = self._cyclic(file, command)
        else:
            tag = _tag(file, command)
            content = self._readable(self._image.records[self._key(file)].get(f"{tag:02X}", ""))
            content = bytes((tag, len(content))) + content
        return transfer.now(content, command.p3)

    def _cyclic(self, file: ldt.File, command: Command) -> bytes:
        records = self._image.cyclic[self._key(file)]
        ends = {_ALL_FROM: len(records), _BY_NUMBER: command.p1}
        mode = command.p2 & 0x07
        if mode not in ends:
            raise Refused(SW.P1P2)
        chosen = records[command.p1 - 1 : ends[mode]] if command.p1 else []
        return b"".join(self._readable(record) for record in chosen or [""])

    @staticmethod
    def _readable(record: str | None) -> bytes:
        """Return a record's bytes; "" is a record that was never written, None a torn one."""
        if not record:
            raise Refused(SW.MEMORY if record is None else SW.NO_RECORD)
        return bytes.fromhex(record)

    def _update(self, command: Command, transfer: Transfer) -> Answer:
        del transfer
        file = self._writable(command, ldt.Layout.TAGGED)
        tag = _tag(file, command)
        if tag not in {item.tag for item in file.items}:
            raise Refused(SW.NO_RECORD)
        length = file.item(tag).length
        if command.content[:2] != bytes((tag, length)) or len(command.content) != length + 2:
            raise Refused(SW.CONTENT)
        self._image.records[self._key(file)][f"{tag:02X}"] = command.content[2:].hex().upper()
        self._save()
        return _DONE

    def _append(self, command: Command, transfer: Transfer) -> Answer:
        del transfer
        file = self._writable(command, ldt.Layout.CYCLIC)
        if len(command.content) != file.record_bytes:
            raise Refused(SW.LENGTH)
        records = self._image.cyclic[self._key(file)]
        records.insert(0, command.content.hex().upper())
        del records[file.records :]
        self._save()
        return _DONE

    def _writable(self, command: Command, layout: ldt.Layout) -> ldt.File:
        file = self._addressed(command.p2)
        self._permit(file.write)
        if file.layout is not layout:
            raise Refused(SW.FILE_TYPE)
        return file

    def _key(self, file: ldt.File) -> str:
        return f"{self._application}|{file.fid:04X}"

    # --- rights -----------------------------------------------------------------------------------------

    def _get_challenge(self, command: Command, transfer: Transfer) -> Answer:
        challenge = token_bytes(crypto.BLOCK)
        answer = transfer.now(challenge, command.p3)
        self._challenge = challenge
        return answer

    def _verify(self, command: Command, transfer: Transfer) -> Answer:
        del transfer
        if not self._application:
            raise Refused(SW.CONDITIONS)
        if 2 * len(command.secret) != ldt.PIN_DIGITS:
            raise Refused(SW.BLOCKED if self._image.pin_left == 0 else SW.LENGTH)
        self._compare(command.secret)
        return _DONE

    def _change_pin(self, command: Command, transfer: Transfer) -> Answer:
        """Replace the PIN: old ‖ FF ‖ new. The old one is compared as VERIFY does, and costs a try as there."""
        del transfer
        size, secret = ldt.PIN_DIGITS // 2, command.secret
        if not self._application:
            raise Refused(SW.CONDITIONS)
        if command.p1 != ldt.CHANGE_PIN_P1 or command.p2:
            raise Refused(SW.P1P2)
        if len(secret) != 2 * size + 1:
            raise Refused(SW.LENGTH)
        old, new = bytearray(memoryview(secret)[:size]), bytearray(memoryview(secret)[size + 1 :])
        try:
            if secret[size] != ldt.PIN_SEPARATOR or any(byte >> 4 > 9 or byte & 0x0F > 9 for byte in new):  # noqa: PLR2004 - decimal digits
                raise Refused(SW.CONTENT)
            self._compare(old)
            self._image.pin_check = crypto.pin_check(new, bytes.fromhex(self._image.atr)).hex().upper()
            self._save()
        finally:
            old[:], new[:] = bytes(size), bytes(size)
        return _DONE

    def _compare(self, packed: bytearray) -> None:
        image = self._image
        if image.pin_left == 0:
            raise Refused(SW.BLOCKED)
        # The try is counted before the comparison: a pull in between must not give it back.
        image.pin_left -= 1
        self._save()
        check = crypto.pin_check(packed, bytes.fromhex(image.atr))
        self._pin_given = compare_digest(check, bytes.fromhex(image.pin_check))
        if not self._pin_given:
            raise Refused(0x63C0 | image.pin_left)
        image.pin_left = image.pin_tries
        self._save()

    def _external(self, command: Command, transfer: Transfer) -> Answer:
        """Let the till prove a key: cryptogram ‖ its content, under the challenge of the command before."""
        del transfer
        image, key = self._image, self._secret(command)
        identifier = f"{command.p2:02X}"
        left = image.key_left.get(identifier, KEY_TRIES)
        if left == 0:
            raise Refused(SW.BLOCKED)
        if self._challenge is None:
            raise Refused(SW.NO_CHALLENGE)
        answer, content = command.content[: crypto.BLOCK], command.content[crypto.BLOCK :]
        right = compare_digest(answer, crypto.cryptogram(key, self._challenge, content))
        if not right or left != KEY_TRIES:
            image.key_left[identifier] = KEY_TRIES if right else left - 1
            self._save()
        if not right:
            raise Refused(0x63C0 | (left - 1))
        self._granted.add(_KEY_NAMES[command.p2])
        return _DONE

    def _internal(self, command: Command, transfer: Transfer) -> Answer:
        """Prove the card's own key on a random and a content that the till chose."""
        if command.p2 != ldt.KEYS["IRK"].card_key:
            raise Refused(SW.NO_KEY)
        key = self._secret(command)
        return transfer.later(crypto.cryptogram(key, command.content[: crypto.BLOCK], command.content[crypto.BLOCK :]))

    def _secret(self, command: Command) -> bytes:
        """Return the key that P2 names, for a command with two blocks."""
        key = self._image.keys.get(f"{command.p2:02X}")
        if key is None or command.p2 not in _KEY_NAMES:
            raise Refused(SW.NO_KEY)
        if len(command.content) != 2 * crypto.BLOCK:
            raise Refused(SW.LENGTH)
        return bytes.fromhex(key)


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
