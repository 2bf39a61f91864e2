"""Every operating-system call of the journal, in one module, so that other systems can follow.

Locks, flushes, the reserve file, files that only their owner may read. POSIX for now.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024
_FULL_BYTES = 64 * 1024
"""Less free space than this is a full disk: no transaction fits."""


def lock(path: Path) -> int | None:
    """Take an exclusive lock for the life of the process; None when another process holds it."""
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def unlock(descriptor: int) -> None:
    """Give a lock back."""
    os.close(descriptor)


def locked(path: Path) -> bool:
    """Whether some process holds the lock at ``path``."""
    if not path.exists():
        return False
    descriptor = lock(path)
    if descriptor is None:
        return True
    unlock(descriptor)
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for the lock at ``path`` and hold it for a moment."""
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_reserve(path: Path, size: int = RESERVE_BYTES) -> bool:
    """Allocate the reserve file for real; False when the disk has no room for it."""
    if path.exists() and path.stat().st_size >= size:
        return True
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        path.unlink()
        return False
    finally:
        os.close(descriptor)
    return True


def release_reserve(path: Path) -> bool:
    """Give the reserved space back; False when there was none."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def disk_full(directory: Path) -> bool:
    """Whether the disk of ``directory`` has no room for one transaction."""
    return shutil.disk_usage(directory).free < _FULL_BYTES


def write_private(path: Path, content: bytes) -> None:
    """Make ``path`` with this content, whole or not at all, readable by its owner only and flushed to disk."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def flush(descriptor: int) -> None:
    """Have what was written to an open file on disk."""
    os.fdatasync(descriptor)


def readable_by_others(path: Path) -> bool:
    """Whether group or others may read ``path``."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
