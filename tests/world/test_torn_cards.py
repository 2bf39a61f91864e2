"""The card is pulled before, during and after each APDU; what comes of it is proved by the card itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from settlement.checkout.states import ClosedUnpaid, Dropped, LeftInDoubt, SelfPayOffered, Settled
from settlement.money import format_yuan
from simulator.slot import WHENS
from terminal.person import Answer
from tests.crash.share import pulls, some
from tests.world.shop import Shop

SALE_APDUS = 19
"""Commands to the user card in a whole off-line sale (counted in tests/cards); one more until EF15 is full."""
ONLINE_APDUS = 23
"""Commands to the user card in an on-line sale that ends with a refresh; one more until EF15 is full."""


SALE_BYTES = [(write, byte) for write, size in {1: 4, 2: 3, 3: 6}.items() for byte in range(size + 1)]
REFRESH_BYTES = [(write, byte) for write, size in {1: 3, 2: 4, 3: 3, 4: 3, 5: 6, 6: 4}.items() for byte in range(size + 1)]
"""Which write, and after how many bytes of its record power is lost (tests/cards/test_torn_bytes.py)."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the whole file: every test leaves it in agreement."""
    with Shop(tmp_path_factory.mktemp("torn") / "stage", exchange_s=3) as opened:
        opened.sell("torn", "5.00")
        # With less than the pack's limit left in the account every grant is below half of it: each sale refreshes.
        opened.sell("killed", format_yuan(opened.stage.cast["killed"].account_fen - 40_000))
        yield opened


@pytest.mark.parametrize(("apdu", "when"), pulls(SALE_APDUS, WHENS))
def test_pulled_in_an_offline_sale(shop: Shop, apdu: int, when: str) -> None:
    """Whatever the moment: re-inserted, the card says done or not done, goods follow only what is done, all agree."""
    shop.cut()
    goods_before = len(shop.script.goods)
    doubt = [shop.back("torn"), Answer.GOODS_OUT, Answer.LEAVE]
    ended = shop.sell("torn", "1.00", fault={"apdu": apdu, "when": when}, answers={"DoubtOpen": doubt})
    handed_out = len(shop.script.goods) - goods_before
    pulled = shop.stage.slot("east").get("fault") is None
    shop.mend()
    renewed = shop.sell("torn", "2.00")
    shop.settle_down()

    assert pulled, "a pull that does not come tests nothing"
    assert isinstance(ended, Settled | ClosedUnpaid | Dropped | SelfPayOffered | LeftInDoubt)
    assert handed_out <= isinstance(ended, Settled)
    assert isinstance(renewed, Settled), shop.script.told
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize(("apdu", "when"), pulls(ONLINE_APDUS, WHENS))
def test_pulled_in_an_online_sale_and_its_refresh(shop: Shop, apdu: int, when: str) -> None:
    """The centre decides the sale; a torn refresh leaves nothing spendable and the next one asks for a new generation."""
    ended = shop.sell("killed", "1.00", fault={"apdu": apdu, "when": when})
    pulled = shop.stage.slot("east")["card"] is None
    after = shop.sell("killed", "1.00")
    shop.settle_down()

    assert pulled, "a pull that does not come tests nothing"
    assert isinstance(ended, Settled | Dropped | SelfPayOffered)
    assert isinstance(after, Settled), shop.script.told
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize(("write", "byte"), some(SALE_BYTES, 2))
def test_torn_at_a_byte_of_an_offline_sale(shop: Shop, write: int, byte: int) -> None:
    """On a card that keeps bytes of two records (500 fen change two bytes of any amount).

    Done when both our tag and our amount are whole, and else not, at the latest on-line.
    """
    shop.cut()
    goods_before = len(shop.script.goods)
    fault = {"write": write, "when": "during", "byte": byte, "mends": "mixed"}
    ended = shop.sell("torn", "5.00", fault=fault, answers={"DoubtOpen": [shop.back("torn"), Answer.GOODS_OUT, Answer.LEAVE]})
    handed_out = len(shop.script.goods) - goods_before
    shop.mend()
    renewed = shop.sell("torn", "2.00")
    shop.settle_down()

    assert handed_out <= isinstance(ended, Settled)
    assert isinstance(ended, Settled) or write < 3 or byte < 6, "a whole amount under our tag is a done sale"
    assert isinstance(renewed, Settled), shop.script.told
    assert [] == shop.doubts()
    assert [] == shop.disagreements()


@pytest.mark.parametrize(("write", "byte"), some(REFRESH_BYTES, 5))
def test_torn_at_a_byte_of_a_refresh(shop: Shop, write: int, byte: int) -> None:
    """The sale stands, and what is left on the card pays nothing that is not earmarked: cut off at once, it is sold from or refused."""
    fault = {"write": write, "when": "during", "byte": byte, "mends": "mixed"}
    ended = shop.sell("killed", "1.00", fault=fault)
    shop.cut()
    offline = shop.sell("killed", "1.00", answers={"SelfPayOffered": [Answer.CANCEL]})
    shop.mend()
    after = shop.sell("killed", "1.00")
    shop.settle_down()

    assert isinstance(ended, Settled)
    assert isinstance(offline, Settled | Dropped)
    assert isinstance(after, Settled), shop.script.told
    assert [] == shop.doubts()
    assert [] == shop.disagreements()
