"""A till that takes another program's bill and kills itself (SIGKILL) before a step on the disk: run as a process of its own.

``python -m tests.counter.taking DATA_DIR N``: dies before its N-th step (0 = never), and says how many there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from offline_queue.journal.store import Driver, Store
from terminal import handed_in
from tests.journal.entries import opened


class Steps:
    """Counts what is done to the disk: files renamed and removed, transactions of the journal."""

    def __init__(self, last: int) -> None:
        self.done = 0
        self._last = last

    def step(self) -> None:
        """Die before the last one."""
        self.done += 1
        if self.done == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(self) -> None:
        """Count from now on."""
        replace, unlink, write = Path.replace, Path.unlink, Store.write

        def replaced(path: Path, target: Path) -> Path:
            self.step()
            return replace(path, target)

        def unlinked(path: Path, **how: Any) -> None:  # noqa: ANN401 - what unlink takes
            self.step()
            unlink(path, **how)

        @contextmanager
        def written(store: Store) -> Iterator[Driver]:
            with write(store) as db:
                yield db
                # Nothing of the transaction is on disk yet.
                self.step()

        Path.replace, Path.unlink, Store.write = replaced, unlinked, written  # type: ignore[method-assign, assignment]


def take(directory: Path, steps: Steps) -> None:
    """Offer the next bill and have it kept, as desk and screen do."""
    with opened(directory) as journal:
        steps.count()
        for path in handed_in.waiting(directory):
            bill = handed_in.offer(journal, path)
            if bill is not None:
                handed_in.keep(journal, bill)
                return


if __name__ == "__main__":
    counted = Steps(int(sys.argv[2]))
    take(Path(sys.argv[1]), counted)
    sys.stdout.write(str(counted.done))
