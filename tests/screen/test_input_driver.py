"""The input driver at a real pseudo-terminal while a PIN is typed: digits go to the entry, never into an event."""

from __future__ import annotations

import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from terminal.screen.input_driver import CounterDriver
from terminal.screen.pin_entry import PinEntry

F9 = b"\x1b[20~"
PATIENCE_S = 10.0
_PAUSE_S = 0.06
"""Longer than a sequence of the terminal may pause."""


class Keyboard(CounterDriver):
    """The driver's reading thread at a pseudo-terminal, and all events that it hands on."""

    def __init__(self) -> None:
        # Nothing of the base class's own: it would take over the test's terminal and signals.
        self._master, self.fileno = pty.openpty()
        tty.setraw(self.fileno)
        self.exit_event = threading.Event()
        self._debug = False
        self.heard: list[Message] = []
        self.pin = PinEntry()
        self.given: list[bytearray | None] = []
        self._thread = threading.Thread(target=self.run_input_thread)
        self._thread.start()

    def process_message(self, message: Message) -> None:
        """Keep the event."""
        self.heard.append(message)

    def ask(self) -> None:
        """Open the entry."""
        self.pin.begin(changed=lambda: None, done=self.given.append)

    def type(self, keys: bytes) -> None:
        """Have bytes arrive in one go, and wait until all of them are read: a function key comes last."""
        seen = self.keys.count("f9")
        os.write(self._master, keys)
        time.sleep(_PAUSE_S)
        os.write(self._master, F9)
        until(lambda: self.keys.count("f9") > seen)

    @property
    def keys(self) -> list[str]:
        """The names of the keys that came as events."""
        return [message.key for message in self.heard if isinstance(message, events.Key)]

    def text(self) -> str:
        """Everything printable that came in events."""
        typed = [message.character or "" for message in self.heard if isinstance(message, events.Key) and message.is_printable]
        return "".join(typed + [message.text for message in self.heard if isinstance(message, events.Paste)])

    def unplug(self) -> None:
        """End the thread."""
        self.exit_event.set()
        self._thread.join()
        os.close(self._master)
        os.close(self.fileno)


def until(holds: Callable[[], object]) -> None:
    """Wait until ``holds()``."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@contextmanager
def plugged() -> Iterator[Keyboard]:
    """A keyboard, as long as the block runs."""
    keyboard = Keyboard()
    try:
        yield keyboard
    finally:
        keyboard.unplug()


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    """A keyboard."""
    with plugged() as plugged_in:
        yield plugged_in


def test_what_is_typed_before_the_question_goes_to_the_scan_line(keyboard: Keyboard) -> None:
    """Keys are events as ever until the entry opens, and again when it is closed."""
    keyboard.type(b"12")
    keyboard.ask()
    keyboard.type(b"246813\r")
    keyboard.type(b"34")

    assert ["1", "2", "f9", "f9", "3", "4", "f9"] == keyboard.keys
    assert [bytearray(b"246813")] == keyboard.given


@pytest.mark.parametrize("typed", [(b"246813\r",), tuple(bytes((key,)) for key in b"246813\r")])
def test_a_pin_in_one_burst_or_key_by_key(keyboard: Keyboard, typed: tuple[bytes, ...]) -> None:
    """However fast the digits come, they are the PIN and no event."""
    keyboard.ask()
    for piece in typed:
        keyboard.type(piece)

    assert [bytearray(b"246813")] == keyboard.given
    assert "" == keyboard.text()


@pytest.mark.parametrize(
    ("sequence", "heard"),
    [
        (b"\x1b[19~", "f8"),
        (b"\x1bOP", "f1"),
        (b"\x1b[A", "up"),
        (b"\x1b[3;5~", "ctrl+delete"),
        (b"\x1b[I", ""),
        (b"\x1b[48;40;120;800;1200t", ""),
        (b"\x1b[?2026;2$y", ""),
        (b"\x1b[24;80R", ""),
        (b"\x1b[<0;24;80M", ""),
        (b"\x1b[M123", ""),
        (b"\x1b]11;rgb:1212/3434/5656\x1b\\", ""),
        (b"\x1b]11;rgb:1212/3434/5656\x07", ""),
        (b"\x1bP>|term 123456\x1b\\", ""),
        (b"\x1b[49;1:3u", ""),
        (b"\x1b[12", ""),
        (b"\x1b[12\x1b[13~", "f3"),
    ],
)
def test_keys_and_reports_between_two_digits_change_nothing(keyboard: Keyboard, sequence: bytes, heard: str) -> None:
    """Function keys reach the screen, reports of the terminal reach Textual, and the PIN is what was typed around them."""
    keyboard.ask()
    keyboard.type(b"246" + sequence)
    assert (3, False) == (keyboard.pin.count, keyboard.pin.amiss)
    keyboard.type(b"813\r")

    assert [bytearray(b"246813")] == keyboard.given
    assert keyboard.keys == [*([heard] if heard else []), "f9", "f9"]
    assert "" == keyboard.text()


@pytest.mark.parametrize(
    "typed",
    [
        b"\x1bOr\x1bOt\x1bOv\x1bOx\x1bOq\x1bOs\x1bOM",
        b"\x1b[50u\x1b[50;1:3u\x1b[52;;52u\x1b[54u\x1b[57407u\x1b[57400;1u\x1b[57402u\x1b[57414u",
        b"\x1b[200~246813\x1b[201~\r",
    ],
)
def test_digits_that_a_terminal_writes_as_sequences(keyboard: Keyboard, typed: bytes) -> None:
    """The number pad in application mode, the kitty protocol and pasted digits are the PIN's too, and no event."""
    keyboard.ask()
    keyboard.type(typed)

    assert [bytearray(b"246813")] == keyboard.given
    assert "" == keyboard.text()


@pytest.mark.parametrize("typed", [b"\x1b", b"\x1b\x1b", b"\x1b1", b"\x1bx"])
def test_esc_gives_up_and_what_came_with_it_is_dropped(keyboard: Keyboard, typed: bytes) -> None:
    """Esc alone, or in one breath with another key, ends the entry; neither is an event."""
    keyboard.ask()
    keyboard.type(b"246" + typed)

    assert [None] == keyboard.given
    assert ["f9"] == keyboard.keys


@settings(max_examples=40)
@given(typed=st.lists(st.sampled_from([*(bytes((byte,)) for byte in b"0123456789[O]PM~;uA"), b"\x1b", b"\x7f"]), max_size=24).map(b"".join))
def test_no_byte_becomes_text_while_the_entry_is_open(typed: bytes) -> None:
    """Whatever sequence arrives, whole or torn, no character of it is in an event as long as the PIN may still come."""
    with plugged() as keyboard:
        keyboard.ask()
        keyboard.type(typed)

        assert "" == keyboard.text() or not keyboard.pin.open


def test_a_terminal_that_hangs_up_ends_the_entry() -> None:
    """The reading thread ends, and nobody waits for a PIN any more."""
    keyboard = Keyboard()
    keyboard.ask()
    os.close(keyboard._master)
    keyboard._thread.join(PATIENCE_S)
    os.close(keyboard.fileno)

    assert not keyboard._thread.is_alive()
    assert [None] == keyboard.given
