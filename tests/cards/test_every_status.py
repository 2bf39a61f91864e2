"""All 65,536 status words to each command that the till sends: what each comes to, and in how many commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from settlement.allowance import CardRecord, RefreshWrite, SaleWrite
from settlement.errors import CardError
from terminal.cards import ldt
from terminal.cards.errors import (
    CardMalformed,
    CardRefused,
    CardTorn,
    CardVersionUnknown,
    NotGenuine,
    PinBlocked,
    PinUncertain,
    PinWrong,
    PsamForeign,
)
from terminal.cards.port import OutcomeUnknown
from terminal.cards.recognition_errors import ForeignCard
from terminal.cards.services import CounterCard

EVERY = range(0x10000)
MORE, WRONG_LE, EIGHT_WAIT = 0x61, 0x6C, 0x6108
COMMANDS_MAX = 40
BEFORE = CardRecord(generation=1, counter=1, amount_fen=5000, not_after="7", tags=(1,))
SALE = SaleWrite(before=BEFORE, tag=2, debit_fen=100)
REFRESH = RefreshWrite(before=BEFORE, tag=2, generation=2, grant_fen=100, not_after="9")
FILES = (*ldt.ssse_files("2.00").values(), *ldt.df04_files("2.00").values())
LENGTHS = {item.tag: item.length for file in FILES for item in file.items}
RECORDS = {file.sfi: file.record_bytes for file in (ldt.INTENTS, ldt.DEBITS)}
SELECT, READ, UPDATE, APPEND, VERIFY, CHANGE = 0xA4, 0xB2, 0xDC, 0xE2, 0x20, 0x5E
CHALLENGE, EXTERNAL, INTERNAL, UNBLOCK, RELOAD = 0x84, 0x82, 0x88, 0x24, 0xD4


class Keys:
    """Keys that prove whatever is asked: what the card says of it is the question."""

    sm4 = False

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Echo."""
        del name, factors, random
        return content

    def mac(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Prove."""
        del name, factors, random, content
        return bytes(4)

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Seal."""
        del name, factors, random, head
        return bytes(secret) + bytes(4)

    def terminal_number(self) -> str:
        """Say a number."""
        return "0" * 12

    def close(self) -> None:
        """End."""


@dataclass(slots=True)
class Answering:
    """A card that does everything, but answers one instruction with one status word."""

    ins: int
    sw: int
    atr: bytes = bytes.fromhex("3B6D00000081544C860102030405060708")
    sent: list[int] = field(default_factory=list)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer."""
        self.sent.append(apdu[1])
        if apdu[1] == self.ins:
            return b"", self.sw
        match apdu[1]:
            case 0x84:
                return bytes(8), 0x9000
            case 0xB2:
                return self._record(apdu[2], apdu[3]), 0x9000
            case 0xC0:
                return bytes(apdu[4]), 0x9000
        return b"", 0x9000

    @staticmethod
    def _record(tag: int, p2: int) -> bytes:
        if p2 >> 3 in RECORDS:
            return bytes(RECORDS[p2 >> 3])
        return bytes((tag, LENGTHS[tag])) + bytes(LENGTHS[tag])

    def close(self) -> None:
        """Let go."""


def opened(ins: int, sw: int) -> tuple[CounterCard, Answering]:
    """Return a session in which one command is answered so."""
    card = Answering(ins, sw)
    return CounterCard(card, Keys()), card


def unblock(card: CounterCard) -> None:
    """Unblock."""
    card.unblock_pin()


def reload(card: CounterCard) -> None:
    """Set anew."""
    card.reload_pin(bytearray(b"975310"))


def verify(card: CounterCard) -> None:
    """Verify."""
    card.verify_pin(bytearray(b"246813"))


def change(card: CounterCard) -> None:
    """Change."""
    card.change_pin(bytearray(b"246813"), bytearray(b"975310"))


def pin_error(sw: int) -> type[CardError] | None:
    """Return what a status word to a command with a PIN means."""
    if sw == 0x9000:
        return None
    if sw in {0x6983, 0x63C0}:
        return PinBlocked
    return PinWrong if sw & 0xFFF0 == 0x63C0 else CardRefused


def office_error(sw: int) -> type[CardError] | None:
    """Return what a status word to a sealed command means."""
    return None if sw == 0x9000 or sw >> 8 == MORE else CardRefused


def proof_error(sw: int) -> type[CardError] | None:
    """Return what a status word to EXTERNAL AUTHENTICATE means."""
    if sw == 0x9000 or sw >> 8 == MORE:
        return None
    return PsamForeign if sw & 0xFFF0 == 0x63C0 or sw == 0x6983 else CardRefused


def written_error(sw: int) -> type[CardError] | None:
    """Return what a status word in the middle of a write means: whatever is not done is not known."""
    return None if sw == 0x9000 or sw >> 8 == MORE else CardTorn


def challenge_error(sw: int) -> type[CardError] | None:
    """Return what a status word to GET CHALLENGE means, which has no bytes beside it."""
    return CardMalformed if sw == 0x9000 or sw >> 8 in {MORE, WRONG_LE} else CardRefused


STEPS: list[tuple[str, int, Callable[[CounterCard], object], Callable[[int], type[CardError] | None]]] = [
    ("VERIFY", VERIFY, verify, pin_error),
    ("CHANGE PIN", CHANGE, change, pin_error),
    ("UNBLOCK PIN", UNBLOCK, unblock, office_error),
    ("RELOAD PIN", RELOAD, reload, office_error),
    ("EXTERNAL AUTHENTICATE", EXTERNAL, unblock, proof_error),
    ("UPDATE RECORD in a sale", UPDATE, lambda card: card.write_sale(SALE), written_error),
    ("APPEND RECORD in a sale", APPEND, lambda card: card.write_sale(SALE), written_error),
    ("UPDATE RECORD in a refresh", UPDATE, lambda card: card.write_refresh(REFRESH), written_error),
]


@pytest.mark.parametrize(("name", "ins", "step", "expected"), STEPS, ids=[name for name, *_ in STEPS])
def test_every_status_word(
    name: str, ins: int, step: Callable[[CounterCard], object], expected: Callable[[int], type[CardError] | None]
) -> None:
    """Only 9000 is success (and 61xx, whose bytes are fetched); each other is the error that it means, soon."""
    wrong = []
    for sw in EVERY:
        card, port = opened(ins, sw)
        try:
            step(card)
            met: type[CardError] | None = None
        except CardError as error:
            met = type(error)
        if met is not expected(sw) or len(port.sent) > COMMANDS_MAX:
            wrong.append(f"{name} {sw:04X}: {met}, {len(port.sent)} commands")

    assert [] == wrong[:5]


def test_every_status_word_to_get_challenge() -> None:
    """Without eight bytes there is no challenge, whatever the card calls it."""
    for sw in EVERY:
        card, port = opened(CHALLENGE, sw)
        met: type[CardError] | None = None
        try:
            card.unblock_pin()
        except CardError as error:
            met = type(error)
        # 6108 is how T=0 may hand over the eight bytes.
        assert met is (None if sw == EIGHT_WAIT else challenge_error(sw)), f"{sw:04X}"
        assert len(port.sent) <= COMMANDS_MAX


def test_every_status_word_to_a_selection() -> None:
    """9000 and 61xx alone select: then the version is read, which this card has not. Any other has not the environment, and is named."""
    for sw in EVERY:
        card, port = opened(SELECT, sw)
        selected = sw == 0x9000 or sw >> 8 == MORE
        with pytest.raises(CardVersionUnknown if selected else ForeignCard):
            card.identify()
        assert len(port.sent) <= COMMANDS_MAX, f"{sw:04X}"
        assert set(port.sent) <= {SELECT, READ, 0xC0}, f"{sw:04X}"


def test_every_status_word_to_internal_authentication() -> None:
    """A card that does not prove itself is not genuine, whatever it answers."""
    for sw in EVERY:
        card, port = opened(INTERNAL, sw)
        with pytest.raises(NotGenuine if sw >> 8 != WRONG_LE else (NotGenuine, CardMalformed)):
            card._session.check_genuine()
        assert len(port.sent) <= COMMANDS_MAX


def test_every_status_word_to_a_reading() -> None:
    """6581 and 6A83 read as nothing, so that a torn record is judged; 9000 without bytes is malformed; others are refused."""
    for sw in EVERY:
        card, port = opened(READ, sw)
        met: object = None
        try:
            met = card.read_allowance()
        except CardError as error:
            met = type(error)
        expected: object = CardRefused
        if sw in {0x6581, 0x6A83}:
            expected = CardRecord
        elif sw == 0x9000 or sw >> 8 in {MORE, WRONG_LE}:
            expected = CardMalformed
        assert expected in {met, type(met)}, f"{sw:04X}: {met}"
        assert len(port.sent) <= COMMANDS_MAX


def test_contact_lost_in_each_secret_command() -> None:
    """A tear is not a status word: it is not known what the card did."""
    card, _ = opened(CHANGE, 0x9000)
    card.channel._port = Gone(CHANGE)
    with pytest.raises(PinUncertain):
        change(card)


class Gone(Answering):
    """A card that goes away at one instruction."""

    def __init__(self, ins: int) -> None:
        super().__init__(ins, 0x9000)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer, or be gone."""
        if apdu[1] == self.ins:
            raise OutcomeUnknown
        return super().transmit(apdu)
