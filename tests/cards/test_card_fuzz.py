"""Hostile bytes, the same ones each time: at the card, the PSAM, the rules of T=0, and every decoder of what comes from outside.

Each case ends in an answer within its bounds, or in the error that is its own. How many there were is counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from settlement.errors import CardError
from simulator import dbf, image
from simulator.card import CardSystem
from simulator.errors import RosterMalformed, RosterUnreadable
from simulator.personalise import card_of, psam_of, read
from simulator.psam import PsamSystem
from simulator.t0 import Command, Refused
from terminal.cards import ldt
from terminal.cards.apdu import Channel
from terminal.cards.errors import CardMalformed
from terminal.cards.keypad import PinProperties, features
from terminal.cards.port import CardPort
from terminal.cards.services import CounterCard
from tests.cards.conversation import Conversation, Repeatable, with_psam
from tests.cards.counter import Scripted, met, port_of
from tests.cards.people import PIN, entry
from tests.cards.powered import SEED, Powered
from tests.cards.test_card_system import write_command
from tests.cards.test_yibao_card_tables import OFFICE, PLAIN, table_csv, table_dbf

Count = Callable[[str, Any], None]
ANSWER_MAX = 256
HEADER = 5
ROUNDS_MAX = 8
COMMANDS_MAX = 60
LEAVING = {0xA4, 0x16, 0x1E}
"""Instructions after which the card is another one: SELECT and the two that block."""
RENEWED = 400
"""Commands to one card before the next one: a PIN and keys that are blocked hide what is behind them."""


CARDS = 30
"""Cards of each specification, with :data:`RENEWED` commands to each."""
CASES = {
    "apdu": {"card": 3 * CARDS * RENEWED, "card, all proved": 3 * CARDS * RENEWED, "psam": 12_000, "parsed": 8_000, "transport": 10_000},
    "tlv": {"records": 24_000},
    "bcd and gb18030": {"values": 20_000},
    "others": {"features": 8_000, "whole readings": 2_000, "rosters": 800, "tables": 8_000},
}


def test_there_are_enough_cases() -> None:
    """At least so many to each decoder, and in all."""
    sums = {decoder: sum(cases.values()) for decoder, cases in CASES.items()}

    assert {"apdu": True, "tlv": True, "bcd and gb18030": True} == {
        name: sums[name] >= 20_000 for name in ("apdu", "tlv", "bcd and gb18030")
    }
    assert sum(sums.values()) - sums["others"] >= 100_000


def damaged(drawn: random.Random, seeds: list[bytes]) -> bytes:
    """Return one of the seeds with nothing, bits, bytes or ends changed, or bytes that were none; half of them with a length that fits."""
    content = bytearray(drawn.choice(seeds))
    for _ in range(drawn.randrange(4)):
        at = drawn.randrange(len(content) + 1)
        match drawn.randrange(7):
            case 0:
                content[at : at + 1] = bytes((drawn.randrange(256),))
            case 1:
                del content[at:]
            case 2:
                content[at:at] = drawn.randbytes(drawn.randrange(1, 9))
            case 3 if content:
                content[at % len(content)] ^= 1 << drawn.randrange(8)
            case 4:
                content += drawn.choice(seeds)
            case 5:
                content[4:5] = bytes((drawn.randrange(256),))
            case _:
                content = bytearray(drawn.randbytes(drawn.randrange(12))) or content
    if len(content) > HEADER and drawn.randrange(2):
        content[HEADER - 1] = min(len(content) - HEADER, 255)
    return bytes(content)


def well_formed(answer: tuple[bytes, int], apdu: bytes) -> None:
    """An answer has a status word and no more bytes than T=0 carries; only 9000 comes with bytes."""
    content, sw = answer
    assert sw >> 12 in {0x6, 0x9}, apdu.hex()
    assert len(content) <= ANSWER_MAX, apdu.hex()
    assert sw == ldt.SW.OK or not content, apdu.hex()


def fresh(version: str, drawn: random.Random) -> Powered:
    """Return a new card whose random bytes are drawn too."""
    card = Powered(version)
    card.system._card.entropy = drawn.randbytes
    return card


def commands(version: str) -> list[bytes]:
    """Return what the whole conversation sends to a card."""
    card = Powered(version)
    held = Conversation(CardSystem(card.image, lambda: None, Repeatable()).execute, deepcopy(card.image)).hold(PIN)
    return [bytes.fromhex(command) for command, _ in held]


@pytest.mark.parametrize("version", ["1.00", "2.00", "3.00"])
def test_card_gives_nothing_away(version: str, record_property: Count) -> None:
    """Damaged commands, and replayed ones: an answer each, no right to any key, no record written, no money moved, nothing blocked."""
    drawn, seeds = random.Random(f"card {version}"), commands(version)
    for _ in range(CARDS):
        card = fresh(version, drawn)
        before = deepcopy(card.image)
        for _ in range(RENEWED):
            apdu = damaged(drawn, seeds)
            well_formed(card.system.execute(apdu), apdu)
            now, held = card.image, card.system._card
            assert held.proved <= {ldt.PIN}, apdu.hex()
            assert (before.records, before.cyclic, 0) == (now.records, now.cyclic, now.sequence), apdu.hex()
            assert not now.blocked, apdu.hex()
            assert not now.card_blocked, apdu.hex()
    record_property("cases fuzzed", CARDS * RENEWED)


@pytest.mark.parametrize("version", ["1.00", "2.00", "3.00"])
def test_card_with_everything_proved_stays_a_card(version: str, record_property: Count) -> None:
    """Behind all rights damaged commands may write: what is written fits its table, so the image is still one."""
    drawn, seeds = random.Random(f"proved {version}"), [apdu for apdu in commands(version) if apdu[1] not in LEAVING]
    seeds += [bytes.fromhex(write_command(file)) for file in ldt.df04_files(version).values()] * 5
    written = 0
    for _ in range(CARDS):
        card = fresh(version, drawn)
        before = deepcopy(card.image)
        for _ in range(RENEWED):
            if card.system._card.application != "DF04":
                card.enter("DF04")
                card.system._card.proved |= {ldt.PIN, *ldt.KEYS}
            apdu = damaged(drawn, seeds)
            if drawn.randrange(8) == 0:
                card.system.tear(apdu)
            else:
                well_formed(card.system.execute(apdu), apdu)
        image._check(card.image)
        written += card.image.records != before.records
    assert written > CARDS // 2
    record_property("cases fuzzed", CARDS * RENEWED)


def test_psam_answers_whatever_is_sent(record_property: Count) -> None:
    """An answer each, and none of them a key."""
    drawn, psam = random.Random("psam"), psam_of("990100", SEED)
    sent: list[bytes] = []
    system = PsamSystem(psam)

    def transmit(apdu: bytes) -> tuple[bytes, int]:
        sent.append(apdu)
        return system.execute(apdu)

    with_psam(transmit)
    keys = {bytes.fromhex(key) for key in psam.keys.values()} | {bytes.fromhex(key)[:8] for key in psam.keys.values()}
    cases = CASES["apdu"]["psam"]
    for _ in range(cases):
        apdu = damaged(drawn, sent[: len(sent)])
        answer = system.execute(apdu)
        well_formed(answer, apdu)
        assert answer[0] not in keys, apdu.hex()
    record_property("cases fuzzed", cases)


def test_commands_are_parsed_or_refused(record_property: Count) -> None:
    """What T=0 calls a command: its parts make the bytes again."""
    drawn, seeds, cases = random.Random("parse"), commands("2.00"), CASES["apdu"]["parsed"]
    for _ in range(cases):
        apdu = damaged(drawn, seeds)
        with suppress(Refused):
            parsed = Command.parse(apdu)
            again = bytes((parsed.cla, parsed.ins, parsed.p1, parsed.p2, parsed.p3)) + parsed.content + parsed.secret
            assert again == apdu.ljust(5, b"\0")
    record_property("cases fuzzed", cases)


def test_transport_ends(record_property: Count) -> None:
    """61 and 6C in any order, for ever, with any bytes: eight rounds, then an error of its own."""
    drawn, cases = random.Random("transport"), CASES["apdu"]["transport"]
    words = (0x9000, 0x6100, 0x6110, 0x61FF, 0x6C00, 0x6C10, 0x6CFF, 0x63C2, 0x6700, 0x0000, 0xFFFF)
    for _ in range(cases):
        answers = [(drawn.randbytes(drawn.randrange(20)), drawn.choice(words)) for _ in range(drawn.randrange(1, 12))]
        port = Scripted(*answers)
        channel = Channel(port_of(port))
        with suppress(CardMalformed):
            content, sw = channel.read(0, 0xB2, 1, 4, le=0) if drawn.randrange(2) else channel.write(0, 0x88, 0, 0, b"\1" * 16)
            assert sw >> 8 != 0x61
            assert len(content) <= ROUNDS_MAX * 20
        assert len(port.sent) <= ROUNDS_MAX
    record_property("cases fuzzed", cases)


ITEMS = [
    item
    for version in ("1.00", "2.00", "3.00")
    for name in ldt.APPLICATIONS
    for file in ldt.files_of(name, version).values()
    for item in file.items
]


def texts(drawn: random.Random) -> bytes:
    """Return bytes as a hostile card has them in a text: BCD with letters, GB 18030 at its edges, controls, marks that combine."""
    pools = (
        drawn.randbytes(drawn.randrange(8)),
        bytes(drawn.choice(b"\x00\x09\x0a\x0f\x19\x90\x99\x9f\xf0\xff") for _ in range(drawn.randrange(8))),
        drawn.choice(("测", "𠀀", "\u202e", "\u0301" * 3, "\x1b[31m", "€", "\ue5e5", "A")).encode("gb18030"),
        drawn.choice((b"\x81", b"\x81\x30", b"\x81\x30\x81", b"\x84\x31\xa4\x37", b"\xe3\x32\x9a\x36", b"\xff\xff", b"\x80", b"\xa1\x40")),
    )
    return b"".join(drawn.choice(pools) for _ in range(drawn.randrange(1, 6)))


def test_values_are_read_or_refused(record_property: Count) -> None:
    """BCD and GB 18030 of every item: the value's text, which makes the same value again, or ValueError."""
    drawn, cases = random.Random("values"), CASES["bcd and gb18030"]["values"]
    for number in range(cases):
        item = ITEMS[number % len(ITEMS)]
        packed = texts(drawn)
        if drawn.randrange(8):
            packed = packed[: item.length].ljust(item.length, drawn.choice((b"\0", b"\xff", b" ")))
        try:
            text = ldt.decode(item, packed)
        except ValueError:
            continue
        assert len(packed) == item.length
        if item.coding is ldt.Coding.AN:
            assert packed.rstrip(b"\0 ") == text.encode("gb18030"), packed.hex()
        else:
            assert packed == ldt.encode(item, text), packed.hex()
    record_property("cases fuzzed", cases)


