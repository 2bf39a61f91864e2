"""Is the journal what was written? Every page, every link, every commitment, and the anchors beside it.

SQLCipher authenticates each page of the database file; the chain authenticates every record; ``journal.head``
says how many there must be, because a damaged write-ahead log reads as fewer records with a valid chain.
``docs/journal.md`` says what this proves and what it cannot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhsa import extension
from offline_queue.journal import anchor, derived
from offline_queue.journal.anchor import HEAD_NAME, Anchor
from offline_queue.journal.chain import commitment
from offline_queue.journal.chain import link as chained
from offline_queue.journal.pace import parted
from offline_queue.journal.pages import unauthentic
from offline_queue.journal.reading import Readings
from offline_queue.journal.store import Driver
from settlement.errors import JournalError, ProtocolMisuse

_BLOCK = 500
_SIGNED = frozenset({"checkpoint", "centre key"})
"""Notes that hold what the centre signed, and with which key."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found."""

    count: int
    head: str
    faults: tuple[str, ...]
    """One sentence each, Chinese / English."""


class Verification:
    """One look at everything, in one consistent view of the database."""

    def __init__(self, journal: Readings, anchors: list[Anchor] | None = None) -> None:
        self._journal = journal
        # Before the records: what is acknowledged meanwhile only adds to them.
        self._anchors, self._damaged_slots = anchor.read(journal.store.path.with_name(HEAD_NAME)) if anchors is None else (anchors, 0)
        self.count, self.head = 0, journal.genesis
        self._awaited = {one.count: one for one in self._anchors}
        self._odd: list[Anchor] = []

    def faults(self) -> Iterator[str]:
        """Say all that is wrong."""
        try:
            with self._journal.store.read() as db:
                yield from _pages(db, self._journal.store.path)
                yield from self._chain(db)
                yield from _receipts(db)
                yield from _derived(db)
                yield from _checkpoint(db, self._journal.identity.fixmedins_code)
        except JournalError as error:
            yield f"第 {self.count} 条之后读不出：{error.code} / unreadable after record {self.count}: {error.code}"
        except (KeyError, ValueError) as error:
            yield f"有一条记录的内容读不懂 / the content of a record is not what a record holds: {error}"
        yield from self._anchor()

    def _chain(self, db: Driver) -> Iterator[str]:
        self._meet()
        for row in rows_after(db, 0):
            if not is_whole(row, self.count + 1, self.head):
                yield from row_faults(row, self.count + 1, self.head)
            self.count, self.head = row[0], bytes(row[7])
            self._meet()

    def _meet(self) -> None:
        """Hold the chain against the anchor of this length."""
        found = self._awaited.pop(self.count, None)
        if found is not None and found.head != self.head:
            self._odd.append(found)

    def _anchor(self) -> Iterator[str]:
        if not self._anchors:
            yield f"{HEAD_NAME} 不见了或已损坏 / {HEAD_NAME} is missing or damaged"
        elif self._damaged_slots:
            yield f"{HEAD_NAME} 有 {self._damaged_slots} 处损坏 / {HEAD_NAME} is damaged in {self._damaged_slots} places"
        lost = max(self._awaited, default=0) - self.count
        if lost > 0:
            yield f"缺少 {lost} 条已确认的记录 / {lost} acknowledged records are lost"
        for one in self._odd:
            yield f"第 {one.count} 条不是当初确认的那一条 / record {one.count} is not the one that was acknowledged"


def verify(journal: Readings, anchors: list[Anchor] | None = None) -> Verified:
    """Look at everything and say all that is wrong; an empty ``faults`` means the journal is whole.

    ``anchors`` are those of the file beside it unless they are given: a copy is held against those of its original.
    """
    verification = Verification(journal, anchors)
    faults = tuple(verification.faults())
    return Verified(verification.count, verification.head.hex(), faults)


def _pages(db: Driver, path: Path) -> Iterator[str]:
    """Have SQLCipher check the authentication of every page in the file, and SQLite its structure."""
    for page in unauthentic(db, path):
        yield f"数据库有一页被改动：{page} / a page of the database was changed: {page}"
    for (words,) in db.execute("PRAGMA integrity_check").fetchall():
        if words != "ok":
            yield f"数据库结构有误：{words} / the database's structure is wrong: {words}"


