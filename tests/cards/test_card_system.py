"""The simulated card as a card: bytes in, bytes out; every access rule of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from simulator import crypto, image
from simulator.card import CardSystem
from simulator.personalise import card_of, psam_of
from simulator.psam import PsamSystem
from terminal.cards import ldt
from tests.cards.people import entry

PIN = bytes.fromhex("246813")
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
SELECT_DF04 = "00A4040006D15600000503"
SEED = "test"


class Powered:
    """A powered card whose image the test sees."""

    def __init__(self, version: str = "2.00", **changes: str) -> None:
        person = {"version": version, "issued": "20240101", "valid_until": "20331231", "pin_tries": "3"} | entry("a", **changes)
        self.image: image.CardImage = card_of(person, SEED)
        self.saved = 0
        self.system = CardSystem(self.image, self._save)

    def _save(self) -> None:
        self.saved += 1

    def send(self, command: str) -> str:
        """Send hexadecimal, return data and status word as hexadecimal."""
        content, sw = self.system.execute(bytes.fromhex(command))
        return f"{content.hex().upper()}{sw:04X}"

    def enter(self, application: str, *, pin: bool = False, key: str = "") -> None:
        """Select an application and prove what is asked for."""
        self.send(SELECT_SSSE)
        if application == "DF04":
            self.send(SELECT_DF04)
        if pin:
            assert "9000" == self.send(f"0020000003{PIN.hex()}")
        if key:
            assert "9000" == self.prove(key)

    def prove(self, key: str) -> str:
        """Authenticate externally with the key's own value, as a PSAM would."""
        challenge = bytes.fromhex(self.send("0084000008"))[:8]
        identifier = ldt.KEYS[key].card_key
        answer = crypto.cryptogram(bytes.fromhex(self.image.keys[f"{identifier:02X}"]), challenge, challenge)
        return self.send(f"008200{identifier:02X}10{answer.hex()}{challenge.hex()}")


@pytest.fixture
def card() -> Powered:
    """A card of specification 2.00."""
    return Powered()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (SELECT_SSSE, "6113"),
        ("00A40000023F00", "6A82"),
        ("00A4040006D15600000503", "6A82"),  # DF04 stands under the environment
        ("00B2012812", "6A82"),  # no application, no file
        ("0020000003246813", "6985"),
        ("00C0000008", "6985"),  # nothing waits
        ("00CA000000", "6D00"),
        ("10A4000002EF05", "6E00"),
        ("00A40400", "6A82"),
        ("00A404", "6700"),
        ("00A404000F7378", "6700"),  # Lc says more than there is
    ],
)
def test_command_to_a_fresh_card(card: Powered, command: str, expected: str) -> None:
    """A card that was just powered answers each command by the rules."""
    assert expected == card.send(command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("00B2032806", "0304322E30309000"),  # by tag in SFI 05: 2.00
        ("00B2033000", "6A83"),  # tag 03 is not in EF06
        ("00B2032800", "6C06"),  # wrong length: the right one is said
        ("00B2032C06", "0304322E30309000"),  # by ordinal
        ("00B2072C0B", "0709" + b"TEST00079".hex().upper()[:18] + "9000"),
        ("00B2082C00", "6A83"),  # no eighth item
        ("00B2002C00", "6A83"),
        ("00B2032D06", "6A86"),  # mode 5 is for cyclic files
        ("00B2043814", "6A82"),  # SFI 07: no such file here
        ("00B20A3003", "0A01319000"),
        ("00B2043003", "6A83"),  # tag 04 is not in EF06
        ("00B2043403", "0A01319000"),  # ordinal 4 of specification 2.00
        ("00B24E3016", "6A83"),  # never written
    ],
)
def test_record_addressing(card: Powered, command: str, expected: str) -> None:
    """Tag and ordinal are two addressings; a short identifier selects the file."""
    card.enter("SSSE")
    card_no = card.image.records["SSSE|EF05"]["07"]

    assert expected.replace(b"TEST00079".hex().upper(), card_no or "") == card.send(command)


