"""kill -9 of the real till in an off-line sale of a card that debits by itself: before and after each transaction and its DEBIT."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from terminal.demo.conversation import TillDied
from tests.world.legacy import load_cards, on_card_fen, packs, point_at
from tests.world.test_kills import Counter

ROLE = "torn"
DEATHS = [f"commit:{number}:{when}" for number in (1, 2, 3) for when in ("before", "after")] + ["apdu:1:before", "apdu:1:after"]


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Return one shop for the file; each test leaves it in agreement."""
    folder = tmp_path_factory.mktemp("legacy-kills")
    regions = packs(folder)
    opened = Counter(folder / "stage", centre_regions=regions)
    load_cards(opened.stage)
    with opened.stage:
        point_at(opened.directory, regions)
        opened.till().close()
        opened.start_sender()
        opened.stage.until("the line is up", lambda: opened.stage.sync_status("east")["line"]["state"] == "up")
        yield opened
        opened.stop_sender()


@pytest.mark.parametrize("death", DEATHS)
def test_till_killed_in_an_offline_sale(counter: Counter, death: str) -> None:
    """The card may debit itself after the till is dead: its log, read at the next insertion, tells; all agree, none is in doubt."""
    before = on_card_fen(counter.stage, ROLE)
    counter.stage.bend_line({"mode": "refuse"})
    counter.stage.until("the line is down", lambda: counter.stage.sync_status("east")["line"]["state"] == "down")
    dying = counter.start_till(death)
    with suppress(TillDied):
        dying.open()
        counter.sell(dying)
    dying.kill()
    dying.close()
    moved = before - on_card_fen(counter.stage, ROLE)
    counter.stage.bend_line({})
    counter.stage.until("the line is up", lambda: counter.stage.sync_status("east")["line"]["state"] == "up")
    counter.settle_down()

    assert (0 if death in {"commit:1:before", "commit:1:after", "apdu:1:before"} else 100) == moved
    assert ([], []) == counter.state()
