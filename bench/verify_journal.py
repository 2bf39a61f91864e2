"""Verifying the chain of 100,000 records against hashing the same bytes, in one run. Goals ≤ 3.

Twice: links and commitments of rows in memory against SHA-256 over the same bytes in memory; and the walk of a till's start and idle
time over the encrypted file against reading the same rows and hashing them. All that ``yibao-journal verify`` looks at beside it
(pages, receipts, derived tables) is timed as well.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench.journal_transaction import FIGURES, PERSON, intent
from config.clock import SystemClock
from config.entropy import SystemEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from offline_queue.journal.since_checkpoint import SinceCheckpoint
from offline_queue.journal.verify import is_whole, rows_after, verify
from settlement.facts import Done

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = 5
BLOCK = 250
GOAL = 3.0


def fill(journal: Journal) -> None:
    """Book off-line sales of five lines, two records each."""
    for first in range(0, RECORDS // 2, BLOCK):
        entries: list[Entry] = []
        for number in range(first, min(first + BLOCK, RECORDS // 2)):
            subject = f"P990100000012026030209{number:08d}"
            sale, done = intent(subject), Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=True)
            entries.append(Entry(kind=sale.kind, subject=subject, body=sale.body(), private=PERSON, owner=PERSON["certno"]))
            entries.append(Entry(kind=done.kind, subject=subject, body=done.body()))
        journal.commit(entries)


def read(journal: Journal) -> tuple[list[Any], float]:
    """Return every record with its personal part, and the seconds that reading takes."""
    start = perf_counter()
    with journal.store.read() as db:
        rows = list(rows_after(db, 0))
    return rows, perf_counter() - start


def texts(rows: list[Any]) -> list[bytes]:
    """Return what the chain runs over, one piece a record."""
    return ["".join((str(row[0]), *row[1:5])).encode() + row[5] + (row[9] or b"") + row[6] + (row[8] or b"") for row in rows]


def linked(rows: list[Any], genesis: bytes) -> float:
    """Return the seconds that checking links and commitments takes."""
    previous, start = genesis, perf_counter()
    for number, row in enumerate(rows, 1):
        assert is_whole(row, number, previous)
        previous = bytes(row[7])
    return perf_counter() - start


def hashed(pieces: list[bytes]) -> float:
    """Return the seconds that hashing takes."""
    start = perf_counter()
    for piece in pieces:
        hashlib.sha256(piece).digest()
    return perf_counter() - start


def walked(journal: Journal) -> float:
    """Return the seconds that the walk over the whole chain takes."""
    check = SinceCheckpoint(journal, {})
    start = perf_counter()
    while not check.done:
        check.step()
    taken = perf_counter() - start
    assert check.count == journal.tip()[0]
    return taken


def main() -> None:
    """Fill a journal, do each in turn and print one JSON line."""
    identity = CounterIdentity(fixmedins_code="P99010000001", till="01")
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder), role="till", clock=SystemClock(), entropy=SystemEntropy(), counter=identity) as journal,
    ):
        fill(journal)
        journal.store.forget_log()
        rows, _ = read(journal)
        pieces = texts(rows)
        rounds = [(hashed(pieces), linked(rows, journal.genesis), read(journal)[1], walked(journal)) for _ in range(ROUNDS)]
        start = perf_counter()
        assert not verify(journal).faults
        whole = perf_counter() - start
    hashing, linking, reading, walking = (median(side) for side in zip(*rounds, strict=True))
    said = {
        "records": len(pieces),
        "megabytes": round(sum(map(len, pieces)) / 1e6, 1),
        "hashing_ms": round(hashing * 1000, 1),
        "links_ms": round(linking * 1000, 1),
        "links_ratio": round(linking / hashing, 2),
        "read_and_hash_ms": round((reading + hashing) * 1000, 1),
        "walk_ms": round(walking * 1000, 1),
        "walk_ratio": round(walking / (reading + hashing), 2),
        "verify_all_ms": round(whole * 1000, 1),
    }
    print(json.dumps({"bench": "verify_journal", **said, "goal": GOAL}))


if __name__ == "__main__":
    main()
