"""Genuine cards with somebody in between: another card from some command on, names and records that lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from settlement.allowance import Verdict, judge
from settlement.errors import CardError
from simulator.card import CardSystem
from simulator.image import CardImage
from simulator.personalise import card_of, psam_of
from simulator.psam import PsamSystem
from terminal.cards import ldt
from terminal.cards.errors import CardMalformed
from terminal.screen.literal import literal
from tests.cards.counter import met, refresh_of, sale_of
from tests.cards.people import PIN, entry

COMMANDS_MAX = 60
Answer = tuple[bytes, int]


def held(letter: str) -> CardImage:
    """Return a new card with an allowance."""
    image = card_of(entry(letter), "test")
    image.records["DF04|EF06"] = {"90": "37", "92": "00001388", "93": "0101"}
    image.cyclic["DF04|EF15"] = ["000132"]
    return image


class Port:
    """Cards behind one contact: ``choose`` says by the number of the command which answers, ``change`` what becomes of its answer."""

    def __init__(
        self,
        *images: CardImage,
        choose: Callable[[int], int] = lambda _: 0,
        change: Callable[[bytes, Answer], Answer] = lambda _, answer: answer,
    ) -> None:
        self.atr = bytes.fromhex(images[0].atr)
        self.sent = 0
        self._cards = [CardSystem(image, lambda: None) for image in images]
        self._choose = choose
        self._change = change

    def transmit(self, apdu: bytes | bytearray) -> Answer:
        """Have a card answer."""
        self.sent += 1
        return self._change(bytes(apdu), self._cards[self._choose(self.sent)].execute(apdu))

    def close(self) -> None:
        """Let go."""


class PsamPort:
    """The PSAM in memory."""

    def __init__(self) -> None:
        image = psam_of("990100", "test")
        self.atr = bytes.fromhex(image.atr)
        self._system = PsamSystem(image)

    def transmit(self, apdu: bytes | bytearray) -> Answer:
        """Answer."""
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Let go."""


SALE_COMMANDS = 20


@pytest.mark.parametrize("back", [False, True], ids=["for good", "and back"])
@pytest.mark.parametrize("at", range(1, SALE_COMMANDS + 1))
def test_another_card_from_some_command_on(at: int, back: bool) -> None:  # noqa: FBT001 - a table's column
    """It knows neither PIN nor proofs of this session: an error with words, and nothing is written to it."""
    mine, other = held("a"), held("b")
    before = json.dumps(asdict(other))

    def choose(number: int) -> int:
        return int(number == at if back else number >= at)

    port = Port(mine, other, choose=choose)
    card = met(port, PsamPort())
    error: CardError | None = None
    verdict = None
    try:
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        plan = sale_of(card.read_allowance(), debit_fen=100)
        verdict = judge(plan, card.write_sale(plan))
    except CardError as refused:
        error = refused
    card.close()
    after = json.loads(json.dumps(asdict(other)))

    assert port.sent <= COMMANDS_MAX
    assert error is not None or verdict is Verdict.DONE
    # A wrong try at the other one's keys or PIN is all that it may have of it.
    assert {**json.loads(before), "key_left": after["key_left"], "pin_left": after["pin_left"]} == after


def renamed(name: bytes) -> Callable[[bytes, Answer], Answer]:
    """Answer the reading of the name with another one, of whatever length."""

    def change(apdu: bytes, answer: Answer) -> Answer:
        if apdu[1] == 0xB2 and apdu[2] == ldt.TAG_NAME and apdu[3] >> 3 == ldt.HOLDER.sfi:
            return bytes((ldt.TAG_NAME, len(name) & 0xFF)) + name, 0x9000
        return answer

    return change


@pytest.mark.parametrize(
    "text",
    [
        "甲\x1b[2J",
        "甲\x9b31m",
        "甲\x00乙",
        "甲\r\n乙",
        "甲\u202e乙",
        "甲\u2066乙",
        "甲\u200b乙",
        "甲\u3164乙",
        "\u115f甲",
        "甲\u034f",
        "\x07",
        "",
        " ",
        "\x7f",
    ],
)
def test_a_name_that_a_screen_would_obey(text: str) -> None:
    """Controls, directions and what is invisible are refused at the card, whatever any screen would do."""
    port = Port(held("a"), change=renamed(text.encode("gb18030").ljust(30, b"\0")))
    with pytest.raises(CardMalformed):
        met(port, PsamPort()).identify()


