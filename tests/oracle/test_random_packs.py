"""Two engines on packs that nobody wrote: every table, word and selector of the format, and bills at the edges of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oracle.compared import difference
from tests.oracle.worlds import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEEDS, PACKS, BILLS = 80, 5, 300


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_difference(tmp_path: Path, record_property: Callable[[str, object], None], seed: int) -> None:
    """To the fen: each figure, each line, what is carried; or both refuse."""
    world = World(f"random {seed}")
    packs = [world.pack(tmp_path, number) for number in range(PACKS)]
    found = []
    for policy in packs:
        for number in range(BILLS):
            place = world.rng.choice(packs) if number % 10 == 0 else policy
            bill, person = world.bill(place), world.person(policy)
            use_account = world.rng.random() < 0.9
            catalogue = None if place is policy else place
            found.append(difference(bill, policy, person, catalogue=catalogue, use_account=use_account))

    record_property("bills compared", len(found))
    record_property("differences", sum(map(bool, found)))
    assert [] == [one for one in found if one][:3]