def test_selected_file_is_addressed_by_zero(card: Powered) -> None:
    """Short identifier 0 means the file selected last, by either way."""
    card.enter("SSSE")
    assert "6106" == card.send("00A4000002EF05")
    assert "0304322E30309000" == card.send("00B2030006")
    assert "6106" == card.send("00A4020002EF06")
    assert "0A01319000" == card.send("00B20A0003")


def test_ordinals_moved_between_versions() -> None:
    """What is item 4 on a card of 2.00 is item 3 on one of 1.00: the reason to read EF06 by tag."""
    old = Powered("1.00")
    old.enter("SSSE")

    assert "0A01319000" == old.send("00B2033403")
    assert "0B01019000" == old.send("00B2043403")


def test_answer_of_a_case_4_command_waits(card: Powered) -> None:
    """61xx, then GET RESPONSE with the right length once; anything between loses it."""
    assert "6113" == card.send(SELECT_SSSE)
    assert "6C13" == card.send("00C0000001")
    assert "6F11840F7378312E73682EC9E7BBE1B1A3D5CF9000" == card.send("00C0000013")
    assert "6985" == card.send("00C0000013")
    card.send(SELECT_SSSE)
    card.send("0084000008")
    assert "6985" == card.send("00C0000013")


# --- access rules ---------------------------------------------------------------------------------------


def applications() -> Iterator[tuple[str, str, ldt.File]]:
    """Every file of every specification."""
    for version in ("1.00", "2.00", "3.00"):
        for name, files in (("SSSE", ldt.ssse_files(version)), ("DF04", ldt.df04_files(version))):
            for file in files.values():
                yield version, name, file


RIGHTS = [(pin, key) for pin in (False, True) for key in ("", "RKSSSE", "UKSSSE", "RK1DF04", "UK1DF04", "UK2DF04")]


def write_command(file: ldt.File) -> str:
    """Return a write that is right in everything but perhaps its permission."""
    if file.layout is ldt.Layout.CYCLIC:
        return f"00E200{file.sfi << 3:02X}{file.record_bytes:02X}{'01' * file.record_bytes}"
    item = file.items[0]
    return f"00DC{item.tag:02X}{file.sfi << 3:02X}{item.length + 2:02X}{item.tag:02X}{item.length:02X}{'01' * item.length}"


@pytest.mark.parametrize(("pin", "key"), RIGHTS)
@pytest.mark.parametrize(("version", "application", "file"), list(applications()), ids=lambda value: getattr(value, "name", value))
def test_access_rules(version: str, application: str, file: ldt.File, pin: bool, key: str) -> None:  # noqa: FBT001
    """A file is read and written with exactly the rights that its rule names."""
    card = Powered(version)
    card.enter(application, pin=pin, key=key)

    def permits(access: ldt.Access) -> bool:
        return not access.cos_only and (pin or not access.pin) and (not access.keys or key in access.keys)

    first = file.items[0].tag if file.items else 1
    mode = 0 if file.items else 4
    assert permits(file.read) == (card.send(f"00B2{first:02X}{file.sfi << 3 | mode:02X}00") != "6982")
    held = deepcopy(card.image)
    assert ("9000" if permits(file.write) else "6982") == card.send(write_command(file))
    assert permits(file.write) == (held != card.image)


def test_debit_log_is_the_cards_own(card: Powered) -> None:
    """EF08 can be read, is empty, and refuses every write whatever was proved."""
    card.enter("DF04", pin=True, key="UK2DF04")

    assert "6A83" == card.send("00B201441C")
    assert "6982" == card.send(write_command(ldt.DEBITS))
    assert [] == card.image.cyclic["DF04|EF08"]


