"""What the next cashier is told: what was left open, what is put aside, and what the cash is rounded to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from terminal.screen.day_news import DayClosed
from tests.screen.cashier.staged import FINE, PHARMACY, bought, opened, staged, stocked, tell

if TYPE_CHECKING:
    from pathlib import Path

LEFT = "07 交班：存疑 1 笔，挂单 1 张"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


def test_the_hand_over_is_told_at_once_and_stands_until_the_first_goods(shelf: Path) -> None:
    """After the close itself, not at the next start."""
    with staged(shelf, (120, 40)) as clerk:
        opened(clerk, place=PHARMACY)
        tell(clerk, DayClosed(number=3, operator="08", handed_over=(LEFT,)))
        told = clerk.text
        bought(clerk, "A001")

        assert told.count(LEFT) == 2
        assert LEFT not in clerk.text


def test_nothing_left_open_is_a_close_like_any(shelf: Path) -> None:
    """Its number is told."""
    with staged(shelf, (80, 24)) as clerk:
        opened(clerk, place=PHARMACY)
        tell(clerk, DayClosed(number=3, operator="08"))

        assert "3" in clerk.till.message[1]
        assert () == clerk.till.handed_over


def test_bills_on_hold_are_counted_in_the_strip(shelf: Path) -> None:
    """And not named where there is none."""
    with staged(shelf, (100, 30)) as clerk:
        opened(clerk, place=PHARMACY)
        none = clerk.text
        tell(clerk, replace(FINE, holds=2))

        assert "挂单 2" in clerk.text
        assert "挂单 " not in none.splitlines()[-2]


def test_what_is_rounded_off_shows_without_a_split(shelf: Path) -> None:
    """The cash is the rounded amount, and the key that did it is answered in words."""
    with staged(shelf, (80, 24)) as clerk:
        opened(clerk, place=PHARMACY)
        bought(clerk, "2*A001", "A003")
        whole = clerk.till.bill.total_fen
        clerk.press("=", "enter")
        said, due = clerk.till.message[1], clerk.till.cash_due_fen

        assert due == whole - whole % 10
        assert "抹零到角" in said
        assert whole == due or f"{due // 100}.{due % 100:02d}" in clerk.text
