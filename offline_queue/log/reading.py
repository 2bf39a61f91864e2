"""Reading the log: pages by key, never by offset, so that the millionth row costs what the first does."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import sqlcipher3.dbapi2 as sqlcipher

from offline_queue.log import plan
from offline_queue.log.entry import COLUMNS, TAIL_DIGITS, DayTotals, Filter, LogEntry
from offline_queue.log.file import NAME, VERSION, Connection, connect

PAGE_MAX = 500
FOUND_MAX = 500
_BOOKED = "standing IN ('accepted', 'provisional', 'reversed')"
_RECEIPT = re.compile(r"(\d{1,4}-\d{1,4}-)?(\d{1,9})", re.ASCII)
_BY_SEQ, _BY_SUBJECT = (f"SELECT {', '.join(COLUMNS)} FROM entry WHERE {name} = ?" for name in ("seq", "subject"))  # noqa: S608 - our own names


class LogUnreadable(Exception):
    """There is no log here, or none that this version reads: it has to be derived first. Nothing is lost."""

    def __init__(self, *, damaged: bool = False) -> None:
        super().__init__("damaged" if damaged else "not there yet")
        self.damaged = damaged
        """What is there will not get better by waiting: it must be deleted."""


class LogReader:
    """One process's view of the log. Any thread may ask; one asks at a time."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises :class:`LogUnreadable` and the errors of :func:`offline_queue.journal.key.read`."""
        self._path = directory / NAME
        self._lock = threading.RLock()
        if not self._path.exists():
            raise LogUnreadable
        try:
            self._file = self._path.stat().st_ino
            self._db: Connection = connect(directory, writing=False)
        except FileNotFoundError as error:
            raise LogUnreadable from error
        except sqlcipher.DatabaseError as error:
            raise _unreadable(error) from error
        try:
            with self._asking() as db:
                version = db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        except LogUnreadable:
            self._db.close()
            raise
        if version != (VERSION,):
            self._db.close()
            raise LogUnreadable

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def replaced(self) -> bool:
        """Whether the file was deleted or derived into another one since: open it anew."""
        try:
            return self._path.stat().st_ino != self._file
        except FileNotFoundError:
            return True

    def page(self, wanted: Filter, *, beyond: LogEntry | None = None, older: bool = True, limit: int = PAGE_MAX) -> list[LogEntry]:
        """Return up to ``limit`` rows behind ``beyond``, or from the edge when there is none.

        The order is that of the screen: the newest first, or with a bound of the amount the largest first and the newest
        of equal ones. ``older`` goes down in it; without, the rows that stand directly above ``beyond`` are returned.
        Raises :class:`LogUnreadable`.
        """
        assert 0 < limit <= PAGE_MAX
        with self._asking() as db:
            few = wanted.offline and wanted.by_amount and _few_offline(db)
            made = plan.plan(wanted, _stretch(db, wanted) if wanted.by_day else None, few_offline=few)
            place = None if beyond is None else (beyond.total_fen, beyond.seq)
            rows = db.execute(*made.page(place, older=older, limit=limit)).fetchall()
        found = [LogEntry._make(row) for row in rows]
        return found if older else found[::-1]

    def find(self, text: str, *, limit: int = FOUND_MAX) -> list[LogEntry]:
        """Return the rows that a number names, the newest first: the last six digits or more, a receipt, the centre's number.

        ``text`` is what is on a slip: six or more digits that end a message id (also that of a cash slip), the number of a
        receipt with or without till and epoch, a whole message id, or a ``setl_id``. Raises :class:`LogUnreadable`.
        """
        with self._asking() as db:
            seqs = {seq for sql, values in _lookups(text) for (seq,) in db.execute(sql, (*values, limit)).fetchall()}
            found = [db.execute(_BY_SEQ, (seq,)).fetchone() for seq in sorted(seqs, reverse=True)[:limit]]
        return [LogEntry._make(row) for row in found]

    def entry(self, subject: str) -> LogEntry | None:
        """Return the row of ``subject``. Raises :class:`LogUnreadable`."""
        with self._asking() as db:
            row = db.execute(_BY_SUBJECT, (subject,)).fetchone()
        return LogEntry._make(row) if row else None

    def totals(self, first_day: int, last_day: int) -> DayTotals:
        """Return what was booked from ``first_day`` to ``last_day``. Raises :class:`LogUnreadable`."""
        wanted = Filter(first_day=first_day, last_day=last_day)
        sql = f"""SELECT coalesce(sum(kind = 'sale' AND {_BOOKED}), 0), coalesce(sum(kind = 'void' AND {_BOOKED}), 0),
                         coalesce(sum(kind = 'cash'), 0), coalesce(sum(offline AND {_BOOKED}), 0), coalesce(sum(owed), 0),
                         coalesce(sum(standing IN ('in doubt', 'pending')), 0),
                         coalesce(sum(iif({_BOOKED}, total_fen, 0)), 0), coalesce(sum(iif({_BOOKED}, fund_fen, 0)), 0),
                         coalesce(sum(iif({_BOOKED}, account_fen, 0)), 0), coalesce(sum(iif({_BOOKED}, cash_fen, 0)), 0)
                  FROM entry WHERE seq BETWEEN ? AND ? AND day BETWEEN ? AND ?"""  # noqa: S608 - only our own names
        with self._asking() as db:
            first, last, _ = _stretch(db, wanted)
            return DayTotals._make(db.execute(sql, (first, last, first_day, last_day)).fetchone())

    def day_beside(self, day: int, *, older: bool) -> int:
        """Return the nearest day before (``older``) or after ``day`` that has rows; 0 when there is none."""
        sql = "SELECT max(day) FROM day WHERE day < ?" if older else "SELECT min(day) FROM day WHERE day > ?"
        with self._asking() as db:
            return int(db.execute(sql, (day,)).fetchone()[0] or 0)

    def seen(self) -> tuple[int, str]:
        """Return how many records of the journal are in the log, and the time of the last. Raises :class:`LogUnreadable`."""
        with self._asking() as db:
            found = dict(db.execute("SELECT name, value FROM meta WHERE name IN ('seen', 'at')").fetchall())
        return int(found.get("seen", 0)), str(found.get("at", ""))

    def changes(self) -> int:
        """Return a number that changes when another connection commits."""
        with self._asking() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlcipher.DatabaseError as error:
                raise _unreadable(error) from error


