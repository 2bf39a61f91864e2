"""Cards that are no social-security card, at PC/SC's own calls: named, and let go again."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("smartcard", reason="pyscard is not installed")

from smartcard import scard

from terminal.cards.errors import CardMute, PsamMissing
from terminal.cards.pcsc import PcscSlots
from terminal.cards.recognition import Kind
from terminal.cards.recognition_errors import ForeignCard
from tests.cards.counter import Scripted, met

MIFARE = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
OK: int = scard.SCARD_S_SUCCESS


class Service:
    """PC/SC with one reader and a card that answers each command with ``answer``; ``refused`` is what a connect is refused with."""

    def __init__(self, atr: bytes, *, refused: int = OK, protocol: int = scard.SCARD_PROTOCOL_T1, answer: bytes = b"\x6a\x82") -> None:
        self._atr = atr
        self._refused = refused
        self._protocol = protocol
        self._answer = answer
        self.spoken: list[int] = []
        self.contexts = 0
        self.handles = 0

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:  # noqa: N802
        """Open a context."""
        del scope
        self.contexts += 1
        return OK, 1

    def SCardReleaseContext(self, context: int) -> int:  # noqa: N802
        """Close it."""
        self.contexts -= context
        return OK

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802
        """Name the readers."""
        del context, groups
        return OK, ["Reader 00 00", "Reader SAM 00 01"]

    def SCardConnect(self, context: int, reader: str, mode: int, protocol: int) -> tuple[int, int, int]:  # noqa: N802
        """Power the card, in a protocol that it speaks."""
        del reader, mode
        if self._refused != OK:
            return self._refused, 0, 0
        assert protocol & self._protocol
        self.handles += context
        return OK, 1, self._protocol

    def SCardReconnect(self, handle: int, mode: int, protocol: int, how: int) -> tuple[int, int]:  # noqa: N802
        """Reset it, in the protocol that was agreed."""
        del handle, mode, how
        assert protocol == self._protocol
        return OK, protocol

    def SCardStatus(self, handle: int) -> tuple[int, str, int, int, list[int]]:  # noqa: N802
        """Return the answer to reset."""
        return OK, "", handle, self._protocol, list(self._atr)

    def SCardGetStatusChange(self, context: int, timeout: int, states: list[tuple[str, int]]) -> tuple[int, list[Any]]:  # noqa: N802
        """Return what the reader sees."""
        del context, timeout
        return OK, [(states[0][0], scard.SCARD_STATE_PRESENT, list(self._atr))]

    def SCardTransmit(self, handle: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        """Answer."""
        del handle, command
        self.spoken.append(protocol)
        return OK, list(self._answer)

    def SCardDisconnect(self, handle: int, how: int) -> int:  # noqa: N802
        """Let it go."""
        assert how == scard.SCARD_LEAVE_CARD
        self.handles -= handle
        return OK


@pytest.mark.parametrize("refused", [scard.SCARD_E_PROTO_MISMATCH, scard.SCARD_W_UNSUPPORTED_CARD])
@pytest.mark.parametrize(("atr", "kind"), [(MIFARE, Kind.LOGIC_ENCRYPTED), (bytes.fromhex("3B04A2131092"), Kind.MEMORY)])
def test_a_card_without_commands_is_named_by_its_reset(refused: int, atr: bytes, kind: Kind) -> None:
    """The reader exchanges nothing with it, but says what it answered."""
    service = Service(atr, refused=refused)
    with pytest.raises(ForeignCard) as error:
        PcscSlots("", "", calls=service).card()

    assert kind is error.value.kind
    assert (0, 0) == (service.contexts, service.handles)


def test_a_card_of_another_protocol_is_asked_in_it() -> None:
    """A bank card of T=1 is named instead of refused for its protocol."""
    service = Service(bytes.fromhex("3B8D80010004D0842186640000000000009F"))
    card = met(PcscSlots("", "", calls=service).card(), Scripted((b"", 0x6F00)))
    with pytest.raises(ForeignCard) as error:
        card.identify()
    card.close()

    assert Kind.OTHER is error.value.kind
    assert {scard.SCARD_PCI_T1} == set(service.spoken)
    assert (0, 0) == (service.contexts, service.handles)


def test_our_protocol_is_spoken_where_it_is_agreed() -> None:
    """T=0 as ever."""
    service = Service(bytes.fromhex("3B6D0000008154443686605328A8888888"), protocol=scard.SCARD_PROTOCOL_T0)
    port = PcscSlots("", "", calls=service).card()

    assert (b"", 0x6A82) == port.transmit(b"\x00\xa4\x04\x00\x00")
    port.close()
    assert [scard.SCARD_PCI_T0] == service.spoken


def test_a_mute_card_and_a_foreign_psam() -> None:
    """Without an answer there is nothing to name; in the PSAM's slot whatever is no PSAM is none."""
    with pytest.raises(CardMute):
        PcscSlots("", "", calls=Service(b"", refused=scard.SCARD_W_UNRESPONSIVE_CARD)).card()
    with pytest.raises(PsamMissing):
        PcscSlots("", "", calls=Service(MIFARE, refused=scard.SCARD_E_PROTO_MISMATCH)).psam()
