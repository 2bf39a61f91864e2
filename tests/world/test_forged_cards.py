"""Cards that somebody tampered with, at a whole counter: an old record put back, a clone, a wedge, a swap behind the till's back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement import reversal
from settlement.checkout.states import Settled
from terminal.cards.errors import CardRefused
from terminal.cards.opening import slots_of
from terminal.cards.port import CardPort
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace
from tests.cards.counter import met
from tests.world.shop import Shop

PIN_WRONG = "000001"


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop in which the card has an allowance."""
    with Shop(tmp_path_factory.mktemp("forged") / "stage", exchange_s=3) as opened:
        opened.sell("torn", "5.00")
        opened.cut()
        yield opened


def image_of(shop: Shop, role: str) -> bytes:
    """Return what a card holds."""
    return (shop.stage.directory / "cards" / shop.stage.cast[role].image).read_bytes()


def put_back(shop: Shop, role: str, held: bytes) -> None:
    """Give a card back what it held."""
    (shop.stage.directory / "cards" / shop.stage.cast[role].image).write_bytes(held)


def test_an_old_record_put_back_pays_nothing(shop: Shop) -> None:
    """Its counter is behind what was booked here: told by name, nothing debited, nothing intended, cash is offered."""
    before = image_of(shop, "torn")
    first = shop.sell("torn", "1.00")
    put_back(shop, "torn", before)
    count = shop.counter.journal.tip()
    second = shop.sell("torn", "1.00")
    told, asked = list(shop.script.told), list(shop.script.asked)

    assert isinstance(first, Settled)
    assert not isinstance(second, Settled)
    assert ["CARD-REPLAYED"] == told
    assert count == shop.counter.journal.tip()
    assert before == image_of(shop, "torn")
    assert asked


def test_a_record_of_an_older_allowance_pays_nothing(shop: Shop) -> None:
    """A refresh came in between: the generation that was put back is one that this till has seen replaced."""
    before = image_of(shop, "torn")
    shop.sell("torn", "1.00")
    shop.mend()
    shop.sell("torn", "5.00")
    shop.cut()
    put_back(shop, "torn", before)
    count = shop.counter.journal.tip()
    ended = shop.sell("torn", "1.00")

    assert not isinstance(ended, Settled)
    assert ["CARD-REPLAYED"] == list(shop.script.told)
    assert count == shop.counter.journal.tip()


def test_an_honest_card_goes_on(shop: Shop) -> None:
    """Several debits of one generation, one after the other."""
    ended = [shop.sell("torn", "1.00") for _ in range(3)]

    assert all(isinstance(state, Settled) for state in ended)
    assert [] == shop.script.told


class Wedge:
    """A thing between card and reader that answers 9000 to VERIFY, whatever was typed; the card never sees it."""

    def __init__(self, port: CardPort) -> None:
        self._port = port
        self.swallowed = 0

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._port.atr

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Pass everything on but the PIN."""
        if apdu[1] == 0x20:
            self.swallowed += 1
            return b"", 0x9000
        return self._port.transmit(apdu)

    def close(self) -> None:
        """Let the card go."""
        self._port.close()


def wedged(shop: Shop) -> list[Wedge]:
    """Put a wedge before every card that is opened from now on, and return them."""
    slots, wedges = slots_of(shop.counter.settings.reader), []

    def open_card(trace: Trace | None = None) -> CounterCard:
        wedge = Wedge(slots.card())
        wedges.append(wedge)
        return met(wedge, slots.psam(), trace=trace)

    shop.insert("torn")
    shop.counter.open_card = open_card  # type: ignore[method-assign]
    return wedges


def test_a_wedge_opens_nothing(shop: Shop) -> None:
    """The card enforces the PIN, not its status word: without it the record is not read and nothing is sold.

    One that invented the record as well would not be told by this back-end: reading carries no MAC (``docs/card.md``).
    """
    wedges = wedged(shop)
    before, count = image_of(shop, "torn"), shop.counter.journal.tip()
    ended = shop.sell_inserted("1.00", pins=[PIN_WRONG])

    assert not isinstance(ended, Settled)
    assert 1 == wedges[-1].swallowed
    assert [CardRefused.phrase.code] == shop.script.told
    assert (before, count) == (image_of(shop, "torn"), shop.counter.journal.tip())


def test_a_wedge_voids_nothing(shop: Shop) -> None:
    """Neither is a settlement voided on the word of a wedge: the card shows nothing that the PIN opens."""
    sold = shop.sell("torn", "1.00")
    assert isinstance(sold, Settled)
    wedged(shop)
    count = shop.counter.journal.tip()
    ended = shop.void("torn", sold.subject)

    assert not isinstance(ended, reversal.Voided)
    assert [CardRefused.phrase.code] == shop.script.told
    assert count == shop.counter.journal.tip()
