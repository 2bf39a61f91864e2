"""Backups and restores of the tests' counter: what the tests of both share."""

from __future__ import annotations

import shutil
from pathlib import Path

from config.entropy import SeededEntropy
from offline_queue.journal import backup, restore
from tests.journal.entries import COUNTER, Hand, offline_sale, opened

EPOCH = 2603020900
"""Of a restore at the hour of :class:`Hand`."""
_NAMES = ("journal.db", "journal.db-wal", "journal.head", "journal.key")


def brought_back(directory: Path, file: Path, *, force: bool = False, clock: Hand | None = None) -> restore.Result:
    """Restore ``file`` at the test's counter."""
    return restore.restore(directory, file, counter=COUNTER, clock=clock or Hand(), entropy=SeededEntropy("r"), force=force)


def backed_up(directory: Path, *subjects: str) -> Path:
    """Make a journal of off-line sales and return a backup of it."""
    with opened(directory) as journal:
        for subject in subjects:
            offline_sale(journal, subject)
        return backup.write(journal, directory / f"{len(subjects)}.backup").path


def elsewhere(directory: Path, new: Path) -> Path:
    """Make a data directory that has the key and nothing else."""
    new.mkdir()
    shutil.copy(directory / "journal.key", new)
    return new


def files(directory: Path) -> dict[str, bytes]:
    """Return what the journal's files hold, without the empty log that a reader leaves."""
    return {name: content for name in _NAMES if (directory / name).exists() and (content := (directory / name).read_bytes())}
