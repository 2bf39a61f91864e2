"""Every operating-system call of the journal, in one module, so that other systems can follow.

Locks, flushes, the reserve file, files that only their owner may read, core dumps. POSIX for now.
"""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024
_GET_DUMPABLE, _SET_DUMPABLE = 3, 4
"""Options of prctl(2)."""
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
    # One call of the system: every promise asks.
    with suppress(FileNotFoundError):
        if path.stat().st_size >= size:
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


def has_room(directory: Path, size: int) -> bool:
    """Whether the disk of ``directory`` has at least ``size`` bytes left."""
    return shutil.disk_usage(directory).free >= size


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
    move(fresh, path)


def make_private(path: Path) -> None:
    """Make ``path`` an empty file that only its owner may read, in place of any that is there."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def copy_private(source: Path, path: Path) -> None:
    """Copy ``source`` to ``path``, readable by its owner only and flushed to disk."""
    make_private(path)
    shutil.copyfile(source, path)
    flush_file(path)


def flush_file(path: Path) -> None:
    """Have all of a file on disk, whoever wrote it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(path: Path, target: Path) -> None:
    """Rename a file or folder in one step, over a file that is there, and have the change of name on disk."""
    path.replace(target)
    for directory in {path.parent, target.parent}:
        flush_directory(directory)


def publish(path: Path, target: Path) -> bool:
    """Give a file its final name in one step; False, and no file under the first name, when the second is taken."""
    try:
        os.link(path, target)
    except FileExistsError:
        taken = True
    except OSError:
        # A medium without links (a stick formatted for other systems): looking first is the most that can be done.
        taken = target.exists()
        if not taken:
            move(path, target)
            return True
    else:
        taken = False
    path.unlink()
    flush_directory(target.parent)
    return not taken


def flush_directory(path: Path) -> None:
    """Have the names in a folder on disk."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
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


def forbid_core_dumps() -> None:
    """Let no crash of this process write its memory to disk, and no other program of this user read it: a PIN or a name may be in it.

    The limit alone does not stop a core dump that goes to a program (``core_pattern`` with a pipe); undumpable, the process
    cannot be traced either, but by root.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _process_control(_SET_DUMPABLE)


def core_dumps_forbidden() -> bool:
    """Whether a crash of this process leaves no core dump."""
    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0 and _process_control(_GET_DUMPABLE) == 0


def _process_control(option: int) -> int:
    """Return what Linux answers to ``prctl(option, 0)``; elsewhere 0: there is nothing to ask."""
    if sys.platform != "linux":
        return 0
    import ctypes  # noqa: PLC0415 - two milliseconds that only a command's start needs

    return int(ctypes.CDLL(None).prctl(option, 0, 0, 0, 0))


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
