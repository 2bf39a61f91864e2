"""How a void that came to nothing is told: by what went wrong with its card or PIN, else as not wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement import reversal
from terminal.cards.errors import PinBlocked, PinWrong
from terminal.screen import news
from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.list_news import PickRow
from terminal.screen.orders import Void
from tests.screen.cashier.alone import Alone

ROW = PickRow(key="S1", at="2026-03-02 09:00:00", words="演示片", amount_fen=1230)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Return a screen on which an old fault stands, and a void is on its way."""
    alone = Alone(tmp_path)
    alone.till.enter(VoidsMode(alone.till, (ROW,)))
    alone.till.mode.enter()
    alone.till.mode.type("1")
    alone.till.say("fault", "an old fault")
    alone.till.press("settle")
    assert [Void("S1", 1)] == alone.orders()
    return alone


def test_a_wrong_pin_stays_the_reason(alone: Alone) -> None:
    """The last thing that went wrong is what the message line says in the end, and the bill takes the keys again."""
    for fault in (PinWrong(2), PinWrong(1), PinBlocked()):
        alone.till.hear(news.Told(fault))
        alone.till.hear(news.Undone(reversal.Dropped()))
        assert ("fault", fault.phrase.say("zh", fault.details).happened) == alone.till.message
    assert alone.till.mode is alone.till.selling


def test_a_void_that_was_given_up_is_just_that(alone: Alone) -> None:
    """What went wrong before it is not its reason."""
    alone.till.hear(news.Undone(reversal.Dropped()))

    assert ("dim", "没有撤销") == alone.till.message