def rows_after(db: Driver, seq: int, block: int = _BLOCK) -> Iterator[Any]:
    """Walk the records after ``seq``, each with its link and its personal part; ``block`` of them are read at a time.

    Body and personal part come as the bytes that were chained.
    """
    sql = """SELECT record.seq, at, writer, kind, subject, CAST(body AS BLOB), commitment, link, salt, CAST(content AS BLOB)
             FROM record LEFT JOIN private USING (seq) WHERE record.seq > ? ORDER BY record.seq LIMIT ?"""
    last = seq
    while rows := db.execute(sql, (last, block)).fetchall():
        yield from rows
        last = rows[-1][0]


def is_whole(row: Any, expected_seq: int, previous: bytes) -> bool:  # noqa: ANN401 - a row
    """Whether nothing is wrong with one record, whose place and link before it are known; :func:`row_faults` says what is."""
    seq, at, writer, kind, subject, body, committed, link, salt, content = row
    return (
        seq == expected_seq
        and chained(previous, seq, at, writer, kind, subject, body, committed) == link
        and (content is None or commitment(salt, content) == committed)
    )


def row_faults(row: Any, expected_seq: int, previous: bytes) -> Iterator[str]:  # noqa: ANN401 - a row
    """Say what is wrong with one record, whose place and link before it are known."""
    seq, at, writer, kind, subject, body, committed, link, salt, content = row
    if seq != expected_seq:
        yield f"缺少第 {expected_seq} 条 / record {expected_seq} is missing"
    if chained(previous, seq, at, writer, kind, subject, body, bytes(committed)) != bytes(link):
        yield f"第 {seq} 条与链不符 / record {seq} is not what was chained"
    if content is not None and commitment(bytes(salt), content) != bytes(committed):
        yield f"第 {seq} 条的个人信息被改动 / the personal fields of record {seq} are not what was written"


def _checkpoint(db: Driver, fixmedins_code: str) -> Iterator[str]:
    """Hold the chain against the last place that the centre has signed (invariant 6): it is a prefix of what is here."""
    notes = {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM note").fetchall() if name in _SIGNED}
    if not notes.keys() >= _SIGNED:
        return
    signed, key = notes["checkpoint"], notes["centre key"]["public_key"]
    place = (fixmedins_code, signed["till"], signed["epoch"], signed["count"], signed["head"], signed["signed_time"])
    try:
        extension.verify(key, signed["signature"], "checkpoint", *place)
    except ValueError:
        yield "中心签名的检查点签名不对 / the checkpoint is not what the centre signed"
        return
    found = db.execute("SELECT link FROM record WHERE seq = ?", (signed["count"],)).fetchone()
    if signed["count"] and (found is None or bytes(found[0]).hex() != signed["head"]):
        yield f"第 {signed['count']} 条不是中心签过的那一条 / record {signed['count']} is not the one that the centre signed"


def _receipts(db: Driver) -> Iterator[str]:
    """Look for gaps in the receipt numbers of each epoch (invariant 5)."""
    (epoch,) = db.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
    last = 0
    for kind, text in db.execute("SELECT kind, body FROM record WHERE kind IN ('done', 'restored') ORDER BY seq").fetchall():
        body, _ = parted(text)
        if kind == "restored":
            epoch, last = body["epoch"], 0
            continue
        till, of, number = body["receipt"].split("-")
        if (of, int(number)) != (str(epoch), last + 1):
            yield f"小票号 {till}-{epoch}-{last + 1:06d} 缺失 / receipt {till}-{epoch}-{last + 1:06d} is missing"
        last = int(number)


def _derived(db: Driver) -> Iterator[str]:
    """Derive the tables once more and compare."""
    try:
        for table in derived.differing(db):
            yield f"由记录导出的表 {table} 与记录不符 / the derived table {table} is not what the records give"
    except (ProtocolMisuse, JournalError) as error:
        yield f"有一条记录不合规则 / a record may not stand where it stands: {error}"
