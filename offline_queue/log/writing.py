"""Writing the log: rows and how far the journal was followed, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple, Self

import sqlcipher3.dbapi2 as sqlcipher

from offline_queue import operating_system
from offline_queue.log.entry import COLUMNS, LogEntry
from offline_queue.log.file import NAME, VERSION, Connection, connect

_LOCK_NAME = "log.lock"
_SCHEMA = Path(__file__).with_name("schema.sql")
_PUT = f"INSERT OR REPLACE INTO entry VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - placeholders
_STRETCH = """INSERT INTO day VALUES (?1, ?2, ?2, 1)
              ON CONFLICT (day) DO UPDATE SET first = min(first, ?2), last = max(last, ?2), rows = rows + 1"""


class Place(NamedTuple):
    """How far the log follows the journal."""

    genesis: str
    """Of the journal's chain, hex; empty in a new file."""
    seen: int
    """The last record that is in the log."""
    head: str
    """The chain's link at that record, hex."""
    at: str
    """That record's time."""
    erasures: int
    """How many erasures of persons have reached the log."""


NOWHERE = Place("", 0, "", "", 0)


class LogWriter:
    """The one that changes ``log.db``: several processes may, one transaction at a time."""

    def __init__(self, directory: Path) -> None:
        """Make the file when there is none, and a new one in the place of one that cannot be read: it only followed from the journal."""
        self._directory = directory
        with operating_system.alone(directory / _LOCK_NAME):
            try:
                self._db = self._opened()
            except sqlcipher.OperationalError:
                # Busy, or no room: what is there may be whole.
                raise
            except sqlcipher.DatabaseError:
                discard(directory)
                self._db = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that happens inside, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        with ExitStack() as undone:
            undone.callback(self._db.execute, "ROLLBACK")
            yield
            undone.pop_all()
        self._db.execute("COMMIT")

    def place(self) -> Place:
        """Return how far the log has come."""
        found = dict(self._db.execute("SELECT name, value FROM meta").fetchall())
        if found.get("version") != VERSION or "genesis" not in found:
            return NOWHERE
        return Place(found["genesis"], int(found["seen"]), found["head"], found["at"], int(found["erasures"]))

    def move(self, place: Place) -> None:
        """Remember how far the log has come."""
        rows = {"version": VERSION, "genesis": place.genesis, "seen": place.seen, "head": place.head, "at": place.at}
        rows["erasures"] = place.erasures
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(name, str(value)) for name, value in rows.items()])

    def clear(self) -> None:
        """Begin anew, with the tables of this version."""
        for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            # Not bound, since a name cannot be; but it is one of the file's own.
            statement = f"DROP TABLE {name}"
            self._db.execute(statement)
        self._make()

    def put(self, entries: Iterable[LogEntry]) -> None:
        """Add rows, or replace those of the same ``seq``."""
        rows = list(entries)
        known = {seq for entry in rows for (seq,) in self._db.execute("SELECT seq FROM entry WHERE seq = ?", (entry.seq,)).fetchall()}
        self._db.executemany(_PUT, rows)
        self._db.executemany(_STRETCH, [(entry.day, entry.seq) for entry in rows if entry.seq not in known])

    def named(self, after: int, limit: int) -> list[int]:
        """Return the ``seq`` of up to ``limit`` rows after ``after`` that name a person."""
        sql = "SELECT seq FROM entry WHERE seq > ? AND (person <> '' OR card <> '') ORDER BY seq LIMIT ?"
        return [seq for (seq,) in self._db.execute(sql, (after, limit)).fetchall()]

    def forget(self, seqs: Iterable[int]) -> None:
        """Take the person out of these rows."""
        self._db.executemany("UPDATE entry SET person = '', card = '' WHERE seq = ?", [(seq,) for seq in seqs])

    def forget_log(self) -> None:
        """Move the write-ahead log into the file and cut it, so that nothing erased is left there."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _opened(self) -> Connection:
        path = self._directory / NAME
        if not path.exists():
            # Before SQLite makes it: it must never be readable by others, and its log takes over its mode.
            operating_system.make_private(path)
        self._db = connect(self._directory, writing=True)
        try:
            with self.transaction():
                self._make()
        except sqlcipher.Error:
            self._db.close()
            raise
        return self._db

    def _make(self) -> None:
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is not None:
            return
        statement = ""
        for line in _SCHEMA.read_text(encoding="utf-8").splitlines(keepends=True):
            statement += line
            if sqlcipher.complete_statement(statement):
                self._db.execute(statement)
                statement = ""


def discard(directory: Path) -> None:
    """Delete the log: it only followed from the journal."""
    for suffix in ("", "-wal", "-shm"):
        (directory / f"{NAME}{suffix}").unlink(missing_ok=True)
