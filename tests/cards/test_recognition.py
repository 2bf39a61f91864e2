"""What else people put into the reader: named in words, refused, and never asked for a PIN."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from settlement.errors import CardError
from simulator import image
from simulator.card import CardSystem
from simulator.image import CardImage
from terminal.cards import ldt
from terminal.cards.errors import CardMute, NotLdtCard
from terminal.cards.identity import Algorithm
from terminal.cards.recognition import Kind
from terminal.cards.recognition_errors import AlgorithmUnsupported, Contactless, ForeignCard, OldHolder, OldMedicalCard
from tests.cards.counter import Counter, Scripted, met
from tests.cards.people import entry

COMMANDS_MAX = 10
NO_FILE = (b"", 0x6A82)
CHIP = "3B6700008688474" + "8F5FF08"
"""A bank's, from a public list: an answer to reset proves nothing by itself."""


class Other(Scripted):
    """A card with these applications and no other."""

    def __init__(self, atr: str, applications: Mapping[bytes, int]) -> None:
        super().__init__(NO_FILE, atr=bytes.fromhex(atr))
        self._applications = applications

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer a selection."""
        super().transmit(apdu)
        return b"", self._applications.get(bytes(apdu[5:]), 0x6A82)


def refused(card: Scripted) -> CardError:
    """Return what the till says of a card."""
    with pytest.raises(CardError) as error:
        met(card, Scripted((b"", 0x6F00))).identify()
    assert len(card.sent) <= COMMANDS_MAX
    # Nothing that costs a try or writes: selections and readings.
    assert {sent[1] for sent in card.sent} <= {0xA4, 0xB2, 0xC0}
    return error.value


@pytest.mark.parametrize(
    ("atr", "applications", "kind"),
    [
        (CHIP, {b"1PAY.SYS.DDF01": 0x9000}, Kind.BANK),
        ("3B8D80010004D084218664000000000000" + "9F", {b"2PAY.SYS.DDF01": 0x611F}, Kind.BANK),
        (CHIP, {bytes.fromhex("A000000333"): 0x6120}, Kind.BANK),
        ("3B888001D1038605008080" + "0058", {}, Kind.CITIZEN_ID),
        ("3B888001D103860C00809000" + "00", {}, Kind.CITIZEN_ID),
        ("3B8F8001804F0CA00000030607FFB00000000020", {}, Kind.CITIZEN_ID),
        ("3B6F00008031E06B04060502255555555555" + "55", {}, Kind.HONG_KONG_ID),
        ("3B8F8001804F0CA000000306030001000000006A", {}, Kind.LOGIC_ENCRYPTED),
        ("3B8F8001804F0CA0000003060300020000000069", {}, Kind.LOGIC_ENCRYPTED),
        ("3B04A2131091", {}, Kind.LOGIC_ENCRYPTED),
        ("3B0492231091", {}, Kind.LOGIC_ENCRYPTED),
        ("3B8F8001804F0CA0000003060B00140000000077", {}, Kind.MEMORY),
        ("3B8A80010031C173C8400052A90000", {bytes.fromhex("A0000002471001"): 0x9000}, Kind.TRAVEL_DOCUMENT),
        (CHIP, {bytes.fromhex("A000000632010105"): 0x9000}, Kind.PURSE),
        (CHIP, {bytes.fromhex("A00000000386980701"): 0x9000}, Kind.PURSE),
        (CHIP, {}, Kind.OTHER),
        ("3B6D0000008154443686605328A8888888", {}, Kind.OTHER),
        ("3B", {}, Kind.OTHER),
        ("", {}, Kind.OTHER),
    ],
)
def test_other_cards_are_named(atr: str, applications: Mapping[bytes, int], kind: Kind) -> None:
    """By what it answers, in both languages; the answer to reset of a social-security card makes none."""
    error = refused(Other(atr, applications))

    assert isinstance(error, ForeignCard)
    assert kind is error.kind
    assert kind.zh in error.say("zh")
    assert kind.en in error.say("en")


def test_every_kind_has_a_name_of_its_own() -> None:
    """No two are called the same."""
    assert len(Kind) == len({kind.zh for kind in Kind}) == len({kind.en for kind in Kind})


def test_a_card_without_chip_is_told_what_it_may_be() -> None:
    """Bar-code and magnetic cards cannot answer: the words of the mute card name them."""
    said = CardMute()

    assert all(word in said.say("zh") for word in ("条码卡", "磁条卡"))
    assert all(word in said.say("en") for word in ("bar-code", "magnetic"))


class Altered(Scripted):
    """A genuine card in memory, with another answer to the selection of its environment, or none."""

    def __init__(self, held: CardImage, said: bytes | None, *, atr: str = "") -> None:
        super().__init__(NO_FILE, atr=bytes.fromhex(atr or held.atr))
        self._system = CardSystem(held, lambda: None)
        self._said = said

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer as the card, but for that selection."""
        super().transmit(apdu)
        answer = self._system.execute(apdu)
        if bytes(apdu[5:]) != ldt.SSSE_AID:
            return answer
        return NO_FILE if self._said is None else (self._said, 0x9000)


