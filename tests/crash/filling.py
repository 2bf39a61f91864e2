"""A disk of a size of its own, filled so that ever more 4 KiB blocks are left: ``python -m tests.crash.filling DISK EVERY``.

With that much room a till sells until a sale is refused, books what it had promised, and a sender sends. Prints one JSON line: how
many sizes, how often a sale was refused and the reserve given back, and every size at which something was wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from offline_queue.journal.errors import JournalFull
from offline_queue.journal.verify import verify
from tests.checker.stored import wrongs
from tests.crash.workload import subject
from tests.journal.entries import answered, done, offline_sale, opened, sale, sending

BLOCK = 4096
BLOCKS = 160
"""640 KiB: a promise fits long before."""
_PROMISED, _SALES = 8000, 60


def step(disk: Path, blocks: int) -> tuple[int, bool, list[str]]:
    """Return (sales refused, whether the reserve was given back, what is wrong) with so many blocks left."""
    directory, filler = disk / "till", disk / "filler"
    with opened(directory) as till, opened(directory, "sender") as sender:
        till.commit([sale(subject(_PROMISED), "allowance")])
        _fill(filler, os.statvfs(disk).f_bavail - blocks)
        refused = 0
        for number in range(_SALES):
            try:
                till.commit([sale(subject(number), "allowance")])
            except JournalFull:
                refused += 1
        # Nothing that has moved may be refused, and what it needs may be no more than the reserve.
        till.commit([done(subject(_PROMISED), offline=True)])
        sender.commit([sending(subject(_PROMISED))])
        acknowledged = sender.commit([answered(subject(_PROMISED), "accepted")]).seqs[-1]
        given = not (directory / "reserve").exists()
        filler.unlink()
        offline_sale(till, subject(_PROMISED + 1))
    found = wrongs(directory, at_least=acknowledged + 2)
    with opened(directory) as till:
        offline_sale(till, subject(_PROMISED + 2))
        found += verify(till).faults
    shutil.rmtree(directory)
    return refused, given, found


def _fill(filler: Path, blocks: int) -> None:
    with filler.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, blocks * BLOCK)


def main() -> int:
    """Try each size and print what came of it."""
    disk, every = Path(sys.argv[1]), int(sys.argv[2])
    steps, refused, given, bad = 0, 0, 0, {}
    for blocks in range(0, BLOCKS, every):
        turned_away, reserve_given, found = step(disk, blocks)
        steps, refused, given = steps + 1, refused + bool(turned_away), given + reserve_given
        if found:
            bad[blocks] = found
    sys.stdout.write(json.dumps({"steps": steps, "refused": refused, "given": given, "wrong": bad}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
