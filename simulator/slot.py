"""Simulated slots: ``slot.json`` says which images are inserted, and when a card will be pulled.

``{"card": "../cards/a.card", "psam": "../cards/psam.card", "fault": {"write": 3, "when": "during"}}``. Paths are
relative to the folder of ``slot.json``. A fault counts commands to the user card in one connection (``apdu``),
only those that write a record (``write``), or these since it was set (``next_write``: somebody sets it while the card is
in use); it fires once, and takes the card out of the slot. ``"mends"`` and ``"byte"`` say what is left of a write that was
torn (:mod:`simulator.tear`). ``insertion`` counts how often a card came into the slot.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from simulator import image
from simulator.card import WRITES, CardSystem
from simulator.psam import PsamSystem
from simulator.tear import Tear

WHENS = ("before", "during", "after")


class SlotMissing(Exception):
    """There is no such slot folder, or its file says nothing that can be read."""


class SlotEmpty(Exception):
    """Nothing is inserted."""


class SlotBusy(Exception):
    """Another connection holds the card."""


class CardPulled(Exception):
    """The card left the slot before this command's answer: it may have been executed."""


class SimulatedSlot:
    """Two slots in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "slot.json"

    def read(self) -> dict[str, Any]:
        """Return what is inserted. Raises :class:`SlotMissing`."""
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SlotMissing(str(self._file)) from error
        if not isinstance(content, dict) or not isinstance(content.get("fault") or {}, dict):
            raise SlotMissing(str(self._file))
        return content

    def insert(self, *, card: str | None, psam: str | None, fault: dict[str, Any] | None = None) -> None:
        """Put cards into the slots, or take them out. The card that is in already stays in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._write(card=card, psam=psam, fault=fault)

    def exchange(self, card: str | None) -> None:
        """Put another user card in, or take it out, and leave PSAM and fault as they are. Raises :class:`SlotMissing`."""
        with self._alone():
            content = self.read()
            self._write(card=card, psam=content.get("psam"), fault=content.get("fault"))

    def set_fault(self, fault: dict[str, Any] | None) -> None:
        """Have the card pulled as ``fault`` says, whichever is or comes in; None takes it back. Raises :class:`SlotMissing`."""
        with self._alone():
            content = self.read()
            self._write(card=content.get("card"), psam=content.get("psam"), fault=fault)

    def inserted(self) -> str:
        """Return which card stands in the slot and since when; empty when none does. Raises :class:`SlotMissing`."""
        content = self.read()
        card = content.get("card")
        return f"{card}@{content.get('insertion') or self._file.stat().st_mtime_ns}" if card else ""

    def connect_card(self) -> SimulatedCard:
        """Power the user card exclusively. Raises :class:`SlotMissing`, :class:`SlotEmpty`, :class:`SlotBusy`, :class:`ImageDamaged`."""
        path = self._path("card")
        lock = (self.folder / "card.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return SimulatedCard(self, path, lock)
        except BlockingIOError as error:
            lock.close()
            raise SlotBusy from error
        except (OSError, image.ImageDamaged):
            lock.close()
            raise

    def connect_psam(self) -> SimulatedPsam:
        """Power the PSAM. Raises :class:`SlotMissing`, :class:`SlotEmpty`, :class:`ImageDamaged`."""
        return SimulatedPsam(self)

    def psam_inserted(self) -> tuple[Path, int]:
        """Return which PSAM stands in the slot and since when it is that one. Raises :class:`SlotMissing`, :class:`SlotEmpty`."""
        path = self._path("psam")
        return path, path.stat().st_mtime_ns

    def pulled(self) -> None:
        """Take the user card out; the fault that did it is spent."""
        with self._alone():
            self._write(card=None, psam=self.read().get("psam"), fault=None)

    def _write(self, *, card: str | None, psam: str | None, fault: dict[str, Any] | None) -> None:
        before: dict[str, Any] = {}
        with suppress(SlotMissing):
            before = self.read()
        insertion = int(before.get("insertion", 0)) + (card is not None and card != before.get("card"))
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"card": card, "psam": psam, "fault": fault, "insertion": insertion}), encoding="utf-8")
        new.replace(self._file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others out: a hand inserts while the till pulls, each in a thread or process of its own."""
        with (self.folder / "slot.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, which: str) -> Path:
        name = self.read().get(which)
        if not isinstance(name, str) or not (self.folder / name).is_file():
            raise SlotEmpty(which)
        return self.folder / name


class SimulatedCard:
    """A powered user card from its image, until it is pulled."""

    def __init__(self, slot: SimulatedSlot, path: Path, lock: IO[bytes]) -> None:
        card = image.load(path)
        self.atr = bytes.fromhex(card.atr)
        self._slot = slot
        self._lock = lock
        self._inserted = _which(slot.read())
        self._system = CardSystem(card, lambda: image.store(path, card))
        self._apdus = self._writes = self._writes_before = 0
        self._fault: dict[str, Any] | None = None
        self._gone = False

    def powered(self) -> bool:
        """Whether it is still in."""
        return self._still(self._slot.read())

    def _still(self, inserted: dict[str, Any]) -> bool:
        self._gone = self._gone or not inserted.get("card") or _which(inserted) != self._inserted
        return not self._gone

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command. Raises :class:`CardPulled` when the card has gone or goes now."""
        inserted = {} if self._gone else self._slot.read()
        if not self._still(inserted):
            raise CardPulled
        fault = inserted.get("fault")
        if fault != self._fault:
            self._fault, self._writes_before = fault, self._writes
        self._apdus += 1
        self._writes += apdu[1] in WRITES
        if fault and self._strikes(fault, apdu):
            self._pull(fault, apdu)
        return self._system.execute(apdu)

    def close(self) -> None:
        """Power the card down and let it go."""
        self._gone = True
        self._lock.close()

    def _strikes(self, fault: dict[str, Any], apdu: bytes | bytearray) -> bool:
        if "next_write" in fault:
            return apdu[1] in WRITES and fault["next_write"] == self._writes - self._writes_before
        if "write" in fault:
            return apdu[1] in WRITES and fault["write"] == self._writes
        return bool(fault.get("apdu") == self._apdus)

    def _pull(self, fault: dict[str, Any], apdu: bytes | bytearray) -> None:
        match fault.get("when"):
            case "during":
                self._system.tear(apdu, Tear.of(fault))
            case "after":
                self._system.execute(apdu)
        self._gone = True
        self._slot.pulled()
        raise CardPulled


def _which(content: dict[str, Any]) -> tuple[str | None, int]:
    """Return the card and its insertion: one that was out in between has lost its power, and what was proved with it."""
    return content.get("card"), content.get("insertion", 0)


class SimulatedPsam:
    """A powered PSAM from its image, until it is taken out. It keeps nothing, so several tills may share one image."""

    def __init__(self, slot: SimulatedSlot) -> None:
        self._inserted = slot.psam_inserted()
        psam = image.load(self._inserted[0])
        self.atr = bytes.fromhex(psam.atr)
        self._slot = slot
        self._system = PsamSystem(psam)
        self._gone = False

    def powered(self) -> bool:
        """Whether it is still in: one that was out in between has lost its power."""
        with suppress(SlotMissing, SlotEmpty, OSError):
            return not self._gone and self._slot.psam_inserted() == self._inserted
        return False

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Execute one command. Raises :class:`CardPulled` when the PSAM has gone."""
        self._gone = not self.powered()
        if self._gone:
            raise CardPulled
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Power the PSAM down, which loses nothing."""
        self._gone = True
