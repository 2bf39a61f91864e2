"""A password keypad on a serial line, played on a pseudo-terminal: the card is asked by it as by a reader's own keys."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.sections import Reader
from simulator import crypto, image
from terminal.cards.errors import KeypadRefused, PinBlocked, PinInitial, PinWrong
from terminal.cards.keypad import KeypadEnd
from terminal.cards.opening import slots_of
from terminal.cards.port import KeypadPort
from terminal.cards.serial_keypad import SerialKeypadPort
from terminal.cards.services import CounterCard
from tests.cards.counter import Counter, met
from tests.cards.people import PIN

ASK, REST = 0x82, 0x83


class Keypad(threading.Thread):
    """A keypad: at each question somebody presses the next keys, and it notes what it was told."""

    def __init__(self, line: int, *entries: bytes) -> None:
        super().__init__(daemon=True)
        self._line = line
        self._entries = list(entries)
        self.told: list[int] = []

    def run(self) -> None:
        """Answer until the line is closed."""
        while True:
            try:
                told = os.read(self._line, 1)
            except OSError:
                return
            self.told += told
            if told == bytes((ASK,)) and self._entries:
                os.write(self._line, self._entries.pop(0))


@contextmanager
def keypad(*entries: bytes) -> Iterator[tuple[str, Keypad]]:
    """Connect a keypad; return its device."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    pad = Keypad(ours, *entries)
    pad.start()
    try:
        yield os.ttyname(theirs), pad
    finally:
        os.close(theirs)
        pad.join(2)
        os.close(ours)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a card."""
    return Counter(tmp_path)


def opened(counter: Counter, device: str, patience_s: float = 5) -> CounterCard:
    """Connect through the keypad and identify."""
    card = met(SerialKeypadPort(counter.slots.card(), device, patience_s=patience_s), counter.slots.psam())
    card.identify()
    return card


@pytest.mark.parametrize(
    "keys",
    [
        PIN.encode(),
        PIN.encode() + b"\r",
        bytes(0x80 | digit for digit in PIN.encode()),
        b"99\x08\x08" + PIN.encode(),
        b"x" + PIN.encode(),
    ],
    ids=["six digits", "and Enter", "with the high bit", "taken back", "another key"],
)
def test_a_pin_typed_there_opens_the_card(counter: Counter, keys: bytes) -> None:
    """The keypad is asked once, put to rest, and the card has its PIN."""
    with keypad(keys) as (device, pad):
        card = opened(counter, device)
        assert card.has_keypad()
        assert card.verify_by_keypad() is KeypadEnd.VERIFIED
        assert 0 == card.read_allowance().amount_fen
        card.close()

    assert [ASK, REST] == pad.told


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (b"\x1b", KeypadEnd.CANCELLED),
        (b"12\x1b", KeypadEnd.CANCELLED),
        (b"12345\r", KeypadEnd.WRONG_LENGTH),
        (b"\r", KeypadEnd.WRONG_LENGTH),
        (b"", KeypadEnd.TIMED_OUT),
        (b"123", KeypadEnd.TIMED_OUT),
    ],
)
def test_each_other_end_costs_no_try(counter: Counter, keys: bytes, end: KeypadEnd) -> None:
    """Cancelled, too short, or nobody types: the card was not asked, and the keypad rests."""
    with keypad(keys) as (device, pad):
        card = opened(counter, device, patience_s=0.3)
        sent = card.channel.sent
        assert card.verify_by_keypad() is end
        card.close()
        held = image.load(counter.card_path)

    assert sent + 2 >= card.channel.sent
    assert held.pin_left == held.pin_tries
    assert REST == pad.told[-1]


def test_wrong_pins_count_down(counter: Counter) -> None:
    """As by any other way."""
    with keypad(b"000000", b"000000", b"000000") as (device, _):
        lefts: list[object] = []
        for _ in range(3):
            card = opened(counter, device)
            with pytest.raises((PinWrong, PinBlocked)) as error:
                card.verify_by_keypad()
            lefts.append(getattr(error.value, "tries_left", "blocked"))
            card.close()

    assert [2, 1, "blocked"] == lefts


def ok(old: bytearray, new: bytearray) -> bool:
    """Take any new PIN that is another."""
    return old != new


@pytest.mark.parametrize(
    ("entries", "end", "holds"),
    [
        ((PIN.encode(), b"975310", b"975310"), KeypadEnd.VERIFIED, "975310"),
        ((PIN.encode(), b"975310", b"975311"), KeypadEnd.NEW_DIFFER, PIN),
        ((PIN.encode(), PIN.encode(), PIN.encode()), KeypadEnd.NEW_REFUSED, PIN),
        ((PIN.encode(), b"975310", b"\x1b"), KeypadEnd.CANCELLED, PIN),
        ((PIN.encode(), b"9753\r"), KeypadEnd.WRONG_LENGTH, PIN),
    ],
)
def test_a_pin_is_changed_there(counter: Counter, entries: tuple[bytes, ...], end: KeypadEnd, holds: str) -> None:
    """Three entries, each asked for; what cannot come to anything costs no try."""
    with keypad(*entries) as (device, pad):
        card = opened(counter, device)
        assert card.changes_by_keypad()
        assert card.change_by_keypad(ok) is end
        card.verify_pin(bytearray(holds.encode()))
        card.close()
        held = image.load(counter.card_path)

    assert held.pin_left == held.pin_tries
    assert [ASK, REST] * len(entries) == pad.told


def test_an_initial_pin_typed_there_pays_nothing(counter: Counter) -> None:
    """The digits come to this machine: a PIN that cards are issued with is right, and refused (LD/T 33: −35)."""
    held = image.load(counter.card_path)
    held.pin_check = crypto.pin_check(bytes.fromhex("123456"), bytes.fromhex(held.atr)).hex().upper()
    image.store(counter.card_path, held)
    with keypad(b"123456") as (device, _):
        card = opened(counter, device)
        with pytest.raises(PinInitial) as error:
            card.verify_by_keypad()
        card.close()

    assert b"123456" == error.value.initial
    assert not card.pin_given


def test_a_line_that_is_none(counter: Counter, tmp_path: Path) -> None:
    """Unplugged, the till has no keypad; what is no serial line is refused in words."""
    card = opened(counter, str(tmp_path / "none"))
    assert not card.has_keypad()
    card.close()
    (tmp_path / "file").write_bytes(b"")
    card = opened(counter, str(tmp_path / "file"))
    with pytest.raises(KeypadRefused):
        card.verify_by_keypad()
    card.close()


def test_the_settings_put_it_before_the_reader(counter: Counter, tmp_path: Path) -> None:
    """One line of the settings, with any reader."""
    assert counter.card_path.exists()
    with keypad(PIN.encode()) as (device, _):
        reader = Reader(kind="simulated", slot_dir=str(tmp_path / "slot"), keypad_device=device)
        port = slots_of(reader).card()
        assert isinstance(port, KeypadPort)
        assert port.has_keypad()
        port.close()
