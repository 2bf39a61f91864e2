"""A sender that dies at a chosen step of a charge, in this process: its journal refuses to go on, and every lane ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from offline_queue.journal import Committed, Entry, Journal


class Killed(BaseException):
    """The process is gone here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """Where a sender dies: ``before`` or after the record of a kind about a transaction is on disk. Once."""

    kind: str
    infno: str
    before: bool = False
    happened: threading.Event = field(default_factory=threading.Event)

    def strikes(self, entries: Sequence[Entry]) -> bool:
        """Return whether these are the records."""
        named = any(entry.kind == self.kind and entry.body.get("infno", self.infno) == self.infno for entry in entries)
        return named and not self.happened.is_set()


class Stricken(Journal):
    """A journal whose process dies at ``death``."""

    death: ClassVar[Death]

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Commit, and die before or after."""
        death = type(self).death
        strikes = death.strikes(entries)
        if strikes and death.before:
            death.happened.set()
            raise Killed
        committed = super().commit(entries, claim=claim)
        if strikes:
            death.happened.set()
            raise Killed
        return committed
