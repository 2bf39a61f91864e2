"""A counter's clock jumps by a year between any two steps, and what becomes of the money is the same (invariant 15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from clearing.personality import Personality
from offline_queue.fold import Standing
from settlement.checkout.states import Settled
from tests.crash.share import of
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


# --- any step -------------------------------------------------------------------------------------------------


class _Jumping(Chance):
    """Nothing fails, and the counters' clock is set once, at one of the points at which a process could die."""

    def __init__(self, at: int, jump: timedelta) -> None:
        super().__init__("steps")
        self.calm = True
        self._at, self._jump = at, jump
        self.town: Town | None = None
        self.reached = 0

    def pass_by(self, role: str, point: str) -> None:
        """Set the clock where it is to be set."""
        del role, point
        if self.town is not None:
            if self.reached == self._at:
                self.town.clock.off = self._jump
            self.reached += 1


class _Day(NamedTuple):
    """What came of a day."""

    ended: list[str]
    wrong: list[str]
    steps: int


def _day(at: int, jump: timedelta, personality: str, *, stays: bool) -> _Day:
    """Sell on-line, void it, sell twice off-line, deliver, sell again; ``stays``: the clock is put right at the end only."""
    chance = _Jumping(at, jump)
    with Town("steps", personality, chance=chance, tills=("01",)) as town:
        chance.calm, chance.town, (shop,) = True, town, town.shops
        ended: list[object] = []

        def then(came: object) -> None:
            ended.append(came)
            if not stays:
                town.clock.off = timedelta()

        then(town.sell(shop, "first", 1234))
        then(shop.run("void", [one.subject for one in shop.journal.folded() if one.done and not one.original][-1]))
        shop.wire.cut = True
        shop.send()
        then(town.sell(shop, "second", 200))
        then(town.sell(shop, "torn", 300))
        shop.wire.cut = False
        town.settle(shop)
        then(town.sell(shop, "second", 200))
        town.clock.off = timedelta()
        town.settle_down()
        return _Day([type(one).__name__ for one in ended], town.wrong(drained=True), chance.reached)


@cache
def _undisturbed(personality: str) -> _Day:
    return _day(-1, timedelta(), personality, stays=False)


_SHARE, _APART = 80, 5
"""One step of so many, and how far the one of the next case lies from it."""
_CASES = list(product((-_YEAR, _YEAR), (False, True), map(str, Personality)))


@pytest.mark.timeout(2000)
@pytest.mark.parametrize(("jump", "stays", "personality"), _CASES)
def test_a_clock_may_jump_between_any_two_steps(
    jump: timedelta, personality: str, record_property: Callable[[str, object], None], *, stays: bool
) -> None:
    """Card, journal and centre agree in the end, and every sale ends as it does else: ahead, the allowance alone is over."""
    usual = _undisturbed(personality)
    each, place = of(_SHARE, 1), _CASES.index((jump, stays, personality))
    taken = range(place * _APART % each, usual.steps, each)
    days = [(step, _day(step, jump, personality, stays=stays)) for step in taken]
    record_property("clock jumps", len(days))

    assert usual.ended == ["Settled", "Voided", "Settled", "Settled", "Settled"]
    assert [] == usual.wrong + [(step, day.wrong) for step, day in days if day.wrong]
    assert [] == [(step, day.ended) for step, day in days if day.ended != usual.ended and not _over(day, usual, jump)]


def _over(day: _Day, usual: _Day, jump: timedelta) -> bool:
    """Whether it is the day whose off-line sales alone were not paid by the card, a year past the last month of its allowance."""
    others = day.ended[:2] + day.ended[4:] == usual.ended[:2] + usual.ended[4:]
    return jump > timedelta() and others and {*day.ended[2:4]} <= {"Settled", "Dropped", "PaidInCash"}
