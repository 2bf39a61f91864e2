"""The one place that knows which database it is: SQLite through SQLCipher's library, without a key.

Everything above speaks SQLAlchemy Core, so that another engine can follow by its URL. One connection behind
one lock is the one writer; WAL and ``synchronous=FULL`` keep what was answered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from clearing.errors import CentreAbsent, CentreDamaged
from clearing.schema import metadata

NAME = "centre.db"
_SQLITE_MIN = (3, 51, 3)
_BUSY_MS = 10_000
_FAULTS = (DatabaseError, sqlcipher.DatabaseError)
_PRAGMAS: dict[str, object] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


class Database:
    """One process's way to the centre's database; several processes may have one each."""

    def __init__(self, directory: Path | None, *, create: bool = False) -> None:
        """Open the books in ``directory``; with None they are in memory, and gone when it is closed."""
        if sqlcipher.sqlite_version_info < _SQLITE_MIN:
            raise CentreDamaged(why=f"SQLite {sqlcipher.sqlite_version} < 3.51.3")
        path = None if directory is None else directory / NAME
        if path is not None:
            if not create and not path.exists():
                raise CentreAbsent(directory=str(path.parent))
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._engine = create_engine(
            "sqlite+pysqlite://", module=sqlcipher, creator=lambda: _connect(path), poolclass=StaticPool, hide_parameters=True
        )
        # Writers queue at BEGIN, not at their first write, where SQLite could only refuse one of them.
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            metadata.create_all(self._engine)
        except _FAULTS as error:
            self._engine.dispose()
            raise CentreDamaged(why=_words(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, alone: committed at the end, rolled back by any exception.

        Raises :class:`CentreDamaged` when the database refuses: nothing of the transaction is booked then.
        """
        try:
            with self._lock, self._engine.begin() as connection:
                yield connection
        except _FAULTS as error:
            raise CentreDamaged(why=_words(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()


def _words(error: Exception) -> str:
    return str(getattr(error, "orig", error))


def _connect(path: Path | None) -> Any:  # noqa: ANN401 - the driver has no types
    raw = sqlcipher.connect(":memory:" if path is None else str(path), isolation_level=None, check_same_thread=False)
    raw.execute("PRAGMA cipher_log_level = NONE")
    raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    # What is in memory has no log to write ahead.
    for name, wanted in (_PRAGMAS if path is not None else {**_PRAGMAS, "journal_mode": "memory"}).items():
        raw.execute(f"PRAGMA {name} = {wanted}")
        held = raw.execute(f"PRAGMA {name}").fetchone()[0]
        if held != wanted:
            raw.close()
            raise CentreDamaged(why=f"{name} = {held}")
    return raw
