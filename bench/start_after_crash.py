"""A till's start after kill -9 with 900 off-line sales queued, against the start of a till that has sold nothing, in one run. Goal ≤ 1.5.

From opening the journal to the desk that stands: recovery of the log, anchors, self-check, what is unfinished, what is owed. Both
are opened in turn, each time on a fresh copy of what was left; medians. The same journal closed in order stands beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.counter_folder import CODE, TILL, make
from bench.journal_transaction import FIGURES, PERSON, intent
from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from settlement.facts import Done
from terminal.desk import open_desk
from terminal.screen import news
from terminal.screen.orders import Door

QUEUED = int(sys.argv[1]) if len(sys.argv) > 1 else 900
ROUNDS = 9
GOAL = 1.5
_DIES = "import sys; from pathlib import Path; from bench.start_after_crash import sell; sell(Path(sys.stdin.read()), int({queued}))"


def sell(directory: Path, queued: int) -> None:
    """Book off-line sales that nobody sends, then die by kill -9 with the end of them in the log."""
    identity = CounterIdentity(fixmedins_code=CODE, till=TILL)
    with Journal(directory, role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=identity) as journal:
        for _ in range(queued):
            subject = journal.notes.issue_msgid(writer="till")
            sale, done = intent(subject), Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=True)
            journal.commit([Entry(kind=sale.kind, subject=subject, body=sale.body(), private=PERSON, owner=PERSON["certno"])])
            journal.commit([Entry(kind=done.kind, subject=subject, body=done.body())])
        os.kill(os.getpid(), signal.SIGKILL)


def started(left: Path, work: Path) -> float:
    """Return the seconds until the desk stands on a copy of what was left."""
    shutil.copytree(left, work)
    stands: list[float] = []

    def hear(said: news.News) -> None:
        assert not isinstance(said, news.NotOpened), said
        if isinstance(said, news.Opened):
            stands.append(perf_counter())

    door = Door()
    door.leave()
    start = perf_counter()
    open_desk(work, door, hear, staffed=True)
    shutil.rmtree(work)
    return stands[0] - start


def main() -> None:
    """Make the three tills, start them in turn and print one JSON line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crashed, empty = make(folder / "crashed"), make(folder / "empty")
        subprocess.run([sys.executable, "-c", _DIES.format(queued=QUEUED)], input=str(crashed), text=True, check=False)
        assert (crashed / "journal.db-wal").stat().st_size
        closed = Path(shutil.copytree(crashed, folder / "closed"))
        _in_order(closed)
        _in_order(empty)
        sides: dict[str, Callable[[], float]] = {left.name: partial(started, left, folder / "work") for left in (crashed, closed, empty)}
        for side in sides.values():
            side()
        taken: dict[str, list[float]] = {which: [] for which in sides}
        for _ in range(ROUNDS):
            for which, side in sides.items():
                taken[which].append(side())
    ms = {f"{which}_ms": round(median(all_of) * 1000, 1) for which, all_of in taken.items()}
    ratio = ms["crashed_ms"] / ms["empty_ms"]
    said = {**ms, "ratio": round(ratio, 2), "beside_closed": round(ms["crashed_ms"] / ms["closed_ms"], 2)}
    print(json.dumps({"bench": "start_after_crash", "queued": QUEUED, **said, "goal": GOAL}))


def _in_order(directory: Path) -> None:
    identity = CounterIdentity(fixmedins_code=CODE, till=TILL)
    with Journal(directory, role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=identity) as journal:
        journal.store.forget_log()


if __name__ == "__main__":
    main()