FILES = [
    file for version in ("1.00", "2.00", "3.00") for name in ldt.APPLICATIONS for file in ldt.files_of(name, version).values() if file.items
]


def test_records_are_taken_apart_or_not_at_all(record_property: Count) -> None:
    """Tags and lengths that lie, nested, doubled, cut short: whole items of the file, each once and of its own length, or nothing."""
    drawn, cases, whole = random.Random("records"), CASES["tlv"]["records"], 0
    for number in range(cases):
        file = FILES[number % len(FILES)]
        rows = [bytes((item.tag, item.length)) + drawn.randbytes(item.length) for item in file.items]
        packed = b"".join(drawn.sample(rows, drawn.randrange(len(rows) + 1)))
        match drawn.randrange(5):
            case 0:
                packed = damaged(drawn, [packed, *rows])
            case 1:
                packed += drawn.choice(rows)
            case 2:
                packed = bytes((file.items[0].tag, len(packed) & 0xFF)) + packed
            case 3 if packed:
                packed = packed[: drawn.randrange(len(packed))]
            case _:
                pass
        found = ldt.values_of(file, packed)
        again = b"".join(bytes((tag, len(value))) + value for tag, value in found.items())
        assert again == (packed if found else b""), packed.hex()
        assert all(len(value) == file.item(tag).length for tag, value in found.items()), packed.hex()
        whole += bool(found)
    assert cases // 10 < whole < cases
    record_property("cases fuzzed", cases)


