"""A maker's library in the place of PC/SC, a key server in that of the PSAM: the same till sells, changes PINs and ends doubts by them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from config.sections import Psam as PsamSettings
from settlement.checkout.states import LeftInDoubt, Settled
from settlement.errors import CardError
from terminal import pin_change
from terminal.cards.functions import CardFunctions
from terminal.cards.key_service import KeyService
from terminal.cards.opening import open_card, slots_of
from terminal.cards.psam import Psam
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from terminal.person import Answer
from tests.cards.vendor_library import LibraryCard, VendorLibrary, said
from tests.world.shop import Shop

NEW = "975310"
WRITE_93 = 16
"""A command of an off-line sale by the library at which the card is written."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop."""
    with Shop(tmp_path_factory.mktemp("library") / "stage", exchange_s=3) as shop:
        yield shop


@pytest.fixture
def library(opened: Shop, monkeypatch: pytest.MonkeyPatch) -> list[VendorLibrary]:
    """Have the till open every card by the library; return each that was opened."""
    made: list[VendorLibrary] = []

    def open_by_library(trace: Trace | None = None) -> CardFunctions:
        made.append(VendorLibrary(open_card(opened.counter.settings)))
        return LibraryCard(made[-1], trace)

    monkeypatch.setattr(opened.counter, "open_card", open_by_library)
    return made


def names(made: list[VendorLibrary]) -> set[str]:
    """Return which functions were called."""
    return {name for one in made for name in one.called}


def test_a_sale_on_line_and_one_off_line(opened: Shop, library: list[VendorLibrary]) -> None:
    """Identity, PIN, refresh, debit and reading back are the library's; card, journal and centre agree."""
    online = opened.sell("first", "5.00")
    opened.cut()
    offline = opened.sell("first", "2.00")
    opened.mend()
    opened.settle_down()

    assert isinstance(online, Settled), opened.script.told
    assert isinstance(offline, Settled), opened.script.told
    assert {"iReadCardBas", "iVerifyPIN", "iReadCard", "iWriteCard"} == names(library)
    assert [] == opened.disagreements()


def test_a_wrong_pin_and_another_one(opened: Shop, library: list[VendorLibrary]) -> None:
    """The library's codes become the till's words: −25538 is two tries left."""
    old = opened.stage.cast["second"].pin
    opened.insert("second")
    opened.script.pins = ["000001", NEW, NEW]
    wrong = pin_change.change(opened.counter, opened.script)
    opened.insert("second")
    opened.script.pins = [old, NEW, NEW]
    changed = pin_change.change(opened.counter, opened.script)
    sold = opened.sell("second", "1.00", pins=[NEW])

    assert wrong is not None
    assert ("CARD-PIN-WRONG", "2") == (wrong.code, wrong.details["tries"])
    assert changed is None
    assert isinstance(sold, Settled)
    assert "iChangePIN" in names(library)


@pytest.mark.usefixtures("library")
def test_a_card_pulled_in_the_middle(opened: Shop) -> None:
    """The library says only that contact was lost; the card, read again by PC/SC or by the library, says what became of it."""
    for apdu in range(WRITE_93, WRITE_93 + 6):
        opened.sell("torn", "1.00")
        opened.cut()
        ended = opened.sell("torn", "2.00", fault={"apdu": apdu, "when": "after"}, answers={"DoubtOpen": [Answer.GOODS_KEPT, Answer.LEAVE]})
        opened.mend()
        again = opened.sell("torn", "1.00")
        opened.settle_down()

        assert isinstance(again, Settled), (apdu, opened.script.told)
        assert ([], []) == (opened.doubts(), opened.disagreements()), (apdu, ended)
        if isinstance(ended, LeftInDoubt):
            return
    pytest.fail("no pull fell into the debit")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-2, "CARD-NONE"),
        (-4, "CARD-MUTE"),
        (-12, "CARD-GONE"),
        (-21, "CARD-NOT-GENUINE"),
        (-25539, "CARD-PIN-WRONG"),
        (-27011, "CARD-PIN-BLOCKED"),
        (-27010, "CARD-REFUSED"),
        (-35, "CARD-PIN-INITIAL"),
        (-2201, "CARD-NO-PSAM"),
        (-99, "CARD-MUTE"),
    ],
)
def test_each_code_of_the_library_has_its_words(code: int, error: str) -> None:
    """Negated status words, and the library's own."""
    assert error == said(code, "").code


