"""The floor of the shop, once a process, and how a clerk comes to stand before its screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from terminal.screen.app import CounterApp
from terminal.screen.pin_entry import PinEntry
from tests.screen.cashier.clerk import Clerk, at_the_counter
from tests.screen.cashier.floor import ALLOWANCE, Floor

Open = Callable[..., AbstractContextManager[Clerk]]


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """Return the shop floor. Every test leaves the line up, the reader empty, and no bill, hold or doubt."""
    with Floor(tmp_path_factory.mktemp("floor") / "stage") as opened:
        yield opened


@pytest.fixture
def opened(floor: Floor) -> Iterator[Open]:
    """Return how to open the till of a shop and stand before its screen."""

    @contextmanager
    def open_till(shop: str = ALLOWANCE, size: tuple[int, int] = (80, 24), card: str = "", *, fresh: bool = True) -> Iterator[Clerk]:
        if card:
            floor.insert(card, shop)
        with at_the_counter(CounterApp(floor.directory(shop), pin_entry=PinEntry(), bell=False), size) as clerk:
            clerk.until("the till is open", lambda: clerk.till.place is not None and clerk.till.status.line != "unknown")
            if fresh and not clerk.till.bill.empty:
                clerk.press("f4", "f4")
            if card:
                clerk.person()
            clerk.counted_from_here()
            yield clerk

    yield open_till
    for shop in floor.hands:
        floor.pull(shop)
    if floor.line() != "up":
        floor.mend()
