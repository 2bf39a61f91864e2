"""What the till asks of a card, through the whole stack: services, session, T=0, simulated slots."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.clock import SystemClock
from settlement.allowance import COUNTER_MAX, CardRecord, RefreshWrite, Verdict, judge
from settlement.errors import CardError
from simulator import image
from terminal.cards import ldt
from terminal.cards.errors import (
    CardRefused,
    CardTorn,
    PinBlocked,
    PinMalformed,
    PinWrong,
)
from terminal.cards.port import CardPort
from terminal.cards.trace import Trace
from tests.cards.counter import Counter, met, refresh_of, sale_of, sent_to_psam
from tests.cards.people import PIN

FRESH = CardRecord(generation=0, counter=0, amount_fen=0, not_after="1", tags=())
CARD_APDUS_MAX, PSAM_APDUS_MAX = 26, 14
"""With the card's own proof and two proofs of the till's."""
SENT = {"2.00": (20, 10), "3.00": (23, 13)}
"""To card and PSAM; 3.00 asks for three more: GET RESPONSE, which tells the algorithm; GET CHALLENGE and EXTERNAL AUTHENTICATE for EF06."""
FULL = 8
"""Tags on a card when its file of them is full: one reading finds it as long as it asks."""
NAME_APDUS_MAX = 9


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a new card of specification 2.00."""
    return Counter(tmp_path)


# --- the PIN --------------------------------------------------------------------------------------------


def test_pin_is_wiped(counter: Counter) -> None:
    """Right, wrong or malformed: the digits are gone from the caller's memory."""
    card = counter.open()
    card.identify()
    for digits, error in ((b"000000", PinWrong), (b"12345", PinMalformed), (b"12345a", PinMalformed)):
        pin = bytearray(digits)
        with pytest.raises(error):
            card.verify_pin(pin)
        assert bytes(len(digits)) == bytes(pin)
    pin = bytearray(PIN.encode())
    card.verify_pin(pin)
    card.close()

    assert bytes(6) == bytes(pin)


def test_wrong_pin_counts_down(counter: Counter) -> None:
    """The tries left come from the card; the last wrong one blocks, and so it stays."""
    card = counter.open()
    card.identify()
    lefts = []
    for _ in range(2):
        with pytest.raises(PinWrong) as wrong:
            card.verify_pin(bytearray(b"000000"))
        lefts.append(wrong.value.tries_left)
    for digits in (b"000000", PIN.encode()):
        with pytest.raises(PinBlocked):
            card.verify_pin(bytearray(digits))
    card.close()

    assert [2, 1] == lefts
    assert 0 == image.load(counter.card_path).pin_left


def test_malformed_pin_is_never_sent(counter: Counter) -> None:
    """What cannot be a PIN costs no try."""
    card = counter.open()
    card.identify()
    sent = card.channel.sent
    with pytest.raises(PinMalformed, match="6 digits"):
        card.verify_pin(bytearray(b"24681"))
    card.close()

    assert sent == card.channel.sent
    assert 3 == image.load(counter.card_path).pin_left


def test_record_needs_the_pin(counter: Counter) -> None:
    """Without PIN the card refuses the record."""
    card = counter.open()
    card.identify()

    with pytest.raises(CardRefused, match="6982"):
        card.read_allowance()
    card.close()


def test_new_session_forgets_the_pin(counter: Counter) -> None:
    """Closing and opening is a reset."""
    counter.admitted().close()
    card = counter.open()
    card.identify()

    with pytest.raises(CardRefused, match="6982"):
        card.read_allowance()
    card.close()


# --- the allowance --------------------------------------------------------------------------------------


def test_fresh_card(counter: Counter) -> None:
    """A new card has no allowance, in a form that can be written over."""
    assert FRESH == counter.read()


