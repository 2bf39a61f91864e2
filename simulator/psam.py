"""The PSAM: master keys, diversified on demand, and a terminal number."""

from __future__ import annotations

from simulator import crypto
from simulator.image import CardImage
from simulator.t0 import Answer, Command, Refused, Transfer
from terminal.cards import ldt
from terminal.cards.ldt import SW

_TERMINAL_SFI = 0x80 | 0x16
"""P1 of READ BINARY: PBOC's place of the terminal number; unconfirmed for LD/T."""
_DONE: Answer = (b"", SW.OK)


class PsamSystem:
    """A powered PSAM. It keeps nothing that outlives power."""

    def __init__(self, image: CardImage) -> None:
        self._image = image
        self._selected = False
        self._process_key: bytes | None = None
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
            case 0x00, 0xB0 if command.p1 == _TERMINAL_SFI:
                return transfer.now(bytes.fromhex(self._image.terminal_number), command.p3)
            case 0xBF, 0xDE:
                return self._make_process_key(command)
            case 0x80, 0xFA:
                return self._encrypt(command.content, transfer)
        raise Refused(SW.INSTRUCTION)

    def _select(self, name: bytes, transfer: Transfer) -> Answer:
        self._selected = name == ldt.PSAM_AID
        self._process_key = None
        if not self._selected:
            raise Refused(SW.NO_FILE)
        return transfer.later(b"\x6f\x08\x84\x06" + ldt.PSAM_AID)

    def _make_process_key(self, command: Command) -> Answer:
        """Diversify a key by the factors given, the outermost last, and make a process key from the random at the end."""
        self._process_key = None
        master = self._image.keys.get(f"{command.p1:02X}/{command.p2:02X}")
        if master is None:
            raise Refused(SW.NO_KEY)
        levels = command.p1 >> ldt.LEVEL_SHIFT
        if len(command.content) != (levels + 1) * crypto.BLOCK:
            raise Refused(SW.LENGTH)
        *factors, random = (command.content[start : start + crypto.BLOCK] for start in range(0, len(command.content), crypto.BLOCK))
        key = bytes.fromhex(master)
        for factor in reversed(factors):
            key = crypto.diversify(key, factor)
        self._process_key = crypto.triple_des(key, random)
        return _DONE

    def _encrypt(self, content: bytes, transfer: Transfer) -> Answer:
        if self._process_key is None:
            raise Refused(SW.CONDITIONS)
        if not content or len(content) % crypto.BLOCK:
            raise Refused(SW.LENGTH)
        return transfer.later(crypto.triple_des(self._process_key, content))
