"""How often a till waits for the disk in a sale, by its own system calls: three flushes on-line and off-line."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.demo.conversation import Till
from tests.crash.recorded import STRACE, available
from tests.world.test_kills import ROLE, ROOT, Counter, _answer_doubt

_FLUSH = re.compile(r"f(?:data)?sync\(\d+<([^>]+)>\)")
SALES = 3
BOOKED = 3
"""Intent, booking, slip: on-line what the sender writes meanwhile, attempt and answer, is its own."""


class _Traced(Counter):
    """A counter whose till's flushes are written down."""

    def start_till(self, death: str = "commit:0:after") -> Till:
        """Start the till under a tracer."""
        self.log = self.stage.directory / "flushes.log"
        tracer = [STRACE, "-f", "-y", "-qq", "-s", "60", "-e", "trace=write,fsync,fdatasync", "-o", str(self.log)]
        till = [sys.executable, "-m", "tests.world.killable", "till", str(self.directory), death]
        return Till([*tracer, *till], cwd=ROOT)

    def flushed(self) -> list[list[str]]:
        """Return the names of the files that were flushed between the customer's yes and the goods, for each sale."""
        sales: list[list[str]] = []
        waiting = False
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if "write(1" in line:
                if "Quoted" in line:
                    sales.append([])
                waiting = "goods" not in line and (waiting or "Quoted" in line)
            elif waiting and (found := _FLUSH.search(line)):
                sales[-1].append(Path(found[1]).name)
        return sales


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Traced]:
    """Return a shop with its line up."""
    if why := available():
        pytest.skip(why)
    opened = _Traced(tmp_path_factory.mktemp("flushes") / "stage")
    with opened.stage:
        # The sender waits for a journal that the till makes.
        opened.till().close()
        opened.start_sender()
        opened.stage.until("the line is up", lambda: opened.stage.sync_status("east")["line"]["state"] == "up")
        yield opened
        opened.stop_sender()


@pytest.mark.parametrize("way", ["online", "allowance"])
def test_flushes_of_a_sale(counter: _Traced, way: str) -> None:
    """From the customer's yes to the goods; the unfinished bill is written before that, and forgotten after it."""
    till = counter.start_till()
    till.open(replies={"DoubtOpen": _answer_doubt})
    # The first sale gives the card its allowance, in a transaction of its own.
    assert "Settled" == counter.sell(till, "5.00").end["end"]
    if way == "allowance":
        counter.stage.bend_line({"mode": "refuse"})
        counter.stage.until("the line is down", lambda: counter.stage.sync_status("east")["line"]["state"] == "down")
    ends = [counter.sell(till, "1.00", role=ROLE).end["end"] for _ in range(SALES)]
    till.close()
    counter.stage.bend_line({})
    counter.stage.until("the line is up", lambda: counter.stage.sync_status("east")["line"]["state"] == "up")
    # The anchor is flushed at most once in five seconds (``anchor.py``).
    flushed = [[name for name in names if name != "journal.head"] for names in counter.flushed()[-SALES:]]

    assert ["Settled"] * SALES == ends
    assert [["journal.db-wal"] * BOOKED] * SALES == flushed
