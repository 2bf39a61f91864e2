"""Every status word to every command of every flow, card's and PSAM's: a flow that went well is played again with one answer bent.

What the simulated cards answered once is answered again without any arithmetic, so that all 65,536 words to each command can be tried
(``make card``; the suite takes every hundredth and each that means something). Where the till goes on after a bent answer it meets the
recorded ones, or "no such instruction" where it asks for something else.
"""

from __future__ import annotations

from collections import Counter as Counting
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from settlement.errors import CardError
from terminal.cards import ldt_commands
from terminal.cards.errors import CardTorn, PinBlocked, PinInitial, PinUncertain, PinWrong
from terminal.cards.keypad import Judge, KeypadEnd, Seen
from terminal.cards.ldt import SW
from terminal.cards.port import CardPort
from terminal.cards.services import CounterCard
from tests.cards.counter import Counter, met, refresh_of, sale_of
from tests.cards.people import PIN
from tests.cards.test_card_debit import TERMINAL, plan_of
from tests.crash.share import of, thorough

MEANT = frozenset({*map(int, SW), *(0x6100 + more for more in (0, 1, 8, 255)), *(0x6C00 + more for more in (0, 8, 255))})
SHARE, FINER_SHARE = 509, 31
"""A word of so many where not all are wanted."""
APDUS_MAX, BYTES_MAX = 120, 20_000
NEW = b"975310"
_ACTS = {0xDC, 0xE2, 0x5E, 0x24, 0xD4, ldt_commands.DEBIT[1]}
"""Instructions of a card that write."""
_NO_INSTRUCTION = (b"", 0x6D00)


class Command(NamedTuple):
    """What a command is told from others by."""

    slot: str
    head: bytes
    """CLA INS P1 P2."""

    @property
    def acts(self) -> bool:
        """Whether a card may be another after it than before."""
        return self.slot != "psam" and self.head[1] in _ACTS

    def __str__(self) -> str:
        return f"{self.slot} {self.head.hex().upper()}"


class Place(NamedTuple):
    """The so-manieth time that a command is sent, from 1."""

    command: Command
    number: int


@dataclass(slots=True)
class Tape:
    """What was answered to what."""

    answers: dict[Command, list[tuple[bytes, int]]] = field(default_factory=lambda: defaultdict(list))
    order: list[Command] = field(default_factory=list)

    def places(self, *, before_acts: bool = False) -> list[Place]:
        """Return where an answer is bent: the first and the last time that each command was sent; ``before_acts``: before any writes."""
        counts: Counting[Command] = Counting()
        found: list[tuple[Place, bool]] = []
        acts = False
        for command in self.order:
            counts[command] += 1
            found.append((Place(command, counts[command]), acts))
            acts |= command.acts
        return [place for place, after in found if place.number in {1, counts[place.command]} and not (before_acts and after)]


