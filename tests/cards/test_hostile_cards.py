"""Cards that answer nonsense: every exchange is bounded and ends in an error with words."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from settlement.allowance import CardRecord, RefreshWrite, SaleWrite, Verdict, judge, spendable_fen
from settlement.errors import CardError
from simulator.card import CardSystem
from simulator.personalise import card_of, psam_of
from simulator.psam import PsamSystem
from terminal.cards import ldt
from terminal.cards.apdu import Channel, tries_left
from terminal.cards.errors import CardMalformed
from terminal.cards.port import CardPort, OutcomeUnknown
from terminal.cards.services import CounterCard
from tests.cards.counter import Scripted, met, port_of
from tests.cards.people import PIN, entry

BEFORE = CardRecord(generation=1, counter=1, amount_fen=5000, not_after="7", tags=(1,))
COMMANDS_MAX = 200
STEPS: dict[str, Callable[[CounterCard], object]] = {
    "identify": CounterCard.identify,
    "verify_pin": lambda card: card.verify_pin(bytearray(b"123456")),
    "read_allowance": CounterCard.read_allowance,
    "write_sale": lambda card: card.write_sale(SaleWrite(before=BEFORE, tag=2, debit_fen=100)),
    "write_refresh": lambda card: card.write_refresh(
        RefreshWrite(before=BEFORE, tag=2, generation=2, grant_fen=100, not_after="9"),
    ),
}


def session(card: CardPort, psam: CardPort) -> CounterCard:
    """Return a session on any two ports."""
    return met(card, psam)


# --- T=0 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "sent", "expected"),
    [
        ([(b"ab", 0x9000)], ["00B2010002"], (b"ab", 0x9000)),
        ([(b"", 0x6C03), (b"abc", 0x9000)], ["00B2010002", "00B2010003"], (b"abc", 0x9000)),
        ([(b"", 0x6102), (b"ab", 0x9000)], ["00B2010002", "00C0000002"], (b"ab", 0x9000)),
        ([(b"", 0x6102), (b"", 0x6C01), (b"a", 0x9000)], ["00B2010002", "00C0000002", "00C0000001"], (b"a", 0x9000)),
        ([(b"", 0x6102), (b"ab", 0x6101), (b"c", 0x9000)], ["00B2010002", "00C0000002", "00C0000001"], (b"abc", 0x9000)),
        ([(b"", 0x6A83)], ["00B2010002"], (b"", 0x6A83)),
    ],
)
def test_reading_over_t0(answers: list[tuple[bytes, int]], sent: list[str], expected: tuple[bytes, int]) -> None:
    """61xx fetches, 6Cxx repeats the command that it answered, with that length."""
    scripted = Scripted(*answers)

    assert expected == Channel(port_of(scripted)).read(0x00, 0xB2, 0x01, 0x00, le=2)
    assert sent == [apdu.hex().upper() for apdu in scripted.sent]


def test_writing_over_t0_has_no_le() -> None:
    """A command with content never carries Le, and 6Cxx does not cut its content off."""
    scripted = Scripted((b"", 0x6C08))

    assert (b"", 0x6C08) == Channel(port_of(scripted)).write(0x00, 0x88, 0x00, 0x00, bytes(16))
    assert [f"0088000010{'00' * 16}"] == [apdu.hex() for apdu in scripted.sent]


@pytest.mark.parametrize("sw", [0x6100, 0x61FF, 0x6C00, 0x6C10])
def test_card_that_never_ends(sw: int) -> None:
    """A card that has always more to say, or never the right length, is given up."""
    scripted = Scripted((b"", sw))

    with pytest.raises(CardMalformed):
        Channel(port_of(scripted)).read(0x00, 0xB2, 0x01, 0x00, le=2)
    assert len(scripted.sent) <= 8


@pytest.mark.parametrize(("sw", "sent"), [(0x9000, 1), (0x61FF, 1), (0x6A83, 1)])
def test_card_that_says_too_much(sw: int, sent: int) -> None:
    """More than T=0 can carry is nonsense, and nothing more is asked: no card fills the memory of a till."""
    scripted = Scripted((bytes(257), sw))

    with pytest.raises(CardMalformed):
        Channel(port_of(scripted)).read(0x00, 0xB2, 0x01, 0x00, le=2)
    assert sent == len(scripted.sent)
    assert (bytes(256), 0x9000) == Channel(port_of(Scripted((bytes(256), 0x9000)))).read(0x00, 0xB2, 0x01, 0x00, le=0)


@pytest.mark.parametrize(("sw", "expected"), [(0x63C0, 0), (0x63C3, 3), (0x63CF, 15), (0x6300, None), (0x6983, None), (0x9000, None)])
def test_tries_left(sw: int, expected: int | None) -> None:
    """63Cx says how many tries are left; nothing else does."""
    assert expected == tries_left(sw)


# --- nonsense -------------------------------------------------------------------------------------------

STATUS = st.one_of(st.sampled_from(list(ldt.SW)), st.integers(0x6100, 0x61FF), st.integers(0x6C00, 0x6CFF), st.integers(0, 0xFFFF))
ANSWERS = st.lists(st.tuples(st.binary(max_size=40), STATUS.map(int)), min_size=1, max_size=40)


@pytest.mark.parametrize("step", STEPS)
@given(card=ANSWERS, psam=ANSWERS)
@example(card=[(b"", 0x9000)], psam=[(b"", 0x9000)])
@example(card=[(b"\xff" * 256, 0x9000)], psam=[(b"\xff" * 256, 0x9000)])
@example(card=[(b"", 0x6581)], psam=[(b"", 0x6581)])
def test_nonsense_ends_in_a_card_error(step: str, card: list[tuple[bytes, int]], psam: list[tuple[bytes, int]]) -> None:
    """Whatever card and PSAM answer, a step ends after few commands, well or in an error with words."""
    ports = Scripted(*card), Scripted(*psam)
    with suppress(CardError):
        STEPS[step](session(*ports))
    assert all(len(port.sent) <= COMMANDS_MAX for port in ports)


class Silent(Scripted):
    """A card that is pulled at its n-th command."""

    def __init__(self, pulled_at: int) -> None:
        super().__init__((b"", 0x9000))
        self._left = pulled_at

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer, or be gone."""
        self._left -= 1
        if self._left <= 0:
            raise OutcomeUnknown
        return super().transmit(apdu)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("pulled_at", [1, 2, 3])
