"""A counter whose area asks no PIN there: sold and voided without one, and off-line with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.regions import SHIPPED
from settlement import reversal
from settlement.checkout.states import Settled
from tests.world.shop import Shop

ASKED_AT = 'pin_required_at = ["pharmacy", "clinic", "hospital"]'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a pharmacy whose area has come to ask the PIN at hospitals only; one card has an allowance of before."""
    folder = tmp_path_factory.mktemp("no-pin")
    pack = next((SHIPPED / "990100").glob("*.toml"))
    text = pack.read_text(encoding="utf-8")
    assert ASKED_AT in text
    (folder / "packs" / "990100").mkdir(parents=True)
    (folder / "packs" / "990100" / pack.name).write_text(text.replace(ASKED_AT, 'pin_required_at = ["hospital"]'), encoding="utf-8")

    def other_packs(directory: Path) -> None:
        with (directory / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[regions]\ndirectory = "{(folder / "packs").as_posix()}"\n')

    with Shop(folder / "stage") as opened:
        assert isinstance(opened.sell("first"), Settled)
        opened.reopen(other_packs)
        yield opened


def test_sold_and_voided_on_line_without_a_pin(shop: Shop) -> None:
    """Nobody is asked for one, the card's own record is left alone, and all agrees."""
    shop.insert("second")
    shop.script.steps.clear()
    sold = shop.sell_inserted("2.00")
    steps = list(shop.script.steps)
    assert isinstance(sold, Settled), shop.script.told
    voided = shop.driver.void(sold.subject)
    shop.settle_down()

    assert isinstance(voided, reversal.Voided)
    assert "AskPin" not in steps
    assert [] == shop.script.told
    assert [] == shop.disagreements()


def test_off_line_the_allowance_wants_it(shop: Shop) -> None:
    """The line goes down: without a PIN there is only cash, with it the allowance pays."""
    shop.cut()
    shop.insert("first")
    without = shop.sell_inserted("1.00")
    shop.script.steps.clear()
    state = shop.sell("first")
    steps = list(shop.script.steps)
    shop.mend()
    shop.settle_down()

    assert not isinstance(without, Settled)
    assert isinstance(state, Settled), shop.script.told
    assert ["AskCentre", "AskPin", "WriteCard"] == [step for step in steps if step in {"AskCentre", "AskPin", "WriteCard"}]
    assert [] == shop.disagreements()
