"""The comparison finds each planted mistake: none of them would get past it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle.compared import differs
from tests.oracle.mistakes import MISTAKES, Mistake, planted
from tests.oracle.worlds import BUT, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from settlement.policy import Policy

PACKS, BILLS = 120, 40


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Policy]:
    """Return random packs, and some that are hardly not priced in one pass, in each way; the bills are another seed's for each mistake."""
    world, directory = World("mistakes"), tmp_path_factory.mktemp("packs")
    random = [world.pack(directory, number) for number in range(PACKS)]
    return random + [world.pack(directory, PACKS + number, but=but) for number, but in enumerate(BUT * 3)]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_is_caught(packs: list[Policy], record_property: Callable[[str, object], None], mistake: Mistake) -> None:
    """A bill is found that the wrong engine and the second one price differently."""
    record_property("mistakes planted", 1)
    world = World(mistake.name)
    with planted(mistake) as wrong:
        caught = any(_differs(wrong, world, policy, packs) for policy in packs for _ in range(BILLS))
    for policy in packs:
        policy.plans.clear()

    record_property("mistakes caught", int(caught))
    assert caught


def test_nothing_is_caught_where_nothing_is_wrong(packs: list[Policy]) -> None:
    """The copy itself makes no difference."""
    line = "payments: list[Payment] = []"
    world = World("none")
    with planted(Mistake("none", "account", line, line)) as copy:
        found = [_differs(copy, world, policy, packs) for policy in packs[:20] for _ in range(BILLS)]

    assert not any(found)


def _differs(wrong: Callable[..., Any], world: World, policy: Policy, packs: list[Policy]) -> bool:
    place = world.rng.choice(packs) if world.rng.random() < 0.1 else policy
    bill, person = world.bill(place), world.person(policy)
    catalogue = None if place is policy else place
    use_account = world.rng.random() < 0.9
    policy.plans.clear()
    try:
        first = wrong(bill, policy, person, catalogue=catalogue, use_account=use_account, explained=False)
    except (AssertionError, ArithmeticError, AttributeError, TypeError):
        return True
    return bool(differs(first, bill, policy, person, catalogue=catalogue, use_account=use_account))