def test_rights_end_with_the_application(card: Powered) -> None:
    """Selecting an application again forgets PIN and keys."""
    card.enter("DF04", pin=True, key="RK1DF04")
    assert "920400000000" == card.send("00B2923006")[:12]
    card.send(SELECT_DF04)

    assert "6982" == card.send("00B2923006")


# --- records --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("00DC923006920400001388", "9000"),
        ("00DC023406920400001388", "9000"),  # by ordinal: 92 is item 2
        ("00DC933006920400001388", "6A80"),  # another tag in the record
        ("00DC9230059203001388", "6A80"),  # another length
        ("00DC943006940400001388", "6A83"),  # no such item
        ("00DC923506920400001388", "6A86"),
        ("00DCF2A803BEEF31", "6981"),  # a cyclic file is appended to
        ("00E2003003BEEF31", "6981"),  # a tagged one is not
        ("00E200A802BEEF", "6700"),
        ("00E200A803BEEF31", "9000"),
    ],
)
def test_writes(card: Powered, command: str, expected: str) -> None:
    """An update carries its whole TLV, an append a whole record; all else is refused."""
    card.enter("DF04", pin=True, key="UK2DF04")
    saved = card.saved

    assert expected == card.send(command)
    assert saved + (expected == "9000") == card.saved


def test_cyclic_file_keeps_eight_newest_first(card: Powered) -> None:
    """The ninth record drives out the first; all are read in one command or one by one."""
    card.enter("DF04", pin=True, key="UK2DF04")
    assert "6A83" == card.send("00B201AD18")
    for number in range(9):
        card.send(f"00E200A8030A0{number}31")

    assert "".join(f"0A0{number}31" for number in range(8, 0, -1)) + "9000" == card.send("00B201AD18")
    assert "0A08319000" == card.send("00B201AC03")
    assert "0A01319000" == card.send("00B208AC03")
    assert "6A83" == card.send("00B209AC03")
    assert "6A83" == card.send("00B200AC03")
    assert "0A02310A01319000" == card.send("00B207AD06")


def test_torn_record_cannot_be_read(card: Powered) -> None:
    """A record whose write lost power answers 6581, and only that one."""
    card.enter("DF04", pin=True, key="RK1DF04")
    assert "9000" == card.prove("UK2DF04")
    card.system.tear(bytes.fromhex("00DC923006920400001388"))
    card.system.tear(bytes.fromhex("00E200A803BEEF31"))

    assert "6581" == card.send("00B2923006")
    assert "9302000" == card.send("00B2933004")[:7]
    assert "6581" == card.send("00B201AC03")
    assert "6581" == card.send("00B201AD03")


def test_refused_write_cannot_tear(card: Powered) -> None:
    """Losing power during a command that is refused changes nothing."""
    card.enter("DF04", pin=True)
    card.system.tear(bytes.fromhex("00DC923006920400001388"))

    assert "00000000" == card.image.records["DF04|EF06"]["92"]


# --- PIN ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tries", ["1", "3", "6", "15"])
def test_pin_counts_down_to_blocked(tries: str) -> None:
    """Each wrong PIN answers the tries left, then 6983, also to the right one."""
    card = Powered(pin_tries=tries)
    card.enter("DF04")

    assert [f"63C{left:X}" for left in range(int(tries) - 1, -1, -1)] == [card.send("0020000003000000") for _ in range(int(tries))]
    assert "6983" == card.send("0020000003000000")
    assert "6983" == card.send("0020000003246813")
    assert 0 == card.image.pin_left


def test_right_pin_restores_the_tries(card: Powered) -> None:
    """The counter starts again after the right PIN; a wrong one later takes the right away."""
    card.enter("DF04")
    card.send("0020000003000000")
    assert "9000" == card.send("0020000003246813")
    assert 3 == card.image.pin_left
    assert "63C2" == card.send("0020000003000000")
    assert "6982" == card.send("00B2803006")


def test_pin_of_another_length_costs_no_try(card: Powered) -> None:
    """Six digits or nothing."""
    card.enter("DF04")

    assert "6700" == card.send("00200000022468")
    assert 3 == card.image.pin_left


