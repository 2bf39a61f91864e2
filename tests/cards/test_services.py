"""What the till asks of a card, through the whole stack: services, session, T=0, simulated slots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.sections import Psam
from settlement.allowance import COUNTER_MAX, CardRecord, RefreshWrite, Verdict, judge
from settlement.errors import CardError
from simulator import image
from terminal.cards import ldt
from terminal.cards.errors import (
    CardMalformed,
    CardRefused,
    CardTorn,
    CardVersionUnknown,
    NoCard,
    NoReader,
    NotGenuine,
    NotLdtCard,
    PinBlocked,
    PinWrong,
    PsamForeign,
    PsamKeyMissing,
    PsamMissing,
    ReaderBusy,
)
from terminal.cards.services import CardHolder, CounterCard
from tests.cards.counter import Counter, refresh_of, sale_of
from tests.cards.people import PIN, entry

FRESH = CardRecord(generation=0, counter=0, amount_fen=0, not_after="1", tags=())
CARD_APDUS_MAX, PSAM_APDUS_MAX = 30, 16


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a new card of specification 2.00."""
    return Counter(tmp_path)


# --- who it is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.00", "2.01", "3.00"])
def test_identify(tmp_path: Path, version: str) -> None:
    """The card says who it is, of whatever specification, and proves that it is genuine."""
    counter = Counter(tmp_path, version=version)
    card = counter.open()
    holder = card.identify()
    card.close()

    person = entry("a")
    assert holder == CardHolder(
        card_sn=person["card_sn"],
        card_no=person["card_no"],
        version=version,
        issued="20240101",
        valid_until="20331231",
        certno=person["certno"],
        psn_name=person["psn_name"],
    )
    assert "1" == holder.gend


def test_specification_1_is_not_written(tmp_path: Path) -> None:
    """A card of 1.00 lays out EF06 otherwise: it is refused by name, before anything is written."""
    card = Counter(tmp_path, version="1.00").open()

    with pytest.raises(CardVersionUnknown, match=r"1\.00"):
        card.identify()
    card.close()


def test_card_of_other_keys_is_not_genuine(counter: Counter) -> None:
    """A copy that has the files and not the key cannot answer the challenge."""
    held = image.load(counter.card_path)
    counter.alter(keys=held.keys | {"00": "00" * 16})
    card = counter.open()

    with pytest.raises(NotGenuine):
        card.identify()
    card.close()


def test_card_without_the_application(counter: Counter) -> None:
    """A card on which the environment cannot be selected is no social-security card."""
    with pytest.raises(NotLdtCard, match="3B6D0000"):
        CounterCard(counter.slots.psam(), counter.slots.psam(), Psam().keys).identify()


@pytest.mark.parametrize(
    ("file", "tag", "value"),
    [
        ("SSSE|EF05", "07", b"TEST00070".hex()),  # check character
        ("SSSE|EF06", "08", b"990100197001017150".hex()),
        ("SSSE|EF06", "08", bytes(18).hex()),
        ("SSSE|EF05", "06", "2033FFFF"),  # a date of four digits
        ("SSSE|EF05", "06", "2A331231"),
        ("SSSE|EF06", "09", "FF" * 30),  # no GB18030
        ("SSSE|EF06", "09", None),  # torn
        ("SSSE|EF05", "03", None),
    ],
)
def test_malformed_identity(counter: Counter, file: str, tag: str, value: str | None) -> None:
    """Identity that breaks its coding or check character is refused, not passed on."""
    held = image.load(counter.card_path)
    held.records[file][tag] = value
    image.store(counter.card_path, held)
    card = counter.open()

    with pytest.raises((CardMalformed, CardVersionUnknown)):
        card.identify()
    card.close()


# --- reader, slots, PSAM --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"card": "../cards/a.card", "fault": 3}'])
def test_slot_file_that_says_nothing(counter: Counter, text: str) -> None:
    """Without a slot file that can be read there is no reader."""
    (counter.slot.folder / "slot.json").write_text(text, encoding="utf-8")

    with pytest.raises(NoReader):
        counter.slots.card()


def test_no_slot_folder(counter: Counter) -> None:
    """A folder that is not there is no reader either."""
    (counter.slot.folder / "slot.json").unlink()

    with pytest.raises(NoReader):
        counter.slots.psam()


@pytest.mark.parametrize("card", [None, "", "../cards/none.card", "../cards"])
def test_no_card(counter: Counter, card: str | None) -> None:
    """Nothing in the slot, or nothing at the place it names."""
    counter.slot.insert(card=card, psam="../cards/psam.card")

    with pytest.raises(NoCard):
        counter.slots.card()


