"""The chain from the centre's last checkpoint on, walked at the start and between two customers: a till does not sell over a broken one.

``yibao-journal verify`` looks at everything; this looks at what the centre has not signed yet, in steps that nobody waits for.
"""

from __future__ import annotations

from itertools import islice

from offline_queue.journal.errors import JournalDamaged
from offline_queue.journal.reading import Readings
from offline_queue.journal.verify import is_whole, row_faults, rows_after

_STEP = 250
"""Records of one step: a few milliseconds."""


class SinceCheckpoint:
    """A walk over the records after the last checkpoint."""

    def __init__(self, journal: Readings, checkpoint: dict[str, object]) -> None:
        """``checkpoint``: the note of the centre's last signed place; empty when there is none. Raises :class:`JournalDamaged`."""
        self._journal = journal
        self._count = int(str(checkpoint.get("count", 0)))
        self._head = bytes.fromhex(str(checkpoint["head"])) if self._count else journal.genesis
        with journal.store.read() as db:
            found = db.execute("SELECT link FROM record WHERE seq = ?", (self._count,)).fetchone() if self._count else None
        if self._count and (found is None or bytes(found[0]) != self._head):
            signed = f"第 {self._count} 条不是中心签过的那一条 / record {self._count} is not the one that the centre signed"
            raise JournalDamaged(what=signed)
        self.done = False

    @property
    def count(self) -> int:
        """How far the chain is known to be whole."""
        return self._count

    def step(self, records: int = _STEP) -> None:
        """Walk a little further. Raises :class:`JournalDamaged` at the first record that is not what was chained."""
        with self._journal.store.read() as db:
            rows = list(islice(rows_after(db, self._count, records), records))
        for row in rows:
            if not is_whole(row, self._count + 1, self._head):
                raise JournalDamaged(what=next(row_faults(row, self._count + 1, self._head)))
            self._count, self._head = row[0], bytes(row[7])
        self.done = len(rows) < records