def test_silence_ends_in_a_card_error(step: str, pulled_at: int) -> None:
    """The port's own error never reaches the till."""
    for ports in ((Silent(pulled_at), Scripted((b"", 0x9000))), (Scripted((bytes(8), 0x9000)), Silent(pulled_at))):
        with suppress(CardError):
            STEPS[step](session(*ports))
        assert ports[0].sent or ports[1].sent or pulled_at == 1


class Meddled:
    """A genuine card, in memory, one of whose answers is replaced."""

    def __init__(self, at: int, answer: tuple[bytes, int]) -> None:
        person = {"version": "2.00", "issued": "20240101", "valid_until": "20331231", "pin_tries": "3"} | entry("a")
        image = card_of(person, "test")
        image.records["DF04|EF06"] = {"90": "37", "92": "00001388", "93": "0101"}
        image.cyclic["DF04|EF15"] = ["000132"]
        self.atr = bytes.fromhex(image.atr)
        self.sent = 0
        self._system = CardSystem(image, lambda: None)
        self._at = at
        self._answer = answer

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer as the card, but for the one answer."""
        self.sent += 1
        answer = self._system.execute(bytes(apdu))
        return self._answer if self.sent == self._at else answer

    def close(self) -> None:
        """Let go: nothing is kept."""
        self._at = 0


class PsamPort:
    """A PSAM in memory."""

    def __init__(self) -> None:
        image = psam_of("990100", "test")
        self.atr = bytes.fromhex(image.atr)
        self._system = PsamSystem(image)

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer as the PSAM."""
        return self._system.execute(bytes(apdu))

    def close(self) -> None:
        """Let go: nothing is kept."""
        self.atr = b""


RECORD = st.builds(bytes.__add__, st.sampled_from([b"\x90\x01", b"\x92\x04", b"\x93\x02"]), st.binary(min_size=1, max_size=4))