# --- a key server ------------------------------------------------------------------------------------------------


class KeyServer(KeyService):
    """Keys behind a line: every question is one message, algorithm|key address|diversification|random|data, and one answer comes back."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._ask = ask
        self.sm4 = False

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Have ``content`` enciphered."""
        return self._answered("encipher", name, factors, random, content)

    def mac(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Have ``content`` proved."""
        return self._answered("mac", name, factors, random, content)

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Have ``secret`` sealed; it is wiped here."""
        try:
            return self._answered("seal", name, factors, random, head, bytes(secret))
        finally:
            secret[:] = bytes(len(secret))

    def terminal_number(self) -> str:
        """Ask for it."""
        return self._ask(json.dumps({"what": "terminal"}))

    def close(self) -> None:
        """Nothing is held."""

    def _answered(self, what: str, name: str, factors: tuple[bytes, ...], *parts: bytes) -> bytes:
        message = {"what": what, "sm4": self.sm4, "key": name, "factors": [one.hex() for one in factors]}
        return bytes.fromhex(self._ask(json.dumps({**message, "parts": [part.hex() for part in parts]})))


def answering(psam: Psam) -> Callable[[str], str]:
    """Return the other end of the line: it alone has keys."""

    def answer(message: str) -> str:
        asked = json.loads(message)
        if asked["what"] == "terminal":
            return psam.terminal_number()
        psam.sm4 = asked["sm4"]
        factors, parts = tuple(map(bytes.fromhex, asked["factors"])), [bytes.fromhex(part) for part in asked["parts"]]
        if asked["what"] == "seal":
            random, head, secret = parts
            return psam.sealed(asked["key"], factors, random, head, bytearray(secret)).hex()
        made = psam.cryptogram if asked["what"] == "encipher" else psam.mac
        return made(asked["key"], factors, *parts).hex()

    return answer


def test_a_key_server_in_the_place_of_the_psam(opened: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card's randoms go over a line and cryptograms come back: an off-line sale, a refresh, and a PIN that is set anew."""
    messages: list[str] = []

    def open_by_server(trace: Trace | None = None) -> CardFunctions:
        slots = slots_of(opened.counter.settings.reader)
        other_end = answering(Psam(slots.psam(), PsamSettings().keys))

        def ask(message: str) -> str:
            messages.append(json.loads(message)["what"])
            return other_end(message)

        return CounterCard(slots.card(), KeyServer(ask), trace)

    monkeypatch.setattr(opened.counter, "open_card", open_by_server)
    online = opened.sell("killed", "3.00")
    opened.cut()
    offline = opened.sell("killed", "2.00")
    opened.mend()
    opened.settle_down()
    opened.insert("killed")
    card = opened.counter.open_card()
    card.identify()
    card.reload_pin(bytearray(NEW.encode()))
    card.verify_pin(bytearray(NEW.encode()))
    card.close()

    assert isinstance(online, Settled), opened.script.told
    assert isinstance(offline, Settled), opened.script.told
    assert {"encipher", "seal"} <= set(messages)
    assert [] == opened.disagreements()


def test_a_server_that_does_not_answer(opened: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said as a PSAM that is not there, before anything is written."""

    class Silent(CardError):
        """The line to the key server is down."""

        phrase = said(-2201, "").phrase

    def silent(message: str) -> str:
        raise Silent(message=message)

    def open_by_server(trace: Trace | None = None) -> CardFunctions:
        return CounterCard(slots_of(opened.counter.settings.reader).card(), KeyServer(silent), trace)

    monkeypatch.setattr(opened.counter, "open_card", open_by_server)
    opened.sell("lost", "1.00")

    assert "CARD-NO-PSAM" in opened.script.told
    assert [] == opened.disagreements()
