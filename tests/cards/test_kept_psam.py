"""The PSAM keeps its power between two cards: what that saves, and what is never taken for granted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.clock import SystemClock
from config.sections import Psam as PsamSettings
from settlement.card_debit import DebitPlan
from simulator import image
from simulator.keypad_reader import KeypadReader
from terminal.cards.errors import PsamKeyMissing, PsamMissing
from terminal.cards.opening import OpenReader
from terminal.cards.port import Slots
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import Counter
from tests.cards.people import PIN

PSAM_APDUS_MAX = 14
OWN, OTHER = "990100000001", "990100000002"


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a card and a PSAM."""
    return Counter(tmp_path)


@pytest.fixture(params=["in the process", "over PC/SC"])
def slots(request: pytest.FixtureRequest, counter: Counter) -> Slots:
    """Return the counter's slots, as they are and behind the calls of PC/SC."""
    if request.param == "in the process":
        return counter.slots
    pcsc = pytest.importorskip("terminal.cards.pcsc", reason="pyscard is not installed")
    return pcsc.PcscSlots("", "", calls=KeypadReader(counter.slot.folder, None))  # type: ignore[no-any-return]


def asked(reader: OpenReader, work: Callable[[CounterCard], object]) -> list[str]:
    """Have something done with the card; return the names of the commands that the PSAM was sent."""
    trace = Trace(SystemClock())
    card = reader.open_card(trace)
    try:
        work(card)
    finally:
        card.close()
    return [name for _, slot, name, *_ in trace.steps if slot == "psam" and name != "RESET"]


def number(card: CounterCard) -> str:
    """Prove the card genuine, and return the terminal number."""
    card.identify()
    return card.keys.terminal_number()


def other_psam(counter: Counter) -> None:
    """Put another till's PSAM into the place of this one's."""
    other = image.load(counter.psam_path)
    other.terminal_number = OTHER
    image.store(counter.psam_path.with_name("other.card"), other)
    counter.slot.insert(card="../cards/a.card", psam="../cards/other.card")


def test_selected_and_asked_its_number_once(slots: Slots) -> None:
    """The second card costs two commands less."""
    reader = OpenReader(slots, PsamSettings())

    first, second = asked(reader, number), asked(reader, number)
    reader.close()

    assert ["SELECT", "PROCESS KEY"] == first[:2]
    assert first[1:-1] == second
    assert len(first) == len(second) + 2


def test_ready_before_the_first_card(slots: Slots) -> None:
    """A till that has opened asks no more for the first card than for any other."""
    reader = OpenReader(slots, PsamSettings())
    reader.power_psam()

    assert "PROCESS KEY" == asked(reader, number)[0]
    reader.close()


def test_another_psam_is_asked_its_number(slots: Slots, counter: Counter) -> None:
    """What was known of the one before says nothing of it."""
    reader = OpenReader(slots, PsamSettings())
    numbers: list[str] = []
    asked(reader, lambda card: numbers.append(number(card)))
    other_psam(counter)

    asked(reader, lambda card: numbers.append(number(card)))
    reader.close()

    assert [OWN, OTHER] == numbers


def test_taken_out_and_put_back(slots: Slots, counter: Counter) -> None:
    """Without it no card is opened; when it is back the next one is."""
    reader = OpenReader(slots, PsamSettings())
    asked(reader, number)
    counter.slot.insert(card="../cards/a.card", psam=None)
    with pytest.raises(PsamMissing):
        asked(reader, number)
    counter.insert()

    assert "SELECT" == asked(reader, number)[0]
    reader.close()


def test_taken_out_beside_a_card(slots: Slots, counter: Counter) -> None:
    """The card in use ends in the error that says so, and the next one is served by whatever is in then."""
    reader = OpenReader(slots, PsamSettings())
    card = reader.open_card()
    card.identify()
    other_psam(counter)
    with pytest.raises(PsamMissing):
        card.identify()
    card.close()
    numbers: list[str] = []
    asked(reader, lambda card: numbers.append(number(card)))
    reader.close()

    assert [OTHER] == numbers


def test_another_program_selected_something_else(slots: Slots) -> None:
    """Between two cards it may be used by others: our application is selected again, and the card notices nothing."""
    reader = OpenReader(slots, PsamSettings())
    asked(reader, number)
    port = reader._psam._port
    assert port is not None
    port.transmit(bytes.fromhex("00A40000023F00"))

    assert ["PROCESS KEY", "SELECT", "PROCESS KEY"] == asked(reader, number)[:3]
    reader.close()


def test_a_refusal_is_followed_by_a_reset(slots: Slots) -> None:
    """A PSAM that did not do what it was asked is connected anew for the next card."""
    keys = PsamSettings.model_validate({"keys": {"RK1DF04": "84 67/99"}})
    reader = OpenReader(slots, keys)

    def pay(card: CounterCard) -> None:
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        card.read_allowance()

    with pytest.raises(PsamKeyMissing, match="RK1DF04"):
        asked(reader, pay)

    assert "SELECT" == asked(reader, number)[0]
    reader.close()


@pytest.mark.parametrize("version", ["2.00", "3.00"])
def test_a_debit_of_the_card_itself_is_short(tmp_path: Path, version: str) -> None:
    """The card's proof, the till's, both MACs of the debit and its entry read back, at an open till."""
    counter = Counter(tmp_path, version=version)
    counter.grant()
    reader = OpenReader(counter.slots, PsamSettings())
    reader.power_psam()

    def pay(card: CounterCard) -> None:
        terminal = number(card)
        card.verify_pin(bytearray(PIN.encode()))
        card.read_allowance()
        begun = card.account.begin(own_fen=100, pooled_fen=0, terminal=terminal)
        plan = DebitPlan(
            sequence=begun.sequence,
            number=1,
            terminal=terminal,
            moment="20260302093000",
            own_fen=100,
            pooled_fen=0,
            balance_fen=begun.balance_fen,
        )
        card.account.debit(plan, begun)
        assert card.account.log(most=1)[0] is not None

    sent = asked(reader, pay)
    reader.close()

    assert len(sent) <= PSAM_APDUS_MAX
    assert sent.count("PROCESS KEY") == {"2.00": 3, "3.00": 4}[version]