@given(at=st.integers(0, 30), answer=st.tuples(st.one_of(st.binary(max_size=40), RECORD), STATUS.map(int)))
@example(at=16, answer=(b"\x92\x04\0\0\0\0", 0x9000))
@example(at=17, answer=(b"\x93\x02\x01\xff", 0x9000))
def test_one_wrong_answer_in_a_sale(at: int, answer: tuple[bytes, int]) -> None:
    """A genuine card with one answer damaged on the way: a typed error, or a record for the judge; never anything else."""
    port = Meddled(at, answer)
    card = session(port, PsamPort())
    try:
        card.identify()
        card.verify_pin(bytearray(PIN.encode()))
        before = card.read_allowance()
        after = None if not spendable_fen(before, month=5) else card.write_sale(SaleWrite(before=before, tag=9, debit_fen=1))
    except CardError:
        after = None
    card.close()

    assert port.sent <= COMMANDS_MAX
    assert after is None or isinstance(after, CardRecord)


def test_meddled_card_is_genuine_when_left_alone() -> None:
    """The test above damages a sale that would succeed."""
    card = session(Meddled(0, (b"", 0)), PsamPort())
    card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    plan = SaleWrite(before=card.read_allowance(), tag=9, debit_fen=1)

    assert Verdict.DONE is judge(plan, card.write_sale(plan))


# --- codings --------------------------------------------------------------------------------------------

ITEMS = [
    item
    for version in ("1.00", "2.00")
    for file in (*ldt.ssse_files(version).values(), *ldt.df04_files(version).values())
    for item in file.items
]
NAMES = ["测试人员", "阿·买提", "欧阳㐂", "𠮷野", "A", "测 试"]


@settings(max_examples=25)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.tag:02X}")
@given(content=st.binary(max_size=70))
def test_decoding_is_text_or_value_error(item: ldt.Item, content: bytes) -> None:
    """Bytes of the wrong length or coding are refused; what decodes has no padding left."""
    try:
        text = ldt.decode(item, content)
    except ValueError:
        return
    assert len(content) == item.length
    assert not text.endswith("\0")


@pytest.mark.parametrize("name", NAMES)
def test_names_are_gb18030(name: str) -> None:
    """Rare characters and the dot of a Uyghur name survive; the padding does not."""
    item = ldt.HOLDER.item(ldt.TAG_NAME)

    assert name == ldt.decode(item, ldt.encode(item, name))
    assert name == ldt.decode(item, name.encode("gb18030").ljust(30, b" "))


@given(st.data())
@settings(max_examples=25)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item.tag:02X}")
def test_codings_go_both_ways(item: ldt.Item, data: st.DataObject) -> None:
    """What was encoded decodes to itself."""
    forms = {
        ldt.Coding.CN: st.text("0123456789", max_size=2 * item.length),
        ldt.Coding.AN: st.text("0123456789ABCXYZ", max_size=item.length),
        ldt.Coding.RAW: st.binary(min_size=item.length, max_size=item.length).map(lambda raw: raw.hex().upper()),
        ldt.Coding.DEC: st.integers(0, 256**item.length - 1).map(str),
    }
    text = data.draw(forms[item.coding])

    assert text == ldt.decode(item, ldt.encode(item, text))


@pytest.mark.parametrize(
    ("file", "tag", "text"),
    [(ldt.HOLDER, 0x09, "测" * 16), (ldt.ISSUER, 0x01, "00"), (ldt.ISSUER, 0x05, "202401011"), (ldt.HOLDER, 0x08, "1" * 19)],
)
def test_value_that_does_not_fit(file: ldt.File, tag: int, text: str) -> None:
    """A value longer than its item is refused, never cut."""
    with pytest.raises(ValueError, match=r".+"):
        ldt.encode(file.item(tag), text)


@pytest.mark.parametrize(("body", "check"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_citizen_check(body: str, check: str) -> None:
    """The two examples of GB 11643-1999."""
    assert check == ldt.citizen_check(body)


@pytest.mark.parametrize("body", ["1101051949123100", "110105194912310022", "1101051949123100A", ""])
def test_citizen_check_refuses(body: str) -> None:
    """Seventeen digits or an error."""
    with pytest.raises(ValueError, match=r".*"):
        ldt.citizen_check(body)


def test_every_card_check_character_occurs() -> None:
    """11 − (sum mod 11): 10 is X and 11 is 0."""
    drawn = random.Random(1)
    bodies = ["".join(drawn.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=8)) for _ in range(400)]

    assert set("0123456789X") == {ldt.card_no_check(body) for body in bodies}
    assert "0" == ldt.card_no_check("00000000")
    with pytest.raises(ValueError, match=r".*"):
        ldt.card_no_check("0000000")
