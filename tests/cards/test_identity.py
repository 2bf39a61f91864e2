"""Who a card is, and the reader and PSAM that it is met with: through the whole stack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.sections import Psam
from settlement.allowance import CardRecord
from simulator import image
from terminal.cards import ldt
from terminal.cards.errors import (
    CardMalformed,
    CardVersionUnknown,
    NoCard,
    NoReader,
    NotGenuine,
    NotLdtCard,
    PsamForeign,
    PsamKeyMissing,
    PsamMissing,
    ReaderBusy,
)
from terminal.cards.identity import CardHolder
from terminal.cards.psam import Psam as PsamSession
from terminal.cards.recognition_errors import OldHolder, OldMedicalCard
from terminal.cards.services import CounterCard
from tests.cards.counter import Counter, met, refresh_of
from tests.cards.people import PIN, entry

FRESH = CardRecord(generation=0, counter=0, amount_fen=0, not_after="1", tags=())


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a new card of specification 2.00."""
    return Counter(tmp_path)


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
        valid_until="20331231",
        certno=person["certno"],
        psn_name=person["psn_name"],
    )
    assert "1" == holder.gend


def test_specification_1_is_evidence_only(tmp_path: Path) -> None:
    """A card of 1.00 lays out EF06 otherwise: it is refused by name, before anything is written, and says whose it is."""
    card = Counter(tmp_path, version="1.00").open()

    with pytest.raises(OldMedicalCard, match=r"1\.00") as old:
        card.identify()
    card.close()

    assert OldHolder(certno=entry("a")["certno"], psn_name=entry("a")["psn_name"], version="1.00") == old.value.holder


@pytest.mark.parametrize("version", ["4.00", "9.99", "2.0", "2.000", "中国"])
def test_specification_that_nobody_knows(counter: Counter, version: str) -> None:
    """Its tables are not built in: nothing more is asked of it."""
    held = image.load(counter.card_path)
    held.records["SSSE|EF05"]["03"] = version.encode("gb18030").ljust(4, b"\0")[:4].hex()
    image.store(counter.card_path, held)
    card = counter.open()

    if version == "2.000":
        # Four bytes is all that the item has.
        assert "2.00" == card.identify().version
    else:
        with pytest.raises(CardVersionUnknown):
            card.identify()
    card.close()


def test_card_of_other_keys_is_not_genuine(counter: Counter) -> None:
    """A copy that has the files and not the key cannot answer the challenge."""
    held = image.load(counter.card_path)
    counter.alter(keys=held.keys | {"SSSE|00": "00" * 16})
    card = counter.open()

    with pytest.raises(NotGenuine):
        card.identify()
    card.close()


def test_card_without_the_application(counter: Counter) -> None:
    """A card on which the environment cannot be selected is no social-security card."""
    with pytest.raises(NotLdtCard, match="3B6D0000"):
        met(counter.slots.psam(), counter.slots.psam()).identify()


@pytest.mark.parametrize(
    ("file", "tag", "value"),
    [
        ("SSSE|EF05", "07", b"TEST00070".hex()),  # check character
        ("SSSE|EF06", "08", b"990100197001017150".hex()),
        ("SSSE|EF06", "08", bytes(18).hex()),
        ("SSSE|EF05", "06", "2033FFFF"),  # a date of four digits
        ("SSSE|EF05", "06", "20330229"),  # a day that there was not
        ("SSSE|EF06", "08", b"99010019701301015X".hex()),  # born in a thirteenth month
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
    card = met(counter.slots.card(), counter.slots.psam())
    assert isinstance(card.keys, PsamSession)
    card.keys.channel._port = card.channel._port

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

    assert "990100000001" == card.keys.terminal_number()
    card.close()


@pytest.mark.parametrize(("name", "table"), [("IRK", {}), ("RK1DF04", {"RK1DF04": "84 67/99"})])
def test_psam_without_the_key(counter: Counter, name: str, table: dict[str, str]) -> None:
    """A key that settings or PSAM do not have is named."""
    keys = Psam.model_validate({"keys": table}).keys
    if not table:
        del keys[name]
    card = met(counter.slots.card(), counter.slots.psam(), keys=keys)

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

    assert {"DF04|86": 2} == image.load(counter.card_path).key_left


def test_key_table_of_settings_is_the_published_one() -> None:
    """What settings give by default and what the simulated PSAM holds are one table."""
    expected = {name: (key.card_key, key.purpose, key.psam_key) for name, key in ldt.KEYS.items()}

    assert expected == {name: (key.card_key, key.purpose, key.psam_key) for name, key in Psam().keys.items()}
