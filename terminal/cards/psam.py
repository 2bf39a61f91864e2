"""The PSAM: it keeps the keys and computes cryptograms; the till never sees a key (section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from config.sections import PsamKey
from terminal.cards.apdu import Channel
from terminal.cards.errors import PsamKeyMissing, PsamMissing
from terminal.cards.ldt import LEVEL_SHIFT, PSAM_AID, SW
from terminal.cards.port import CardPort, OutcomeUnknown
from terminal.cards.trace import Trace

_TERMINAL_SFI, _TERMINAL_BYTES = 0x16, 6
"""PBOC's place of the terminal number; unconfirmed for LD/T."""
_SM4_KEY = 0x80
"""Set in the PSAM's key identifier: the SM4 key of the same purpose (design: nothing is public)."""


class Psam:
    """A session with the PSAM's application."""

    def __init__(self, port: CardPort, keys: Mapping[str, PsamKey], trace: Trace | None = None) -> None:
        self.channel = Channel(port, trace, "psam")
        self._keys = keys
        self._selected = False
        self.sm4 = False
        """Whether the card's keys are SM4; the PSAM has a key of that set for each purpose."""

    def _select(self) -> None:
        if not self._selected and self.channel.select(0x04, PSAM_AID) >> 8 not in {0x90, 0x61}:
            raise PsamMissing
        self._selected = True

    def terminal_number(self) -> str:
        """Return the twelve-digit terminal number. Raises :class:`PsamMissing`."""
        with _present():
            self._select()
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
        with _present():
            self._select()
            levels = key.purpose >> LEVEL_SHIFT
            number = key.psam_key | _SM4_KEY if self.sm4 else key.psam_key
            _, sw = self.channel.write(0xBF, 0xDE, key.purpose, number, b"".join(factors[:levels]) + random)
            if sw != SW.OK:
                raise PsamKeyMissing(key=f"{name} {key.purpose:02X}/{number:02X}")
            answer, sw = self.channel.write(0x80, 0xFA, 0x00, 0x00, content)
        if sw != SW.OK or len(answer) != len(content):
            raise PsamMissing
        return answer

    def close(self) -> None:
        """Let the PSAM go."""
        self.channel.close()


@contextmanager
def _present() -> Iterator[None]:
    try:
        yield
    except OutcomeUnknown as error:
        raise PsamMissing from error
