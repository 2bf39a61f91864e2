"""The encrypted database file: engines, pragmas and what its errors mean.

SQLCipher through SQLAlchemy with a raw 32-byte key. Two engines, because one would let an open read block
writers: a ``BEGIN IMMEDIATE`` writer and a ``query_only`` reader, one connection each, guarded by locks.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from offline_queue import operating_system
from offline_queue.journal.errors import EngineTooOld, JournalBusy, JournalDamaged, JournalFull, JournalUnwritable, WrongKey

NAME = "journal.db"
_SQLITE_MIN = (3, 51, 3)
_BUSY_MS = 10_000
PAGE_BYTES = 1024
_LOG_BYTES = 1024 * 1024
"""Size at which the write-ahead log is moved into the database and used again from its start. Appending to a log that
grows costs half as much again as writing over one that has been used: with SQLite's own 4 MiB it would grow all day."""
_FAULTS = (DatabaseError, sqlcipher.DatabaseError)
_REFUSED = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
# recursive_triggers: without it INSERT OR REPLACE would delete a record past its trigger.
_CIPHER = {"cipher_use_hmac": "1", "cipher_hmac_algorithm": "HMAC_SHA256", "cipher_page_size": str(PAGE_BYTES)}
_BOTH = {**_CIPHER, "temp_store": 2, "secure_delete": 1, "recursive_triggers": 1}
_WRITER: dict[str, object] = {**_BOTH, "journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": _LOG_BYTES // PAGE_BYTES}
_READER: dict[str, object] = {**_BOTH, "query_only": 1}

Row = tuple[Any, ...]


class Cursor(Protocol):
    """What a statement gives, of the driver."""

    @property
    def rowcount(self) -> int:
        """How many rows a change touched."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """Return the next row."""

    def fetchall(self) -> list[Row]:
        """Return all rows that are left."""


class Driver(Protocol):
    """The driver's connection inside a transaction of SQLAlchemy's.

    SQLAlchemy keeps the engine, the pool and the transaction; passing each statement through it as well would
    cost more than the statement (``bench/journal_transaction.py``).
    """

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, parameters: Sequence[Any] = ...) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Cursor:
        """Run one statement for each row."""


class Store:
    """One process's way into the database file."""

    def __init__(self, directory: Path, key: bytes, *, writing: bool, name: str = NAME) -> None:
        if sqlcipher.sqlite_version_info < _SQLITE_MIN:
            raise EngineTooOld(what=f"SQLite {sqlcipher.sqlite_version} < 3.51.3")
        self.path = directory / name
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._failed = ""
        self._closed = False
        self._writer = self._connect(key, writing=True) if writing else None
        self._reader = self._connect(key, writing=False)

    @contextmanager
    def write(self) -> Iterator[Driver]:
        """One ``BEGIN IMMEDIATE`` transaction: committed at the end, rolled back by any exception.

        Raises :class:`JournalFull`, :class:`JournalBusy` and :class:`JournalDamaged`, and nothing of the transaction
        is on disk then; :class:`JournalUnwritable` when the disk failed: from then on nothing more is written
        here, because a flush that failed once may say yes the next time without having flushed.
        """
        assert self._writer is not None, "a reader does not write"
        with self._write_lock:
            self._check_open()
            if self._failed:
                raise JournalUnwritable(what=self._failed)
            try:
                with self._writer.begin():
                    driver = _driver(self._writer)
                    yield driver
                    if not driver.in_transaction:
                        # SQLite has rolled back by itself: a commit now would say yes to nothing.
                        raise JournalUnwritable(what="rolled back")
            except _FAULTS as error:
                meaning = self._meaning(error)
                if isinstance(meaning, JournalUnwritable):
                    self._failed = meaning.details["what"]
                raise meaning from error

    @contextmanager
    def read(self) -> Iterator[Driver]:
        """One consistent view. Raises :class:`JournalDamaged`."""
        with self._read_lock:
            self._check_open()
            try:
                with self._reader.begin():
                    yield _driver(self._reader)
            except _FAULTS as error:
                raise self._meaning(error) from error

    def data_version(self) -> int:
        """Return a number that changes when another connection commits (about 5 µs)."""
        with self._read_lock:
            self._check_open()
            # Past SQLAlchemy, which would begin a transaction: inside one the number never changes.
            return int(_driver(self._reader).execute("PRAGMA data_version").fetchone()[0])

    def forget_log(self) -> None:
        """Move the write-ahead log into the database and cut it, so that nothing erased is left there.

        Raises :class:`JournalFull` and :class:`JournalUnwritable`; the log is as it was then.
        """
        assert self._writer is not None, "a reader does not write"
        with self._write_lock:
            try:
                _driver(self._writer).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except _FAULTS as error:
                raise self._meaning(error) from error

    def move_log(self) -> None:
        """Move the write-ahead log into the database, as far as nobody reads an older state.

        A power cut in the middle of that leaves pages in the database torn. The log still has them and is read in their place, but
        whoever looks at the file alone finds them changed: they are written anew. A disk that cannot is met by the next transaction.
        """
        assert self._writer is not None, "a reader does not write"
        with self._write_lock, suppress(*_FAULTS):
            _driver(self._writer).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write the database as it is now, the log included, into the empty file ``path``, encrypted with ``key``.

        One snapshot, while other processes write. The copy is one file without a log of its own. Raises
        :class:`OSError` when it cannot be written, and :class:`JournalDamaged`.
        """
        target = _keyed(path.absolute().as_uri(), key)
        try:
            with self.read() as db:
                _copied(db, target)
            if target.execute("PRAGMA journal_mode = delete").fetchone() != ("delete",):
                raise OSError(str(path))
        finally:
            target.close()

    def close(self) -> None:
        """Close both connections, when no thread is in a transaction any more. Who comes later gets :class:`JournalUnwritable`."""
        with self._write_lock, self._read_lock:
            self._closed = True
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
                    connection.engine.dispose()

    def _check_open(self) -> None:
        # SQLite itself would crash the process on a connection that is closed.
        if self._closed:
            raise JournalUnwritable(what="closed")

    def _connect(self, key: bytes, *, writing: bool) -> Connection:
        with ExitStack() as on_failure:
            try:
                # The key is set while it connects, and a disk may fail there already.
                connection = on_failure.enter_context(_engine(self.path, key, writing=writing).connect())
                _settle(_driver(connection), _WRITER if writing else _READER)
            except _FAULTS as error:
                raise self._meaning(error, opening=True) from error
            on_failure.pop_all()
        connection.rollback()
        return connection

    def _meaning(self, error: Exception, *, opening: bool = False) -> Exception:
        """Return what a fault of the driver means for the money; a bug of ours stays what it is."""
        cause = getattr(error, "orig", error)
        what, code = str(cause), getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and operating_system.disk_full(self.path.parent)):
            # On a full disk the shared-memory index cannot grow either, and that is an I/O error.
            return JournalFull()
        if code in _REFUSED:
            return JournalUnwritable(what=what)
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return JournalBusy()
        if code == sqlite3.SQLITE_NOTADB and opening:
            return WrongKey()
        damaged = code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT} or "no such table" in what
        return JournalDamaged(what=what) if damaged else error


def _driver(connection: Connection) -> Driver:
    driver: Driver = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _engine(path: Path, key: bytes, *, writing: bool) -> Engine:
    # A reader opens the file read-only: it must not even checkpoint when it is the last to close.
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if writing else 'ro'}"

    def creator() -> Any:  # noqa: ANN401 - the driver has no types
        return _keyed(uri, key)

    engine = create_engine("sqlite+pysqlite://", module=sqlcipher, creator=creator, poolclass=StaticPool, hide_parameters=True)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    event.listen(engine, "begin", lambda connection: _driver(connection).execute(begin))
    return engine


def _keyed(uri: str, key: bytes) -> Any:  # noqa: ANN401 - the driver has no types
    """Open a database file under the journal's cipher settings."""
    raw = sqlcipher.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    # Before the key: by default its errors go to stderr, over whatever is on the screen.
    raw.execute("PRAGMA cipher_log_level = NONE")
    raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    # A page's authentication is most of what encryption costs; SHA-256 has hardware and is as strong here.
    raw.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
    # A transaction touches five pages or more and each is encrypted whole: small pages, a tenth less in all.
    raw.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")
    return raw


def _copied(source: Any, target: Any) -> None:  # noqa: ANN401 - the driver has no types
    try:
        source.backup(target)
    except sqlcipher.OperationalError as error:
        raise OSError(str(error)) from error


def _settle(raw: Driver, wanted: dict[str, object]) -> None:
    """Set the pragmas and read each of them back."""
    if not raw.execute("PRAGMA cipher_version").fetchone():
        raise EngineTooOld(what="no SQLCipher")
    raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for name, value in wanted.items():
        if not name.startswith("cipher"):
            raw.execute(f"PRAGMA {name} = {value}").fetchall()
        found = raw.execute(f"PRAGMA {name}").fetchone()
        if found is None or found[0] != value:
            raise EngineTooOld(what=f"{name} ≠ {value}")
