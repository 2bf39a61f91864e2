"""The PSAM: master keys, diversified on demand, a terminal number and a serial number."""

from __future__ import annotations

from dataclasses import dataclass

from simulator import crypto
from simulator.image import CardImage
from simulator.t0 import Answer, Command, Refused, Transfer
from terminal.cards import ldt
from terminal.cards.ldt import SW, KeyType

_SERIAL_SFI, _TERMINAL_SFI = 0x80 | 0x15, 0x80 | 0x16
"""P1 of READ BINARY: PBOC's places of the PSAM's serial number and of the terminal number; unconfirmed for LD/T."""
_ENCRYPT, _MAC = 0x00, 0x05
"""P1 of 80FA: 00 encrypts (confirmed), 05 makes a MAC of what follows eight zero bytes (as PBOC, whose MAC may
start elsewhere; unconfirmed for LD/T)."""
_ALLOWED = {
    _ENCRYPT: {KeyType.ENCRYPT, KeyType.MAC_ENCRYPT},
    _MAC: {KeyType.MAC, KeyType.MAC_ENCRYPT, KeyType.DEBIT},
}
_DONE: Answer = (b"", SW.OK)


@dataclass(frozen=True, slots=True)
class ProcessKey:
    """A key for one exchange, and what it may do."""

    value: bytes
    type: int
    algorithm: crypto.Algorithm


class PsamSystem:
    """A powered PSAM. It keeps nothing that outlives power."""

    def __init__(self, image: CardImage) -> None:
        self._image = image
        self._selected = False
        self._process: ProcessKey | None = None
        self._transfer = Transfer(self)

    def execute(self, apdu: bytes) -> Answer:
        """Execute one command and return (data, status word), as T=0 does."""
        return self._transfer.execute(apdu)

    def perform(self, command: Command, transfer: Transfer) -> Answer:
        """Execute one command that is not the transport's own."""
        match command.cla, command.ins:
            case 0x00, 0xA4:
                return self._select(command.content, transfer)
            case _ if not self._selected:
                raise Refused(SW.CONDITIONS)
            case 0x00, 0xB0 if command.p1 in {_SERIAL_SFI, _TERMINAL_SFI}:
                number = self._image.serial if command.p1 == _SERIAL_SFI else self._image.terminal_number
                return transfer.now(bytes.fromhex(number), command.p3)
            case 0xBF, 0xDE:
                return self._make_process_key(command)
            case 0x80, 0xFA:
                return self._use(command, transfer)
        raise Refused(SW.INSTRUCTION)

    def _select(self, name: bytes, transfer: Transfer) -> Answer:
        self._selected = name == ldt.PSAM_AID
        self._process = None
        if not self._selected:
            raise Refused(SW.NO_FILE)
        return transfer.later(b"\x6f\x08\x84\x06" + ldt.PSAM_AID)

    def _make_process_key(self, command: Command) -> Answer:
        """Diversify a key by the factors given, the outermost last, and make a process key from the random at the end."""
        self._process = None
        master = self._image.keys.get(f"{command.p1:02X}/{command.p2:02X}")
        if master is None:
            raise Refused(SW.KEY_INDEX)
        asked = ldt.Key(0x00, command.p1, command.p2)
        if len(command.content) != (asked.levels + 1) * crypto.BLOCK:
            raise Refused(SW.LENGTH)
        *factors, random = (command.content[start : start + crypto.BLOCK] for start in range(0, len(command.content), crypto.BLOCK))
        algorithm = crypto.Algorithm.SM4 if command.p2 & ldt.SM4_KEY else crypto.Algorithm.DES
        key = bytes.fromhex(master)
        for factor in reversed(factors):
            key = crypto.diversify(key, factor, algorithm)
        self._process = ProcessKey(crypto.process_key(key, random, algorithm), asked.type, algorithm)
        return _DONE

    def _use(self, command: Command, transfer: Transfer) -> Answer:
        """Encrypt or make a MAC under the process key, as far as the key's type allows."""
        process, content = self._process, command.content
        if process is None:
            raise Refused(SW.CONDITIONS)
        if command.p1 not in _ALLOWED or command.p2:
            raise Refused(SW.P1P2)
        if process.type not in _ALLOWED[command.p1]:
            raise Refused(SW.CONDITIONS)
        if command.p1 == _MAC:
            if len(content) <= crypto.BLOCK:
                raise Refused(SW.LENGTH)
            if any(content[: crypto.BLOCK]):
                raise Refused(SW.CONTENT)
            return transfer.later(crypto.mac(process.algorithm, process.value, content[crypto.BLOCK :]))
        if not content or len(content) % crypto.BLOCK:
            raise Refused(SW.LENGTH)
        return transfer.later(crypto.encipher(process.value, content, process.algorithm))