@pytest.mark.parametrize("text", ["[@click=app.quit]甲[/]", "[red]", "{name}", "%s%n", "a\u0301" * 4, "'; DROP TABLE--", "甲|乙$", "𠮷"])
def test_a_name_is_only_text(text: str) -> None:
    """Markup and marks that combine are a name like any other, and literal on a screen."""
    port = Port(held("a"), change=renamed(text.encode("gb18030").ljust(30, b"\0")))
    name = met(port, PsamPort()).identify().psn_name

    assert text == name
    assert "\x1b" not in literal(name)


@pytest.mark.parametrize(
    "name",
    [
        ("a" + "\u0301" * 500).encode("gb18030")[:254],
        b"\x81" * 30,
        b"\xff" * 30,
        "测".encode() * 10,
        b"\x81\x30\x81" + b"\0" * 27,
        b"A" * 29,
        b"A" * 31,
        b"",
        bytes(255),
    ],
    ids=["500 marks", "half a character", "no GB 18030", "UTF-8", "three of four bytes", "short", "long", "empty", "zeros"],
)
def test_a_name_record_that_lies(name: bytes) -> None:
    """Another length than the item's, or bytes that are no text: refused, or read as whatever GB 18030 makes of it, never more."""
    port = Port(held("a"), change=renamed(name))
    try:
        said = met(port, PsamPort()).identify().psn_name
    except CardMalformed:
        said = ""

    assert len(said) <= 30
    assert said.isprintable()
    assert port.sent <= COMMANDS_MAX


@pytest.mark.parametrize(
    "record",
    [
        "0703545354",
        "0709" + "54" * 8,
        "0709" + "54" * 10,
        "07FF" + "54" * 9,
        "078209" + "54" * 9,
        "0708" + "0709" + "54" * 7,
        "0709" + "0709" + "54" * 7 + "0709" + "54" * 9,
        "0609" + "54" * 9,
        "",
        "07",
        "6F0B0709" + "54" * 9,
    ],
)
def test_lengths_that_lie_and_tags_within_tags(record: str) -> None:
    """A record is its tag, its length and so many bytes: anything else is malformed, and is not looked into."""

    def change(apdu: bytes, answer: Answer) -> Answer:
        if apdu[1] != 0xB2 or apdu[3] >> 3 != ldt.ISSUER.sfi:
            return answer
        # By its tag alone, or at the end of all.
        asked = apdu[2] == ldt.TAG_CARD_NO or apdu[3] & 0x07 == 5
        return (answer[0].partition(bytes((ldt.TAG_CARD_NO, 9)))[0] + bytes.fromhex(record), 0x9000) if asked else answer

    port = Port(held("a"), change=change)
    with pytest.raises(CardMalformed):
        met(port, PsamPort()).identify()
    assert port.sent <= COMMANDS_MAX


@pytest.mark.parametrize(
    "nibbles", ["2A331231", "20G0", "20331F31", "FFFFFFFF", "2033F231", "20FF1231", "00000000", "20331301", "20330431"]
)
def test_dates_of_other_nibbles(nibbles: str) -> None:
    """Hexadecimal digits inside, fillers in the middle, days that there are not."""
    image = held("a")
    image.records["SSSE|EF05"]["06"] = nibbles.replace("G", "A").ljust(8, "F")
    port = Port(image)
    with pytest.raises(CardMalformed):
        met(port, PsamPort()).identify()


@pytest.mark.parametrize("counters", ["01FF", "0100", "FFFF", "0001"])
def test_counters_at_their_edges(counters: str) -> None:
    """A counter that is used up, or is being refreshed, is read as it is: the rules above refuse it, a refresh makes it whole."""
    image = held("a")
    image.records["DF04|EF06"]["93"] = counters
    card = met(Port(image), PsamPort())
    card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    record = card.read_allowance()
    after = card.write_refresh(refresh_of(record, tag=77)) if record.generation != 0xFF else record
    card.close()

    assert counters == f"{record.generation:02X}{record.counter:02X}"
    assert after.generation == (record.generation or 0) + (record.generation != 0xFF)
