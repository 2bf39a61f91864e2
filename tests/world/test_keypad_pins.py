"""A PIN is changed and a card activated on a keypad: a reader's own, whose digits no machine sees, and one on a serial line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

pytest.importorskip("smartcard", reason="pyscard is not installed")

from settlement.checkout.states import Dropped, Settled
from settlement.errors import OperatorError, Refusal
from simulator.keypad_reader import Key, KeypadReader, ReaderKeys
from terminal import pin_change
from terminal.cards.opening import slots_of
from terminal.cards.pcsc import PcscSlots
from terminal.cards.serial_keypad import SerialKeypadPort
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from terminal.pin_office import PinOffice
from tests.cards.counter import met
from tests.cards.test_serial_keypad import keypad
from tests.world.shop import Shop
from tests.world.test_torn_pins import at_another_till, intents, tried

NEW, INITIAL, CHOSEN, WRONG = "975310", "123456", "739154", "000001"
Why = OperatorError | Refusal | None


class Pads:
    """The two kinds of keypad at one shop."""

    def __init__(self, shop: Shop, kind: str, patch: pytest.MonkeyPatch, ends: ExitStack) -> None:
        self.shop, self._kind, self._patch, self._ends = shop, kind, patch, ends
        self._plain = shop.counter.open_card

    def press(self, *entries: str, reader: ReaderKeys | None = None) -> None:
        """Say what is typed at each question; then nothing comes any more."""
        keys = self.shop.counter.settings.psam.keys
        if self._kind == "serial":
            device, _ = self._ends.enter_context(keypad(*(entry.encode() for entry in entries)))

            def by_line(trace: Trace | None = None) -> CounterCard:
                slots = slots_of(self.shop.counter.settings.reader)
                return met(SerialKeypadPort(slots.card(), device, patience_s=0.5), slots.psam(), keys=keys, trace=trace)

            self._patch.setattr(self.shop.counter, "open_card", by_line)
            return
        left = [[*entry, Key.ENTER] for entry in entries]
        reader = reader or ReaderKeys(lambda: ())
        reader.pressed = lambda: left.pop(0) if left else ()
        slots = PcscSlots("", "", calls=KeypadReader(self.shop.stage.shops["east"].slot_dir, reader))

        def on_reader(trace: Trace | None = None) -> CounterCard:
            return met(slots.card(), slots.psam(), keys=keys, trace=trace)

        self._patch.setattr(self.shop.counter, "open_card", on_reader)

    def takes(self, role: str, pin: str) -> bool:
        """Whether the card takes this PIN, typed on the keyboard of another till."""
        self._patch.setattr(self.shop.counter, "open_card", self._plain)
        return at_another_till(self.shop, role, pin)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop."""
    with Shop(tmp_path_factory.mktemp("pads") / "stage", exchange_s=3) as shop:
        yield shop


@pytest.fixture(params=["reader", "serial"])
def pads(opened: Shop, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pads]:
    """Both kinds, at the shop whose cards are as they were afterwards."""
    images = {path: path.read_bytes() for path in (opened.stage.directory / "cards").iterdir() if path.suffix == ".card"}
    intents(opened)
    with ExitStack() as ends:
        yield Pads(opened, request.param, monkeypatch, ends)
    for path, held in images.items():
        path.write_bytes(held)


def code(why: Why) -> str:
    """Return its code; empty for none."""
    return "" if why is None else why.code


def change(pads: Pads, *entries: str, role: str = "torn", fault: dict[str, object] | None = None) -> Why:
    """Change the PIN of a card on the keypad."""
    pads.shop.insert(role, fault=fault)
    pads.shop.script.told.clear()
    pads.press(*entries)
    return pin_change.change(pads.shop.counter, pads.shop.script)


def activate(pads: Pads, *entries: str) -> Why:
    """Activate the new card on the keypad."""
    pads.shop.insert("visitor")
    pads.press(*entries)
    return PinOffice(pads.shop.counter, pads.shop.script).activate()


def test_a_change(pads: Pads) -> None:
    """The old one is proved, then old, new, new: intent and end are in the journal, and the keyboard is never asked."""
    old = pads.shop.stage.cast["torn"].pin
    pads.shop.script.asked.clear()

    assert "" == code(change(pads, old, old, NEW, NEW))
    assert ["pin-on-reader old", "pin-on-reader replace"] == pads.shop.script.asked
    assert [("pin_intended", "change"), ("pin_ended", "new")] == intents(pads.shop)
    assert pads.takes("torn", NEW)


