"""UNBLOCK and RELOAD by the office's key, through the PSAM or a key server in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.clock import SystemClock
from config.sections import Psam as PsamSettings
from settlement.errors import CardError
from simulator import crypto, image
from terminal.cards import ldt
from terminal.cards.errors import CardRefused, PinBlocked, PinMalformed, PinUncertain, PinWrong, PsamForeign, PsamKeyMissing
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import Counter, met, sale_of
from tests.cards.people import PIN

NEW = "975310"


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """A reader with a new card."""
    return Counter(tmp_path)


def block(counter: Counter) -> None:
    """Type wrong PINs until there are no tries left."""
    for _ in range(3):
        card = counter.open()
        card.identify()
        with pytest.raises((PinWrong, PinBlocked)):
            card.verify_pin(bytearray(b"000000"))
        card.close()


def takes(counter: Counter, pin: str) -> bool:
    """Whether the card takes this PIN."""
    card = counter.open()
    try:
        card.identify()
        card.verify_pin(bytearray(pin.encode()))
    except (PinWrong, PinBlocked):
        return False
    finally:
        card.close()
    return True


def opened(counter: Counter) -> CounterCard:
    """Connect and identify."""
    card = counter.open()
    card.identify()
    return card


def test_a_blocked_pin_is_unblocked(counter: Counter) -> None:
    """The PIN is what it was, with all its tries; it was not asked."""
    block(counter)
    assert not takes(counter, PIN)
    card = opened(counter)
    card.unblock_pin()
    card.close()

    assert takes(counter, PIN)
    held = image.load(counter.card_path)
    assert held.pin_left == held.pin_tries


def test_a_forgotten_pin_is_set_anew(counter: Counter) -> None:
    """The new one holds, the old one does not, and the digits are gone from memory."""
    block(counter)
    digits = bytearray(NEW.encode())
    card = opened(counter)
    card.reload_pin(digits)
    card.close()

    assert bytes(6) == bytes(digits)
    assert takes(counter, NEW)
    assert not takes(counter, PIN)


@pytest.mark.parametrize("pin", ["97531", "9753100", "97531a", ""])
def test_what_is_no_pin_is_never_sent(counter: Counter, pin: str) -> None:
    """Not even the office's key is asked for."""
    card, digits = opened(counter), bytearray(pin.encode())
    sent = card.channel.sent
    with pytest.raises(PinMalformed):
        card.reload_pin(digits)
    card.close()

    assert sent == card.channel.sent
    assert not any(digits)


def test_a_counter_without_the_key(counter: Counter) -> None:
    """The key is named, and the card is not touched: no try of it is used up."""
    keys = {name: key for name, key in PsamSettings().keys.items() if name != "PUK"}
    card = met(counter.slots.card(), counter.slots.psam(), keys=keys)
    card.identify()
    with pytest.raises(PsamKeyMissing, match="PUK"):
        card.unblock_pin()
    card.close()

    assert {} == image.load(counter.card_path).key_left


@pytest.mark.parametrize("way", ["unblock", "reload"])
@pytest.mark.parametrize("when", ["before", "during", "after"])
@pytest.mark.parametrize("apdu", range(1, 6))
def test_pulled_at_every_command(counter: Counter, apdu: int, when: str, way: str) -> None:
    """Only at the last command it is not known; the card has the old state or the new one, and never another PIN."""
    block(counter)
    card = opened(counter)
    counter.insert({"apdu": card.channel.sent + apdu, "when": when})
    with pytest.raises(CardError) as error:
        card.unblock_pin() if way == "unblock" else card.reload_pin(bytearray(NEW.encode()))
    card.close()
    counter.insert()
    done = apdu == 5 and when != "before"

    assert (apdu == 5) == isinstance(error.value, PinUncertain)
    assert done == takes(counter, NEW if way == "reload" else PIN)


def test_the_trace_names_the_step_and_no_digit(counter: Counter) -> None:
    """As of every command."""
    trace = Trace(SystemClock())
    card = counter.open(trace)
    card.identify()
    card.reload_pin(bytearray(NEW.encode()))
    card.close()

    assert ("RELOAD PIN", "9000") in {(step[2], step[6]) for step in trace.steps}
    assert not any(digits in str(trace.steps) for digits in (NEW, PIN))


class KeyServer:
    """Another keeper of the keys: a program behind the line that has them, as an ``_HSM_StepN`` would be."""

    def __init__(self, seed: str) -> None:
        self.sm4 = False
        self.asked: list[str] = []
        self._seed = seed

    def _key(self, name: str, factors: tuple[bytes, ...], random: bytes) -> tuple[bytes, crypto.Algorithm]:
        self.asked.append(name)
        algorithm = crypto.Algorithm.SM4 if self.sm4 else crypto.Algorithm.DES
        return crypto.process_key(crypto.card_key(self._seed, ldt.KEYS[name], factors, algorithm), random, algorithm), algorithm

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Encipher."""
        process, algorithm = self._key(name, factors, random)
        return crypto.encipher(process, content, algorithm)

    def mac(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Prove."""
        process, algorithm = self._key(name, factors, random)
        return crypto.mac(algorithm, process, content)

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Encipher whole blocks, and prove."""
        process, algorithm = self._key(name, factors, random)
        enciphered = crypto.encrypt(algorithm, process, bytes(secret)) if secret else b""
        secret[:] = bytes(len(secret))
        return enciphered + crypto.mac(algorithm, process, head + enciphered)

    def terminal_number(self) -> str:
        """Say which terminal this is."""
        return "990100000001"

    def close(self) -> None:
        """End."""
        self.asked.append("closed")


@pytest.mark.parametrize("algorithm", ["3DES", "SM4"])
def test_a_key_server_in_the_psams_place(tmp_path: Path, algorithm: str) -> None:
    """Without a PSAM the whole session works the same: proof, PIN, allowance, sale, reload; of 3.00 also under SM4."""
    counter = Counter(tmp_path, version="3.00", algorithm=algorithm)
    server = KeyServer("test")
    card = CounterCard(counter.slots.card(), server)
    holder = card.identify()
    card.verify_pin(bytearray(PIN.encode()))
    record = card.read_allowance()
    card.reload_pin(bytearray(NEW.encode()))
    card.close()

    assert "3.00" == holder.version
    assert (algorithm == "SM4") == server.sm4
    assert 0 == record.counter
    assert ["IRK", "RKSSSE", "RK1DF04", "PUK", "PUK", "closed"] == server.asked
    assert takes(counter, NEW)
    assert sale_of(record).tag


def test_a_key_that_opens_nothing(counter: Counter) -> None:
    """A key server of another area costs the card's key one try, and is told as such."""
    card = CounterCard(counter.slots.card(), KeyServer("test"))
    card.identify()
    stranger = KeyServer("another")
    card._session.keys = stranger
    with pytest.raises(PsamForeign, match="PUK"):
        card.unblock_pin()
    card.close()

    assert 1 == len(image.load(counter.card_path).key_left)


def test_a_wrong_mac_is_refused(counter: Counter) -> None:
    """The card does nothing that the office has not proved."""
    server = KeyServer("test")
    card = CounterCard(counter.slots.card(), server)
    card.identify()
    server.sealed = lambda *_: bytes(12)  # type: ignore[method-assign]
    with pytest.raises(CardRefused, match="6988"):
        card.reload_pin(bytearray(NEW.encode()))
    card.close()

    assert takes(counter, PIN)
