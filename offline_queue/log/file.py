"""``log.db``: encrypted with the journal's key, opened by the driver alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher

from offline_queue.journal import key

NAME = "log.db"
VERSION = "2"
"""Of the schema and of what a row says: a file of another version is derived anew."""
_PAGE_BYTES = 1024
"""A filter fetches rows that lie far apart, and each page is decrypted whole: small ones, as in the journal."""
_CACHE_KIB = 4_000
"""Holds the inner pages of a log of a million rows, so that a row that lies apart costs one page."""
_BUSY_MS = 2_000


class Cursor(Protocol):
    """What a statement gives, of the driver."""

    @property
    def rowcount(self) -> int:
        """How many rows a change touched."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """Return the next row."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""


class Connection(Protocol):
    """The driver's connection."""

    def execute(self, sql: str, parameters: Sequence[Any] = ...) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Cursor:
        """Run one statement for each row."""

    def executescript(self, sql: str) -> Cursor:
        """Run many statements."""

    def close(self) -> None:
        """Close the file."""


def connect(directory: Path, *, writing: bool) -> Connection:
    """Open the log of the journal in ``directory``; its transactions are begun by hand.

    Raises :class:`sqlcipher3.DatabaseError` for a file that is none, is missing (reading) or has another key, and the errors
    of :func:`offline_queue.journal.key.read`.
    """
    secret = key.read(directory).hex()
    uri = f"{(directory / NAME).absolute().as_uri()}?mode={'rwc' if writing else 'ro'}"
    raw: Connection = sqlcipher.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        raw.execute("PRAGMA cipher_log_level = NONE")
        raw.execute(f"PRAGMA key = \"x'{secret}'\"")
        raw.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        raw.execute(f"PRAGMA cipher_page_size = {_PAGE_BYTES}")
        raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if writing:
            raw.execute("PRAGMA journal_mode = WAL").fetchone()
            # Derived: what a power cut takes is derived once more. A torn file it never leaves.
            raw.execute("PRAGMA synchronous = NORMAL")
            raw.execute("PRAGMA secure_delete = 1").fetchone()
        else:
            raw.execute("PRAGMA query_only = 1")
    except sqlcipher.Error:
        raw.close()
        raise
    return raw
