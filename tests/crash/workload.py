"""A till and a sender at work on one journal, to be recorded: ``python -m tests.crash.workload DIR ACKNOWLEDGED SALES``.

After each commit that the journal acknowledged, how many records there are now is written to the file ``ACKNOWLEDGED``.
Off-line sales, on-line sales, voids, and a day close now and then: what a counter's day writes, and more than one checkpoint.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from offline_queue.journal import Entry
from tests.journal.entries import OTHER, PERSON, answered, done, ended, opened, sale, sending, void, void_done

Step = tuple[str, list[Entry]]


def subject(number: int) -> str:
    """Return the identifier of the ``number``-th settlement."""
    return f"P99010000001202603020900{number:04d}00"


def steps(sales: int) -> Iterator[Step]:
    """Return (who writes, what) of a day of ``sales``."""
    for number in range(0, 2 * sales, 2):
        one, two = subject(number), subject(number + 1)
        person = PERSON if number % 4 else OTHER
        match number // 2 % 4:
            case 0 | 2:
                yield "till", [sale(one, "allowance", person)]
                yield "till", [done(one, offline=True)]
                yield "sender", [sending(one)]
                yield "sender", [answered(one, "accepted")]
            case 1:
                yield "till", [sale(one, "online", person)]
                yield "sender", [sending(one)]
                yield "sender", [answered(one, "accepted")]
                yield "till", [done(one)]
                yield "till", [void(two, one, person), void_done(two)]
                yield "sender", [sending(two)]
                yield "sender", [answered(two, "accepted")]
            case _:
                yield "till", [sale(one, "online", person)]
                yield "sender", [sending(one)]
                yield "sender", [answered(one, "rejected")]
                yield "till", [ended(one, "refused")]


def work(directory: Path, acknowledged: int, sales: int) -> None:
    """Open both, write the day and close both."""
    with opened(directory) as till, opened(directory, "sender") as sender:
        journals = {"till": till, "sender": sender}
        for who, entries in steps(sales):
            committed = journals[who].commit(entries)
            os.write(acknowledged, f"{committed.seqs[-1]}\n".encode())


if __name__ == "__main__":
    _, where, told, count = sys.argv
    work(Path(where), os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), int(count))
