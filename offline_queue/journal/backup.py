"""A backup: one encrypted file with all that the journal knows, made while till and sender work, and verified.

It is encrypted with the journal's own key, which is not in it: whoever finds the file can read nothing, and
whoever loses the key can restore nothing. The two are kept apart.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from offline_queue import operating_system
from offline_queue.journal import anchor, key, opening
from offline_queue.journal.care_errors import BackupExists, BackupUnsound, BackupUnwritten
from offline_queue.journal.reading import Readings
from offline_queue.journal.store import Store
from offline_queue.journal.verify import Verified, verify

_NAMED = re.compile(r"(?P<till>.+)-(?P<epoch>\d+)-(?P<count>\d+)\.backup", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup as it was verified after writing."""

    path: Path
    count: int
    head: str
    """Head of its chain, hex."""


def write(journal: Readings, file: Path, *, overwrite: bool = False) -> Backup:
    """Write the journal as it is now to ``file``, readable by its owner only, whole or not at all.

    Verified before it gets its name: pages, chain, personal parts, receipts, and that no record is missing that was
    acknowledged when it began. Raises :class:`BackupExists`, :class:`BackupUnwritten` and :class:`BackupUnsound`.
    """
    if file.exists() and not overwrite:
        raise BackupExists(file=str(file))
    fresh = file.with_name(f"{file.name}.new")
    try:
        verified = _copied(journal, fresh)
        if verified.faults:
            raise BackupUnsound(file=str(file), what=verified.faults[0])
        if overwrite:
            operating_system.move(fresh, file)
        elif not operating_system.publish(fresh, file):
            raise BackupExists(file=str(file))
    except OSError as error:
        raise BackupUnwritten(file=str(file), what=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            _remove(fresh)
    return Backup(path=file, count=verified.count, head=verified.head)


def file_in(journal: Readings, folder: Path) -> Path:
    """Return the file for a backup of this moment in ``folder``: named by institution, till, epoch and count."""
    count, _ = journal.tip()
    return folder / f"{_till(journal)}-{journal.epoch}-{count:08d}.backup"


def drop_oldest(journal: Readings, folder: Path, *, keep: int) -> list[Path]:
    """Delete this till's backups in ``folder`` that :func:`file_in` named, but for the newest ``keep``; return which."""
    named = [(match, path) for path in folder.iterdir() if (match := _NAMED.fullmatch(path.name)) and match["till"] == _till(journal)]
    oldest = sorted(named, key=lambda one: (int(one[0]["epoch"]), int(one[0]["count"])), reverse=True)[keep:]
    for _, path in oldest:
        path.unlink()
    return [path for _, path in oldest]


def _till(journal: Readings) -> str:
    return f"{journal.identity.fixmedins_code}-{journal.identity.till}"


def _copied(journal: Readings, fresh: Path) -> Verified:
    directory = journal.store.path.parent
    secret = key.read(directory)
    # Before the copy: what is acknowledged meanwhile only adds to it.
    anchors, _ = anchor.read(directory / anchor.HEAD_NAME)
    _remove(fresh)
    operating_system.make_private(fresh)
    journal.store.copy_to(fresh, secret)
    with closing(Store(fresh.parent, secret, writing=False, name=fresh.name)) as store:
        verified = verify(Readings(opening.of_store(store, directory, journal.identity)), anchors)
    operating_system.flush_file(fresh)
    return verified


def _remove(fresh: Path) -> None:
    """Remove what an attempt has left, or one that was killed."""
    for path in (fresh, fresh.with_name(f"{fresh.name}-journal")):
        path.unlink(missing_ok=True)
