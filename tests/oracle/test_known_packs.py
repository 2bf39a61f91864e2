"""Two engines on the packs of the world: those that are shipped, and those of published examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.pack_file import load_pack
from config.regions import SHIPPED
from tests.oracle.compared import difference
from tests.oracle.worlds import World

if TYPE_CHECKING:
    from collections.abc import Callable

PACKS = sorted([*SHIPPED.glob("*/*.toml"), *(Path(__file__).parents[1] / "cases" / "packs").glob("*.toml")])
BILLS = 2600


@pytest.mark.parametrize("path", PACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_difference(record_property: Callable[[str, object], None], path: Path) -> None:
    """To the fen: each figure, each line, what is carried; or both refuse."""
    world, policy = World(f"known {path.stem}"), load_pack(path)
    bills = [(world.bill(policy), world.person(policy)) for _ in range(BILLS)]

    found = [difference(bill, policy, person) for bill, person in bills]

    record_property("bills compared", len(found))
    record_property("differences", sum(map(bool, found)))
    assert [] == [one for one in found if one][:3]
