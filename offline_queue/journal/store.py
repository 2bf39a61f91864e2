"""The encrypted database file: key, engines, pragmas; opened only when everything is as it must be.

SQLCipher through SQLAlchemy with a raw 32-byte key. Two engines, because one would let an open read block
writers: a ``BEGIN IMMEDIATE`` writer and a ``query_only`` reader, one connection each, guarded by locks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from offline_queue import operating_system
from offline_queue.journal.errors import EngineTooOld, JournalDamaged, JournalFull, JournalMissing, KeyExposed, WrongKey

NAME = "journal.db"
KEY_NAME = "journal.key"
KEY_BYTES = 32
_KEY_LABEL = b"# yibao journal key, DEVELOPMENT: a production counter keeps it in the system's key store\n"
_SQLITE_MIN = (3, 51, 3)
_BUSY_MS = 10_000
_PAGE_BYTES = 1024
_LOG_BYTES = 4 * 1024 * 1024
"""Size at which the write-ahead log is checkpointed: SQLite's default in bytes, whatever the page."""
_FAULTS = (DatabaseError, sqlcipher.DatabaseError)
_SCHEMA = Path(__file__).with_name("schema.sql")


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

    def execute(self, sql: str, parameters: Sequence[Any] = ...) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Cursor:
        """Run one statement for each row."""


class Store:
    """One process's way into the database file."""

    def __init__(self, directory: Path, *, writing: bool, create: bool) -> None:
        _check_engine()
        self.path = directory / NAME
        fresh = not self.path.exists()
        if fresh and not create:
            raise JournalMissing(directory=str(directory))
        key = _key(directory / KEY_NAME, create=fresh)
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._writer = self._connect(key, writing=True) if writing else None
        if fresh and self._writer is not None:
            self._create()
        self._reader = self._connect(key, writing=False)

    @contextmanager
    def write(self) -> Iterator[Driver]:
        """One ``BEGIN IMMEDIATE`` transaction: committed at the end, rolled back by any exception.

        Raises :class:`JournalFull` when the disk has no room and :class:`JournalDamaged` when the file is not
        what was written; nothing of the transaction is on disk then.
        """
        assert self._writer is not None, "a reader does not write"
        with self._write_lock, _translated(), self._writer.begin():
            yield _driver(self._writer)

    @contextmanager
    def read(self) -> Iterator[Driver]:
        """One consistent view. Raises :class:`JournalDamaged`."""
        with self._read_lock, _translated(), self._reader.begin():
            yield _driver(self._reader)

    def data_version(self) -> int:
        """Return a number that changes when another connection commits (about 5 µs)."""
        with self._read_lock:
            # Past SQLAlchemy, which would begin a transaction: inside one the number never changes.
            raw: Any = self._reader.connection.driver_connection
            return int(raw.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close both connections."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
                connection.engine.dispose()

    def _connect(self, key: bytes, *, writing: bool) -> Connection:
        connection = _engine(self.path, key, writing=writing).connect()
        try:
            _settle(connection, writing=writing)
        except _FAULTS as error:
            connection.close()
            raise _meaning(error, opening=True) from error
        connection.rollback()
        return connection

    def _create(self) -> None:
        with self.write() as db:
            for statement in _statements(_SCHEMA.read_text(encoding="utf-8")):
                db.execute(statement)


def _driver(connection: Connection) -> Driver:
    driver: Driver = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _engine(path: Path, key: bytes, *, writing: bool) -> Engine:
    def creator() -> Any:  # noqa: ANN401 - the driver has no types
        # A reader opens the file read-only: it must not even checkpoint when it is the last to close.
        mode = "rwc" if writing else "ro"
        raw = sqlcipher.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False)
        raw.execute("PRAGMA cipher_log_level = NONE")
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        # A page's authentication is most of what encryption costs; SHA-256 has hardware and is as strong here.
        raw.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        # A transaction touches five pages or more and each is encrypted whole: small pages, a tenth less in all.
        raw.execute(f"PRAGMA cipher_page_size = {_PAGE_BYTES}")
        return raw

    engine = create_engine("sqlite+pysqlite://", module=sqlcipher, creator=creator, poolclass=StaticPool, hide_parameters=True)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    event.listen(engine, "begin", lambda connection: _driver(connection).execute(begin))
    return engine


def _settle(connection: Connection, *, writing: bool) -> None:
    """Set the pragmas and read each of them back."""
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    wanted: dict[str, object] = {"temp_store": 2, "secure_delete": 1, "foreign_keys": 1}
    if writing:
        raw.execute("PRAGMA journal_mode = WAL")
        wanted |= {"synchronous": 2, "wal_autocheckpoint": _LOG_BYTES // _PAGE_BYTES}
    else:
        wanted |= {"query_only": 1}
    for name, value in wanted.items():
        raw.execute(f"PRAGMA {name} = {value}")
        if raw.execute(f"PRAGMA {name}").fetchone()[0] != value:
            raise EngineTooOld(what=f"{name} ≠ {value}")
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if writing and raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        raise EngineTooOld(what="journal_mode ≠ wal")


def _check_engine() -> None:
    if sqlcipher.sqlite_version_info < _SQLITE_MIN:
        raise EngineTooOld(what=f"SQLite {sqlcipher.sqlite_version} < 3.51.3")


def _key(path: Path, *, create: bool) -> bytes:
    if not path.exists():
        if not create:
            raise WrongKey
        path.parent.mkdir(parents=True, exist_ok=True)
        # The one secret that comes straight from the system, whatever seed a demonstration has.
        from secrets import token_hex  # noqa: PLC0415

        operating_system.write_private(path, _KEY_LABEL + token_hex(KEY_BYTES).encode() + b"\n")
    if operating_system.readable_by_others(path):
        raise KeyExposed(file=path.name)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    try:
        key = bytes.fromhex(lines[0])
    except (IndexError, ValueError):
        raise WrongKey from None
    if len(key) != KEY_BYTES:
        raise WrongKey
    return key


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlcipher.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise _meaning(error, opening=False) from error


def _meaning(error: Exception, *, opening: bool) -> Exception:
    words = str(getattr(error, "orig", error))
    if "full" in words or "disk I/O" in words:
        return JournalFull()
    if "not a database" in words:
        return WrongKey() if opening else JournalDamaged(what=words)
    if "malformed" in words or "no such table" in words or "hmac" in words.lower():
        return JournalDamaged(what=words)
    return error
