"""The model of the screen with a catalogue before it and nobody behind its door."""

from __future__ import annotations

from pathlib import Path

from config.regions import policy_for
from offline_queue.catalogue import NAME, Item
from offline_queue.catalogue.building import build
from settlement.bill import Venue
from terminal.open_bill import OpenBill
from terminal.screen import news
from terminal.screen.cashier.seller import Seller
from terminal.screen.orders import Door, Order

PLACE = news.Place(
    shop="演示大药房",
    fixmedins_code="P99010000001",
    admdvs="990100",
    venue=Venue.PHARMACY,
    hosp_lv="",
    till="01",
    operator="演示",
    demonstration=True,
)


def stock(directory: Path, *items: Item) -> None:
    """Put a catalogue in the place of whatever lies there."""
    build(directory / "new.db", items, {}, lambda _done, _total: None)
    (directory / "new.db").replace(directory / NAME)


class Alone:
    """One screen; what it asks of the desk piles up."""

    def __init__(self, directory: Path) -> None:
        self.rung = 0
        self.door = Door()
        self.till = Seller(self.door, directory=directory, bell=self._ring, pin=lambda _: None)
        self.till.hear(news.Opened(place=PLACE, policy=policy_for("990100", "2026-03-02"), bill=OpenBill(draft="1")))

    def _ring(self) -> None:
        self.rung += 1

    def scan(self, code: str) -> None:
        """Scan and Enter."""
        self.till.mode.type(code)
        self.till.mode.enter()

    @property
    def goods(self) -> list[str]:
        """What is on the bill."""
        return [line.goods.medins_list_codg for line in self.till.bill.lines]

    def orders(self) -> list[Order]:
        """Return what was asked of the desk, and forget it."""
        found = []
        while not self.door.orders.empty():
            found.append(self.door.orders.get())
        return found