def test_refresh_then_sales(counter: Counter) -> None:
    """Generation, counter, amount, month and tags go the way of the protocol, and stay on the card."""
    card = counter.admitted()
    full = card.write_refresh(refresh_of(card.read_allowance(), amount_fen=20_000, tag=7))
    assert CardRecord(generation=1, counter=1, amount_fen=20_000, not_after="7", tags=(7,)) == full

    first = sale_of(full, debit_fen=1, tag=0)
    after = card.write_sale(first)
    assert CardRecord(generation=1, counter=2, amount_fen=19_999, not_after="7", tags=(0, 7)) == after
    assert Verdict.DONE is judge(first, after)

    second = sale_of(after, debit_fen=19_999, tag=0xFFFF)
    last = card.write_sale(second)
    card.close()
    assert CardRecord(generation=1, counter=3, amount_fen=0, not_after="7", tags=(0xFFFF, 0, 7)) == last == counter.read()


def test_last_counter_value(counter: Counter) -> None:
    """The counter can be written up to its last value."""
    full = counter.grant()
    held = image.load(counter.card_path)
    held.records["DF04|EF06"]["93"] = f"01{COUNTER_MAX - 1:02X}"
    image.store(counter.card_path, held)
    card = counter.admitted()
    after = card.write_sale(sale_of(card.read_allowance()))
    card.close()

    assert (full.generation, COUNTER_MAX) == (after.generation, after.counter)


def test_eight_tags_are_kept(counter: Counter) -> None:
    """The ninth intent drives out the first."""
    counter.grant(tag=100)
    card = counter.admitted()
    record = card.read_allowance()
    for number in range(8):
        record = card.write_sale(sale_of(record, debit_fen=10, tag=number))
    card.close()

    assert (7, 6, 5, 4, 3, 2, 1, 0) == record.tags == counter.read().tags


@pytest.mark.parametrize(("tag", "expected"), [("90", (1, 1, 5000, None)), ("92", (1, 1, None, "7")), ("93", (None, None, 5000, "7"))])
def test_torn_record_reads_as_none(counter: Counter, tag: str, expected: tuple[object, ...]) -> None:
    """Only what is torn is unknown."""
    counter.grant(5000, tag=1)
    held = image.load(counter.card_path)
    held.records["DF04|EF06"][tag] = None
    image.store(counter.card_path, held)

    now = counter.read()
    assert expected == (now.generation, now.counter, now.amount_fen, now.not_after)
    assert (1,) == now.tags
    assert not now.readable


@pytest.mark.parametrize("torn", range(3))
def test_torn_tag_reads_as_none(counter: Counter, torn: int) -> None:
    """A torn tag costs a reading one by one, and only itself."""
    records: list[str | None] = ["000331", "000231", "000132"]
    records[torn] = None
    counter.alter(cyclic={"DF04|EF08": [], "DF04|EF15": records})

    assert tuple(None if number == torn else 3 - number for number in range(3)) == counter.read().tags


def test_records_that_were_never_written(counter: Counter) -> None:
    """A region that leaves DF04 blank gives a record without an allowance, not an error."""
    held = image.load(counter.card_path)
    held.records["DF04|EF06"] = {}
    image.store(counter.card_path, held)

    assert CardRecord(generation=None, counter=None, amount_fen=None, not_after=None, tags=()) == counter.read()


def test_refusal_between_writes_is_torn(counter: Counter) -> None:
    """A card that refuses in the middle of a write leaves the question to a new reading."""
    plan = sale_of(counter.grant(tag=1))
    card = counter.admitted()
    card.read_allowance()
    card._session._rights.add("UK2DF04")  # so that the card, not the till, finds that it is missing

    with pytest.raises(CardTorn):
        card.write_sale(plan)
    card.close()

    assert Verdict.ABORTED is judge(plan, counter.read())


def test_card_that_forgets_a_right_is_asked_again(counter: Counter) -> None:
    """A right that the card lost within the application is proved once more."""
    card = counter.admitted()
    assert FRESH == card.read_allowance()
    port = card.channel._port
    card_system = port._card._system  # type: ignore[attr-defined]
    card_system._card.proved.remove("RK1DF04")

    assert FRESH == card.read_allowance()
    card.close()


