"""The journal's file itself, opened with SQLCipher and by nothing of ours: chain, anchors, and the order of what was recorded.

``wrongs(directory)`` says each breach of invariants 3, 4, 5, 6, 7, 9 and 10 of commit-protocol section 9 that the records show.
The format is that of ``docs/journal.md``: a link is SHA-256 over the link before, each column after its length, and the commitment.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

_SLOT = struct.Struct(">Q32s32s")
_SLOTS = 4
_INTENTS = {"done": {"sale_intended", "void_intended"}, "sending": {"sale_intended", "void_intended"}, "refreshed": {"refresh_intended"}}
_ENDS = {"done", "refused", "aborted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as it lies in the file."""

    seq: int
    kind: str
    subject: str
    body: dict[str, Any]
    private: dict[str, Any]
    owner: bytes


def wrongs(directory: Path, *, at_least: int = 0) -> list[str]:
    """Return every breach; empty when there is none. ``at_least`` so many records were acknowledged, whatever the anchors say."""
    try:
        with closing(_connected(directory)) as db:
            found = list(_integrity(db))
            links, records, chained = _read(db)
    except (sqlcipher.DatabaseError, OSError, ValueError) as error:
        return [f"20: the file cannot be read: {error}"]
    lost = [f"6: {at_least} records were acknowledged and {len(records)} are here"] if len(records) < at_least else []
    return [*found, *chained, *lost, *_anchored(directory, links), *_ordered(records)]


def wrongs_of(db: Any) -> list[str]:  # noqa: ANN401 - the driver has no types
    """Return every breach that the records of an open journal show, one in memory too."""
    _, records, chained = _read(db)
    return [*chained, *_ordered(records)]


def records_of(directory: Path) -> list[Record]:
    """Return every record, oldest first. Raises what the driver raises."""
    with closing(_connected(directory)) as db:
        return _read(db)[1]


def _connected(directory: Path) -> Any:  # noqa: ANN401 - the driver has no types
    lines = (directory / "journal.key").read_text(encoding="ascii").splitlines()
    (key,) = [line for line in lines if line and not line.startswith("#")]
    db = sqlcipher.connect(f"file:{directory / 'journal.db'}?mode=ro", uri=True, isolation_level=None)
    # By default its errors go to stderr.
    db.execute("PRAGMA cipher_log_level = NONE")
    db.execute(f"PRAGMA key = \"x'{bytes.fromhex(key).hex()}'\"")
    db.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
    db.execute("PRAGMA cipher_page_size = 1024")
    return db


def _integrity(db: Any) -> Iterator[str]:  # noqa: ANN401 - the driver has no types
    for (words,) in db.execute("PRAGMA integrity_check").fetchall():
        if words != "ok":
            yield f"20: {words}"


def _read(db: Any) -> tuple[list[bytes], list[Record], list[str]]:  # noqa: ANN401 - the driver has no types
    meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    first = json.dumps(
        ["yibao journal", meta["fixmedins_code"], meta["till"], int(meta["epoch"])], ensure_ascii=False, separators=(",", ":")
    )
    links, records, found = [hashlib.sha256(first.encode()).digest()], [], []
    sql = """SELECT record.seq, at, writer, kind, subject, body, commitment, link, salt, content, coalesce(owner, x'')
             FROM record LEFT JOIN private USING (seq) ORDER BY record.seq"""
    for seq, at, writer, kind, subject, body, committed, link, salt, content, owner in db.execute(sql).fetchall():
        parts = [part.encode() for part in (str(seq), at, writer, kind, subject, body)]
        framed = b"".join(struct.pack(">I", len(part)) + part for part in parts)
        if hashlib.sha256(links[-1] + framed + committed).digest() != link or seq != len(links):
            found.append(f"6: record {seq} is not what was chained")
        if content is not None and hashlib.sha256(salt + content.encode()).digest() != committed:
            found.append(f"6: the personal fields of record {seq} are not those committed to")
        links.append(link)
        private = json.loads(content) if content is not None else {}
        records.append(Record(seq=seq, kind=kind, subject=subject, body=json.loads(body), private=private, owner=owner))
    return links, records, found


