"""A card whose name is hostile, put in before the real till: it is refused by name, or shown as text in its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest

from simulator import image
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.news import CardFailed
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor
from tests.screen.cashier.test_hostile import faults

ROLE = "second"
NAME = "SSSE|EF06"
NAME_BYTES = 30
MARKS_MAX = 2
SHOWN = {
    "markup": "[b]演示[/b][@click=quit]",
    "as many marks as there is room for": "a" + "\u0301" * 7,
    "a character of four bytes": "\U00020bb7野示",
    "the dot of a Uyghur name": "演示·演示",
}
REFUSED = {"control": "演\x1b[31m示", "from the right": "演\u202e示", "a line of its own": "演\n示", "NUL": "演\x00示"}


@pytest.fixture
def named(floor: Floor) -> Iterator[Callable[[str], None]]:
    """Write names into the card; it has its own again afterwards, and nothing else of before: an older allowance would pay nothing."""
    path = floor.stage.directory / "cards" / floor.stage.cast[ROLE].image
    before = image.load(path).records[NAME]["09"]

    def put(content: str | None) -> None:
        held = image.load(path)
        held.records[NAME]["09"] = content
        image.store(path, held)

    def write(name: str) -> None:
        content = name.encode("gb18030")
        assert len(content) <= NAME_BYTES
        put(content.ljust(NAME_BYTES, b" ").hex().upper())

    yield write
    put(before)


def marks_in_a_row(text: str) -> int:
    """Return the most marks that stand on one character."""
    most = marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        most = max(most, marks)
    return most


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_a_name_that_is_no_text_is_refused(opened: Open, floor: Floor, named: Callable[[str], None], name: str) -> None:
    """The card is told to be malformed, cash goes on, and nothing of it is painted."""
    named(name)
    with opened() as clerk:
        floor.insert(ROLE)
        clerk.until("the card is refused", lambda: isinstance(clerk.till.card, CardFailed))
        assert isinstance(clerk.till.card, CardFailed)
        assert "CARD-MALFORMED" == clerk.till.card.why.code
        assert [] == faults(clerk, 80, ())


@pytest.mark.parametrize("name", SHOWN.values(), ids=SHOWN)
def test_a_name_that_is_text_stays_in_its_place(opened: Open, floor: Floor, named: Callable[[str], None], name: str) -> None:
    """Before and after the sale; of marks no more than two to a character."""
    named(name)
    with opened(card=ROLE) as clerk:
        assert [] == faults(clerk, 80, ())
        assert marks_in_a_row(clerk.text) <= MARKS_MAX
        sold(clerk, floor)
        assert [] == faults(clerk, 80, ())
        assert marks_in_a_row(clerk.text) <= MARKS_MAX


def sold(clerk: Clerk, floor: Floor) -> None:
    """Sell a box."""
    clerk.scan(BARCODES["A001"])
    clerk.until("it is split", lambda: clerk.till.split is not None)
    clerk.press("f8")
    clerk.pin(floor.pin(ROLE))
    clerk.mode(SettledMode)