def test_a_bank_application_beside_the_environment_is_ours(tmp_path: Path) -> None:
    """Cards of the second and third generation carry a bank's as well: they are asked for ours first."""
    counter = Counter(tmp_path)
    card = counter.open()

    assert entry("a")["psn_name"] == card.identify().psn_name
    card.close()


def test_an_old_card_without_environment_is_evidence(tmp_path: Path) -> None:
    """6A82 for the environment, and EF05 all the same: it says whose it is, and nothing else is asked of it."""
    held = image.load(Counter(tmp_path, version="1.00").card_path)
    error = refused(Altered(held, None))

    assert isinstance(error, OldMedicalCard)
    assert OldHolder(certno=entry("a")["certno"], psn_name=entry("a")["psn_name"], version="") == error.holder


@pytest.mark.parametrize(
    ("said", "algorithm"),
    [("6F119F0C8602", "SSF33"), ("9F0C8602FF", "SSF33"), ("9F0C8607", "07"), ("9F0C86", "-")],
)
def test_algorithms_that_we_have_not(tmp_path: Path, said: str, algorithm: str) -> None:
    """SSF33 is described nowhere in public, and what is neither is asked nothing."""
    held = image.load(Counter(tmp_path).card_path)
    error = refused(Altered(held, bytes.fromhex(said)))

    assert isinstance(error, AlgorithmUnsupported)
    assert f" {algorithm}" in str(error)


def test_ssf33_by_the_card_number(tmp_path: Path) -> None:
    """A card whose selection says nothing and whose 卡识别码 begins with 11 is SSF33 (one program)."""
    held = image.load(Counter(tmp_path).card_path)
    sn = held.records["SSSE|EF05"]["01"]
    assert sn is not None
    held.records["SSSE|EF05"]["01"] = "11" + sn[2:]
    error = refused(Altered(held, b""))

    assert isinstance(error, AlgorithmUnsupported)
    assert Algorithm.SSF33 in str(error)


def test_a_card_met_without_contact(tmp_path: Path) -> None:
    """Its key factor is in the answer to reset of the chip: it is to be put in, and is not called a forgery."""
    held = image.load(Counter(tmp_path, version="3.00").card_path)

    assert isinstance(refused(Altered(held, b"", atr="3B888001D156000005010200" + "00")), Contactless)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("测试·阿", "测试·阿"), ("测\ue000试", "测〓试"), ("\U00020bb7野", "\U00020bb7野"), ("é" * 7, "é" * 7)],
)
def test_rare_names_are_served(tmp_path: Path, name: str, expected: str) -> None:
    """A character of the issuer's own area has a mark in its place; nobody is refused for a rare name."""
    counter = Counter(tmp_path)
    held = image.load(counter.card_path)
    held.records["SSSE|EF06"]["09"] = name.encode("gb18030").ljust(30, b"\0").hex()
    image.store(counter.card_path, held)
    card = counter.open()

    assert expected == card.identify().psn_name
    card.close()


def test_foreign_is_a_kind_of_not_ours() -> None:
    """Whoever handles the one handles the other."""
    assert issubclass(ForeignCard, NotLdtCard)
