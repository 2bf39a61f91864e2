"""Putting a replica in place: built aside, flushed, renamed in one step. A till that is open reads on in the old one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from offline_queue import operating_system
from offline_queue.replica.replica_file import ReplicaErrors


def put_in_place(path: Path, build: Callable[[Path], None], errors: ReplicaErrors, *, over: bool) -> None:
    """Have ``build`` write the replica of ``path``; ``over`` allows it where there is one.

    Raises ``errors.exists``, ``errors.busy`` while another import of the same replica runs, and ``errors.unwritable``:
    what was there is there then. Other replicas of the directory are not touched.
    """
    directory, fresh = path.parent, path.with_name(f"{path.name}.new")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = operating_system.lock(path.with_suffix(".lock"))
    except OSError as error:
        raise errors.unwritable(what=str(error.strerror)) from error
    if held is None:
        raise errors.busy
    try:
        if path.exists() and not over:
            raise errors.exists(directory=str(directory))
        # Left by an import that was killed.
        fresh.unlink(missing_ok=True)
        build(fresh)
        operating_system.flush_file(fresh)
        operating_system.move(fresh, path)
    except (sqlite.OperationalError, OSError) as error:
        raise errors.unwritable(what=str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)
        operating_system.unlock(held)