def _anchored(directory: Path, links: list[bytes]) -> Iterator[str]:
    try:
        content = (directory / "journal.head").read_bytes()
    except FileNotFoundError:
        content = b""
    for place in range(0, _SLOTS * _SLOT.size, _SLOT.size):
        slot = content[place : place + _SLOT.size]
        if len(slot) < _SLOT.size or hashlib.sha256(slot[:40]).digest() != slot[40:]:
            yield "6: an anchor is damaged"
            continue
        count, head, _ = _SLOT.unpack(slot)
        if count >= len(links):
            yield f"6: {count} records were acknowledged and {len(links) - 1} are here"
        elif links[count] != head:
            yield f"6: record {count} is not the one that was acknowledged"


def _ordered(records: list[Record]) -> Iterator[str]:
    kinds: dict[str, set[str]] = {}
    doubts: dict[bytes, set[str]] = {}
    owners = {record.subject: record.owner for record in records if record.kind in {"sale_intended", "void_intended"}}
    voided: Counter[tuple[str, str]] = Counter()
    # A copy that the centre executed beside the sale is a settlement of its own: its void names it by the centre's number.
    originals = {
        record.subject: (record.body["original"], record.body.get("setl_id", "")) for record in records if record.kind == "void_intended"
    }
    for record in records:
        before = kinds.setdefault(record.subject, set())
        needed = _INTENTS.get(record.kind)
        if needed is not None and not needed & before:
            yield f"3: record {record.seq} is '{record.kind}' of {record.subject}, of which no intent was recorded"
        if record.kind in _ENDS and before & _ENDS:
            yield f"9: record {record.seq} ends {record.subject} a second time"
        if record.kind == "done" and record.subject in originals:
            voided[originals[record.subject]] += 1
        open_of = doubts.setdefault(owners.get(record.subject, b""), set())
        if record.kind == "doubted" and record.subject not in originals:
            # A void in doubt settles nothing on the account: it may stand beside a sale in doubt.
            open_of.add(record.subject)
            if len(open_of) > 1 and owners.get(record.subject):
                yield f"10: record {record.seq} is a second open doubt of one person"
        elif record.kind in _ENDS:
            open_of.discard(record.subject)
        before.add(record.kind)
    yield from (f"7: {original} was voided {times} times" for (original, _), times in voided.items() if times > 1)
    yield from _counters(records, kinds)
    yield from _receipts(records)


def _counters(records: list[Record], kinds: dict[str, set[str]]) -> Iterator[str]:
    used: Counter[tuple[str, int | None, int]] = Counter()
    for record in records:
        card = record.body.get("card") if record.kind == "sale_intended" else None
        if card and "done" in kinds[record.subject] and "card_no" in record.private:
            # A card that debits by itself has no generations: each number of its own sequence is used once.
            key = (None, card["sequence"]) if "sequence" in card else (card["generation"], card["counter"] + 1)
            used[(record.private["card_no"], *key)] += 1
    for (card_no, generation, counter), times in used.items():
        if times > 1:
            yield f"4: card {card_no}: counter {counter} of generation {generation} was used {times} times"


def _receipts(records: list[Record]) -> Iterator[str]:
    last: dict[str, int] = {}
    for record in records:
        if record.kind == "done":
            epoch, _, number = record.body["receipt"].rpartition("-")
            if int(number) != last.get(epoch, 0) + 1:
                yield f"5: record {record.seq} has receipt {record.body['receipt']} after {last.get(epoch, 0)}"
            last[epoch] = int(number)


if __name__ == "__main__":
    told = [f"{directory}: {wrong}\n" for directory in sys.argv[1:] for wrong in wrongs(Path(directory))]
    sys.stdout.write("".join(told))
    sys.exit(1 if told else 0)