def test_features_of_a_reader_are_read_or_left_out(record_property: Count) -> None:
    """The list of PC/SC part 10: nothing but whole entries of four bytes, whatever the lengths say."""
    drawn, cases = random.Random("features"), CASES["others"]["features"]
    seeds = [bytes.fromhex("060442330006070442330007"), bytes.fromhex("0A0442330012"), bytes.fromhex("0204000100")]
    for _ in range(cases):
        answer = damaged(drawn, seeds)
        for control in features(answer).values():
            assert 0 <= control < 1 << 32
        PinProperties.parse(answer)
    record_property("cases fuzzed", cases)


class Meddling:
    """A genuine card in memory; some of its answers are damaged on the way."""

    def __init__(self, drawn: random.Random, system: CardSystem | PsamSystem, atr: str, rate: int) -> None:
        self.atr = bytes.fromhex(atr)
        self.sent = 0
        self._system, self._drawn, self._rate = system, drawn, rate

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer as the card, or nearly so."""
        self.sent += 1
        content, sw = self._system.execute(bytes(apdu))
        if self._rate and self._drawn.randrange(self._rate) == 0:
            content = damaged(self._drawn, [content, b"\x08\x12" + b"9" * 18, b"\x09\x1e" + texts(self._drawn).ljust(30, b"\0")])[
                :ANSWER_MAX
            ]
            sw = self._drawn.choice((sw, 0x9000, 0x6C10, 0x6110, 0x63C1, 0x6982, 0x6581, self._drawn.randrange(1 << 16)))
        return content, sw

    def close(self) -> None:
        """Let go: nothing is kept."""
        self._rate = 0


def sessions(drawn: random.Random, cases: int) -> Iterator[tuple[CounterCard, Meddling]]:
    """Return sessions with a card of which about two answers are damaged."""
    made = card_of(entry("a"), SEED)
    made.records["DF04|EF06"] = {"90": "37", "92": "00001388", "93": "0101"}
    psam = psam_of("990100", SEED)
    for _ in range(cases):
        card = Meddling(drawn, CardSystem(deepcopy(made), lambda: None), made.atr, rate=9)
        vouching: CardPort = Meddling(drawn, PsamSystem(psam), psam.atr, rate=0)
        yield met(card, vouching), card


def test_till_names_what_a_card_does_to_it(record_property: Count) -> None:
    """A whole reading with damaged answers: an error of the till's own, or what was read is checked; sixty commands at most."""
    drawn, cases, read_all = random.Random("till"), CASES["others"]["whole readings"], 0
    codes: set[str] = set()
    for session, port in sessions(drawn, cases):
        try:
            holder = session.identify()
            session.verify_pin(bytearray(PIN.encode()))
            record = session.read_allowance()
            read_all += 1
            assert ldt.citizen_check(holder.certno[:-1]) == holder.certno[-1]
            assert holder.psn_name.isprintable()
            assert record.amount_fen is None or 0 <= record.amount_fen < 1 << 32
        except CardError as error:
            codes.add(error.code)
        session.close()
        assert port.sent <= COMMANDS_MAX
    assert 0 < read_all < cases
    assert {"CARD-MALFORMED", "CARD-NOT-GENUINE"} <= codes
    record_property("cases fuzzed", cases)


