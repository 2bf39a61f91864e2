"""kill -9 of the real till and the real sender at every row of commit-protocol section 5.

Each case kills a process at one transaction or one write to the card, starts it again, lets everything
settle down, and asks whether card, journal and centre agree beside what the journal lists as in doubt.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from clearing.database import Database
from clearing.export import export as clearing_export
from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import Journal
from offline_queue.journal.verify import verify
from offline_queue.journal_command import export
from terminal.demo.conversation import Outcome, Reply, Till, TillDied
from terminal.demo.stage import Stage
from tests.checker import stored
from tests.world.shop import disagreements

ROOT = Path(__file__).parents[2]
ROLE = "torn"


class Counter:
    """One shop whose till and sender are processes that can be started to die."""

    def __init__(self, directory: Path, *, centre_regions: Path | None = None) -> None:
        """``centre_regions``: the packs by which the centre prices, when they are not the counter's."""
        self.stage = Stage(
            directory,
            seed="kills",
            personality="re-executes",
            shops=("east",),
            staffed=False,
            exchange_s=3,
            centre_regions=centre_regions,
        )
        self.directory = directory / "east"
        self._sender: subprocess.Popen[bytes] | None = None

    def start_sender(self, death: str = "commit:0:after") -> None:
        """Start the sender, to die at ``death``."""
        self._sender = subprocess.Popen([sys.executable, "-m", "tests.world.killable", "sender", str(self.directory), death], cwd=ROOT)

    def sender_dead(self) -> bool:
        """Whether the sender has died."""
        return self._sender is not None and self._sender.poll() is not None

    def stop_sender(self) -> None:
        """End the sender."""
        if self._sender is not None:
            self._sender.kill()
            self._sender.wait()

    def start_till(self, death: str = "commit:0:after") -> Till:
        """Start the till, to die at ``death``."""
        return Till([sys.executable, "-m", "tests.world.killable", "till", str(self.directory), death], cwd=ROOT)

    def till(self) -> Till:
        """Start a till that lives, and open it."""
        till = self.start_till()
        till.open(replies={"DoubtOpen": _answer_doubt})
        return till

    def sell(
        self,
        till: Till,
        yuan: str = "1.00",
        *,
        role: str = ROLE,
        first_pay: str = "0",
        difference: Reply = "agree",
        doubt: Reply | None = None,
        fault: dict[str, Any] | None = None,
    ) -> Outcome:
        """Sell by the card of ``role``; ``first_pay`` makes it a class-B line, ``difference`` and ``doubt`` answer those questions."""
        player = self.stage.cast[role]
        self.stage.insert("east", player, fault=fault)
        level = "01" if first_pay == "0" else "02"
        row = {"name": "演示片", "price": yuan, "class": level, "first_pay_ratio": first_pay, "kind": "国药准字", "code": "A001"}
        replies: dict[str, Reply] = {"SelfPayOffered": "cancel", "DoubtOpen": doubt or _answer_doubt, "DifferenceShown": difference}
        return till.run({"do": "sale", "lines": [row]}, pins=(player.pin,) * 3, replies=replies)

    def queue(self) -> list[dict[str, Any]]:
        """Return what the sender still owes."""
        rows: list[dict[str, Any]] = self.stage.sync_status("east")["rows"]
        return rows

    def settle_down(self) -> None:
        """Let sender and till finish what they can, and the card prove the rest."""
        self.stage.until("nothing is owed but what nobody finds", lambda: all(row["state"] == "unknown" for row in self.queue()))
        till = self.till()
        end = self.sell(till, "2.00").end["end"]
        self.stage.until("nothing is owed but what nobody finds", lambda: all(row["state"] == "unknown" for row in self.queue()))
        till.run({"do": "catch-up"}, replies={"DoubtOpen": _answer_doubt})
        till.close()
        assert end in {"Settled", "Dropped"}

    def receivables(self) -> dict[str, int]:
        """Return what is owed to the shop for goods that went out unpaid (fen), by settlement."""
        with Journal(self.directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
            return {row["subject"]: row["amount_fen"] for row in export(journal, reveal=False)["receivables"]}

    def state(self) -> tuple[list[str], list[str]]:
        """Return (what does not agree, what is in doubt)."""
        with Journal(self.directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
            told, faults = export(journal, reveal=True), verify(journal).faults
        with Database(self.stage.directory / "centre") as database, database.transaction() as db:
            centre = clearing_export(db)
        images = [self.stage.directory / "cards" / player.image for player in self.stage.cast.values()]
        return disagreements(told, centre, images, [*faults, *stored.wrongs(self.directory)]), [
            doubt["subject"] for doubt in told["doubts"]
        ]


def _answer_doubt(question: dict[str, Any]) -> str:
    """The goods stayed here; nobody waits for what is not known yet."""
    return "goods-kept" if question["goods_released"] is None else "leave"


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Return one shop for the file; each test leaves it in agreement, doubts aside."""
    opened = Counter(tmp_path_factory.mktemp("kills") / "stage")
    with opened.stage:
        till = opened.till()
        opened.start_sender()
        opened.stage.until("the line is up", lambda: opened.stage.sync_status("east")["line"]["state"] == "up")
        opened.sell(till, "5.00")
        till.close()
        yield opened
        opened.stop_sender()


COMMITS = [f"commit:{number}:{when}" for number in (1, 2, 3, 4, 5) for when in ("before", "after")]
WRITES = [f"apdu:{number}:{when}" for number in (1, 2, 3) for when in ("before", "after")]


@pytest.mark.parametrize("death", COMMITS)
def test_till_killed_in_an_online_sale(counter: Counter, death: str) -> None:
    """Intent, booking, slip, refresh: killed before or after each of their transactions."""
    _die_selling(counter, death)
    counter.settle_down()

    assert ([], []) == counter.state()


@pytest.mark.parametrize("death", [*COMMITS[:6], *WRITES])
def test_till_killed_in_an_offline_sale(counter: Counter, death: str) -> None:
    """Also while a command runs: the card may change after the till is dead; the next reset orders it."""
    counter.stage.bend_line({"mode": "refuse"})
    counter.stage.until("the line is down", lambda: counter.stage.sync_status("east")["line"]["state"] == "down")
    _die_selling(counter, death)
    counter.stage.bend_line({})
    counter.stage.until("the line is up", lambda: counter.stage.sync_status("east")["line"]["state"] == "up")
    counter.settle_down()

    assert ([], []) == counter.state()


@pytest.mark.parametrize(
    ("death", "again", "owed"),
    [
        ("commit:3:before", "goods-out", [300]),
        ("commit:3:before", "cash-against-doubt", []),
        ("commit:3:before", "goods-kept", []),
        ("commit:3:after", "nobody is asked", [300]),
        ("commit:4:before", "nobody is asked", [300]),
        ("commit:4:after", "nobody is asked", [300]),
    ],
)
def test_till_killed_while_the_goods_are_asked_about(counter: Counter, death: str, again: str, owed: list[int]) -> None:
    """Handed over while the card was torn, and the till dies of the answer; then the card proves that nothing was charged.

    It is asked once more, unless the answer was on disk: the goods are owed for, paid in cash, or here after all.
    """
    counter.stage.bend_line({"mode": "refuse"})
    counter.stage.until("the line is down", lambda: counter.stage.sync_status("east")["line"]["state"] == "down")
    before = counter.receivables()
    dying = counter.start_till(death)
    with suppress(TillDied):
        dying.open()
        counter.sell(dying, "3.00", doubt=lambda question: _out_then_back(counter, question), fault={"write": 1, "when": "before"})
    dying.kill()
    dying.close()
    till = counter.till()
    counter.sell(till, "2.00", doubt=lambda question: again if question["goods_released"] is None else "leave")
    till.close()
    counter.stage.bend_line({})
    counter.stage.until("the line is up", lambda: counter.stage.sync_status("east")["line"]["state"] == "up")
    counter.settle_down()

    assert ([], []) == counter.state()
    assert owed == [fen for subject, fen in counter.receivables().items() if subject not in before]


@pytest.mark.parametrize("second", ["commit:1:before", "commit:1:after", "commit:2:before", "commit:2:after"])
@pytest.mark.parametrize("first", ["commit:1:after", "commit:2:before"])
def test_till_killed_in_its_recovery(counter: Counter, first: str, second: str) -> None:
    """Recovery twice is recovery once, also with a crash inside (invariant 13)."""
    _die_selling(counter, first)
    recovering = counter.start_till(second)
    with suppress(TillDied):
        recovering.open(replies={"DoubtOpen": _answer_doubt})
    recovering.kill()
    recovering.close()
    counter.settle_down()

    assert ([], []) == counter.state()


@pytest.mark.parametrize("death", [f"commit:{number}:{when}" for number in (1, 2) for when in ("before", "after")])
def test_till_killed_in_a_void(counter: Counter, death: str) -> None:
    """A torn void is taken up: released once, or never sent."""
    till = counter.till()
    sold = counter.sell(till, "3.00").end["subject"]
    till.close()
    dying = counter.start_till(death)
    with suppress(TillDied):
        dying.open()
        dying.run({"do": "void", "subject": sold}, pins=(counter.stage.cast[ROLE].pin,))
    dying.kill()
    dying.close()
    counter.settle_down()

    assert ([], []) == counter.state()


@pytest.mark.parametrize(
    ("death", "role"),
    [("commit:1:before", ROLE), ("commit:2:before", ROLE), ("commit:2:after", ROLE), ("commit:1:after", "second")],
)
def test_sender_killed_while_a_customer_waits(counter: Counter, death: str, role: str) -> None:
    """Before or after "sending" and "answered": taken up as unknown, queried, never sent twice.

    Killed between "sending" and the first byte, nobody can tell it from a lost reply: listed, with its amount.
    """
    counter.stop_sender()
    counter.start_sender(death)
    till = counter.till()
    counter.sell(till, role=role)
    till.close()
    counter.stage.until("the sender dies", counter.sender_dead)
    counter.start_sender()
    counter.settle_down()
    disagree, doubts = counter.state()

    assert [] == disagree
    assert (role != ROLE) == bool(doubts)


@pytest.mark.parametrize(
    ("death", "role"),
    [
        ("commit:1:before", ROLE),
        ("commit:1:after", ROLE),
        ("commit:2:before", ROLE),
        ("commit:3:before", ROLE),
        ("commit:3:after", ROLE),
        ("commit:2:after", "first"),
    ],
)
def test_sender_killed_while_it_drains(counter: Counter, death: str, role: str) -> None:
    """Freezing, sending and answering an off-line sale: frozen once, executed at most once."""
    till = counter.till()
    counter.sell(till, "5.00", role=role)
    counter.stage.bend_line({"mode": "refuse"})
    counter.stage.until("the line is down", lambda: counter.stage.sync_status("east")["line"]["state"] == "down")
    counter.sell(till, role=role)
    till.close()
    counter.stop_sender()
    counter.stage.bend_line({})
    counter.start_sender(death)
    counter.stage.until("the sender dies", counter.sender_dead)
    counter.start_sender()
    counter.settle_down()
    waiting = [row["state"] for row in counter.queue() if row["lane"] == "backlog"]

    assert [] == [fault for fault in counter.state()[0] if role == ROLE]
    assert ([] if role == ROLE else ["unknown"]) == waiting


def _out_then_back(counter: Counter, question: dict[str, Any]) -> str:
    """The goods went out; then the card comes back."""
    if question["goods_released"] is None:
        return "goods-out"
    counter.stage.insert("east", counter.stage.cast[ROLE])
    return "again"


def _die_selling(counter: Counter, death: str) -> None:
    dying = counter.start_till(death)
    with suppress(TillDied):
        dying.open()
        counter.sell(dying)
    dying.kill()
    dying.close()
