"""The reader is unplugged while a card is in use, before each command of a sale: what is said fits, nothing is leaked, it works again."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("smartcard", reason="pyscard is not installed")

from smartcard import scard

from settlement.allowance import SaleWrite, judge
from settlement.errors import CardError
from simulator.keypad_reader import KeypadReader
from terminal.cards.errors import CardGone, CardTorn, NoReader, PsamMissing
from terminal.cards.pcsc import PcscSlots
from tests.cards.counter import Counter, met, sale_of
from tests.cards.people import PIN

_UPDATE = 0xDC


class Plugged(KeypadReader):
    """A reader on a cable. What a service says when the cable is out is READER_UNAVAILABLE, whatever it is asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, None)
        self.left = 1 << 30
        """Commands until it is pulled out."""
        self.contexts = 0
        self.handles: set[int] = set()
        self.wrote = False

    @property
    def out(self) -> bool:
        """Whether the cable is out."""
        return self.left <= 0

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:  # noqa: N802 - PC/SC's own names
        """Count it."""
        self.contexts += 1
        return super().SCardEstablishContext(scope)

    def SCardReleaseContext(self, context: int) -> int:  # noqa: N802
        """Count it."""
        self.contexts -= 1
        return super().SCardReleaseContext(context)

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802
        """List none while it is out."""
        return (scard.SCARD_E_NO_READERS_AVAILABLE, []) if self.out else super().SCardListReaders(context, groups)

    def SCardConnect(self, context: int, reader: str, mode: int, protocol: int) -> tuple[int, int, int]:  # noqa: N802
        """Count the handle."""
        done = (scard.SCARD_E_READER_UNAVAILABLE, 0, 0) if self.out else super().SCardConnect(context, reader, mode, protocol)
        if done[0] == scard.SCARD_S_SUCCESS:
            self.handles.add(done[1])
        return done

    def SCardTransmit(self, handle: int, protocol: int, command: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        """Have the card execute it, unless the cable is out."""
        self.left -= 1
        if self.out:
            return scard.SCARD_E_READER_UNAVAILABLE, []
        self.wrote |= command[1] == _UPDATE
        return super().SCardTransmit(handle, protocol, command)

    def SCardDisconnect(self, handle: int, how: int) -> int:  # noqa: N802
        """Count it off, as the service does of a reader that is gone."""
        self.handles.discard(handle)
        return super().SCardDisconnect(handle, how)


def sold(slots: PcscSlots) -> SaleWrite | CardError:
    """Sell by the card in the reader; return what was written, or why not."""
    plan: SaleWrite | None = None
    card = None
    try:
        card = met(slots.card(), slots.psam())
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        plan = sale_of(card.read_allowance())
        card.write_sale(plan)
    except CardError as error:
        return error
    finally:
        if card is not None:
            card.close()
    return plan


def test_unplugged_before_each_command(tmp_path: Path) -> None:
    """Gone while nothing was written, torn from the first write on; the card says the truth when it is plugged in again."""
    counter = Counter(tmp_path)
    counter.grant(5000)
    counter.insert()
    image = counter.card_path.read_bytes()
    reader = Plugged(tmp_path / "slot")
    whole = sold(PcscSlots("", "", calls=reader))
    assert isinstance(whole, SaleWrite)
    commands, torn = (1 << 30) - reader.left, 0
    for left in range(1, commands + 1):
        counter.card_path.write_bytes(image)
        counter.insert()
        reader.left, reader.wrote = left, False
        why = sold(PcscSlots("", "", calls=reader))
        assert isinstance(why, CardTorn if reader.wrote else CardGone | CardTorn | PsamMissing), (left, why)
        torn += reader.wrote
        assert (0, set()) == (reader.contexts, reader.handles), left
        with pytest.raises(NoReader):
            PcscSlots("", "", calls=reader).card()
        reader.left = 1 << 30
        assert str(judge(whole, counter.read())) in {"aborted", "done"}

    assert torn > 3
