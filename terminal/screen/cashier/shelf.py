"""The goods as the open till finds them: whatever catalogue lies in the data directory now, and none while it cannot be read.

An import reaches the till while it is open, also one into a directory that had no catalogue. A damaged one is told once; selling
goes on with what is on the bill, and another file in its place is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from offline_queue.catalogue.catalogue import Catalogue
from offline_queue.catalogue.errors import CatalogueDamaged, CatalogueMissing
from offline_queue.catalogue.item import Item
from offline_queue.replica.replica_file import Lying

_T = TypeVar("_T")


class Shelf:
    """The catalogue of one data directory, for one thread."""

    def __init__(self, directory: Path, *, told: Callable[[CatalogueDamaged], None] = lambda _: None) -> None:
        """``told`` hears of a catalogue that cannot be read, once for each."""
        self._directory = directory
        self._told = told
        self._catalogue: Catalogue | None = None
        self._seen: Lying | None = None
        self._wanting: dict[str, bool] = {}
        self.damaged: CatalogueDamaged | None = None
        """Why nothing is found although there is a catalogue."""
        self.look()

    def look(self) -> bool:
        """Open what lies there unless it was seen before (about 3 µs then); a missing file replaces nothing. True = opened, or told."""
        lying = Catalogue.lying(self._directory)
        if lying is None or lying == self._seen:
            return False
        self._seen = lying
        self._drop()
        self.damaged = None
        try:
            self._catalogue = Catalogue(self._directory)
        except CatalogueMissing:
            self._seen = None
        except CatalogueDamaged as damaged:
            self._refuse(damaged)
        return True

    @property
    def stocked(self) -> bool:
        """Whether there is a catalogue to find in."""
        return self._catalogue is not None

    def find(self, query: str, limit: int) -> list[Item]:
        """Return what :meth:`Catalogue.find` returns."""
        return self._ask(lambda catalogue: catalogue.find(query, limit), [])

    def scanned(self, code: str) -> Item | None:
        """Return the item of a bar code, else of an own product code."""
        return self._ask(lambda catalogue: catalogue.by_barcode(code) or catalogue.by_code(code), None)

    def traced(self, code20: str) -> Item | None:
        """Return the item whose box carries this traceability code."""
        return self._ask(lambda catalogue: catalogue.by_trac(code20), None)

    def wants_code(self, code: str) -> bool:
        """Whether each box of an own product code is sold with its traceability code."""
        if code not in self._wanting:
            item = self._ask(lambda catalogue: catalogue.by_code(code), None)
            if not self.stocked:
                return False
            self._wanting[code] = item is not None and item.trac_required
        return self._wanting[code]

    def _ask(self, question: Callable[[Catalogue], _T], otherwise: _T) -> _T:
        if self._catalogue is None:
            return otherwise
        try:
            return question(self._catalogue)
        except CatalogueDamaged as damaged:
            self._drop()
            self._refuse(damaged)
            return otherwise

    def _drop(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = None
        self._wanting = {}

    def _refuse(self, damaged: CatalogueDamaged) -> None:
        self.damaged = damaged
        self._told(damaged)