def test_try_is_counted_before_the_comparison(card: Powered) -> None:
    """A card pulled between counting and comparing has one try less: pulling gives no free guess."""
    card.enter("DF04")
    lefts: list[int] = []
    card.system._save = lambda: lefts.append(card.image.pin_left)

    card.send("0020000003246813")

    assert [2, 3] == lefts


# --- authentication -------------------------------------------------------------------------------------


def test_challenge_is_good_for_the_next_command_only(card: Powered) -> None:
    """Another command in between, or a second use, finds no challenge."""
    card.enter("DF04", pin=True)
    key = bytes.fromhex(card.image.keys["84"])
    challenge = bytes.fromhex(card.send("0084000008"))[:8]
    command = f"0082008410{crypto.cryptogram(key, challenge, challenge).hex()}{challenge.hex()}"
    card.send("00B2803006")
    assert "6984" == card.send(command)
    card.prove("RK1DF04")
    assert "6984" == card.send(command)


def test_challenges_differ(card: Powered) -> None:
    """No answer can be used twice."""
    assert 50 == len({card.send("0084000008") for _ in range(50)})
    assert "6C08" == card.send("0084000004")


def test_wrong_cryptogram_counts_down_and_blocks_the_key(card: Powered) -> None:
    """Three wrong answers block that key for ever, and no other."""
    card.enter("DF04", pin=True)
    answers = []
    for _ in range(4):
        card.send("0084000008")
        answers.append(card.send(f"0082008410{'00' * 16}"))

    assert ["63C2", "63C1", "63C0", "6983"] == answers
    assert "6983" == card.prove("RK1DF04")
    assert "9000" == card.prove("UK2DF04")


def test_right_cryptogram_restores_the_tries_of_its_key(card: Powered) -> None:
    """As with the PIN."""
    card.enter("DF04")
    card.send("0084000008")
    card.send(f"0082008410{'00' * 16}")
    assert {"84": 2} == card.image.key_left
    assert "9000" == card.prove("RK1DF04")
    assert {"84": 3} == card.image.key_left


@pytest.mark.parametrize(("command", "expected"), [("008200FF10" + "00" * 16, "6A88"), ("0082008408" + "00" * 8, "6700")])
def test_malformed_authentication(card: Powered, command: str, expected: str) -> None:
    """An unknown key and a short answer cost no try."""
    card.enter("DF04")
    card.send("0084000008")

    assert expected == card.send(command)
    assert {} == card.image.key_left


@pytest.mark.parametrize(("command", "expected"), [("0088008410" + "00" * 16, "6A88"), ("0088000008" + "00" * 8, "6700")])
def test_malformed_internal_authentication(card: Powered, command: str, expected: str) -> None:
    """Only the card's own key answers, and only two blocks."""
    card.enter("SSSE")

    assert expected == card.send(command)


def psam_answer(*commands: str) -> list[str]:
    """Send commands to a PSAM of the same seed."""
    system = PsamSystem(psam_of("990100", SEED))
    answers = [system.execute(bytes.fromhex(command)) for command in commands]
    return [f"{content.hex().upper()}{sw:04X}" for content, sw in answers]


@pytest.mark.parametrize("name", ldt.KEYS)
def test_psam_and_card_derive_the_same_key(card: Powered, name: str) -> None:
    """For every key of the table: the PSAM's cryptogram, from master and factors, is the card's."""
    key, card_sn = ldt.KEYS[name], bytes.fromhex("990100")
    factors = (bytes.fromhex(card.image.atr)[-8:], ldt.city_factor(card_sn), ldt.province_factor(card_sn))
    random, content = "1122334455667788", "8877665544332211"
    sent = b"".join(factors[: key.levels]).hex() + random
    own = crypto.cryptogram(bytes.fromhex(card.image.keys[f"{key.card_key:02X}"]), bytes.fromhex(random), bytes.fromhex(content))

    answers = psam_answer(
        "00A4040006D15600000590",
        f"BFDE{key.purpose:02X}{key.psam_key:02X}{len(sent) // 2:02X}{sent}",
        f"80FA000008{content}",
        "00C0000008",
    )

    assert ["610A", "9000", "6108", own.hex().upper() + "9000"] == answers


