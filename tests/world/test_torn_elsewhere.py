"""A card torn here goes to another till: what that one sells or refreshes, and what journals, card and centre say in the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from settlement import refusals
from settlement.checkout.states import Dropped, LeftInDoubt, Settled
from settlement.money import format_yuan
from simulator.slot import WHENS
from terminal.person import Answer
from tests.crash.share import some
from tests.world.legacy import SecondTill
from tests.world.shop import Shop

AFTER_THE_DEADLINE = "2026-07-02 08:30:00"
REFRESH_WRITES, SALE_WRITES = 5, 3
"""93, the tag, 90, 92, 93 of a refresh; 93, the tag, 92 of a sale."""
REFRESHES = tuple(product(range(1, REFRESH_WRITES + 1), WHENS, (True, False)))
SALES = tuple(product(range(1, SALE_WRITES + 1), WHENS, (True, False)))
"""Which write, when the card is pulled, and whether the line is down when it is put in elsewhere."""
MIXED = tuple(product(range(1, SALE_WRITES + 1), range(1, 4)))
"""Which write of a sale, and after how many of its bytes power is lost on a card that keeps both."""


@pytest.fixture(scope="module")
def tills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, SecondTill]]:
    """Two tills of one pharmacy: every test leaves them in agreement."""
    with Shop(tmp_path_factory.mktemp("elsewhere") / "stage", exchange_s=3) as here, SecondTill(here) as there:
        # With less than the pack's limit left in the account every grant is below half of it: each sale refreshes.
        here.sell("killed", format_yuan(here.stage.cast["killed"].account_fen - 40_000))
        yield here, there


def cut(here: Shop, there: SecondTill) -> None:
    """Cut the line of both."""
    here.cut()
    there.stage.until("the line is down there", lambda: there.counter.journal.notes.sender_status().line == "down")


def mended(here: Shop, there: SecondTill) -> None:
    """Mend it, and let both do what waits."""
    here.mend()
    there.stage.until("the line is up there", lambda: there.counter.journal.notes.sender_status().line == "up")
    for shop in (here, there):
        shop.settle_down()


@pytest.mark.parametrize(("write", "when", "offline"), some(REFRESHES, 9))
def test_a_refresh_torn_here(
    tills: tuple[Shop, SecondTill],
    write: int,
    when: str,
    offline: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Nothing that is not earmarked can be spent there; a new generation there closes what was torn here, and nothing is lost."""
    here, there = tills
    torn = here.sell("killed", "1.00", fault={"write": write, "when": when})
    if offline:
        cut(here, there)
    elsewhere = there.sell("killed", "1.00", answers={"SelfPayOffered": [Answer.CANCEL]})
    if offline:
        mended(here, there)
    back = here.sell("killed", "1.00")
    for shop in (here, there):
        shop.settle_down()

    assert isinstance(torn, Settled)
    assert isinstance(elsewhere, Settled | Dropped if offline else Settled), there.script.told
    assert isinstance(back, Settled), here.script.told
    assert [] == here.doubts() + there.doubts()
    assert [] == there.all_disagreements()


@pytest.mark.parametrize(("write", "when", "offline"), some(SALES, 7))
def test_a_sale_torn_here(tmp_path: Path, write: int, when: str, offline: bool) -> None:  # noqa: FBT001 - a table's column
    """Done by evidence where the next reader saw our tag and our amount; else not, by the card here or at the deadline."""
    fault: dict[str, object] = {"write": write, "when": when}

    assert [] == _sold_elsewhere(tmp_path, fault, offline=offline, done=(write, when) == (SALE_WRITES, "after"))


@pytest.mark.parametrize(("write", "byte"), some(MIXED, 9))
def test_a_sale_torn_to_bytes_here(tmp_path: Path, write: int, byte: int) -> None:
    """On a card that keeps bytes of two records: there it pays nothing off-line that is an amount of both, and on-line it is renewed."""
    fault: dict[str, object] = {"write": write, "when": "during", "byte": byte, "mends": "mixed"}

    assert [] == _sold_elsewhere(tmp_path, fault, offline=True, done=False)


def test_a_card_that_never_comes_back(tmp_path: Path) -> None:
    """It was read elsewhere with our tag and our amount: at the deadline the sale is done by that, and the goods are paid."""
    with Shop(tmp_path / "stage", exchange_s=3) as here, SecondTill(here) as there:
        here.sell("torn", "5.00")
        cut(here, there)
        fault: dict[str, object] = {"write": SALE_WRITES, "when": "after"}
        torn = here.sell("torn", "2.00", fault=fault, answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.LEAVE]})
        elsewhere = there.sell("torn", "1.00")
        mended(here, there)
        before = here.doubts()
        here.stage.set_clock(AFTER_THE_DEADLINE)
        here.stage.until("the centre has said the new time", lambda: here.counter.journal.clock_doubt() is None)
        for shop in (here, there):
            shop.settle_down()

        assert isinstance(torn, LeftInDoubt)
        assert isinstance(elsewhere, Settled), there.script.told
        assert [torn.doubt.intent.subject] == before
        assert here.counter.journal.standing(torn.doubt.intent.subject).done
        assert [] == here.doubts() + there.doubts()
        assert [] == [wrong for wrong in there.all_disagreements() if not wrong.startswith("2:")]


def _sold_elsewhere(folder: Path, fault: dict[str, object], *, offline: bool, done: bool) -> list[str]:
    """Sell torn here, then there, then here again; return what does not agree in the end."""
    with Shop(folder / "stage", exchange_s=3) as here, SecondTill(here) as there:
        here.sell("torn", "5.00")
        cut(here, there)
        torn = here.sell(
            "torn", "2.00", fault=fault, answers={"DoubtOpen": [Answer.GOODS_OUT if done else Answer.GOODS_KEPT, Answer.LEAVE]}
        )
        subject = [one.subject for one in here.counter.journal.folded() if not one.original][-1]
        if not offline:
            mended(here, there)
        elsewhere = there.sell("torn", "2.00", answers={"SelfPayOffered": [Answer.CANCEL]})
        mended(here, there)
        back = here.sell("torn", "1.00")
        for shop in (here, there):
            shop.settle_down()
        open_ = here.doubts()
        if open_:
            # Nothing proves it before the deadline, and until then it blocks the account here alone.
            assert isinstance(back, Dropped)
            assert [refusals.DOUBT_OPEN.code] == here.script.refused
            here.stage.set_clock(AFTER_THE_DEADLINE)
            here.stage.until("the centre has said the new time", lambda: here.counter.journal.clock_doubt() is None)
            for shop in (here, there):
                shop.settle_down()

        assert isinstance(torn, Settled | LeftInDoubt | Dropped)
        assert isinstance(elsewhere, Settled | Dropped if offline else Settled), there.script.told
        assert isinstance(back, Dropped if open_ else Settled), here.script.told
        assert done == here.counter.journal.standing(subject).done
        assert not (done and open_)
        assert [] == here.doubts() + there.doubts()
        # Past its last month what is on the card counts no more.
        return [wrong for wrong in there.all_disagreements() if not (open_ and wrong.startswith("2:"))]
