"""The journal of one till: append-only records, one chain, one transaction for all that belongs together."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from config.clock import Clock
from config.entropy import Entropy
from offline_queue import operating_system
from offline_queue.fold import Folded, fold
from offline_queue.journal import chain, outbox
from offline_queue.journal.enquiries import Enquiries
from offline_queue.journal.errors import JournalFull, JournalMissing, NotThisCounter, RoleTaken
from offline_queue.journal.notes import Notes
from offline_queue.journal.store import Driver, Store
from offline_queue.journal.values import Committed, CounterIdentity, DueRow, Entry, Json, Lane, Record, Role

_SALT_BYTES = 16
_RESERVE_NAME = "reserve"
_PROMISES = frozenset({"sale_intended", "void_intended", "refresh_intended", "cash_sale"})
"""Records before which nothing has moved: a full disk refuses them. All others may use the reserve."""
_SELECT = """SELECT record.seq, at, writer, kind, subject, body, content, coalesce(owner, x'')
             FROM record LEFT JOIN private USING (seq)"""


class Journal:
    """One process's handle. ``till`` and ``sender`` are locked roles; a ``reader`` never writes."""

    def __init__(self, directory: Path, *, role: Role, clock: Clock, entropy: Entropy, counter: CounterIdentity | None) -> None:
        self.directory = directory
        self.role: Role = role
        self._clock = clock
        self._entropy = entropy
        self._lock: int | None = None
        if role != "reader":
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = operating_system.lock(directory / f"{role}.lock")
            if self._lock is None:
                raise RoleTaken(role=role)
        with ExitStack() as on_failure:
            if self._lock is not None:
                on_failure.callback(operating_system.unlock, self._lock)
            self.store = Store(directory, writing=role != "reader", create=role != "reader")
            self._head_file = chain.HeadFile(directory, writing=True) if role != "reader" else None
            self.identity = self._identify(counter)
            on_failure.pop_all()
        meta = self._meta()
        self._owner_key = bytes.fromhex(meta["owner_key"])
        self.epoch = int(meta["epoch"])
        self.enquiries = Enquiries(self.store)
        self.notes = Notes(self.store, clock, self.identity, self._owner_key)
        self._reserve = directory / _RESERVE_NAME
        if role == "till":
            operating_system.make_reserve(self._reserve)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and give the role back."""
        self.store.close()
        if self._head_file is not None:
            self._head_file.close()
        if self._lock is not None:
            operating_system.unlock(self._lock)
            self._lock = None

    # --- writing -----------------------------------------------------------------------------------

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Append ``entries`` in one transaction, with receipt numbers, chain links and outbox rows.

        ``claim`` takes an outbox row back in the same transaction. Raises :class:`JournalFull` (a promise is
        refused; what follows a promise may use the reserve), :class:`ClaimTooLate`, :class:`JournalDamaged`;
        then nothing of it is on disk.
        """
        promising = any(entry.kind in _PROMISES for entry in entries)
        if promising and not operating_system.make_reserve(self._reserve):
            raise JournalFull
        try:
            committed, anchor = self._append(entries, claim)
        except JournalFull:
            if promising or not operating_system.release_reserve(self._reserve):
                raise
            committed, anchor = self._append(entries, claim)
        assert self._head_file is not None, "a reader does not write"
        self._head_file.raise_to(anchor)
        return committed

    def _append(self, entries: Sequence[Entry], claim: str) -> tuple[Committed, chain.Anchor]:
        at = self._clock.now().isoformat(timespec="seconds")
        receipts: list[str] = []
        with self.store.write() as db:
            if claim:
                outbox.claim(db, claim)
            first, head = self._tip(db)
            seq = first
            for entry in entries:
                seq += 1
                body = entry.body
                if entry.kind == "done" and "receipt" not in body:
                    receipts.append(self._next_receipt(db))
                    body = {**body, "receipt": receipts[-1]}
                head = self._insert(db, seq, at, entry, body, head)
        committed = Committed(seqs=tuple(range(first + 1, seq + 1)), head=head.hex(), receipts=tuple(receipts))
        return committed, chain.Anchor(seq, head)

    def _insert(self, db: Driver, seq: int, at: str, entry: Entry, body: Json, previous: bytes) -> bytes:
        text, committed, owner = chain.text_of(body), b"", b""
        if entry.private is not None:
            content = chain.text_of(entry.private)
            salt = self._entropy.token(_SALT_BYTES, f"salt/{seq}")
            committed, owner = chain.commitment(salt, content), self.owner_hash(entry.owner)
            db.execute("INSERT INTO private VALUES (?, ?, ?, ?)", (seq, owner, salt, content))
        head = chain.link(previous, seq, at, self.role, entry.kind, entry.subject, text, committed)
        values = (seq, head, committed, at, self.role, entry.kind, entry.subject, text)
        db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        outbox.project(db, seq=seq, kind=entry.kind, subject=entry.subject, body=body, owner=owner)
        return head

    def _tip(self, db: Driver) -> tuple[int, bytes]:
        found = db.execute("SELECT seq, link FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return (found[0], bytes(found[1])) if found else (0, self.genesis)

    def _next_receipt(self, db: Driver) -> str:
        """Take the next receipt number: gap-free per (till, epoch) because it is taken in the transaction."""
        taken = db.execute(
            "INSERT INTO meta VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (f"receipt:{self.epoch}",),
        )
        number = int(taken.fetchone()[0])
        return f"{self.identity.till}-{self.epoch}-{number:06d}"

    # --- reading -----------------------------------------------------------------------------------

    @property
    def genesis(self) -> bytes:
        """The link before the first record."""
        return chain.genesis(self.identity.fixmedins_code, self.identity.till, self.epoch)

    def owner_hash(self, certno: str) -> bytes:
        """Return the keyed hash under which a person's records are found; empty for nobody."""
        return hmac.digest(self._owner_key, certno.encode(), "sha256") if certno else b""

    def tip(self) -> tuple[int, str]:
        """Return (count, head) of the chain, the head in hex."""
        with self.store.read() as db:
            count, head = self._tip(db)
        return count, head.hex()

    def records(self, subject: str) -> list[Record]:
        """Return the records about ``subject``, oldest first."""
        return self._select(f"{_SELECT} WHERE subject = ? ORDER BY record.seq", (subject,))

    def records_after(self, seq: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records after ``seq``, oldest first."""
        return self._select(f"{_SELECT} WHERE record.seq > ? ORDER BY record.seq LIMIT ?", (seq, limit))

    def by_owner(self, certno: str) -> list[str]:
        """Return the subjects of a person, oldest first."""
        sql = "SELECT subject FROM record JOIN private USING (seq) WHERE owner = ? GROUP BY subject ORDER BY min(record.seq)"
        with self.store.read() as db:
            return [row[0] for row in db.execute(sql, (self.owner_hash(certno),)).fetchall()]

    def subjects(self) -> list[str]:
        """Return every subject, oldest first."""
        with self.store.read() as db:
            return [row[0] for row in db.execute("SELECT subject FROM record GROUP BY subject ORDER BY min(seq)").fetchall()]

    def open_subjects(self) -> list[str]:
        """Return the subjects of intents that are not closed, oldest first."""
        with self.store.read() as db:
            return [row[0] for row in db.execute("SELECT subject FROM open_subject ORDER BY seq").fetchall()]

    def standing(self, subject: str) -> Folded:
        """Return what the records about ``subject`` fold to."""
        return fold(subject, self.records(subject))

    def folded(self) -> Iterable[Folded]:
        """Return every subject folded, oldest first."""
        return (self.standing(subject) for subject in self.subjects())

    def due(self, lane: Lane, limit: int = 100) -> list[DueRow]:
        """Return what the sender may send now on ``lane``."""
        with self.store.read() as db:
            return outbox.ready(db, lane, limit)

    def unresolved(self) -> list[DueRow]:
        """Return what was sent and is not known."""
        with self.store.read() as db:
            return outbox.unresolved(db)

    def owed(self) -> list[DueRow]:
        """Return everything that is not closed."""
        with self.store.read() as db:
            return outbox.owed(db)

    def due_row(self, msgid: str) -> DueRow | None:
        """Return the outbox row of ``msgid``."""
        with self.store.read() as db:
            return outbox.row(db, msgid)

    def data_version(self) -> int:
        """Return a number that changes when another process commits: what polling looks at."""
        return self.store.data_version()

    # --- care ----------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Make every derived table anew from the records."""
        with self.store.write() as db:
            outbox.rebuild(db)

    def erase(self, certno: str) -> int:
        """Erase a person's fields; the chain stays whole. Return how many records named the person."""
        with self.store.write() as db:
            return db.execute("DELETE FROM private WHERE owner = ?", (self.owner_hash(certno),)).rowcount

    def _select(self, sql: str, parameters: tuple[Any, ...]) -> list[Record]:
        with self.store.read() as db:
            rows = db.execute(sql, parameters).fetchall()
        return [
            Record(
                seq=seq,
                at=at,
                writer=writer,
                kind=kind,
                subject=subject,
                body=json.loads(body),
                private=None if content is None else json.loads(content),
                owner=bytes(owner),
            )
            for seq, at, writer, kind, subject, body, content, owner in rows
        ]

    def _meta(self) -> dict[str, str]:
        with self.store.read() as db:
            return dict(db.execute("SELECT name, value FROM meta").fetchall())

    def _identify(self, counter: CounterIdentity | None) -> CounterIdentity:
        meta = self._meta()
        if not meta:
            if counter is None or self.role == "reader":
                # Another process is making it at this moment.
                raise JournalMissing(directory=str(self.directory))
            self._introduce(counter)
            meta = self._meta()
        owner = CounterIdentity(fixmedins_code=meta["fixmedins_code"], till=meta["till"])
        if counter is not None and owner != counter:
            raise NotThisCounter(owner=f"{owner.fixmedins_code}/{owner.till}", here=f"{counter.fixmedins_code}/{counter.till}")
        return owner

    def _introduce(self, counter: CounterIdentity) -> None:
        """Write down whose journal this is. Both processes may find it new; the first one's word stands."""
        rows = {
            "schema": "1",
            "fixmedins_code": counter.fixmedins_code,
            "till": counter.till,
            "epoch": "1",
            "owner_key": self._entropy.token(32, "owner key").hex(),
        }
        with self.store.write() as db:
            db.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", list(rows.items()))
