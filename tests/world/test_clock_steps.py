"""The wall clock jumps by a year between the steps of an off-line sale, and what becomes of its money is the same (invariant 15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from offline_queue.fold import Standing
from settlement.checkout.states import Settled
from tests.world.town.chance import Chance, Crashed
from tests.world.town.town import Town

ROLE = "torn"
_YEAR = timedelta(days=365)
_POINT = "before done is durable"


class _Mortal(Chance):
    """Nothing fails but the till, once, between the card and its booking."""

    armed = False

    def pass_by(self, role: str, point: str) -> None:
        """Die where it is armed."""
        if self.armed and (role, point) == ("till", _POINT):
            self.armed = False
            raise Crashed(role, point)


@pytest.mark.parametrize("found", [-_YEAR, timedelta(), _YEAR], ids=["found-behind", "found-right", "found-ahead"])
@pytest.mark.parametrize("sold", [-_YEAR, timedelta()], ids=["sold-behind", "sold-right"])
def test_a_doubt_ends_by_its_card_whatever_the_clock_says(sold: timedelta, found: timedelta) -> None:
    """Sold, found after the kill, and proved at three times of the clock: debited once, booked once, and never past its deadline before."""
    with Town("steps", "re-executes", chance=_Mortal("steps"), tills=("01",)) as town:
        town.chance.calm, (shop,) = True, town.shops
        assert isinstance(town.chance, _Mortal)
        shop.wire.cut = True
        shop.send()
        town.clock.off, town.chance.armed = sold, True
        died = town.sell(shop, ROLE, 100)
        (subject,) = shop.journal.open_subjects()
        shop.reader.insert(town.cards["first"])
        town.clock.off = found
        shop.catch_up()
        standing = shop.journal.standing(subject).standing
        town.clock.off = timedelta()
        after = town.sell(shop, ROLE, 200)
        town.settle_down()

        assert (None, Standing.IN_DOUBT) == (died, standing)
        assert isinstance(after, Settled)
        assert shop.journal.standing(subject).done
        assert [] == town.wrong(drained=True)