def test_damaged_card(counter: Counter) -> None:
    """An image that is none is no card of ours, and the slot is free again."""
    good = counter.card_path.read_bytes()
    counter.card_path.write_bytes(good[: len(good) // 2])
    with pytest.raises(NotLdtCard):
        counter.slots.card()

    counter.card_path.write_bytes(good)
    counter.admitted().close()


@pytest.mark.parametrize("psam", [None, "../cards/none.card", "slot.json"])
def test_no_psam(counter: Counter, psam: str | None) -> None:
    """No PSAM, or something else in its slot."""
    counter.slot.insert(card="../cards/a.card", psam=psam)

    with pytest.raises(PsamMissing):
        counter.slots.psam()


def test_user_card_in_the_psam_slot(counter: Counter) -> None:
    """A user card does not have the PSAM's application."""
    card = CounterCard(counter.slots.card(), counter.slots.psam(), Psam().keys)
    card.psam.channel._port = card.channel._port

    with pytest.raises(PsamMissing):
        card.identify()
    card.close()


def test_reader_is_held_exclusively(counter: Counter) -> None:
    """A second session is refused while one is open, and free after it."""
    card = counter.open()
    with pytest.raises(ReaderBusy):
        counter.slots.card()
    card.close()

    counter.open().close()


def test_terminal_number(counter: Counter) -> None:
    """The PSAM says which terminal it makes of this till."""
    card = counter.open()

    assert "990100000001" == card.psam.terminal_number()
    card.close()


@pytest.mark.parametrize(("name", "table"), [("IRK", {}), ("RK1DF04", {"RK1DF04": "84 67/99"})])
def test_psam_without_the_key(counter: Counter, name: str, table: dict[str, str]) -> None:
    """A key that settings or PSAM do not have is named."""
    keys = Psam.model_validate({"keys": table}).keys
    if not table:
        del keys[name]
    card = CounterCard(counter.slots.card(), counter.slots.psam(), keys)

    with pytest.raises(PsamKeyMissing, match=name):
        read(card)
    card.close()


def read(card: CounterCard) -> CardRecord:
    """Go the whole way to the record."""
    card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    return card.read_allowance()


def test_psam_of_another_area(counter: Counter) -> None:
    """A key that does not open the card is told from a refusal: another try would cost the card's key one of its own."""
    psam = json.loads(counter.psam_path.read_text(encoding="utf-8"))
    psam["keys"]["27/2A"] = "11" * 16
    counter.psam_path.write_text(json.dumps(psam), encoding="utf-8")
    card = counter.admitted()
    before = card.read_allowance()

    with pytest.raises(PsamForeign, match="UK2DF04"):
        card.write_refresh(refresh_of(before))
    assert FRESH == card.read_allowance()
    card.close()

    assert {"86": 2} == image.load(counter.card_path).key_left


def test_key_table_of_settings_is_the_published_one() -> None:
    """What settings give by default and what the simulated PSAM holds are one table."""
    expected = {name: (key.card_key, key.purpose, key.psam_key) for name, key in ldt.KEYS.items()}

    assert expected == {name: (key.card_key, key.purpose, key.psam_key) for name, key in Psam().keys.items()}


# --- the PIN --------------------------------------------------------------------------------------------


def test_pin_is_wiped(counter: Counter) -> None:
    """Right, wrong or malformed: the digits are gone from the caller's memory."""
    card = counter.open()
    card.identify()
    for digits, error in ((b"000000", PinWrong), (b"12345", CardMalformed), (b"12345a", CardMalformed)):
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
    with pytest.raises(CardMalformed):
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
    card_system._granted.clear()

    assert FRESH == card.read_allowance()
    card.close()


# --- economy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.00", "3.00"])
@pytest.mark.parametrize("sales", [0, 3, 9])
def test_whole_off_line_sale_is_short(tmp_path: Path, sales: int, version: str) -> None:
    """From power-up to the reading back: at most 30 commands to the card and 16 to the PSAM."""
    counter = Counter(tmp_path, version=version)
    counter.grant()
    for number in range(sales):
        card = counter.admitted()
        card.write_sale(sale_of(card.read_allowance(), debit_fen=1, tag=number))
        card.close()

    card = counter.admitted()
    plan = sale_of(card.read_allowance())
    after = card.write_sale(plan)
    card.close()

    assert Verdict.DONE is judge(plan, after)
    assert card.channel.sent <= CARD_APDUS_MAX
    assert card.psam.channel.sent <= PSAM_APDUS_MAX


def test_fault_fires_once(counter: Counter) -> None:
    """A pull empties the slot and is forgotten, so that the card can be put back."""
    counter.insert({"apdu": 1, "when": "before"})
    card = counter.open()
    with pytest.raises(CardError):
        card.identify()
    card.close()

    assert {"card": None, "psam": "../cards/psam.card", "fault": None} == counter.slot.read()


def test_refresh_over_unreadable_record(counter: Counter) -> None:
    """A record of which nothing could be read is written whole."""
    held = image.load(counter.card_path)
    held.records["DF04|EF06"] = {"90": None, "92": None, "93": None}
    image.store(counter.card_path, held)
    card = counter.admitted()
    plan = RefreshWrite(before=card.read_allowance(), tag=5, generation=9, grant_fen=1, not_after="C")

    assert CardRecord(generation=9, counter=1, amount_fen=1, not_after="C", tags=(5,)) == card.write_refresh(plan)
    card.close()