def test_rosters_are_read_or_refused(tmp_path: Path, record_property: Count) -> None:
    """Damaged tables of an office: people whose numbers check, or a refusal that names the file."""
    drawn, cases = random.Random("rosters"), CASES["others"]["rosters"]
    people = [entry("a"), entry("b")]
    tables = {"r.dbf": table_dbf(OFFICE, *people), "r.csv": table_csv(PLAIN, *people, coding="gbk")}
    for number in range(cases):
        name = ("r.dbf", "r.csv")[number % 2]
        (tmp_path / name).write_bytes(damaged(drawn, [tables[name]]))
        with suppress(RosterMalformed, RosterUnreadable):
            for person in read(tmp_path / name):
                assert ldt.citizen_check(person["certno"][:-1]) == person["certno"][-1]
    record_property("cases fuzzed", cases)


def test_tables_lie_about_their_sizes(record_property: Count) -> None:
    """A dBASE header with any numbers in it: records as long as it says, or the error that names the part."""
    drawn, cases, table = random.Random("dbf"), CASES["others"]["tables"], table_dbf(OFFICE, entry("a"), entry("b"))
    head = 32 + 6 * 32 + 1
    for _ in range(cases):
        content = bytearray(table)
        for _ in range(drawn.randrange(1, 4)):
            content[drawn.randrange(head)] = drawn.choice((0, 1, 13, 32, 255, drawn.randrange(256)))
        with suppress(dbf.DbfDamaged):
            for number, record in dbf.records(bytes(content)):
                assert number <= len(content)
                assert sum(map(len, record.values())) < len(content)
    record_property("cases fuzzed", cases)
