"""What is typed finds: the query, what it finds and the focus in it. Goods and departments are found alike."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from terminal.screen.cashier.paying import PayingMode

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

FOUND_MOST = 20
"""How many are shown."""
_QUERY_MOST = 64
_Found = TypeVar("_Found")


class FindingMode(PayingMode, Generic[_Found]):
    """The bill is on the screen and what is typed goes into the scan line."""

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self.found: list[_Found] = []
        self.found_focus = 0
        self._clearing = False
        """Whether the next F4 clears the bill."""

    @abstractmethod
    def look(self) -> None:
        """Take in what was imported meanwhile."""

    @abstractmethod
    def find(self) -> None:
        """Find what the scan line says, and whether it says a query at all."""

    def type(self, text: str) -> None:
        """Add to the scan line and find."""
        self.query = (self.query + text)[:_QUERY_MOST]
        self._clearing = False
        self.find()

    def erase(self) -> None:
        """Take the last character back."""
        self.query = self.query[:-1]
        self.find()

    def escape(self) -> None:
        """Empty the scan line; the next one finds in what was imported meanwhile."""
        self.query, self.found, self.finding, self._clearing = "", [], False, False
        self.look()

    def move(self, step: int) -> None:
        """Move through what was found, else through the bill."""
        if self.finding:
            self.found_focus = min(max(self.found_focus + step, 0), max(len(self.found) - 1, 0))
        elif not self.till.bill.empty:
            self.till.focus = min(max(self.till.focus + step, 0), len(self.till.bill.lines) - 1)
