"""The goods as the open till finds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typing_extensions import override

from offline_queue.catalogue.catalogue import Catalogue
from offline_queue.catalogue.item import Item
from settlement.errors import OperatorError
from terminal.following import FollowedReplica


class Shelf(FollowedReplica[Catalogue]):
    """The catalogue of one data directory, for one thread."""

    def __init__(self, directory: Path, *, told: Callable[[OperatorError], None] = lambda _: None) -> None:
        """``told`` hears of a catalogue that cannot be read, once for each."""
        self._wanting: dict[str, bool] = {}
        super().__init__(directory, Catalogue, told=told)

    def find(self, query: str, limit: int) -> list[Item]:
        """Return what :meth:`Catalogue.find` returns."""
        return self.ask(lambda catalogue: catalogue.find(query, limit), [])

    def scanned(self, code: str) -> Item | None:
        """Return the item of a bar code, else of an own product code."""
        return self.ask(lambda catalogue: catalogue.by_barcode(code) or catalogue.by_code(code), None)

    def traced(self, code20: str) -> Item | None:
        """Return the item whose box carries this traceability code."""
        return self.ask(lambda catalogue: catalogue.by_trac(code20), None)

    def wants_code(self, code: str) -> bool:
        """Whether each box of an own product code is sold with its traceability code."""
        if code not in self._wanting:
            item = self.ask(lambda catalogue: catalogue.by_code(code), None)
            if not self.stocked:
                return False
            self._wanting[code] = item is not None and item.trac_required
        return self._wanting[code]

    @override
    def _drop(self) -> None:
        super()._drop()
        self._wanting = {}
