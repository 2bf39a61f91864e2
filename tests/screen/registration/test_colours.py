"""Nothing at the desk that a colour alone would say: what is chosen, what is full, what is refused, how the line is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from settlement import refusals
from settlement.errors import Refusal
from terminal.screen import news
from terminal.screen.list_news import Paged, PickRow
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import AT, CUT, FINE, MSGID, UNKNOWN_PERSON, opened, settle, tell
from tests.screen.colourless import expect_in_text
from tests.screen.registration.scenes import already_today, as_last_time, cancelling, chosen, finding, line_down, ordered
from tests.screen.registration.staged import DESK, INTERNAL, PATIENT, SURGERY, imported, known, registered, staged, taken

_EXPERT = ("K01", "D990100000002", "专家")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with departments."""
    return imported(tmp_path_factory.mktemp("clinic"))


def down(clerk: Clerk) -> None:
    """Another department, doctor or registration."""
    clerk.press("down")


def listed(clerk: Clerk) -> None:
    """Two registrations that may be cancelled, of one department and time."""
    opened(clerk, place=DESK)
    tell(clerk, news.CardShown(PATIENT), known(registered(INTERNAL)))
    clerk.press("f6")
    tell(clerk, Paged("voids", tuple(PickRow(key=MSGID[:-1] + end, at=AT, words="内科", amount_fen=10_00) for end in "01")))


def full(clerk: Clerk) -> None:
    """Another's places are taken."""
    tell(clerk, taken((_EXPERT, 20)))


def department_open(clerk: Clerk) -> None:
    """A department that was full has a place again."""
    tell(clerk, taken((("K07", "D990100000009", "普通"), 1)))


def line_lost(clerk: Clerk) -> None:
    """The line is down."""
    tell(clerk, replace(FINE, line="down"))


def line_found(clerk: Clerk) -> None:
    """The line is up again, and nothing else is another."""
    tell(clerk, replace(CUT, line="up"))


def person_known(clerk: Clerk) -> None:
    """A card is in."""
    tell(clerk, news.CardShown(PATIENT))


def card_lost(clerk: Clerk) -> None:
    """The card was reported lost."""
    tell(clerk, news.CardShown(replace(UNKNOWN_PERSON, refusal=Refusal(refusals.CARD_HOTLISTED, {"version": "3"}))))


def elsewhere_today(clerk: Clerk) -> None:
    """The patient has registered in another department today."""
    tell(clerk, known(registered(SURGERY), last=INTERNAL))


def cancelled_meanwhile(clerk: Clerk) -> None:
    """What was registered today is cancelled."""
    gone = replace(registered(SURGERY), cancelled=True)
    tell(clerk, known(registered(INTERNAL, at="2026-03-02 08:05:00", queue="01-1", cancelled=True), gone, last=SURGERY))


def other_reason(clerk: Clerk) -> None:
    """Another reason for the cancellation."""
    clerk.press("1")


@pytest.mark.parametrize(
    ("before", "change"),
    [
        (finding, down),
        (finding, department_open),
        (chosen, down),
        (chosen, full),
        (chosen, person_known),
        (as_last_time, line_lost),
        (as_last_time, card_lost),
        (as_last_time, elsewhere_today),
        (as_last_time, settle),
        (line_down, line_found),
        (already_today, cancelled_meanwhile),
        (listed, down),
        (cancelling, other_reason),
        (ordered, line_lost),
        (ordered, card_lost),
    ],
)
def test_who_sees_no_colour_loses_nothing(before: Callable[[Clerk], None], change: Callable[[Clerk], None], clinic: Path) -> None:
    """Whatever changes on the screen changes its text: the highlight, what is full or refused, a reason, the state of the line."""
    with staged(clinic) as clerk:
        before(clerk)
        with expect_in_text(lambda: clerk.text):
            change(clerk)
