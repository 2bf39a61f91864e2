"""CHANGE PIN, from the service to the card: by the old one only, wiped everywhere, and uncertain only when contact was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.clock import SystemClock
from terminal.cards.errors import PinBlocked, PinMalformed, PinUncertain, PinWrong
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import Counter
from tests.cards.people import PIN
from tests.cards.powered import SELECT_SSSE, Powered

NEW = "975310"


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a new card."""
    return Counter(tmp_path)


def opens_with(counter: Counter, pin: str) -> bool:
    """Whether the card takes this PIN."""
    card = counter.open()
    try:
        card.identify()
        card.verify_pin(bytearray(pin.encode()))
    except PinWrong:
        return False
    finally:
        card.close()
    return True


def change(card: CounterCard, old: str, new: str) -> tuple[bytearray, bytearray]:
    """Change the PIN and return what is left of the digits, whatever came of it."""
    given = bytearray(old.encode()), bytearray(new.encode())
    try:
        card.identify()
        card.change_pin(*given)
    finally:
        card.close()
    return given


def test_changed_by_the_old_one(counter: Counter) -> None:
    """The new one opens the card, the old one no longer does, and neither is left in memory."""
    left = change(counter.open(), PIN, NEW)

    assert [bytes(6), bytes(6)] == [bytes(digits) for digits in left]
    assert opens_with(counter, NEW)
    assert not opens_with(counter, PIN)


def test_a_wrong_old_one_costs_a_try_and_changes_nothing(counter: Counter) -> None:
    """The tries left are the card's own word; the last one blocks."""
    lefts = []
    for _ in range(2):
        with pytest.raises(PinWrong) as wrong:
            change(counter.open(), "000000", NEW)
        lefts.append(wrong.value.tries_left)

    assert [2, 1] == lefts
    assert opens_with(counter, PIN)
    for _ in range(2):
        with pytest.raises(PinWrong):
            change(counter.open(), "000000", NEW)
    with pytest.raises(PinBlocked):
        change(counter.open(), "000000", NEW)
    with pytest.raises(PinBlocked):
        change(counter.open(), PIN, NEW)


@pytest.mark.parametrize(("old", "new"), [("12345", NEW), (PIN, "97531"), (PIN, "97531a"), (PIN, "9753100")])
def test_what_is_no_pin_is_never_sent(counter: Counter, old: str, new: str) -> None:
    """It costs no try, and is wiped like the others."""
    card, digits = counter.open(), (bytearray(old.encode()), bytearray(new.encode()))
    card.identify()
    sent = card.channel.sent
    with pytest.raises(PinMalformed):
        card.change_pin(*digits)
    card.close()

    assert sent == card.channel.sent
    assert all(not any(part) for part in digits)
    assert opens_with(counter, PIN)


def test_the_trace_has_no_digit(counter: Counter) -> None:
    """Of the command its name and length alone."""
    trace = Trace(SystemClock())
    change(counter.open(trace), PIN, NEW)
    said = [step for step in trace.steps if step[2] == "CHANGE PIN"]

    assert [("0100", 7, "9000")] == [(step[3], step[4], step[6]) for step in said]
    assert not any(digits in str(trace.steps) for digits in (PIN, NEW))


@pytest.mark.parametrize("when", ["before", "after"])
def test_contact_lost_leaves_one_of_the_two(counter: Counter, when: str) -> None:
    """Pulled before or after the card executed it looks the same; the one that holds is found by trying."""
    card = counter.open()
    card.identify()
    # SELECT of the application, then the command itself.
    counter.insert({"apdu": card.channel.sent + 2, "when": when})
    with pytest.raises(PinUncertain):
        card.change_pin(bytearray(PIN.encode()), bytearray(NEW.encode()))
    card.close()
    counter.insert()

    assert opens_with(counter, NEW if when == "after" else PIN)


@pytest.mark.parametrize(
    ("command", "sw"),
    [
        ("005E010007246813FF975310", "6D00"),
        ("805E000007246813FF975310", "6A86"),
        ("805E010006246813975310", "6700"),
        ("805E01000724681300975310", "6A80"),
        ("805E010007246813FF97531A", "6A80"),
    ],
)
def test_a_malformed_command_costs_nothing(command: str, sw: str) -> None:
    """Class, parameters, length, separator and digits are looked at before the old PIN is compared."""
    powered = Powered()
    powered.send(SELECT_SSSE)

    assert sw == powered.send(command)
    assert powered.image.pin_tries == powered.image.pin_left


def test_before_an_application_is_selected() -> None:
    """There is no PIN outside the environment."""
    assert "6985" == Powered().send("805E010007246813FF975310")
