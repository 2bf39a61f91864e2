"""A replica as the open till reads it: whatever file lies in the data directory now, and none while it cannot be read.

An import reaches the till while it is open, also one into a directory that had no file. A damaged one is told once; the screen
goes on, and another file in its place is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from offline_queue.replica.replica_file import Lying, ReplicaFile
from settlement.errors import OperatorError

_R = TypeVar("_R", bound=ReplicaFile)
_T = TypeVar("_T")


class FollowedReplica(Generic[_R]):
    """One kind of replica of one data directory, for one thread."""

    def __init__(self, directory: Path, kind: type[_R], *, told: Callable[[OperatorError], None] = lambda _: None) -> None:
        """``told`` hears of a file that cannot be read, once for each."""
        self._directory = directory
        self._kind = kind
        self._told = told
        self._file: _R | None = None
        self._seen: Lying | None = None
        self.damaged: OperatorError | None = None
        """Why nothing is found although there is a file."""
        self.look()

    def look(self) -> bool:
        """Open what lies there unless it was seen before (about 3 µs then); a missing file replaces nothing. True = opened, or told."""
        lying = self._kind.lying(self._directory)
        if lying is None or lying == self._seen:
            return False
        self._seen = lying
        self._drop()
        self.damaged = None
        try:
            self._file = self._kind(self._directory)
        except self._kind.errors.missing:
            self._seen = None
        except self._kind.errors.damaged as damaged:
            self._refuse(damaged)
        return True

    @property
    def stocked(self) -> bool:
        """Whether there is a file to find in."""
        return self._file is not None

    def ask(self, question: Callable[[_R], _T], otherwise: _T) -> _T:
        """Return the answer of the file, ``otherwise`` where there is none or it turns out to be damaged."""
        if self._file is None:
            return otherwise
        try:
            return question(self._file)
        except self._kind.errors.damaged as damaged:
            self._drop()
            self._refuse(damaged)
            return otherwise

    def _drop(self) -> None:
        """Close the file, and forget what was read from it."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _refuse(self, damaged: OperatorError) -> None:
        self.damaged = damaged
        self._told(damaged)
