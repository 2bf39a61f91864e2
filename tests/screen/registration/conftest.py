"""A clinic beside a real centre, once a process, and how a clerk comes to stand before its desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from terminal.screen.pin_entry import PinEntry
from terminal.screen.till import application
from tests.screen.cashier.clerk import Clerk, at_the_counter
from tests.screen.registration.clinic import Clinic

Open = Callable[..., AbstractContextManager[Clerk]]


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Return the clinic. Every test leaves the line up, the reader empty, and no bill, hold or doubt."""
    with Clinic(tmp_path_factory.mktemp("clinic") / "stage") as opened:
        yield opened


@pytest.fixture
def opened(clinic: Clinic) -> Iterator[Open]:
    """Return how to open the desk and stand before its screen."""

    @contextmanager
    def open_desk(size: tuple[int, int] = (80, 24), card: str = "") -> Iterator[Clerk]:
        if card:
            clinic.take(card)
        desk = application(clinic.till)
        with at_the_counter(desk(clinic.till, pin_entry=PinEntry(), bell=False), size) as clerk:
            clerk.until("the desk is open", lambda: clerk.till.place is not None and clerk.till.status.line != "unknown")
            if not clerk.till.bill.empty and not clerk.registrar.suggested:
                clerk.press("f4", "f4")
            if card:
                clerk.person()
                clerk.until("its visits are known", lambda: clerk.registrar.visitor is not None)
            clerk.counted_from_here()
            yield clerk

    yield open_desk
    clinic.leave()
