"""The cashier's screen of a shop that sells goods: bill and catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from settlement.errors import OperatorError
from terminal.screen.cashier.model import Cashier
from terminal.screen.cashier.selling import SellingMode
from terminal.screen.cashier.shelf import Shelf

if TYPE_CHECKING:
    from terminal.screen.cashier.devices import SimulatedDevices
    from terminal.screen.cashier.view import View
    from terminal.screen.orders import Door


class Seller(Cashier):
    """Who sells goods."""

    def __init__(
        self,
        door: Door,
        *,
        directory: Path,
        bell: Callable[[], None],
        pin: Callable[[int | None], None],
        devices: SimulatedDevices | None = None,
    ) -> None:
        """``directory`` is where the catalogue lies; the others as in :class:`Cashier`."""
        super().__init__(door, bell=bell, pin=pin, devices=devices)
        self.selling = SellingMode(self)
        self.begin(self.selling)
        self.shelf = Shelf(directory, told=self.refuse)

    def look(self) -> bool:
        """See whether other goods were imported."""
        return self.shelf.look()

    @property
    def damaged(self) -> OperatorError | None:
        """Why no goods are found although there is a catalogue."""
        return self.shelf.damaged

    def view(self, *, safe: bool, count: int) -> View:
        """Return the bill of goods."""
        from terminal.screen.cashier.showing import view_of  # noqa: PLC0415 - beside its one use: it reads this class

        return view_of(self, safe=safe, count=count)
