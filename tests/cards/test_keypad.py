"""The reader's own keys: the structure byte by byte, what readers answer, and a card whose PIN is typed on its reader."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.clock import SystemClock
from simulator.keypad_reader import Key, KeypadReader, ReaderKeys
from simulator.slot import SimulatedSlot
from terminal.cards.errors import CardGone, KeypadRefused, PinBlocked, PinWrong
from terminal.cards.keypad import (
    IFD_PIN_PROPERTIES,
    VERIFY_PIN_DIRECT,
    Keypad,
    KeypadEnd,
    PinProperties,
    change_template,
    features,
    verify_template,
)
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import Counter, met
from tests.cards.people import PIN

if TYPE_CHECKING:
    from terminal.cards.pcsc import PcscSlots

WITH_DISPLAY = "1E1E81030006 0602FF0408 00 000000 08000000 0020000003FFFFFF"
"""Written by a C program from PIN_VERIFY_STRUCTURE of pcsc-lite's reader.h, on a little-endian machine."""


class Structure(ctypes.LittleEndianStructure):
    """PIN_VERIFY_STRUCTURE of PC/SC part 10 v2.02.09, 2.5.2, field by field, as ctypes lays it out."""

    _pack_ = 1
    _fields_ = [
        ("bTimeOut", ctypes.c_uint8),
        ("bTimeOut2", ctypes.c_uint8),
        ("bmFormatString", ctypes.c_uint8),
        ("bmPINBlockString", ctypes.c_uint8),
        ("bmPINLengthFormat", ctypes.c_uint8),
        ("wPINMaxExtraDigit", ctypes.c_uint16),
        ("bEntryValidationCondition", ctypes.c_uint8),
        ("bNumberMessage", ctypes.c_uint8),
        ("wLangId", ctypes.c_uint16),
        ("bMsgIndex", ctypes.c_uint8),
        ("bTeoPrologue", ctypes.c_uint8 * 3),
        ("ulDataLength", ctypes.c_uint32),
    ]


# --- bytes ----------------------------------------------------------------------------------------------


def test_the_structure_is_that_of_the_header_file() -> None:
    """A reader with a display gets, byte for byte, what a C program writes into pcsc-lite's own structure."""
    properties = PinProperties.parse(bytes.fromhex("10020700"))

    assert bytes.fromhex(WITH_DISPLAY) == Keypad(1, properties).structure(verify_template(), 6)


def test_each_field_says_what_the_specification_means() -> None:
    """Six digits, packed BCD from the first byte of the content, three bytes, ended by Enter; no message without a display."""
    structure = Keypad(1, None).structure(verify_template(), 6, timeout_s=20)
    read = Structure.from_buffer_copy(structure)

    assert 19 == ctypes.sizeof(Structure)
    assert (20, 20) == (read.bTimeOut, read.bTimeOut2)
    assert "10000001" == f"{read.bmFormatString:08b}", "bytes · position 0 · left · BCD"
    assert (3, 0) == (read.bmPINBlockString, read.bmPINLengthFormat), "three bytes, and no length in the command"
    assert (6, 6) == (read.wPINMaxExtraDigit >> 8, read.wPINMaxExtraDigit & 0xFF)
    assert (2, 0, 0, 0, [0, 0, 0]) == (
        read.bEntryValidationCondition, read.bNumberMessage, read.wLangId, read.bMsgIndex, list(read.bTeoPrologue)
    )  # fmt: skip
    assert bytes.fromhex("0020000003FFFFFF") == structure[19:]
    assert len(structure) == 19 + read.ulDataLength


