"""The simulated reader behind the port: the only module of the till that loads the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator import slot
from simulator.contents import contents
from simulator.image import ImageDamaged, load
from terminal.cards.errors import NoCard, NoReader, NotLdtCard, PsamMissing, ReaderBusy
from terminal.cards.port import CardPort, OutcomeUnknown, PsamPort


class SimulatedPort:
    """A simulated card or PSAM, with the port's own error."""

    def __init__(self, card: slot.SimulatedCard | slot.SimulatedPsam) -> None:
        self._card = card

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._card.atr

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command. Raises :class:`OutcomeUnknown`."""
        try:
            return self._card.transmit(apdu)
        except (slot.CardPulled, slot.SlotMissing):
            raise OutcomeUnknown from None

    def close(self) -> None:
        """Let the card go."""
        self._card.close()


class SimulatedPsamPort(SimulatedPort):
    """A simulated PSAM."""

    def __init__(self, psam: slot.SimulatedPsam) -> None:
        super().__init__(psam)
        self._psam = psam

    def rest(self) -> None:
        """Nobody else is shut out: it keeps nothing between two commands that another could spoil."""

    def resume(self) -> bool:
        """Whether the PSAM that was powered is still in."""
        return self._psam.powered()


class SimulatedSlots:
    """The slots of one folder."""

    def __init__(self, folder: Path) -> None:
        self._slot = slot.SimulatedSlot(folder)
        self._folder = folder

    def card(self) -> CardPort:
        """Power the user card. Raises :class:`NoReader`, :class:`NoCard`, :class:`ReaderBusy`, :class:`NotLdtCard`."""
        with self._reader():
            try:
                return SimulatedPort(self._slot.connect_card())
            except slot.SlotEmpty:
                raise NoCard from None
            except slot.SlotBusy:
                raise ReaderBusy(program="yibao") from None
            except (OSError, ImageDamaged) as error:
                raise NotLdtCard(what=str(error)) from error

    def psam(self) -> PsamPort:
        """Power the PSAM. Raises :class:`NoReader`, :class:`PsamMissing`."""
        with self._reader():
            try:
                return SimulatedPsamPort(self._slot.connect_psam())
            except (slot.SlotEmpty, OSError, ImageDamaged) as error:
                raise PsamMissing from error

    def presence(self) -> str:
        """Return what stands in the slot and since when, empty for an empty slot. Raises :class:`NoReader`."""
        with self._reader():
            return self._slot.inserted()

    @contextmanager
    def _reader(self) -> Iterator[None]:
        try:
            yield
        except slot.SlotMissing:
            raise NoReader(reader=self._folder.name) from None


class Hands:
    """What people at the counter do to the simulated slots, with cards whose images lie in one folder."""

    def __init__(self, folder: Path, images: Path) -> None:
        self._slot = slot.SimulatedSlot(folder)
        self._images = images

    def clear(self, psam: str) -> None:
        """Leave the reader as it is found in the morning: the PSAM in, no card, no pull prepared."""
        self._slot.insert(card=None, psam=self._name(psam))

    def insert(self, image: str) -> None:
        """Put the card in; another one comes out."""
        self._slot.exchange(self._name(image))

    def pull(self) -> None:
        """Take the card out."""
        self._slot.exchange(None)

    def inserted(self) -> str:
        """Return the name of the image in the reader, empty when none is."""
        return Path(self._slot.read().get("card") or "").name

    def prepare_pull(self, fault: dict[str, Any] | None) -> None:
        """Have the card pulled as :mod:`simulator.slot` describes; None takes it back."""
        self._slot.set_fault(fault)

    def pull_prepared(self) -> bool:
        """Whether a pull is prepared and has not happened yet."""
        return bool(self._slot.read().get("fault"))

    def look(self, image: str) -> dict[str, Any]:
        """Return what ``yibao-card show`` says of the card. Raises :class:`NotLdtCard`."""
        try:
            return contents(load(self._images / image))
        except (OSError, ImageDamaged) as error:
            raise NotLdtCard(what=str(error)) from error

    def _name(self, image: str) -> str:
        return str((self._images / image).absolute())
