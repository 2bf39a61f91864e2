"""An input method opens its window where the next character goes: from the first key on, at every screen that takes text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from terminal.screen.literal import width
from terminal.screen.technician.app import LogApp
from tests.journal.entries import Hand
from tests.screen.cashier.staged import staged, stocked
from tests.screen.golden import SIZES, text_of
from tests.screen.registration.staged import imported
from tests.screen.registration.staged import staged as staged_desk
from tests.screen.technician.day import lived, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screen.cashier.clerk import Clerk


def column_of(text: str, line: int, typed: str) -> int:
    """Return the column at which ``typed`` stands in a line."""
    row = text.splitlines()[line]
    assert typed in row, row
    return width(row[: row.index(typed)])


def expect_caret_follows(clerk: Clerk) -> None:
    """Before a key the caret is where the first character will be; then right behind what was typed."""
    before = clerk.app.cursor_position
    clerk.press("q", "z")
    after = clerk.app.cursor_position

    assert (before.x, before.y) == (column_of(clerk.text, before.y, "qz"), after.y)
    assert after.x == before.x + 2


@pytest.mark.parametrize("size", SIZES)
def test_the_counter(tmp_path: Path, size: tuple[int, int]) -> None:
    """Goods by initials or name."""
    with staged(stocked(tmp_path), size) as clerk:
        expect_caret_follows(clerk)


@pytest.mark.parametrize("size", SIZES)
def test_the_registration_desk(tmp_path: Path, size: tuple[int, int]) -> None:
    """Departments by initials or name."""
    with staged_desk(imported(tmp_path), size) as clerk:
        expect_caret_follows(clerk)


@pytest.mark.parametrize("size", SIZES)
def test_the_log(tmp_path: Path, size: tuple[int, int]) -> None:
    """Digits, a day, an amount: the window of an input method that was left on covers none of it."""
    till = lived(tmp_path)

    async def look() -> None:
        app = LogApp(till, clock=Hand())
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "560100" in text_of(app))
            before = app.cursor_position
            await pilot.press("9", "7")
            await until(pilot, lambda: "97" in text_of(app).splitlines()[before.y])
            assert before.x == column_of(text_of(app), before.y, "97")
            assert (before.x + 2, before.y) == (app.cursor_position.x, app.cursor_position.y)

    asyncio.run(look())