def _unreadable(error: sqlcipher.DatabaseError) -> LogUnreadable:
    """Busy, closed or without tables yet is no damage: all of these are operational errors."""
    return LogUnreadable(damaged=not isinstance(error, sqlcipher.OperationalError))


def _stretch(db: Connection, wanted: Filter) -> tuple[int, int, int]:
    """Return between which rows the wanted days lie, and how many they are; (1, 0, 0) for none."""
    sql = "SELECT min(first), max(last), sum(rows) FROM day WHERE day BETWEEN ? AND ?"
    first, last, rows = db.execute(sql, (wanted.first_day, wanted.last_day or 99_999_999)).fetchone()
    return (first, last, rows) if first is not None else (1, 0, 0)


def _few_offline(db: Connection) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM entry INDEXED BY entry_offline WHERE offline = 1 LIMIT ?)"
    return int(db.execute(sql, (plan.FEW + 1,)).fetchone()[0]) <= plan.FEW


def _lookups(text: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    yield "SELECT seq FROM entry WHERE subject = ? LIMIT ?", (text,)
    if text:
        yield "SELECT seq FROM entry WHERE setl_id = ? AND setl_id <> '' LIMIT ?", (text,)
    tail = text[-TAIL_DIGITS:]
    if len(tail) == TAIL_DIGITS and tail.isdigit():
        sql = "SELECT seq FROM entry WHERE tail = ? AND substr(subject, ?) = ? ORDER BY seq DESC LIMIT ?"
        yield sql, (tail, -len(text), text)
    receipt = _RECEIPT.fullmatch(text)
    if receipt is not None and receipt[1]:
        sql = "SELECT seq FROM entry WHERE number = ? AND number > 0 AND receipt = ? ORDER BY seq DESC LIMIT ?"
        yield sql, (int(receipt[2]), f"{receipt[1]}{int(receipt[2]):06d}")
    elif receipt is not None:
        yield "SELECT seq FROM entry WHERE number = ? AND number > 0 ORDER BY seq DESC LIMIT ?", (int(receipt[2]),)
