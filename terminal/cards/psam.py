"""The PSAM: it keeps the keys and computes cryptograms; the till never sees a key (section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from config.psam_keys import PsamKey
from settlement.errors import CardError
from terminal.cards.apdu import Channel, selected
from terminal.cards.errors import PsamKeyMissing, PsamMissing
from terminal.cards.ldt import LEVEL_SHIFT, PSAM_AID, SW
from terminal.cards.port import CardPort, OutcomeUnknown, PsamPort
from terminal.cards.trace import Trace

_TERMINAL_SFI, _TERMINAL_BYTES = 0x16, 6
"""PBOC's place of the terminal number; unconfirmed for LD/T."""
_ENCRYPT, _MAC = 0x00, 0x05
"""P1 of 80FA: 00 enciphers (confirmed), 05 makes a MAC that begins with eight zero bytes (as PBOC; unconfirmed for LD/T)."""
_BLOCK = 8
MAC_BYTES = 4
_SM4_KEY = 0x80
"""Set in the PSAM's key identifier: the SM4 key of the same purpose (design: nothing is public)."""


@dataclass(slots=True)
class Known:
    """What stays true of a PSAM as long as it keeps its power."""

    selected: bool = False
    terminal: str = ""

    def forget(self) -> None:
        """Take nothing for granted after a failure."""
        self.selected, self.terminal = False, ""


class Psam:
    """A session with the PSAM's application: of one card, beside it."""

    def __init__(self, port: CardPort, keys: Mapping[str, PsamKey], trace: Trace | None = None, *, known: Known | None = None) -> None:
        """``known``: what an earlier session found, of a PSAM that kept its power since."""
        self._known = known or Known()
        self.channel = Channel(port, trace, "psam", was_reset=not self._known.selected)
        self._keys = keys
        self._found_selected = self._known.selected
        """Another program may have selected another application between two sessions."""
        self._process: tuple[str, tuple[bytes, ...], bytes] | None = None
        """What the process key that the PSAM holds was made of."""
        self.sm4 = False
        """Whether the card's keys are SM4; the PSAM has a key of that set for each purpose."""

    def _select(self) -> None:
        if not self._known.selected and not selected(self.channel.select(0x04, PSAM_AID)):
            raise PsamMissing
        self._known.selected = True

    def terminal_number(self) -> str:
        """Return the twelve-digit terminal number. Raises :class:`PsamMissing`."""
        with self._present():
            self._select()
            if not self._known.terminal:
                content, sw = self.channel.read(0x00, 0xB0, 0x80 | _TERMINAL_SFI, 0x00, le=_TERMINAL_BYTES)
                self._known.terminal = _made(content, sw, _TERMINAL_BYTES).hex()
        return self._known.terminal

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Return DES(process key, ``content``) of the card's key ``name``, the process key made from ``random``.

        Raises :class:`PsamKeyMissing` and :class:`PsamMissing`.
        """
        with self._present():
            self._make_process_key(name, factors, random)
            answer, sw = self.channel.write(0x80, 0xFA, _ENCRYPT, 0x00, content)
            return _made(answer, sw, len(content))

    def mac(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Return the MAC over ``content`` under the process key of ``random``, made once for both MACs of a debit.

        Raises as :meth:`cryptogram`.
        """
        with self._present():
            if self._process != (name, factors, random):
                self._make_process_key(name, factors, random)
            return self._mac(content)

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Return ``secret`` enciphered, and the MAC over ``head`` and that; ``secret`` is wiped. Raises as :meth:`cryptogram`."""
        size = len(secret)
        try:
            with self._present():
                self._make_process_key(name, factors, random)
                enciphered = b""
                if secret:
                    sw = self.channel.secret(0x80, 0xFA, _ENCRYPT, 0x00, secret)
                    if sw >> 8 == 0x61:  # noqa: PLR2004 - more to come
                        enciphered, sw = self.channel.read(0x00, 0xC0, 0x00, 0x00, le=sw & 0xFF)
                    _made(enciphered, sw, size)
                return enciphered + self._mac(head + enciphered)
        finally:
            secret[:] = bytes(size)

    def _make_process_key(self, name: str, factors: tuple[bytes, ...], random: bytes) -> None:
        key = self._keys.get(name)
        if key is None:
            raise PsamKeyMissing(key=name)
        self._select()
        self._process = None
        number = key.psam_key | _SM4_KEY if self.sm4 else key.psam_key
        levels = key.purpose >> LEVEL_SHIFT
        sw = self._derive(key.purpose, number, b"".join(factors[:levels]) + random)
        if sw != SW.OK and self._found_selected:
            self._found_selected = self._known.selected = False
            self._select()
            sw = self._derive(key.purpose, number, b"".join(factors[:levels]) + random)
        if sw != SW.OK:
            raise PsamKeyMissing(key=f"{name} {key.purpose:02X}/{number:02X}")
        self._process = (name, factors, random)

    def _derive(self, purpose: int, number: int, content: bytes) -> int:
        return self.channel.write(0xBF, 0xDE, purpose, number, content)[1]

    def _mac(self, content: bytes) -> bytes:
        answer, sw = self.channel.write(0x80, 0xFA, _MAC, 0x00, bytes(_BLOCK) + content)
        return _made(answer, sw, MAC_BYTES)

    @contextmanager
    def _present(self) -> Iterator[None]:
        try:
            yield
        except OutcomeUnknown as error:
            self._known.forget()
            raise PsamMissing from error
        except CardError:
            self._known.forget()
            raise

    def close(self) -> None:
        """Let the PSAM go."""
        self.channel.close()


class _RestingPsam(Psam):
    """A session after which the PSAM keeps its power."""

    def __init__(self, port: PsamPort, keys: Mapping[str, PsamKey], trace: Trace | None, known: Known) -> None:
        super().__init__(port, keys, trace, known=known)
        self._port = port

    def close(self) -> None:
        """Leave the PSAM to the next card, and to other programs until then."""
        self._port.rest()


class KeptPsam:
    """The PSAM of an open counter: it keeps its power between two cards, so its application is selected and its number read once.

    Other programs may use it between two sessions. After a failure, and when it was taken out or reset, it is connected anew.
    """

    def __init__(self, connect: Callable[[], PsamPort], keys: Mapping[str, PsamKey]) -> None:
        self._connect = connect
        self._keys = keys
        self._port: PsamPort | None = None
        self._known = Known()

    def session(self, trace: Trace | None = None) -> Psam:
        """Return a session for one card. Raises :class:`~settlement.errors.CardError`."""
        if self._port is None or not self._known.selected or not self._resumed(self._port):
            self.close()
            self._port = self._connect()
        return _RestingPsam(self._port, self._keys, trace, self._known)

    def _resumed(self, port: PsamPort) -> bool:
        try:
            return port.resume()
        except CardError:
            self.close()
            raise

    def close(self) -> None:
        """Let the PSAM go."""
        self._known = Known()
        if self._port is not None:
            self._port.close()
            self._port = None


def _made(answer: bytes, sw: int, size: int) -> bytes:
    """Return what the PSAM made. Raises :class:`PsamMissing` for anything but ``size`` bytes of it."""
    if sw != SW.OK or len(answer) != size:
        raise PsamMissing
    return answer