class Recording:
    """A port that writes down what the card behind it answers."""

    def __init__(self, port: CardPort, slot: str, tape: Tape) -> None:
        self._port, self._slot, self._tape = port, slot, tape
        self.atr = port.atr

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Have the card answer, and keep it."""
        return self._said(Command(self._slot, bytes(apdu[:4])), apdu)

    def _said(self, command: Command, apdu: bytes | bytearray) -> tuple[bytes, int]:
        answer = self._port.transmit(apdu)
        self._tape.answers[command].append(answer)
        self._tape.order.append(command)
        return answer

    def close(self) -> None:
        """Let the card go."""
        self._port.close()

    # A keypad whose customer types the right PIN, and a new one where it is asked for.

    def has_keypad(self) -> bool:
        """Say yes: the flows choose by themselves."""
        return True

    def hands_over(self) -> bool:
        """Say no."""
        return False

    def changes_by_keypad(self) -> bool:
        """Say yes."""
        return True

    def verify_by_keypad(self, template: bytes, digits: int, seen: Seen) -> int:
        """Type the PIN."""
        del digits, seen
        return self._said(Command("keypad", template[:4]), template[:5] + bytes.fromhex(PIN))[1]

    def change_by_keypad(self, template: bytes, digits: int, judge: Judge) -> int:
        """Type the old one and the new one."""
        del digits, judge
        content = bytes.fromhex(PIN) + template[8:9] + bytes.fromhex(NEW.decode())
        return self._said(Command("keypad", template[:4]), template[:5] + content)[1]


class Replay(Recording):
    """A port that answers what was written down, but one command of it with a bent status word."""

    def __init__(self, atr: bytes, slot: str, heard: Heard) -> None:
        self.atr = atr
        self._slot, self._heard = slot, heard

    def _said(self, command: Command, apdu: bytes | bytearray) -> tuple[bytes, int]:
        return self._heard.answer(command, len(apdu))

    def close(self) -> None:
        """Nothing is held."""


class Heard:
    """Both slots of one played flow."""

    def __init__(self, tape: Tape, bent: Place, sw: int) -> None:
        self._left = {command: deque(answers) for command, answers in tape.answers.items()}
        self._bent, self._sw = bent, sw
        self._sent = 0
        self.apdus = self.bytes = 0
        self.acted: list[int] = []
        """Status words to commands after which a card may be another than before."""

    def answer(self, command: Command, size: int) -> tuple[bytes, int]:
        """Give the recorded answer, or the bent one."""
        self.apdus += 1
        answers = self._left.get(command)
        content, sw = answers.popleft() if answers else _NO_INSTRUCTION
        self._sent += command == self._bent.command
        if self._bent == (command, self._sent):
            # Whether there are bytes beside a word is the card's to say: some send what they had.
            content, sw = (content if self._sw == SW.OK else b""), self._sw
        self.bytes += size + len(content)
        if command.acts:
            self.acted.append(sw)
        return content, sw


Flow = Callable[[CounterCard], object]


def _identify(card: CounterCard) -> object:
    return card.identify()


def _admitted(card: CounterCard) -> None:
    card.identify()
    card.verify_pin(bytearray(PIN.encode()))


def _sale(card: CounterCard) -> object:
    _admitted(card)
    return card.write_sale(sale_of(card.read_allowance()))


def _refresh(card: CounterCard) -> object:
    _admitted(card)
    return card.write_refresh(refresh_of(card.read_allowance()))


def _debit(card: CounterCard) -> object:
    _admitted(card)
    begun = card.account.begin(own_fen=1234, pooled_fen=100, terminal=TERMINAL)
    return card.account.debit(plan_of(begun.sequence, begun.balance_fen, 1234, 100, 7), begun)


def _look(card: CounterCard) -> object:
    _admitted(card)
    return card.account.log(), card.account.proof(plan_of(1, 5000, 1234, 100, 7)), card.keys.terminal_number()


def _change(card: CounterCard) -> None:
    _admitted(card)
    card.change_pin(bytearray(PIN.encode()), bytearray(NEW))


def _change_on_keypad(card: CounterCard) -> object:
    card.identify()
    end = card.verify_by_keypad()
    return card.change_by_keypad(lambda _old, _new: True) if end is KeypadEnd.VERIFIED else end


def _unblock(card: CounterCard) -> None:
    card.identify()
    card.unblock_pin()


def _reload(card: CounterCard) -> None:
    card.identify()
    card.reload_pin(bytearray(NEW))


FLOWS: dict[str, Flow] = {
    "identify": _identify,
    "off-line sale": _sale,
    "refresh": _refresh,
    "debit by the card": _debit,
    "the card's log and proof": _look,
    "change of the PIN": _change,
    "change on the keypad": _change_on_keypad,
    "unblocking": _unblock,
    "PIN set anew": _reload,
}
VERSIONS = ("2.00", "3.00")
_TYPED_ENDS = frozenset(KeypadEnd) - {KeypadEnd.VERIFIED}


def recorded(directory: Path, version: str, flow: Flow) -> tuple[Tape, bytes, bytes]:
    """Play a flow once at the simulated cards; return what was said, and both answers to reset."""
    directory.mkdir()
    counter = Counter(directory, version=version)
    counter.grant(5000)
    counter.insert()
    tape = Tape()
    card, sam = Recording(counter.slots.card(), "card", tape), Recording(counter.slots.psam(), "psam", tape)
    session = met(card, sam)
    flow(session)
    session.close()
    return tape, card.atr, sam.atr


def words(version: str) -> Iterator[int]:
    """Return the status words that are tried: all of them at the cards that are most, at others a share and those that mean something."""
    whole = thorough() and version == VERSIONS[0]
    return iter(range(0x10000)) if whole else iter(sorted({*range(0, 0x10000, of(SHARE, FINER_SHARE)), *MEANT}))


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_status_word_to_every_command(
    tmp_path: Path, version: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    """A typed error or an outcome, in bounded commands and bytes; once a card may be another than before, what is said is that."""
    tape, atr, sam_atr = recorded(tmp_path / "own", version, FLOWS[name])
    others = [recorded(tmp_path / other, version, FLOWS[other])[0] for other in list(FLOWS)[: list(FLOWS).index(name)]]
    known = {place for other in others for place in other.places(before_acts=True)}
    places = [place for place in tape.places() if place not in known or place not in tape.places(before_acts=True)]
    wrong: list[str] = []
    tried = 0
    for place in places:
        command = place.command
        for sw in words(version):
            tried += 1
            heard = Heard(tape, place, sw)
            session = met(Replay(atr, "card", heard), Replay(sam_atr, "psam", heard))
            end: object = None
            try:
                end = FLOWS[name](session)
            except CardError as error:
                end = error
            wrong += [f"{command} {sw:04X}: {said}" for said in _amiss(name, end, heard)]
        assert [] == wrong[:5]
    record_property("status words", tried)

    assert places


def _amiss(name: str, end: object, heard: Heard) -> Iterator[str]:
    """Say what is wrong with how a flow ended."""
    if heard.apdus > APDUS_MAX or heard.bytes > BYTES_MAX:
        yield f"{heard.apdus} commands, {heard.bytes} bytes"
    if not heard.acted:
        return
    refused = [one for one in heard.acted if one != SW.OK and one >> 8 != 0x61]
    if isinstance(end, CardError):
        if not isinstance(end, _SAID[name]):
            yield f"{type(end).__name__} after {len(heard.acted)} commands that write"
    elif refused and not (isinstance(end, KeypadEnd) and end in _TYPED_ENDS):
        yield f"{end!r}, though {refused[0]:04X} was answered"


_PIN_SAID = (PinWrong, PinBlocked, PinInitial, PinUncertain, CardError)
_SAID: dict[str, tuple[type[CardError], ...]] = {
    "identify": (),
    "off-line sale": (CardTorn,),
    "refresh": (CardTorn,),
    "debit by the card": (CardTorn,),
    "the card's log and proof": (),
    # One command, done or refused as the card says: a word that is none of success leaves the PIN as it was.
    **dict.fromkeys(("change of the PIN", "change on the keypad", "unblocking", "PIN set anew"), _PIN_SAID),
}
"""Errors that may be said when a command was sent after which a card may be another than before."""
