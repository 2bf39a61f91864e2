"""Putting another journal in the place of the one here, so that a crash at any step leaves the old or the new one.

The new files are made ready in a folder of their own. Renaming that folder decides it; from then on every
opening finishes what is left before it looks at anything: the old files go aside, the new ones come in, the
database last. Called with the lock of opening held.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from offline_queue import operating_system
from offline_queue.journal.anchor import HEAD_NAME
from offline_queue.journal.care_errors import RestoreUnfinished
from offline_queue.journal.store import NAME

_STAGED, _READY, _ASIDE = "restore.new", "restore.ready", "aside"
DATABASE_NAMES = (NAME, f"{NAME}-wal", f"{NAME}-shm")


def stage(directory: Path) -> Path:
    """Return an empty folder in which the new journal is made ready."""
    staged = directory / _STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    return staged


def discard(directory: Path) -> None:
    """Take back what :func:`stage` began."""
    shutil.rmtree(directory / _STAGED, ignore_errors=True)


def decide(directory: Path, *, aside: str) -> None:
    """Exchange: what is staged becomes the journal, and the files of the old one go to the folder ``aside``."""
    staged = directory / _STAGED
    for path in staged.iterdir():
        if path.name not in {NAME, HEAD_NAME}:
            path.unlink()
    (staged / _ASIDE).write_text(aside, encoding="utf-8")
    for path in staged.iterdir():
        operating_system.flush_file(path)
    operating_system.flush_directory(staged)
    operating_system.move(staged, directory / _READY)
    finish(directory)


def finish(directory: Path) -> None:
    """Do what is left of an exchange that was decided; nothing when there is none."""
    ready = directory / _READY
    if not ready.is_dir():
        return
    aside = directory / (ready / _ASIDE).read_text(encoding="utf-8")
    if (ready / NAME).exists():
        # Until the new database is in, what bears these names here is the old journal's.
        aside.mkdir(mode=0o700, exist_ok=True)
        for name in DATABASE_NAMES:
            _move(directory / name, aside / name)
        if (ready / HEAD_NAME).exists():
            _move(directory / HEAD_NAME, aside / HEAD_NAME)
            operating_system.move(ready / HEAD_NAME, directory / HEAD_NAME)
        operating_system.move(ready / NAME, directory / NAME)
    with suppress(OSError):
        # A counter that had no journal before has nothing to keep.
        aside.rmdir()
    operating_system.move(ready, directory / _STAGED)
    discard(directory)


def refuse_unfinished(directory: Path) -> None:
    """Raise :class:`RestoreUnfinished` while an exchange is decided and not finished: a reader must not write."""
    if (directory / _READY).is_dir():
        raise RestoreUnfinished


def _move(path: Path, target: Path) -> None:
    if path.exists():
        operating_system.move(path, target)