def test_factors_are_the_published_ones() -> None:
    """371700 is the city whose factor was published: 3337313730307378."""
    card_sn = bytes.fromhex("371700D1560000050000000AFFFFFFFF")

    assert "3337313730307378" == ldt.city_factor(card_sn).hex()
    assert b"370000sh" == ldt.province_factor(card_sn)


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["BFDE672D20" + "00" * 32], "6985"),  # before its application is selected
        (["00A4040006D15600000503"], "6A82"),
        (["00A4040006D15600000590", "80FA000008" + "00" * 8], "6985"),  # no process key
        (["00A4040006D15600000590", "BFDE672D18" + "00" * 24], "6700"),  # a factor is missing
        (["00A4040006D15600000590", "BFDE67FF20" + "00" * 32], "6A88"),
        (["00A4040006D15600000590", "BFDE272A10" + "00" * 16, "80FA000007" + "00" * 7], "6700"),
        (["00A4040006D15600000590", "00B0960006"], "9901000000019000"),
        (["00A4040006D15600000590", "00B0960000"], "6C06"),
        (["00A4040006D15600000590", "00CA000000"], "6D00"),
        (["00A404"], "6700"),
    ],
)
def test_psam_answers(commands: list[str], expected: str) -> None:
    """The PSAM does what it is for and refuses the rest."""
    assert expected == psam_answer(*commands)[-1]


def test_process_key_is_known_3des() -> None:
    """Diversification and cryptogram by hand: 3DES of a published vector (NIST SP 800-20), and PBOC's halves."""
    key = bytes.fromhex("0101010101010101" * 2)

    assert "95f8a5e5dd31d900" == crypto.triple_des(key, bytes.fromhex("8000000000000000")).hex()
    assert crypto.triple_des(key, b"12345678") == crypto.diversify(key, b"12345678")[:8]
    assert crypto.triple_des(key, bytes(byte ^ 0xFF for byte in b"12345678")) == crypto.diversify(key, b"12345678")[8:]


# --- images ---------------------------------------------------------------------------------------------


def test_image_survives(tmp_path: Path, card: Powered) -> None:
    """What was stored is read back the same, torn records and all."""
    card.image.records["DF04|EF06"]["92"] = None
    card.image.cyclic["DF04|EF15"] = [None, "BEEF31"]
    image.store(tmp_path / "a.card", card.image)

    assert card.image == image.load(tmp_path / "a.card")
    assert ["a.card"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"schema": 1}',
        '{"schema": 2, "atr": "3B6D0000"}',
        '{"schema": 1, "atr": "3B6D0000", "kind": "card"}',
        '{"schema": 1, "atr": "00", "kind": "psam"}',
        '{"schema": 1, "atr": "3B6D0000", "kind": "psam", "keys": {"a": "xyz"}}',
        '{"schema": 1, "atr": 7, "kind": "psam"}',
        '{"schema": 1, "atr": "3B6D0000", "surprise": 1}',
        "[" * 100_000,
    ],
)
def test_damaged_image_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is no image says so instead of becoming a strange card."""
    path = tmp_path / "a.card"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(image.ImageDamaged, match=r"^a\.card: "):
        image.load(path)


def test_record_of_another_length_is_damage(tmp_path: Path, card: Powered) -> None:
    """An image whose record does not fit its table is damaged."""
    card.image.records["DF04|EF06"]["92"] = "00"
    image.store(tmp_path / "a.card", card.image)

    with pytest.raises(image.ImageDamaged):
        image.load(tmp_path / "a.card")
