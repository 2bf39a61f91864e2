"""A journal of an older release becomes one of this release: a copy first, then one transaction.

Killed at any step, the journal is the old one or the new one. Records are never changed: a step makes tables,
columns or indexes, and what follows from the records is derived anew.
"""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

from offline_queue import operating_system
from offline_queue.journal import derived, key
from offline_queue.journal.care_errors import BackupUnsound, BackupUnwritten, UpgradeBlocked
from offline_queue.journal.store import Driver, Store
from offline_queue.journal.values import ROLES_ZH, Role

STEPS: tuple[str, ...] = ()
"""SQL of each step, oldest first: the first leads from format 1 to format 2. ``schema.sql`` is always the newest format."""

VERSION = 1 + len(STEPS)
"""The format that this release writes."""

_OTHER: dict[Role, Role] = {"till": "sender", "sender": "till"}


def run(store: Store, directory: Path, found: int, role: Role) -> None:
    """Upgrade from format ``found``.

    Raises :class:`UpgradeBlocked` while the other process runs: it is of the older release. Raises
    :class:`BackupUnwritten` when there is no room for the copy, and :class:`BackupUnsound` when the copy is not whole.
    """
    other = _OTHER[role]
    lock = operating_system.lock(directory / f"{other}.lock")
    if lock is None:
        raise UpgradeBlocked(role=other, role_zh=ROLES_ZH[other])
    try:
        _keep_copy(store, directory, directory / f"journal.format-{found}.backup")
        with store.write() as db:
            _step(db, found)
            derived.rebuild(db)
    finally:
        operating_system.unlock(lock)


def _step(db: Driver, found: int) -> None:
    for step in STEPS[found - 1 :]:
        for statement in derived.statements(step):
            db.execute(statement)
    db.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (str(VERSION),))


def _keep_copy(store: Store, directory: Path, path: Path) -> None:
    secret, fresh = key.read(directory), path.with_name(f"{path.name}.new")
    try:
        operating_system.make_private(fresh)
        store.copy_to(fresh, secret)
        with closing(Store(directory, secret, writing=False, name=fresh.name)) as copy, copy.read() as db:
            wrong = [*db.execute("PRAGMA cipher_integrity_check").fetchall(), *db.execute("PRAGMA quick_check").fetchall()]
        if wrong != [("ok",)]:
            raise BackupUnsound(file=str(path), what=str(wrong[0][0]))
        operating_system.flush_file(fresh)
        operating_system.move(fresh, path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise BackupUnwritten(file=str(path), what=error.strerror or str(error)) from error
