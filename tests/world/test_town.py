"""A town run by one seed: the same seed is the same day to the byte, nothing is ever wrong, and planted mistakes are found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest

from clearing.personality import Personality
from tests.crash.share import of
from tests.world.town.mistakes import MISTAKES
from tests.world.town.planting import planted
from tests.world.town.simulate import EACH, hunt, ran, towns
from tests.world.town.town import AFTER, AIM, run

TOWNS = of(2, 1250)
QUICK = ("a server error means not sent", "our own counter means aborted")
"""Mistakes that the first towns find: the others want more of them (``make sim``)."""


def test_same_seed_is_the_same_day() -> None:
    """Byte for byte: what a run found can be run again. Another seed is another day."""
    first, second, other = (run(seed, Personality.EXPIRES, operations=12)[0] for seed in ("twice", "twice", "once"))

    assert first.digest() == second.digest() != other.digest()
    assert first.chance.trace == second.chance.trace


def test_a_death_can_be_aimed() -> None:
    """Up to there the day is that of the plain seed; there somebody dies for certain, and the town ends well."""
    point = "till after WriteIntent"
    (plain, _), (aimed, wrong) = (run(seed, Personality.EXPIRES, operations=8) for seed in ("4", f"4{AIM}{point}"))
    died = aimed.chance.trace.index(f"  {point}: dies")

    assert plain.chance.trace[:died] == aimed.chance.trace[:died]
    assert not plain.chance.crashes[point]
    assert [] == wrong


def test_a_death_has_several_futures() -> None:
    """The same up to there, and another day each after it: a point that few towns pass is not a point at which few die."""
    point = "till after WriteIntent"
    futures = [run(f"3{AIM}{point}{future}", Personality.EXPIRES, operations=8) for future in ("", f"{AFTER}1", f"{AFTER}2")]
    traces = [town.chance.trace for town, _ in futures]
    died = traces[0].index(f"  {point}: dies")

    assert [traces[0][: died + 1]] * 3 == [trace[: died + 1] for trace in traces]
    assert 3 == len({tuple(trace[died:]) for trace in traces})
    assert [[], [], []] == [wrong for _, wrong in futures]


@pytest.mark.timeout(20_000)
def test_nothing_is_wrong_whatever_fails(record_property: Callable[[str, object], None]) -> None:
    """Torn cards, lost and doubled messages, dead processes, stepping clocks: all agrees, or is a doubt that is listed."""
    operations = 0
    wrong: list[str] = []
    for seed, personality in islice(towns(), TOWNS):
        one = ran(seed, personality)
        operations, wrong = operations + one.operations, wrong + one.wrong
    record_property("operations", operations)

    assert [] == wrong
    assert TOWNS * EACH == operations


def test_every_mistake_can_be_planted() -> None:
    """Each stands in the code as it is now, once; and all of them are different."""
    for mistake in MISTAKES:
        with planted(mistake):
            assert mistake.right != mistake.wrong

    assert 30 <= len(MISTAKES) == len({mistake.name for mistake in MISTAKES})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", QUICK)
def test_a_planted_mistake_is_found(name: str, record_property: Callable[[str, object], None]) -> None:
    """The protocol is wrong in one place, and a town says so."""
    (mistake,) = (one for one in MISTAKES if one.name == name)
    record_property("protocol mistakes planted", 1)
    found = hunt(mistake, tries=24)
    record_property("protocol mistakes found", int(bool(found)))

    assert found
