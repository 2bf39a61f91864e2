"""Keeping the log what the journal says: the chain is followed, and what a new record is about is folded anew.

Who may: the till's worker when nobody waits, and a technician's screen before it shows. Both hold the journal as they have it;
the log is changed in one transaction for each block, so two of them never do a block twice and a crash repeats one.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

import sqlcipher3.dbapi2 as sqlcipher

from offline_queue import operating_system
from offline_queue.journal.reading import Readings
from offline_queue.journal.values import Record
from offline_queue.log.deriving import entry_of
from offline_queue.log.entry import LogEntry
from offline_queue.log.file import NAME
from offline_queue.log.writing import NOWHERE, LogWriter, Place, discard

BLOCK = 500
"""Records followed in one transaction."""
IDLE_BLOCK = 50
"""Records followed between two orders of a cashier: some ten milliseconds."""
_ROOM_BYTES = 16 * operating_system.RESERVE_BYTES
"""With less free space the log stands still: what is derived never takes the room that a sale needs."""


class Follower:
    """One process that keeps the log of one journal."""

    def __init__(self, journal: Readings) -> None:
        self._journal = journal
        self._directory: Path = journal.store.path.parent
        self._writer: LogWriter | None = None
        self._discarded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the log; the journal stays open."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def follow(self) -> None:
        """Bring the log up to the journal's last record. Raises the errors of :meth:`step`."""
        while self.step():
            continue

    def rebuild(self) -> None:
        """Make the log anew, from the first record on. Raises the errors of :meth:`step`."""
        self.close()
        discard(self._directory)
        self.follow()

    def step(self, records_max: int = BLOCK) -> bool:
        """Follow one block of records; True = there are more. A disk with little room is left alone, and False returned.

        A log that cannot be read is deleted and begun anew. Raises :class:`~settlement.errors.JournalError`, and
        :class:`sqlcipher3.OperationalError` when another process holds the log for too long.
        """
        if not operating_system.has_room(self._directory, _ROOM_BYTES):
            return False
        try:
            more = self._step(records_max)
        except sqlcipher.OperationalError:
            raise
        except sqlcipher.DatabaseError:
            if self._discarded:
                # A new file does not help: it is not the file.
                raise
            self._discarded = True
            self.close()
            discard(self._directory)
            return True
        self._discarded = False
        return more

    def keep(self) -> bool:
        """Follow a few records, where nobody waits: what a till does between two orders. True = there are more.

        A log that is busy or cannot be written is left for the next time. Raises :class:`~settlement.errors.JournalError`.
        """
        try:
            return self.step(IDLE_BLOCK)
        except (sqlcipher.OperationalError, OSError):
            return False

    def forget(self) -> None:
        """Let the erasures of persons reach the log now, in its write-ahead log too."""
        if not (self._directory / NAME).exists():
            return
        self._reach(self._open())
        self._open().forget_log()

    def _step(self, records_max: int) -> bool:
        writer = self._open()
        before = writer.place()
        count, _ = self._journal.tip()
        if before.seen == count and before.erasures == self._journal.erasures() and self._same_chain(before):
            return False
        with writer.transaction():
            # Once more, inside: another process may have come first.
            place = writer.place()
            if not self._same_chain(place):
                writer.clear()
                place = NOWHERE._replace(genesis=self._journal.genesis.hex(), head=self._journal.genesis.hex())
                place = place._replace(erasures=self._journal.erasures())
            records = self._journal.records_after(place.seen, records_max)
            writer.put(self._entries(records))
            if records:
                last = records[-1]
                place = place._replace(seen=last.seq, head=self._journal.link(last.seq).hex(), at=last.at)
            writer.move(place)
        self._reach(writer)
        return place.seen < count

    def _open(self) -> LogWriter:
        if self._writer is None:
            self._writer = LogWriter(self._directory)
        return self._writer

    def _same_chain(self, place: Place) -> bool:
        """Whether the log follows this very chain: another genesis, a restored backup or another version is none of it."""
        if place.genesis != self._journal.genesis.hex():
            return False
        return place.head == (self._journal.link(place.seen).hex() if place.seen else place.genesis)

    def _entries(self, records: Iterable[Record]) -> list[LogEntry]:
        """Fold anew whatever the records are about, and what a void undoes."""
        subjects = list(dict.fromkeys(record.subject for record in records))
        found = self._journal.histories(subjects)
        undone = {history.folded.original for history in found} - {"", *subjects}
        return [entry_of(history) for history in (*found, *self._journal.histories(sorted(undone)))]

    def _reach(self, writer: LogWriter) -> None:
        """Take out of the log whom the journal has forgotten since."""
        erasures = self._journal.erasures()
        place = writer.place()
        if not place.genesis or place.erasures == erasures:
            return
        with writer.transaction():
            after = 0
            while named := writer.named(after, BLOCK):
                after = named[-1]
                writer.forget(set(named) - self._journal.named(named[0], after))
            writer.move(writer.place()._replace(erasures=erasures))


def reach(journal: Readings) -> None:
    """Let an erasure reach the log at once; where the log is busy or cannot be written, the next to follow does it."""
    with suppress(sqlcipher.DatabaseError, OSError), Follower(journal) as follower:
        follower.forget()