class ChangeStructure(ctypes.LittleEndianStructure):
    """PIN_MODIFY_STRUCTURE of PC/SC part 10 v2.02.09, 2.5.3, field by field, as ctypes lays it out."""

    _pack_ = 1
    _fields_ = [
        ("bTimeOut", ctypes.c_uint8),
        ("bTimeOut2", ctypes.c_uint8),
        ("bmFormatString", ctypes.c_uint8),
        ("bmPINBlockString", ctypes.c_uint8),
        ("bmPINLengthFormat", ctypes.c_uint8),
        ("bInsertionOffsetOld", ctypes.c_uint8),
        ("bInsertionOffsetNew", ctypes.c_uint8),
        ("wPINMaxExtraDigit", ctypes.c_uint16),
        ("bConfirmPIN", ctypes.c_uint8),
        ("bEntryValidationCondition", ctypes.c_uint8),
        ("bNumberMessage", ctypes.c_uint8),
        ("wLangId", ctypes.c_uint16),
        ("bMsgIndex1", ctypes.c_uint8),
        ("bMsgIndex2", ctypes.c_uint8),
        ("bMsgIndex3", ctypes.c_uint8),
        ("bTeoPrologue", ctypes.c_uint8 * 3),
        ("ulDataLength", ctypes.c_uint32),
    ]


@pytest.mark.parametrize(("properties", "messages"), [("10020700", (3, 0x0804)), ("00000700", (0, 0))])
def test_the_structure_of_a_change(properties: str, messages: tuple[int, int]) -> None:
    """The old PIN at the first byte of the content, the new one behind the separator, asked for twice; the reader's three words."""
    structure = Keypad(1, PinProperties.parse(bytes.fromhex(properties)), 2).change_structure(change_template(), 6)
    read = ChangeStructure.from_buffer_copy(structure)

    assert 24 == ctypes.sizeof(ChangeStructure)
    assert ("10000001", 3, 0) == (f"{read.bmFormatString:08b}", read.bmPINBlockString, read.bmPINLengthFormat)
    assert (0, 4, 3) == (read.bInsertionOffsetOld, read.bInsertionOffsetNew, read.bConfirmPIN)
    assert (6, 6, 2) == (read.wPINMaxExtraDigit >> 8, read.wPINMaxExtraDigit & 0xFF, read.bEntryValidationCondition)
    assert (*messages, 0, 1, 2) == (read.bNumberMessage, read.wLangId, read.bMsgIndex1, read.bMsgIndex2, read.bMsgIndex3)
    assert "805E010007FFFFFFFFFFFFFF" == structure[24:].hex().upper()
    assert len(structure) == 24 + read.ulDataLength


@pytest.mark.parametrize(
    ("answer", "display", "ends_by"),
    [("10020700", True, 2), ("00000700", False, 2), ("00000201", False, 2), ("00000100", False, 1), ("00000000", False, 2)],
)
def test_properties_of_a_reader(answer: str, display: bool, ends_by: int) -> None:  # noqa: FBT001 - a table's column
    """A display shows the reader's own words; an entry ends by Enter unless the reader cannot."""
    properties = PinProperties.parse(bytes.fromhex(answer))
    structure = Structure.from_buffer_copy(Keypad(1, properties).structure(verify_template(), 6))

    assert (display, ends_by) == (structure.bNumberMessage == 0xFF, structure.bEntryValidationCondition)


def test_nonsense_is_no_property_and_no_feature() -> None:
    """An answer of another length says nothing."""
    assert PinProperties.parse(b"") is None
    assert PinProperties.parse(bytes(5)) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", {}),
        ("0604420001200A0442000121", {VERIFY_PIN_DIRECT: 0x42000120, IFD_PIN_PROPERTIES: 0x42000121}),
        ("120442330012", {0x12: 0x42330012}),
        ("06044200", {}),
        ("06", {}),
        ("06024200", {}),
        ("06044200012000", {}),
    ],
)
def test_features_of_a_reader(answer: str, expected: dict[int, int]) -> None:
    """Codes are big-endian; an answer that is not made of tags of four bytes offers nothing."""
    assert expected == features(bytes.fromhex(answer))


@given(answer=st.binary(max_size=40))
def test_any_answer_of_a_reader_is_read(answer: bytes) -> None:
    """Whatever a driver answers, the till goes on."""
    assert all(0 <= code < 1 << 32 for code in features(answer).values())
    parsed = PinProperties.parse(answer)
    assert parsed is None or parsed.ends_by


# --- a card in a reader with keys -----------------------------------------------------------------------


