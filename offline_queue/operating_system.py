"""Every operating-system call of the journal, in one module, so that other systems can follow.

Role locks, the reserve file, the key file's mode. POSIX for now.
"""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024


def lock(path: Path) -> int | None:
    """Take an exclusive lock for the life of the process; None when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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


def write_private(path: Path, content: bytes) -> None:
    """Create ``path`` readable by its owner only and flush it to disk, directory entry included."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def readable_by_others(path: Path) -> bool:
    """Whether group or others may read ``path``."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def exclusively(descriptor: int) -> None:
    """Wait for the lock of an open file."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def shared_again(descriptor: int) -> None:
    """Release the lock of an open file."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
