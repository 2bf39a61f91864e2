"""The PIN before the screen: asked at the keyboard or on the reader, amiss, given up, and over when nobody waits for it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from terminal.at_screen import ScreenPerson
from terminal.screen import news
from terminal.screen.cashier.seller import Seller
from terminal.screen.cashier.selling import SellingMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.waiting import PinMode, WorkingMode
from terminal.screen.orders import Door
from terminal.screen.words import tr, trn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.screen.cashier.conftest import Open
    from tests.screen.cashier.floor import Floor

BOX = "2000000000015"


class Screen:
    """A model with nothing around it; ``begun`` counts how often the keyboard's entry was opened."""

    def __init__(self, directory: Path) -> None:
        self.begun = 0
        self.till = Seller(Door(), directory=directory, bell=lambda: None, pin=self._begin)

    def _begin(self, tries_left: int | None) -> None:
        del tries_left
        self.begun += 1

    def panel(self) -> str:
        """What the panel says."""
        mode = self.till.mode
        assert isinstance(mode, PinMode)
        return "\n".join("".join(span.text for span in row.spans) for row in mode.panel(60, 10))


def test_a_pin_on_the_reader_opens_no_entry_and_shows_no_mark(tmp_path: Path) -> None:
    """The screen asks the customer to type on the reader; the keyboard is not asked, and Esc changes nothing."""
    screen = Screen(tmp_path)
    screen.till.hear(news.PinAsked(2, keypad=True))
    panel = screen.panel()

    assert 0 == screen.begun
    assert not screen.till.pin_wanted
    assert tr("The customer types the PIN on the keypad") in panel
    assert trn("Wrong PIN: {left} try left", "Wrong PIN: {left} tries left", 2).format(left=2) in panel
    assert "_" not in panel
    screen.till.mode.escape()
    assert isinstance(screen.till.mode, PinMode)


@pytest.mark.parametrize("keypad", [False, True])
def test_the_next_step_ends_the_asking(tmp_path: Path, keypad: bool) -> None:  # noqa: FBT001 - a table's column
    """Whatever ended it: the panel is gone, the step is named, and no digit is wanted."""
    screen = Screen(tmp_path)
    screen.till.hear(news.PinAsked(None, keypad=keypad))
    assert screen.till.pin_wanted == (not keypad)
    screen.till.hear(news.Stepped("AskCentre"))

    assert isinstance(screen.till.mode, WorkingMode)
    assert tr("Asking the centre") == screen.till.message[1]
    assert not screen.till.pin_wanted


def test_what_was_no_pin_is_said(tmp_path: Path) -> None:
    """The customer learns why the marks have gone, until a digit comes."""
    screen = Screen(tmp_path)
    screen.till.hear(news.PinAsked(None))
    screen.till.pin_changed(amiss=True)
    assert tr("That was no PIN: press Enter and type it anew") in screen.panel()
    screen.till.pin_changed(amiss=False)

    assert tr("That was no PIN: press Enter and type it anew") not in screen.panel()


# --- the door -------------------------------------------------------------------------------------------


def test_digits_that_nobody_waits_for_are_wiped() -> None:
    """Before the question, after it, and when it ends with digits on the way."""
    door = Door()
    early, late, untaken = (bytearray(b"246813") for _ in range(3))
    door.give_pin(early)
    door.want_pin(wanted=True)
    door.give_pin(untaken)
    door.want_pin(wanted=False)
    door.give_pin(late)

    assert [bytes(6)] * 3 == [bytes(pin) for pin in (early, late, untaken)]
    assert door.pins.empty()


def test_digits_of_a_card_that_left_are_wiped() -> None:
    """The card goes in the moment in which Enter is pressed: the asking ends with none, and the digits are gone."""
    door, told = Door(), list[news.News]()
    given = bytearray(b"246813")

    words = iter(["card@1", ""])

    def presence() -> str:
        word = next(words)
        if not word:
            door.give_pin(given)
        return word

    person = ScreenPerson(door, told.append, presence=presence, meanwhile=lambda: None)

    assert person.pin(None) is None
    assert bytes(6) == bytes(given)
    assert [news.PinAsked(None), news.Stepped("CardLeft")] == told


@pytest.mark.parametrize("nobody", ["background", "left"])
def test_nobody_is_sent_to_the_reader_behind_the_cashiers_back(nobody: str) -> None:
    """In the background, or while the till is being closed, no reader begins to wait for a PIN."""
    door, told = Door(), list[news.News]()
    person = ScreenPerson(door, told.append, presence=lambda: "card@1", meanwhile=lambda: None)
    assert person.pin_on_reader(2)
    if nobody == "background":
        person.background(on=True)
    else:
        door.leave()

    assert not person.pin_on_reader(None)
    assert [news.PinAsked(2, keypad=True)] == told


# --- the application ------------------------------------------------------------------------------------


def test_an_untouched_entry_is_given_up(opened: Open) -> None:
    """Nobody types: the sale goes back to the cashier, and digits that come later are no PIN."""
    with opened(card="first") as clerk:
        clerk.app.pin_entry._patience_s = 0.3
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.until("it is given up", lambda: not isinstance(clerk.till.mode, PinMode))
        clerk.until("the cashier is asked", lambda: not isinstance(clerk.till.mode, WorkingMode))

        assert not clerk.app.pin_entry.open
        clerk.press("escape", "escape")
        clerk.selling()
        clerk.press("f4", "f4")


def test_a_card_that_leaves_closes_the_entry(opened: Open, floor: Floor) -> None:
    """The card is taken out while the customer types: the entry is closed, what was typed is wiped, the next card is asked anew."""
    with opened(card="first") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.send("246")
        floor.pull()
        clerk.until("the entry is closed", lambda: not clerk.app.pin_entry.open)

        assert bytes(6) == bytes(clerk.app.pin_entry._digits)
        clerk.until("the cashier is asked", lambda: not isinstance(clerk.till.mode, PinMode | WorkingMode))
        clerk.press("escape", "escape")
        clerk.selling()
        floor.insert("first")
        clerk.person()
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
        clerk.press("enter")
        clerk.mode(SellingMode)


def test_a_scan_into_the_entry_is_said_and_forgotten(opened: Open, floor: Floor) -> None:
    """The screen says that it was no PIN; the next six digits are one."""
    with opened(card="second") as clerk:
        clerk.scan(BOX)
        clerk.press("f8")
        clerk.mode(PinMode)
        clerk.scan(BOX)
        clerk.expect(tr("That was no PIN: press Enter and type it anew"))
        clerk.pin(floor.pin("second"))
        clerk.mode(SettledMode)
        clerk.press("enter")