Opened = Callable[..., CounterCard]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Open a card in a reader on which the given keys are pressed."""
    pytest.importorskip("smartcard", reason="pyscard is not installed")
    counter = Counter(tmp_path)

    def open_it(
        *entries: Iterable[str], reader: ReaderKeys | None = None, keypad: bool = True, trace: Trace | None = None, keys: bool = True
    ) -> CounterCard:
        left = [list(entry) for entry in entries]
        reader = reader or ReaderKeys(lambda: ())
        reader.pressed = lambda: left.pop(0)
        slots = _slots(KeypadReader(tmp_path / "slot", reader if keys else None), keypad=keypad)
        card = met(slots.card(), slots.psam(), trace=trace)
        card.identify()
        return card

    assert counter.card_path.exists()
    return open_it


def _slots(reader: KeypadReader, *, keypad: bool) -> PcscSlots:
    from terminal.cards.pcsc import PcscSlots

    return PcscSlots("", "", keypad=keypad, calls=reader)


RIGHT = [*PIN, Key.ENTER]


@pytest.mark.parametrize("reader", [ReaderKeys(lambda: ()), ReaderKeys(lambda: (), display=True), ReaderKeys(lambda: (), conditions=1)])
def test_a_pin_typed_on_the_reader_opens_the_card(opened: Opened, reader: ReaderKeys) -> None:
    """With and without display, ended by Enter or by the sixth digit: the card takes it, and the record can be read."""
    card = opened(RIGHT, reader=reader)

    assert card.has_keypad()
    assert KeypadEnd.VERIFIED is card.verify_by_keypad()
    assert 0 == card.read_allowance().amount_fen
    assert [(30, 0xFF if reader.display else 0)] == reader.prompts
    card.close()


@pytest.mark.parametrize(
    ("pressed", "end"),
    [
        ([], KeypadEnd.TIMED_OUT),
        (["1", "2"], KeypadEnd.TIMED_OUT),
        (["1", Key.CANCEL], KeypadEnd.CANCELLED),
        (["1", "2", Key.ENTER], KeypadEnd.WRONG_LENGTH),
        ([*PIN, "1", Key.ENTER], KeypadEnd.WRONG_LENGTH),
        (["9", "9", Key.CLEAR, *PIN, Key.ENTER], KeypadEnd.VERIFIED),
    ],
)
def test_every_end_of_an_entry_is_told_apart_and_costs_no_try(opened: Opened, pressed: list[str], end: KeypadEnd) -> None:
    """Nobody typed, Cancel, too few or too many digits: the reader says which, and the card was not asked."""
    card = opened(pressed, RIGHT)

    assert card.has_keypad()
    assert end is card.verify_by_keypad()
    if end is not KeypadEnd.VERIFIED:
        assert KeypadEnd.VERIFIED is card.verify_by_keypad()
    card.close()


def test_wrong_pins_count_down_to_blocked(opened: Opened) -> None:
    """The card's own answer comes through the reader as it does through the keyboard."""
    wrong = [*"000000", Key.ENTER]
    card = opened(wrong, wrong, wrong, RIGHT)
    assert card.has_keypad()
    lefts = []
    for _ in range(2):
        with pytest.raises(PinWrong) as error:
            card.verify_by_keypad()
        lefts.append(error.value.tries_left)
    for _ in range(2):
        with pytest.raises(PinBlocked):
            card.verify_by_keypad()
    card.close()

    assert [2, 1] == lefts


def test_a_reader_that_refuses_the_structure_is_an_error_with_words(opened: Opened) -> None:
    """A firmware that ends entries in a way of its own refuses: the technician learns which switch to turn."""
    reader = ReaderKeys(lambda: (), conditions=4)
    card = opened(RIGHT, reader=reader)
    assert card.has_keypad()
    reader.conditions = 1

    with pytest.raises(KeypadRefused, match="keypad = false"):
        card.verify_by_keypad()
    card.close()


def test_a_card_pulled_while_the_customer_types(opened: Opened, tmp_path: Path) -> None:
    """It is gone, and nothing was asked of it."""

    class Puller(ReaderKeys):
        """Keys at a reader whose card is taken out before the sixth digit."""

        def verify(self, structure: bytes, transmit: Callable[[bytearray], tuple[bytes, int]]) -> int:
            SimulatedSlot(tmp_path / "slot").exchange(None)
            return super().verify(structure, transmit)

    card = opened(RIGHT, reader=Puller(lambda: ()))
    assert card.has_keypad()

    with pytest.raises(CardGone):
        card.verify_by_keypad()
    card.close()


