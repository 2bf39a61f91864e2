"""The journal of one till: append-only records, one chain, one transaction for all that belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

from config.clock import Clock
from config.entropy import Entropy
from offline_queue import operating_system
from offline_queue.journal import chain, derived, opening, outbox
from offline_queue.journal.anchor import HEAD_NAME, Anchor, HeadFile
from offline_queue.journal.enquiries import Enquiries
from offline_queue.journal.errors import JournalFull, JournalMissing, RoleTaken, StillOpen
from offline_queue.journal.high_water import HighWater
from offline_queue.journal.notes import Notes
from offline_queue.journal.pace import CLOCK_SUSPECT, Pace
from offline_queue.journal.reading import Readings
from offline_queue.journal.store import Driver
from offline_queue.journal.values import ROLES_ZH, Committed, CounterIdentity, Entry, Json, Role
from offline_queue.log.following import reach
from settlement.errors import ProtocolMisuse, Refusal

_SALT_BYTES = 16
RESERVE_NAME = "reserve"
_PROMISES = frozenset(
    {
        "sale_intended",
        "void_intended",
        "refresh_intended",
        "return_intended",
        "pin_intended",
        "cash_sale",
        "bill_held",
        "day_closed",
        "day_reopened",
    }
)
"""Records before which nothing has moved: a full disk refuses them. All others may use the reserve."""


class Journal(Readings):
    """One process's handle. ``till`` and ``sender`` are locked roles; a ``reader`` never writes."""

    def __init__(
        self,
        directory: Path,
        *,
        role: Role,
        clock: Clock,
        entropy: Entropy,
        counter: CounterIdentity | None,
        high_water: Path | None = None,
    ) -> None:
        """``high_water``: the folder, outside ``directory``, in which is kept how far the journal had come; None = nowhere."""
        self.directory = directory
        self.role: Role = role
        self._clock = clock
        self._pace = Pace(clock)
        self._entropy = entropy
        self._reserve = directory / RESERVE_NAME
        self._lock: int | None = None
        self._head_file: HeadFile | None = None
        self._high_water: HighWater | None = None
        if role == "reader":
            super().__init__(opening.for_reading(directory, counter))
        else:
            self._take_role(counter)
        self.enquiries = Enquiries(self.store)
        self.notes = Notes(self.store, clock, self.identity, self._owner_key)
        if high_water is not None and role != "reader":
            self._high_water = self._held_against(high_water)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and give the role back; a second time does nothing."""
        self.store.close()
        if self._head_file is not None:
            self._head_file.close()
            self._head_file = None
        if self._high_water is not None:
            self._high_water.close()
            self._high_water = None
        if self._lock is not None:
            operating_system.unlock(self._lock)
            self._lock = None

    # --- writing -------------------------------------------------------------------------------------

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Append ``entries`` in one transaction, with receipt numbers, chain links and outbox rows.

        ``claim`` takes an outbox row back in the same transaction. Nothing is on disk after
        :class:`JournalFull` (a promise is refused; what follows a promise may use the reserve),
        :class:`JournalBusy`, :class:`ClaimTooLate`, :class:`NotDue`, :class:`JournalDamaged` and
        :class:`ProtocolMisuse` (a record that may not follow those before it); after
        :class:`JournalUnwritable` only the next start knows.
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
        with suppress(OSError):
            # The transaction stands, whatever becomes of the anchor: one that is behind is no fault.
            self._head_file.raise_to(anchor)
        if self._high_water is not None:
            with suppress(OSError):
                self._high_water.raise_to(anchor)
        return committed

    def _append(self, entries: Sequence[Entry], claim: str) -> tuple[Committed, Anchor]:
        now = self._clock.now()
        at = now.isoformat(timespec="seconds")
        receipts: list[str] = []
        with self.store.write() as db:
            if claim:
                outbox.claim(db, claim)
            first, head = self._tip(db)
            seq, suspect_s = first, self._pace.suspect_s(now, partial(self._newest_at, db))
            for entry in entries:
                seq += 1
                body = entry.body
                if entry.kind == "done":
                    receipts.append(self._next_receipt(db))
                    body = {**body, "receipt": receipts[-1]}
                if suspect_s:
                    body = {**body, CLOCK_SUSPECT: suspect_s}
                head = self._insert(db, seq, at, entry, body, head)
        self._pace.recorded()
        committed = Committed(seqs=tuple(range(first + 1, seq + 1)), head=head.hex(), receipts=tuple(receipts))
        return committed, Anchor(seq, head)

    def _newest_at(self, db: Driver) -> str:
        found = db.execute("SELECT at FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return found[0] if found else ""

    def _insert(self, db: Driver, seq: int, at: str, entry: Entry, body: Json, previous: bytes) -> bytes:
        text, committed, owner = chain.text_of(body), b"", b""
        if entry.kind in _PROMISES:
            if db.execute("SELECT 1 FROM record WHERE subject = ? LIMIT 1", (entry.subject,)).fetchone():
                message = f"{entry.kind}: {entry.subject} is used already"
                raise ProtocolMisuse(message)
            self.notes.used(db, entry.subject)
        if entry.private is not None:
            assert entry.owner, "personal fields belong to somebody, or nobody could erase them"
            content = chain.text_of(entry.private)
            salt = self._entropy.token(_SALT_BYTES, f"salt/{seq}")
            committed, owner = chain.commitment(salt, content.encode()), self.owner_hash(entry.owner)
            db.execute("INSERT INTO private VALUES (?, ?, ?, ?)", (seq, owner, salt, content))
        head = chain.link(previous, seq, at, self.role, entry.kind, entry.subject, text.encode(), committed)
        values = (seq, head, committed, at, self.role, entry.kind, entry.subject, text)
        db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        derived.project(db, seq=seq, kind=entry.kind, subject=entry.subject, body=body, owner=owner)
        return head

    def _next_receipt(self, db: Driver) -> str:
        """Return the next receipt number: gap-free per (till, epoch) because it is taken in the transaction."""
        found = db.execute("SELECT number FROM receipt WHERE epoch = ?", (self.epoch,)).fetchone()
        return f"{self.identity.till}-{self.epoch}-{found[0] + 1 if found else 1:06d}"

    # --- an older copy ---------------------------------------------------------------------------------

    @property
    def restored_at(self) -> int | None:
        """As :attr:`Readings.restored_at`; also of a journal that the mark outside its directory shows to be an older copy."""
        if self.restored is not None or self._high_water is None or self._high_water.trusted(self._anchor, self.notes.get):
            return super().restored_at
        return self._high_water.count

    def _held_against(self, folder: Path) -> HighWater:
        mark = HighWater(folder, journal_key=self._owner_key, epoch=self.epoch, role=self.role, clock=self._clock)
        # Till and sender may start at the same moment, and one of them makes the mark.
        with operating_system.alone(self.directory / opening.LOCK_NAME):
            mark.hold(self._anchor(), self._link_at, self.notes.get)
        return mark

    def _anchor(self) -> Anchor:
        count, head = self.tip()
        return Anchor(count, bytes.fromhex(head))

    def _link_at(self, count: int) -> bytes | None:
        with self.store.read() as db:
            found = db.execute("SELECT link FROM record WHERE seq = ?", (count,)).fetchone()
        return self.genesis if count == 0 else bytes(found[0]) if found else None

    # --- care ------------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Make every derived table anew from the records."""
        with self.store.write() as db:
            derived.rebuild(db)

    def erase(self, certno: str) -> int:
        """Erase a person's fields, in the write-ahead log and in the technician's log too; return how many records named the person.

        The records and their chain stay whole. Raises :class:`StillOpen` while a settlement of the person is not
        finished: it could neither be sent nor resolved any more.
        """
        owner = self.owner_hash(certno)
        with self.store.write() as db:
            unfinished = outbox.of_owner(db, owner)
            if unfinished:
                raise StillOpen(count=str(unfinished))
            erased = db.execute("DELETE FROM private WHERE owner = ?", (owner,)).rowcount
            db.execute("INSERT INTO note VALUES ('erasures', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1")
        self.store.forget_log()
        reach(self)
        return erased

    def clock_doubt(self) -> Refusal | None:
        """Return why the clock is not to be believed, None when nothing speaks against it."""
        with self.store.read() as db:
            last = self._newest_at(db)
        return self.notes.clock_doubt(datetime.fromisoformat(last) if last else None)

    def _take_role(self, counter: CounterIdentity | None) -> None:
        if counter is None:
            raise JournalMissing(directory=str(self.directory))
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = operating_system.lock(self.directory / f"{self.role}.lock")
        if self._lock is None:
            raise RoleTaken(role=self.role, role_zh=ROLES_ZH[self.role])
        with ExitStack() as on_failure:
            on_failure.callback(operating_system.unlock, self._lock)
            super().__init__(opening.for_writing(self.directory, counter, self._entropy, self.role))
            self._head_file = HeadFile(self.directory / HEAD_NAME, role=self.role, clock=self._clock)
            on_failure.pop_all()
        if self.role == "till":
            operating_system.make_reserve(self._reserve)
