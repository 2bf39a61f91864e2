"""Simulated slots: ``slot.json`` says which images are inserted, and when a card will be pulled.

``{"card": "../cards/a.card", "psam": "../cards/psam.card", "fault": {"write": 3, "when": "during"}}``. Paths are
relative to the folder of ``slot.json``. A fault counts commands to the user card in one connection (``apdu``)
or only those that write a record (``write``); it fires once, and takes the card out of the slot.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator import image
from simulator.card import CardSystem
from simulator.psam import PsamSystem
from terminal.cards.errors import NoCard, NoReader, NotLdtCard, PsamMissing
from terminal.cards.port import OutcomeUnknown

_WRITES = {0xDC, 0xE2}
WHENS = ("before", "during", "after")


class SimulatedSlot:
    """Two slots in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "slot.json"

    def read(self) -> dict[str, Any]:
        """Return what is inserted. Raises :class:`NoReader` when there is no slot file."""
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NoReader(reader=self._file.name) from None
        if not isinstance(content, dict):
            raise NoReader(reader=self._file.name)
        return content

    def insert(self, *, card: str | None, psam: str | None, fault: dict[str, Any] | None = None) -> None:
        """Put cards into the slots, or take them out."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"card": card, "psam": psam, "fault": fault}), encoding="utf-8")
        new.replace(self._file)

    def connect_card(self) -> SimulatedCardPort:
        """Power the user card. Raises :class:`NoCard`, :class:`NotLdtCard`."""
        inserted = self.read()
        if not inserted.get("card"):
            raise NoCard
        return SimulatedCardPort(self, self.folder / inserted["card"], inserted.get("fault"))

    def connect_psam(self) -> SimulatedPsamPort:
        """Power the PSAM. Raises :class:`PsamMissing`."""
        inserted = self.read()
        try:
            return SimulatedPsamPort(image.load(self.folder / str(inserted.get("psam"))))
        except (OSError, ValueError):
            raise PsamMissing from None

    def pulled(self) -> None:
        """Take the user card out."""
        inserted = self.read()
        self.insert(card=None, psam=inserted.get("psam"))


class SimulatedCardPort:
    """A powered user card from its image, until it is pulled."""

    def __init__(self, slot: SimulatedSlot, path: Path, fault: dict[str, Any] | None) -> None:
        try:
            self._image = image.load(path)
        except FileNotFoundError:
            raise NoCard from None
        except (OSError, ValueError):
            raise NotLdtCard(what=path.name) from None
        self._slot = slot
        self._inserted = slot.read().get("card")
        self._fault = fault or {}
        self._system = CardSystem(self._image, lambda: image.store(path, self._image))
        self._apdus = self._writes = 0
        self._gone = False

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return bytes.fromhex(self._image.atr)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command, unless the card has gone or goes now."""
        if self._gone or self._slot.read().get("card") != self._inserted:
            self._gone = True
            raise OutcomeUnknown
        self._apdus += 1
        self._writes += apdu[1] in _WRITES
        if self._strikes(apdu):
            self._pull(bytes(apdu))
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Power the card down."""
        self._gone = True

    def _strikes(self, apdu: bytes | bytearray) -> bool:
        if "write" in self._fault:
            return apdu[1] in _WRITES and self._fault["write"] == self._writes
        return self._fault.get("apdu") == self._apdus

    def _pull(self, apdu: bytes) -> None:
        match self._fault["when"]:
            case "during":
                self._system.tear(apdu)
            case "after":
                self._system.execute(apdu)
        self._slot.pulled()
        self._gone = True
        raise OutcomeUnknown


class SimulatedPsamPort:
    """A powered PSAM from its image."""

    def __init__(self, psam: image.CardImage) -> None:
        self.atr = bytes.fromhex(psam.atr)
        self._system = PsamSystem(psam)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command."""
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Power the PSAM down: it keeps nothing."""