@pytest.mark.parametrize(("keypad", "keys"), [(False, True), (True, False)])
def test_no_keys_or_not_wanted(opened: Opened, keypad: bool, keys: bool) -> None:  # noqa: FBT001 - a table's columns
    """A reader without keys, or a setting that says so: the PIN is typed on the keyboard."""
    card = opened(keypad=keypad, keys=keys)

    assert not card.has_keypad()
    card.verify_pin(bytearray(PIN.encode()))
    assert 0 == card.read_allowance().amount_fen
    card.close()


def test_the_trace_has_the_step_and_no_digit(opened: Opened) -> None:
    """A technician sees VERIFY, its length and the status word, as for a PIN from the keyboard."""
    trace = Trace(SystemClock())
    card = opened(RIGHT, trace=trace)
    assert card.has_keypad()
    card.verify_by_keypad()
    card.close()

    steps = [step[1:] for step in trace.steps if step[2] == "VERIFY"]
    assert [("card", "VERIFY", "0000", 3, 0, "9000")] == steps


def test_simulated_slots_have_no_keys(tmp_path: Path) -> None:
    """The image files of a demonstration have the keyboard alone."""
    card = Counter(tmp_path).open()

    assert not card.has_keypad()
    card.close()


# --- a PIN changed there --------------------------------------------------------------------------------


NEW = [*"975310", Key.ENTER]
WRONG = [*"000000", Key.ENTER]


def never(old: bytearray, new: bytearray) -> bool:
    """Fail: the digits stay in the reader."""
    raise AssertionError((old, new))


@pytest.mark.parametrize("display", [False, True])
def test_a_pin_is_changed_on_the_reader(opened: Opened, display: bool) -> None:  # noqa: FBT001 - a table's column
    """Old, new, new: the card has the new one, and this machine has seen no digit."""
    reader = ReaderKeys(lambda: (), display=display)
    card = opened(RIGHT, NEW, NEW, reader=reader)

    assert card.has_keypad()
    assert (True, False) == (card.changes_by_keypad(), card.keypad_hands_over())
    assert KeypadEnd.VERIFIED is card.change_by_keypad(never)
    assert [(30, 3 if display else 0)] * 3 == reader.prompts
    card.verify_pin(bytearray(b"975310"))
    card.close()


@pytest.mark.parametrize(
    ("entries", "end"),
    [
        ([[]], KeypadEnd.TIMED_OUT),
        ([RIGHT, [Key.CANCEL]], KeypadEnd.CANCELLED),
        ([RIGHT, NEW, [Key.CANCEL]], KeypadEnd.CANCELLED),
        ([RIGHT, ["1", Key.ENTER]], KeypadEnd.WRONG_LENGTH),
        ([RIGHT, NEW, WRONG], KeypadEnd.NEW_DIFFER),
    ],
)
def test_a_change_that_is_not_made_costs_no_try(opened: Opened, entries: list[list[str]], end: KeypadEnd) -> None:
    """Given up at any entry, or two that differ: the card was not asked, and the old PIN holds."""
    card = opened(*entries, WRONG)

    assert card.has_keypad()
    assert end is card.change_by_keypad(never)
    card.verify_pin(bytearray(PIN.encode()))
    card.close()


def test_a_wrong_old_pin_is_the_cards_answer(opened: Opened) -> None:
    """It costs a try, as it does at the keyboard."""
    card = opened(WRONG, NEW, NEW)

    assert card.has_keypad()
    with pytest.raises(PinWrong) as error:
        card.change_by_keypad(never)
    card.close()

    assert 2 == error.value.tries_left


def test_a_reader_without_the_function_says_so(opened: Opened) -> None:
    """Then nothing is asked of it."""
    card = opened(reader=ReaderKeys(lambda: (), changes=False))

    assert card.has_keypad()
    assert not card.changes_by_keypad()
    card.close()