# --- economy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", SENT)
@pytest.mark.parametrize("sales", [0, 3, 9])
def test_whole_off_line_sale_is_short(tmp_path: Path, sales: int, version: str) -> None:
    """From power-up to the reading back, with the card's proof and two of the till's, three where EF06 asks for one."""
    counter = Counter(tmp_path, version=version)
    counter.grant()
    for number in range(sales):
        card = counter.admitted()
        card.write_sale(sale_of(card.read_allowance(), debit_fen=1, tag=number))
        card.close()

    trace = Trace(SystemClock())
    card = counter.admitted(trace)
    plan = sale_of(card.read_allowance())
    after = card.write_sale(plan)
    card.close()

    most, psam = SENT[version]
    assert Verdict.DONE is judge(plan, after)
    assert (most - (sales + 1 >= FULL), psam) == (card.channel.sent, sent_to_psam(card))
    assert most <= CARD_APDUS_MAX
    assert psam <= PSAM_APDUS_MAX
    proofs = [name for _, slot, name, *_ in trace.steps if slot == "card" and name.endswith("AUTHENTICATE")]
    assert ["INTERNAL AUTHENTICATE", *["EXTERNAL AUTHENTICATE"] * (2 + (version == "3.00"))] == proofs


class Singly:
    """A card that reads one record in a command: P2 with mode 5 is refused (seen at no card, and none is promised to have it)."""

    def __init__(self, port: CardPort, refusal: int) -> None:
        self._port, self._refusal = port, refusal
        self.atr = port.atr
        self.refused = 0

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Refuse it, or have the card answer."""
        if apdu[1] == 0xB2 and apdu[3] & 0x07 == 5:
            self.refused += 1
            return b"", self._refusal
        return self._port.transmit(apdu)

    def close(self) -> None:
        """Let the card go."""
        self._port.close()


@pytest.mark.parametrize("refusal", [0x6A86, 0x6A81, 0x6D00, 0x9000])
def test_a_card_that_reads_records_singly(counter: Counter, refusal: int) -> None:
    """It is asked once for each layout, and says the same."""
    before = counter.grant(5000, tag=7)
    card_port = Singly(counter.slots.card(), refusal)
    card = met(card_port, counter.slots.psam())
    holder = card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    record = card.read_allowance()
    after = card.write_sale(sale_of(record))
    card.close()

    assert before == record
    assert Verdict.DONE is judge(sale_of(record), after)
    assert 2 == card_port.refused
    again = counter.open()
    assert holder == again.identify()
    again.close()


@pytest.mark.parametrize(
    "answer",
    ["0304322E3030FF01AA", "0304322E30300304322E3030", "0303322E30", "03", "0304322E30"],
    ids=["a tag of no table", "a tag twice", "another length", "no length", "cut off"],
)
def test_several_records_are_those_of_the_table(answer: str) -> None:
    """Whatever else comes in one answer is not believed: the records are read one by one."""
    assert {} == ldt.values_of(ldt.ISSUER, bytes.fromhex(answer))
    assert {0x03: b"2.00", 0x02: b"3"} == ldt.values_of(ldt.ISSUER, bytes.fromhex("0304322E3030020133"))


@pytest.mark.parametrize("version", ["2.00", "3.00"])
def test_a_name_is_soon_known(tmp_path: Path, version: str) -> None:
    """From power-up to the proven name: at most nine commands to the card (12 were asked for), of either specification."""
    card = Counter(tmp_path, version=version).open()
    card.identify()
    card.close()

    assert card.channel.sent <= NAME_APDUS_MAX


def test_fault_fires_once(counter: Counter) -> None:
    """A pull empties the slot and is forgotten, so that the card can be put back."""
    counter.insert({"apdu": 1, "when": "before"})
    card = counter.open()
    with pytest.raises(CardError):
        card.identify()
    card.close()

    assert {"card": None, "psam": "../cards/psam.card", "fault": None, "insertion": 1} == counter.slot.read()


def test_refresh_over_unreadable_record(counter: Counter) -> None:
    """A record of which nothing could be read is written whole."""
    held = image.load(counter.card_path)
    held.records["DF04|EF06"] = {"90": None, "92": None, "93": None}
    image.store(counter.card_path, held)
    card = counter.admitted()
    plan = RefreshWrite(before=card.read_allowance(), tag=5, generation=9, grant_fen=1, not_after="C")

    assert CardRecord(generation=9, counter=1, amount_fen=1, not_after="C", tags=(5,)) == card.write_refresh(plan)
    card.close()
