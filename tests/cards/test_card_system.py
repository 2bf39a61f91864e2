"""The simulated card as a card: bytes in, bytes out; every file and access rule of the tables."""

from __future__ import annotations

import itertools
from copy import deepcopy

import pytest

from terminal.cards import ldt
from tests.cards.powered import SELECT_DF04, SELECT_SSSE, Powered


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
        ("00B2010012", "6986"),
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
        ("00B2062D11", "0604203312310709" + b"TEST00079".hex().upper()[:18] + "9000"),  # by ordinal from the sixth on
        ("00B2062E11", "6A86"),  # no such mode
        ("00B2043814", "6982"),  # SFI 07: the fingerprint is behind a key
        ("00B204F014", "6A82"),  # SFI 1E: no such file
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


FILES = [
    (version, application, file)
    for version in ("1.00", "2.00", "3.00")
    for application in ldt.APPLICATIONS
    for file in ldt.files_of(application, version).values()
]
"""Every file of every specification."""
KEYS_OF = {
    "SSSE": ("RKSSSE", "RKSSSE0C", "UKSSSE", "UKEF0D"),
    "DF01": (*(f"UK{number}DF01" for number in range(1, 6)), "UKSSSE"),
    "DF03": ("RK1DF03", "RK2DF03", *(f"UK{number}DF03" for number in range(1, 8)), "UKSSSE"),
    "DF04": ("RK1DF04", "UK1DF04", "UK2DF04", "UK4DF04", "UK6DF04", "UKSSSE"),
}
"""Keys that open something in an application, and one of the environment's."""


def read_command(file: ldt.File) -> str:
    """Return a command that reads the first thing of a file."""
    if file.layout is ldt.Layout.BINARY:
        return f"00B0{0x80 | file.sfi:02X}0008"
    first, mode = (file.items[0].tag, 0) if file.items else (1, 4)
    return f"00B2{first:02X}{file.sfi << 3 | mode:02X}00"


def write_command(file: ldt.File) -> str:
    """Return a write that is right in everything but perhaps its permission."""
    if file.layout is ldt.Layout.BINARY:
        return f"00D6{0x80 | file.sfi:02X}0002BEEF"
    if not file.items:
        append = file.layout is ldt.Layout.CYCLIC
        return (
            f"00{'E200' if append else 'DC01'}{file.sfi << 3 | (0 if append else 4):02X}{file.record_bytes:02X}{'01' * file.record_bytes}"
        )
    item = file.items[0]
    return f"00DC{item.tag:02X}{file.sfi << 3:02X}{item.length + 2:02X}{item.tag:02X}{item.length:02X}{'01' * item.length}"


def permits(rule: str, proved: set[str]) -> bool:
    """Return what a rule of the tables means: the test's own reading of its grammar."""
    return rule != "COS" and any(all(name in proved | {"0"} for name in way.split("&")) for way in rule.split("|"))


@pytest.mark.parametrize(
    ("version", "application", "file"), FILES, ids=lambda value: f"{value.fid:04X}" if isinstance(value, ldt.File) else value
)
def test_access_rules(version: str, application: str, file: ldt.File) -> None:
    """A file is read and written with exactly the rights that its rule names, for the PIN and each key alone and together."""
    opened = 0
    for pin, key in itertools.product((False, True), ("", *KEYS_OF[application])):
        card = Powered(version)
        card.enter(application, pin=pin, key=key)
        proved = ({"PIN"} if pin else set()) | {key}
        assert permits(file.read.rule, proved) == (card.send(read_command(file)) != "6982")
        held = deepcopy(card.image)
        writes = permits(file.write.rule, proved)
        assert ("9000" if writes else "6982") == card.send(write_command(file))
        assert writes == (held != card.image)
        opened += writes
    assert bool(opened) == (file.write.rule != "COS")


@pytest.mark.parametrize(
    ("pin", "key", "expected"), [(True, "", "9000"), (False, "UK2DF01", "9000"), (False, "UK1DF01", "6982"), (False, "", "6982")]
)
def test_either_of_two_proofs_opens(pin: bool, key: str, expected: str) -> None:  # noqa: FBT001
    """DF01 EF07: the holder's PIN or the key of who keeps it."""
    card = Powered()
    card.enter("DF01", key="UK2DF01")
    card.send("00DC293803290131")
    card.enter("DF01", pin=pin, key=key)

    assert expected == card.send("00B2293803")[-4:]


@pytest.mark.parametrize(
    ("rule", "proved", "expected"),
    [
        ("0", "", True),
        ("PIN|UK1DF04", "UK1DF04", True),
        ("PIN|UK1DF04", "", False),
        ("PIN&RK1DF04", "PIN", False),
        ("PIN&RK1DF04", "PIN RK1DF04", True),
        ("PIN&RK1DF04|UK1DF04", "UK1DF04", True),  # & binds first
        ("PIN&RK1DF04|UK1DF04", "RK1DF04", False),
        ("COS", "PIN RK1DF04 UK1DF04", False),
    ],
)
def test_grammar_of_rules(rule: str, proved: str, expected: bool) -> None:  # noqa: FBT001
    """Free, either, both, and the card alone."""
    assert expected == ldt.Access(rule).permits(frozenset(proved.split()))


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
