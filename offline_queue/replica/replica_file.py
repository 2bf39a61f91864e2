"""A replica's file: one plain SQLite file, built whole by an import and only read afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import sqlcipher3.dbapi2 as sqlite

from settlement.errors import OperatorError

_CACHE_KB = 16 * 1024

Row = tuple[Any, ...]
Lying = tuple[int, int, int]
"""Which file lies there: inode, time of its last change, bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaErrors:
    """What can be wrong with one kind of replica, in its own words."""

    missing: type[OperatorError]
    """Takes ``directory``."""
    damaged: type[OperatorError]
    """Takes ``file`` and ``what``."""
    exists: type[OperatorError]
    """Takes ``directory``."""
    busy: type[OperatorError]
    unwritable: type[OperatorError]
    """Takes ``what``."""


class ReplicaFile:
    """The replica of one data directory, as it was when it was opened: an import puts a new file in its place.

    One thread at a time uses it, whichever it is. Every reading method raises ``errors.damaged``.
    """

    name: ClassVar[str]
    format: ClassVar[str]
    """Of the file: another one is imported anew."""
    errors: ClassVar[ReplicaErrors]

    def __init__(self, directory: Path) -> None:
        """Open it. Raises ``errors.missing`` and ``errors.damaged``."""
        self._path = directory / self.name
        lying = self.lying(directory)
        if lying is None:
            raise self.errors.missing(directory=str(directory))
        self._opened = lying
        self.about: dict[str, str] = {}
        """What the import wrote of the file: ``source``, ``encoding``, ``imported_at`` …"""
        with ExitStack() as on_failure:
            self._db = self._open()
            on_failure.callback(self.close)
            self.about |= dict(self._read("SELECT name, value FROM meta"))
            found = self.about.get("format", "—")
            if found != self.format:
                raise self.errors.damaged(file=self.name, what=f"format {found} ≠ {self.format}")
            on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def stale(self) -> bool:
        """Whether another file lies in its place by now (about 2 µs); a missing one replaces nothing."""
        return self.lying(self._path.parent) not in {None, self._opened}

    @classmethod
    def lying(cls, directory: Path) -> Lying | None:
        """Return what tells the file in its place from any other that comes there (about 2 µs); None when there is none."""
        try:
            found = os.stat(directory / cls.name)  # noqa: PTH116 - once per keystroke
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _open(self) -> sqlite.Connection:
        # Immutable holds: a file is never changed once it has its name. So no lock is taken and nothing is looked at twice.
        # It is not mapped into memory: somebody who copies over it must not bring the till down.
        try:
            db = sqlite.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        except sqlite.DatabaseError as error:
            raise self.errors.damaged(file=self.name, what=str(error)) from error
        return db

    def _read(self, sql: str, *values: object) -> Iterator[Row]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite.DatabaseError as error:
            raise self.errors.damaged(file=self.name, what=str(error)) from error
