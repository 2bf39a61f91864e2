"""The PSAM: it keeps the keys and computes cryptograms; the till never sees a key (section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from config.sections import PsamKey
from terminal.cards.apdu import Channel
from terminal.cards.errors import PsamKeyMissing, PsamMissing
from terminal.cards.ldt import PSAM_AID, SW
from terminal.cards.port import CardPort, OutcomeUnknown

_LEVEL_SHIFT = 5
"""The high three bits of the purpose byte: levels of diversification left."""
_TERMINAL_SFI, _TERMINAL_BYTES = 0x16, 6
"""PBOC's place of the terminal number; unconfirmed for LD/T."""


class Psam:
    """A session with the PSAM's application."""

    def __init__(self, port: CardPort, keys: Mapping[str, PsamKey]) -> None:
        self.channel = Channel(port)
        self._keys = keys
        try:
            if self.channel.select(0x04, PSAM_AID) >> 8 not in {0x90, 0x61}:
                raise PsamMissing
        except OutcomeUnknown:
            raise PsamMissing from None

    def terminal_number(self) -> str:
        """Return the twelve-digit terminal number."""
        content, sw = self.channel.read(0x00, 0xB0, 0x80 | _TERMINAL_SFI, 0x00, le=_TERMINAL_BYTES)
        if sw != SW.OK or len(content) != _TERMINAL_BYTES:
            raise PsamMissing
        return content.hex()

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Return DES(process key, ``content``) of the card's key ``name``, the process key made from ``random``.

        Raises :class:`PsamKeyMissing` and :class:`PsamMissing`.
        """
        key = self._keys.get(name)
        if key is None:
            raise PsamKeyMissing(key=name)
        levels = key.purpose >> _LEVEL_SHIFT
        try:
            _, sw = self.channel.write(0xBF, 0xDE, key.purpose, key.psam_key, b"".join(factors[:levels]) + random)
            if sw != SW.OK:
                raise PsamKeyMissing(key=f"{name} {key.purpose:02X}/{key.psam_key:02X}")
            answer, sw = self.channel.write(0x80, 0xFA, 0x00, 0x00, content)
        except OutcomeUnknown:
            raise PsamMissing from None
        if sw != SW.OK or len(answer) != len(content):
            raise PsamMissing
        return answer

    def close(self) -> None:
        """Let the PSAM go."""
        self.channel.close()
