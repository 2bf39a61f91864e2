"""F5 on a difference with the centre: a digit says what became of it, F8 closes it, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.screen import news
from terminal.screen.cashier.agreeing import AgreeMode
from terminal.screen.cashier.lists import OpenMode
from terminal.screen.day_news import CentreDiffers, DifferenceClosed
from terminal.screen.orders import CloseDifference
from tests.screen.cashier.alone import Alone

SUBJECT = "difference S1"
DIFFERS = CentreDiffers(
    subject=SUBJECT,
    at="2026-03-02 09:05:00",
    amount_fen=1230,
    rows=(("✗ 000100", "12.30"),),
    ways=(("stands", "the goods went out"), ("release", "the goods are here")),
)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Return a screen that shows one difference with the centre."""
    alone = Alone(tmp_path)
    alone.till.hear(news.Status(now="2026-03-02 11:00", centre_differs=(DIFFERS,)))
    alone.till.press("again")
    alone.till.mode.enter()
    assert isinstance(alone.till.mode, AgreeMode)
    return alone


def test_a_way_is_taken_and_closed(alone: Alone) -> None:
    """The last digit counts; the order names the way by its code, and the list is there again."""
    alone.till.mode.type("1")
    alone.till.mode.type("2")
    alone.till.press("settle")

    assert [CloseDifference(SUBJECT, "release")] == alone.orders()
    assert isinstance(alone.till.mode, OpenMode)


@pytest.mark.parametrize("typed", ["", "3", "0", "x", "６", "12"])
def test_what_is_no_way_closes_nothing(alone: Alone, typed: str) -> None:
    """No digit, one too large, a letter, a full-width digit, a scan: F8 does nothing."""
    alone.till.mode.type(typed)
    alone.till.press("settle")

    assert [] == alone.orders()
    assert isinstance(alone.till.mode, AgreeMode)


def test_escape_goes_back_to_the_list(alone: Alone) -> None:
    """And nothing is closed, whatever digit was taken."""
    alone.till.mode.type("1")
    alone.till.mode.escape()

    assert [] == alone.orders()
    assert isinstance(alone.till.mode, OpenMode)


@pytest.mark.parametrize(("owed_fen", "words"), [(0, "没有待付"), (1230, "12.30"), (-5, "-0.05")])
def test_what_is_owed_is_said(alone: Alone, owed_fen: int, words: str) -> None:
    """In the message line, as soon as it is in the books."""
    alone.till.hear(DifferenceClosed(owed_fen))

    assert words in alone.till.message[1]