@pytest.mark.parametrize(
    ("entries", "why", "begun"),
    [
        ((WRONG,), "CARD-PIN-WRONG", False),
        ((), "PIN-CHANGE-GIVEN-UP", False),
        (("old",), "PIN-CHANGE-GIVEN-UP", True),
        (("old", "old", NEW), "PIN-CHANGE-GIVEN-UP", True),
        (("old", "old", NEW, CHOSEN), "PIN-CHANGE-DIFFER", True),
        (("old", WRONG, NEW, NEW), "CARD-PIN-WRONG", True),
    ],
)
def test_a_change_that_comes_to_nothing(pads: Pads, entries: tuple[str, ...], why: str, *, begun: bool) -> None:
    """Wrong, given up at each entry, or two that differ: the old one holds, and the intent says so."""
    old = pads.shop.stage.cast["torn"].pin

    assert why == code(change(pads, *(old if entry == "old" else entry for entry in entries)))
    assert ([("pin_intended", "change"), ("pin_ended", "old")] if begun else []) == intents(pads.shop)
    assert pads.takes("torn", old)


def test_a_change_that_is_torn(pads: Pads) -> None:
    """The card is pulled at the command: either holds, the intent stays open, and the next right PIN ends it."""
    old = pads.shop.stage.cast["torn"].pin
    apdu = next(
        number for number in range(8, 14) if code(change(pads, old, old, NEW, NEW, fault={"apdu": number, "when": "after"})) != "CARD-GONE"
    )
    begun = intents(pads.shop)
    said = code(change(pads, old, fault=None))

    assert apdu
    assert ("pin_intended", "change") == begun[-1]
    assert "CARD-PIN-TORN" == said
    assert pads.takes("torn", NEW)
    assert tried(pads.shop, "torn", NEW) is None
    assert ("pin_ended", "right") == intents(pads.shop)[-1]


def test_weak_ones_are_refused_where_they_can_be_seen(pads: Pads) -> None:
    """A serial keypad hands its digits over; of what a reader keeps to itself the card refuses the initial ones (LD/T 33: −36)."""
    old = pads.shop.stage.cast["torn"].pin
    sees = pads._kind == "serial"

    assert "PIN-CHANGE-WEAK" == code(change(pads, old, old, INITIAL, INITIAL))
    assert [("pin_intended", "change"), ("pin_ended", "old")] == intents(pads.shop)
    assert ("PIN-CHANGE-WEAK" if sees else "") == code(change(pads, old, old, "111111", "111111"))
    assert pads.takes("torn", old if sees else "111111")


def test_an_activation(pads: Pads) -> None:
    """The initial PIN, then old, new, new; one that is active already is told where the digits can be seen."""
    assert "" == code(activate(pads, INITIAL, INITIAL, CHOSEN, CHOSEN))
    assert [("pin_intended", "activation"), ("pin_ended", "new")] == intents(pads.shop)
    assert pads.takes("visitor", CHOSEN)
    again = code(activate(pads, CHOSEN, CHOSEN, NEW, NEW))

    assert ("PIN-ACTIVE-ALREADY" if pads._kind == "serial" else "") == again


def test_a_sale_by_an_initial_pin(pads: Pads) -> None:
    """Where it is seen the new card is activated first and then settles; a reader's card is believed."""
    pads.shop.insert("visitor")
    sees = pads._kind == "serial"
    pads.press(INITIAL, *((INITIAL, CHOSEN, CHOSEN, CHOSEN) if sees else ()))
    ended = pads.shop.sell_inserted("1.00")

    assert isinstance(ended, Settled | Dropped)
    assert (["CARD-PIN-INITIAL"] if sees else []) == [told for told in pads.shop.script.told if told.startswith("CARD-PIN")]
    assert pads.takes("visitor", CHOSEN if sees else INITIAL)


def test_a_reader_without_the_function(pads: Pads) -> None:
    """It is said, and nothing is asked; a keypad on a line has no such thing."""
    if pads._kind == "serial":
        pytest.skip("three entries are all that it takes")
    pads.shop.insert("torn")
    pads.press(reader=ReaderKeys(lambda: (), changes=False))

    assert "PIN-CHANGE-KEYPAD" == code(pin_change.change(pads.shop.counter, pads.shop.script))
    assert "PIN-CHANGE-KEYPAD" == code(PinOffice(pads.shop.counter, pads.shop.script).activate())
    assert [] == intents(pads.shop)
