"""A journal without a disk: the same records, rules and tables, gone when the process ends. For trials, never for a counter.

Till and sender share one store, as two processes share one file. There is no encryption, no anchor and no reserve, because
there is nothing at rest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from config.clock import Clock
from config.entropy import Entropy
from offline_queue.journal import opening
from offline_queue.journal.enquiries import Enquiries
from offline_queue.journal.journal import Journal
from offline_queue.journal.notes import Notes
from offline_queue.journal.pace import Pace
from offline_queue.journal.reading import Readings
from offline_queue.journal.store import NAME, Driver, Store
from offline_queue.journal.values import Committed, CounterIdentity, Entry, Role


class MemoryStore(Store):
    """One database in memory, and one connection to it."""

    def __init__(self) -> None:
        self.path = Path(NAME)
        self._raw: Driver = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._raw.execute("PRAGMA recursive_triggers = 1")
        self._alone = threading.RLock()
        self._version = 0

    @contextmanager
    def write(self) -> Iterator[Driver]:
        """One transaction: committed at the end, rolled back by any exception."""
        with self._alone, ExitStack() as on_failure:
            self._raw.execute("BEGIN IMMEDIATE")
            on_failure.callback(self._raw.execute, "ROLLBACK")
            yield self._raw
            on_failure.pop_all()
            self._raw.execute("COMMIT")
            self._version += 1

    @contextmanager
    def read(self) -> Iterator[Driver]:
        """One consistent view: nobody writes meanwhile."""
        with self._alone:
            yield self._raw

    def data_version(self) -> int:
        """Return a number that changes with each transaction."""
        return self._version

    def move_log(self) -> None:
        """There is no log."""
        self.forget_log()

    def forget_log(self) -> None:
        """There is no log."""
        assert not self._raw.in_transaction

    def close(self) -> None:
        """Leave it as it is: somebody else may use it."""
        assert not self._raw.in_transaction


class MemoryJournal(Journal):
    """One process's handle on a store in memory."""

    def __init__(self, store: MemoryStore, *, role: Role, clock: Clock, entropy: Entropy, counter: CounterIdentity) -> None:
        self.directory = store.path.parent
        self.role = role
        self._clock = clock
        self._pace = Pace(clock)
        self._entropy = entropy
        self._lock = None
        self._head_file = None
        self._high_water = None
        Readings.__init__(self, opening.in_memory(store, counter, entropy))
        self.enquiries = Enquiries(store)
        self.notes = Notes(store, clock, self.identity, self._owner_key)

    def commit(self, entries: Sequence[Entry], *, claim: str = "") -> Committed:
        """Append as :meth:`Journal.commit` does; memory is never full."""
        return self._append(entries, claim)[0]
