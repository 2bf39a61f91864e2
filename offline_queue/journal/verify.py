"""Is the journal what was written? Every page, every link, every commitment, and the anchor beside it.

SQLCipher authenticates each page of the database file; the chain authenticates every record; ``journal.head``
says how many there must be, because a damaged write-ahead log reads as fewer records with a valid chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from offline_queue.fold import fold
from offline_queue.journal import chain
from offline_queue.journal.journal import Journal
from settlement.errors import JournalError

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found."""

    count: int
    head: str
    faults: tuple[str, ...]


def verify(journal: Journal) -> Verified:
    """Look at everything and say all that is wrong; an empty ``faults`` means the journal is whole."""
    faults = list(_pages(journal))
    count, head = 0, journal.genesis
    try:
        links = [journal.genesis]
        for row in _rows(journal):
            count += 1
            faults += _row(row, count, links[-1])
            links.append(bytes(row[7]))
        head = links[-1]
        faults += _anchor(journal, links)
        faults += _receipts(journal)
        faults += _derived(journal)
    except JournalError as error:
        faults.append(f"after record {count}: {error.code}")
    return Verified(count, head.hex(), tuple(faults))


def _pages(journal: Journal) -> Iterator[str]:
    """Have SQLCipher check the authentication of every page in the file, and SQLite its structure."""
    try:
        with journal.store.read() as db:
            for row in db.execute("PRAGMA cipher_integrity_check").fetchall():
                yield f"page: {row[0]}"
            for row in db.execute("PRAGMA integrity_check").fetchall():
                if row[0] != "ok":
                    yield f"structure: {row[0]}"
    except JournalError as error:
        yield f"page: {error.code}"


def _rows(journal: Journal) -> Iterator[Any]:
    sql = """SELECT record.seq, at, writer, kind, subject, body, commitment, link, salt, content
             FROM record LEFT JOIN private USING (seq) WHERE record.seq > ? ORDER BY record.seq LIMIT ?"""
    last = 0
    while True:
        with journal.store.read() as db:
            rows = db.execute(sql, (last, _PAGE)).fetchall()
        yield from rows
        if len(rows) < _PAGE:
            return
        last = rows[-1][0]


def _row(row: Any, expected_seq: int, previous: bytes) -> Iterator[str]:  # noqa: ANN401 - a row
    seq, at, writer, kind, subject, body, committed, link, salt, content = row
    if seq != expected_seq:
        yield f"record {expected_seq} is missing"
    if chain.link(previous, seq, at, writer, kind, subject, body, bytes(committed)) != bytes(link):
        yield f"record {seq} is not what was chained"
    if content is not None and chain.commitment(bytes(salt), content) != bytes(committed):
        yield f"the personal fields of record {seq} are not what was written"


def _anchor(journal: Journal, links: list[bytes]) -> Iterator[str]:
    try:
        head_file = chain.HeadFile(journal.directory, writing=False)
    except FileNotFoundError:
        yield f"{chain.HEAD_NAME} is missing"
        return
    anchor, damaged = head_file.read()
    head_file.close()
    if damaged:
        yield f"{chain.HEAD_NAME} is damaged"
    if anchor is None:
        if len(links) > 1:
            yield f"{chain.HEAD_NAME} is empty"
        return
    if anchor.count >= len(links):
        yield f"{anchor.count - len(links) + 1} acknowledged records are lost"
    elif links[anchor.count] != anchor.head:
        yield f"record {anchor.count} is not the one that was acknowledged"


def _receipts(journal: Journal) -> Iterator[str]:
    """Look for gaps in the receipt numbers (invariant 5)."""
    numbers = []
    with journal.store.read() as db:
        rows = db.execute("SELECT body FROM record WHERE kind = 'done' ORDER BY seq").fetchall()
    for (body,) in rows:
        receipt = str(json.loads(body).get("receipt", ""))
        numbers.append(int(receipt.rpartition("-")[2] or 0))
    if numbers[:1] not in ([], [1]):
        yield f"the first receipt is {numbers[0]}"
    for one, other in pairwise(numbers):
        if other != one + 1:
            yield f"receipt {one + 1} is missing"


def _derived(journal: Journal) -> Iterator[str]:
    """Compare what is derived with the records: nothing done is still listed as open."""
    for subject in journal.open_subjects():
        if fold(subject, journal.records(subject)).done:
            yield f"{subject} is listed as open and is done"
    for row in journal.owed():
        if not journal.records(row.msgid):
            yield f"outbox row {row.msgid} has no record"
