"""The PSAM: master keys, diversified on demand, and a terminal number."""

from __future__ import annotations

from simulator import crypto
from simulator.image import CardImage
from terminal.cards.ldt import PSAM_AID, SW

_LEVEL_SHIFT = 5
_TERMINAL_P1 = 0x96
"""READ BINARY of SFI 16 (hexadecimal), PBOC's place of the terminal number; unconfirmed for LD/T."""


class PsamSystem:
    """A powered PSAM. It keeps nothing that outlives power."""

    def __init__(self, image: CardImage) -> None:
        self._image = image
        self._selected = False
        self._process_key: bytes | None = None
        self._waiting = b""

    def execute(self, apdu: bytes) -> tuple[bytes, int]:  # noqa: PLR0911 - one line a command
        """Execute one command and return (data, status word), as T=0 does."""
        if len(apdu) < 5:  # noqa: PLR2004 - header and P3
            return b"", SW.LENGTH
        head, content = apdu[:5], apdu[5:]
        if head[1] == 0xC0:  # noqa: PLR2004 - GET RESPONSE
            waiting, self._waiting = self._waiting, b""
            return (waiting, SW.OK) if len(waiting) == head[4] and waiting else (b"", SW.CONDITIONS)
        self._waiting = b""
        if head[0] == 0x00 and head[1] == 0xA4:  # noqa: PLR2004 - SELECT
            self._selected = content == PSAM_AID
            return self._later(b"\x6f\x08\x84\x06" + PSAM_AID) if self._selected else (b"", SW.NO_FILE)
        if not self._selected:
            return b"", SW.CONDITIONS
        if head[:3] == bytes((0x00, 0xB0, _TERMINAL_P1)):
            return bytes.fromhex(self._image.terminal_number), SW.OK
        if head[:2] == b"\xbf\xde":
            return b"", self._make_process_key(head[2], head[3], content)
        if head[:2] == b"\x80\xfa":
            return self._encrypt(content)
        return b"", SW.INSTRUCTION

    def _make_process_key(self, purpose: int, key: int, content: bytes) -> int:
        self._process_key = None
        master = self._image.keys.get(f"{purpose:02X}/{key:02X}")
        if master is None:
            return SW.NO_KEY
        levels = purpose >> _LEVEL_SHIFT
        if len(content) != (levels + 1) * crypto.BLOCK:
            return SW.LENGTH
        *factors, random = (content[start : start + crypto.BLOCK] for start in range(0, len(content), crypto.BLOCK))
        value = bytes.fromhex(master)
        for factor in reversed(factors):
            value = crypto.diversify(value, factor)
        self._process_key = crypto.triple_des(value, random)
        return SW.OK

    def _encrypt(self, content: bytes) -> tuple[bytes, int]:
        if self._process_key is None:
            return b"", SW.CONDITIONS
        if not content or len(content) % crypto.BLOCK:
            return b"", SW.LENGTH
        return self._later(crypto.triple_des(self._process_key, content))

    def _later(self, content: bytes) -> tuple[bytes, int]:
        self._waiting = content
        return b"", 0x6100 | len(content)
