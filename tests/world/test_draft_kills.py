"""kill -9 of the real till between any two steps of a bill: it is unfinished, held, or sold, and in one place only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.fold import Standing
from offline_queue.journal import Journal
from settlement.facts import CashSold, SaleIntended
from terminal.demo.conversation import Outcome, Till, TillDied
from tests.world.test_kills import ROLE, Counter

ROW = {"name": "演示片", "price": "1.00", "class": "01", "kind": "国药准字", "code": "A001"}
LABEL = "演示片 1.00"
_NOTHING_MOVED = (Standing.REJECTED, Standing.ABANDONED)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Return one shop for the file; each test leaves it without an unfinished or held bill."""
    opened = Counter(tmp_path_factory.mktemp("drafts") / "stage")
    with opened.stage:
        till = opened.till()
        opened.start_sender()
        opened.stage.until("the line is up", lambda: opened.stage.sync_status("east")["line"]["state"] == "up")
        opened.sell(till, "5.00")
        till.close()
        yield opened
        opened.stop_sender()


def sold(counter: Counter) -> int:
    """Return how many sales and cash slips stand in the journal."""
    with Journal(counter.directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
        subjects = [subject for subject in journal.subjects() if journal.records(subject)[0].kind in {SaleIntended.kind, CashSold.kind}]
        return sum(journal.standing(subject).standing not in _NOTHING_MOVED for subject in subjects)


def die(counter: Counter, death: str, command: dict[str, Any], *, card: bool = False) -> None:
    """Start a till that dies at ``death`` while it does ``command``."""
    dying = counter.start_till(death)
    with suppress(TillDied):
        dying.open()
        run(counter, dying, command, card=card)
        raise AssertionError(death)
    dying.kill()
    dying.close()


def run(counter: Counter, till: Till, command: dict[str, Any], *, card: bool = False) -> Outcome:
    """Have a till do something; a sale is paid by card or in cash."""
    player = counter.stage.cast[ROLE]
    counter.stage.insert("east", player if card else None)
    pins = (player.pin,) if card else ()
    return till.run({"card": card, **command}, pins=pins, replies={"Billed": "cash", "DoubtOpen": "goods-out"})


def places(counter: Counter, before: int) -> tuple[int, int, int]:
    """Start the till again and return how many times the bill is unfinished, held and sold; then clear it away."""
    till = counter.start_till()
    found = till.open(replies={"DoubtOpen": "goods-out"}).end
    drafts, holds = int(found["draft"] != ""), len(found["held"])
    assert found["draft"] in {"", LABEL}
    after = sold(counter)
    for subject in found["held"]:
        assert "Recalled" == run(counter, till, {"do": "recall", "subject": subject}).end["end"]
    if drafts or holds:
        assert "PaidInCash" == run(counter, till, {"do": "resume"}).end["end"]
        assert after + 1 == sold(counter)
    assert "BILL-EMPTY" == run(counter, till, {"do": "resume"}).end["code"]
    till.close()
    return drafts, holds, after - before


UNFINISHED, HELD, SOLD, NOWHERE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)
CASH = [
    ("draft:1:before", NOWHERE),  # killed before the scan was kept: nobody was told that it is
    ("draft:1:after", UNFINISHED),
    ("commit:1:before", UNFINISHED),
    ("commit:1:after", SOLD),
    ("commit:2:before", SOLD),
    ("commit:2:after", SOLD),
    ("draft:2:before", SOLD),
    ("draft:2:after", SOLD),
]


@pytest.mark.parametrize(("death", "place"), CASH)
def test_till_killed_in_a_cash_sale(counter: Counter, death: str, place: tuple[int, int, int]) -> None:
    """Kept, sold, printed, forgotten: killed before or after each."""
    before = sold(counter)
    die(counter, death, {"do": "sale", "lines": [ROW]})

    assert place == places(counter, before)


ONLINE = [
    ("draft:1:after", UNFINISHED),
    ("commit:1:before", UNFINISHED),
    ("commit:1:after", SOLD),
    ("commit:2:before", SOLD),
    ("commit:2:after", SOLD),
    ("draft:2:before", SOLD),
    ("draft:2:after", SOLD),
]


@pytest.mark.parametrize(("death", "place"), ONLINE)
def test_till_killed_in_an_online_sale(counter: Counter, death: str, place: tuple[int, int, int]) -> None:
    """From the intent on the bill is a sale, whose end the restart finds; before it, it is on the screen again."""
    before = sold(counter)
    die(counter, death, {"do": "sale", "lines": [ROW]}, card=True)
    counter.stage.until("nothing is owed", lambda: not counter.queue())

    assert place == places(counter, before)
    assert ([], []) == counter.state()


HOLD = [
    ("draft:1:after", UNFINISHED),
    ("commit:1:before", UNFINISHED),
    ("commit:1:after", HELD),
    ("draft:2:before", HELD),
    ("draft:2:after", HELD),
]


@pytest.mark.parametrize(("death", "place"), HOLD)
def test_till_killed_while_a_bill_is_held(counter: Counter, death: str, place: tuple[int, int, int]) -> None:
    """The hold's record moves it from the screen to the list."""
    before = sold(counter)
    die(counter, death, {"do": "hold", "lines": [ROW]})

    assert place == places(counter, before)


RECALL = [
    ("draft:1:before", HELD),
    ("draft:1:after", HELD),
    ("commit:1:before", HELD),
    ("commit:1:after", UNFINISHED),
]


@pytest.mark.parametrize(("death", "place"), RECALL)
def test_till_killed_while_a_bill_is_recalled(counter: Counter, death: str, place: tuple[int, int, int]) -> None:
    """The recall's record moves it from the list to the screen."""
    before = sold(counter)
    till = counter.start_till()
    till.open()
    held = run(counter, till, {"do": "hold", "lines": [ROW]}).end["subject"]
    till.close()
    die(counter, death, {"do": "recall", "subject": held})

    assert place == places(counter, before)


@pytest.mark.parametrize(("death", "place"), [("commit:1:before", UNFINISHED), ("commit:1:after", SOLD), ("draft:1:before", SOLD)])
def test_till_killed_once_more_while_a_draft_is_settled(counter: Counter, death: str, place: tuple[int, int, int]) -> None:
    """A bill that came back after one kill is still in one place after the next."""
    before = sold(counter)
    die(counter, "commit:1:before", {"do": "sale", "lines": [ROW]})
    die(counter, death, {"do": "resume"})

    assert place == places(counter, before)
