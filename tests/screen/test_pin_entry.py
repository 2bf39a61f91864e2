"""The entry of the PIN: which bytes become one, which never do, and that nothing of them stays or shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from terminal.screen.input_driver import CounterDriver
from terminal.screen.orders import Door
from terminal.screen.pin_entry import CANCEL, DIGITS, ENTER, ERASE, PATIENCE_S, PinEntry

BARCODE = b"6901234567892\r"
KEYS = st.sampled_from([*b"0123456789", ENTER, 0x0A, ERASE, 0x08, CANCEL, *b"aZ *\t\x00\x0b\xef\xbc"])


@dataclass(slots=True)
class Customer:
    """Whoever types, and who gets the PIN."""

    now_s: float = 100.0
    given: list[bytes | None] = field(default_factory=list)
    changes: int = 0
    entry: PinEntry = field(init=False)

    def __post_init__(self) -> None:
        self.entry = PinEntry(clock=lambda: self.now_s)
        self.begin()

    def begin(self) -> None:
        """Ask for the PIN."""
        self.entry.begin(changed=self._changed, done=self._done)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        for key in keys:
            self.entry.feed(key)

    def _changed(self) -> None:
        self.changes += 1

    def _done(self, pin: bytearray | None) -> None:
        self.given.append(None if pin is None else bytes(pin))


def expected(keys: list[int]) -> tuple[bytes | None, int, bool] | None:
    """Say, in other words than the entry does, what comes of the keys: (PIN or None for given up, keys used, …), None = still open."""
    typed, spoilt = "", False
    for used, key in enumerate(keys, 1):
        if key == CANCEL:
            return None, used, True
        if key in (ENTER, 0x0A):
            if len(typed) == DIGITS:
                return typed.encode(), used, True
            spoilt = False
        elif key in (ERASE, 0x08):
            typed, spoilt = typed[:-1], False
        elif key < 0x20 or spoilt:
            continue
        elif chr(key).isdecimal() and len(typed) < DIGITS:
            typed += chr(key)
        else:
            typed, spoilt = "", True
    return None


@given(keys=st.lists(KEYS, max_size=40))
@example(keys=list(b"123456\r"))
@example(keys=list(BARCODE))
@example(keys=list(b"123" + BARCODE + b"456789\r"))
@example(keys=list(b"1234567\x7f123456\r"))
@example(keys=list(b"A123456\r"))
def test_any_keys_give_a_pin_of_six_digits_or_none(keys: list[int]) -> None:
    """Whatever is typed: a PIN is six digits and Enter with nothing else printed among them, and is given once."""
    customer = Customer()
    customer.type(bytes(keys))

    outcome = expected(keys)
    assert customer.entry.open == (outcome is None)
    assert customer.given == ([] if outcome is None else [outcome[0]])
    assert customer.entry.open or bytes(customer.entry._digits) == bytes(DIGITS), "digits stay in a closed entry"
    assert customer.entry.count <= DIGITS


@pytest.mark.parametrize("suffix", [b"\r", b"\r\n", b"\t", b""])
@pytest.mark.parametrize("typed", [b"", b"1", b"123456"])
def test_a_scan_is_no_pin(typed: bytes, suffix: bytes) -> None:
    """A scanner that fires before or into the customer's digits costs no try: all is asked again."""
    customer = Customer()
    customer.type(typed + BARCODE.rstrip() + suffix)

    assert [] == customer.given
    assert customer.entry.open
    assert (0, True) == (customer.entry.count, customer.entry.amiss)

    customer.type((b"" if b"\r" in suffix else b"\r") + b"246813\r")
    assert [b"246813"] == customer.given


def test_a_short_entry_is_no_attempt() -> None:
    """Enter after five digits leaves the entry as it is."""
    customer = Customer()
    customer.type(b"12345\r\r6\r")

    assert [b"123456"] == customer.given


def test_digits_after_esc_are_nobody_s() -> None:
    """A closed entry takes nothing, and the next one begins empty."""
    customer = Customer()
    customer.type(b"1234\x1b56\r")
    assert [None] == customer.given

    customer.begin()
    customer.type(b"56\r")
    assert [None] == customer.given
    assert 2 == customer.entry.count


def test_an_entry_that_nobody_touches_is_given_up() -> None:
    """After the patience since the last key, and not before; what was typed is wiped."""
    customer = Customer()
    customer.now_s += PATIENCE_S - 1
    customer.type(b"12345")
    customer.now_s += PATIENCE_S - 1
    customer.entry.look()
    assert [] == customer.given

    customer.now_s += 1
    customer.entry.look()
    assert not customer.entry.open
    assert [None] == customer.given
    assert bytes(DIGITS) == bytes(customer.entry._digits)


def test_each_byte_is_told_but_not_which() -> None:
    """The screen learns that something changed, from count and open alone."""
    customer = Customer()
    customer.type(b"12")

    assert (2, 2) == (customer.changes, customer.entry.count)


def test_no_words_show_the_digits() -> None:
    """What a log or a traceback would print of entry, door and driver holds no digit of the PIN."""
    customer = Customer()
    customer.type(b"246813")
    door = Door()
    door.give_pin(bytearray(b"246813"))
    shown = [repr(customer.entry), str(customer.entry), repr(door), repr(door.pins), repr(CounterDriver.pin), f"{customer.entry!r:>200}"]

    assert not [words for words in shown if "246813" in words or "bytearray" in words]
