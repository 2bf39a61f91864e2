"""Restoring a backup: checked first, never over a journal that knows more, and never as if nothing had happened.

What was done after the backup was made is not in it, so the restored journal does not go on as before
(commit-protocol section 8): it opens the next epoch of receipt numbers, takes its message ids forward, holds
nothing for unsent, and remembers in a record of its own where it was restored. What a restored till may do is
decided by who reads that record: ``docs/journal.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from config.clock import Clock
from config.entropy import Entropy
from nhsa import msgid
from offline_queue import operating_system
from offline_queue.journal import anchor, exchange, key, opening
from offline_queue.journal.anchor import Anchor
from offline_queue.journal.care_errors import BackupUnsound, JournalNewer, RestoreLosesRecords, RestoreOtherChain
from offline_queue.journal.errors import EngineTooOld, JournalUnwritable, NotThisCounter, RoleTaken
from offline_queue.journal.journal import Journal
from offline_queue.journal.store import NAME, Driver, Store
from offline_queue.journal.values import ROLES_ZH, CounterIdentity, Entry, Restored, Role
from offline_queue.journal.verify import verify
from settlement.errors import JournalError

_ROLES: tuple[Role, ...] = ("till", "sender")
_TIP = "SELECT seq, link FROM record ORDER BY seq DESC LIMIT 1"
_ERASED = "SELECT record.seq, link FROM record LEFT JOIN private USING (seq) WHERE commitment <> x'' AND private.seq IS NULL"
_EPOCH_FORM = "%y%m%d%H%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A restore that is done."""

    restored: Restored
    aside: Path | None
    """Where the files of the journal before it lie; None when there was none."""


@dataclass(slots=True)
class _Here:
    """What the files in the data directory know, whatever state they are in."""

    points: list[Anchor] = field(default_factory=list)
    """Places of the chain that were acknowledged or can be read."""
    epoch: int = 0
    ids: list[str] = field(default_factory=list)
    """The last message ids."""
    erased: list[tuple[int, bytes]] = field(default_factory=list)
    """Records whose personal fields were erased, with their links."""


def restore(
    directory: Path,
    file: Path,
    *,
    counter: CounterIdentity,
    clock: Clock,
    entropy: Entropy,
    force: bool = False,
    written: datetime | None = None,
) -> Result:
    """Make the backup ``file`` the journal of ``directory``, and keep the files that were there.

    ``written`` is a moment up to which ids may have been taken by a clock that was ahead (the last change of the old
    files), None when nothing tells. Killed at any step, the old journal is there or the restored one. Raises
    :class:`RoleTaken` while a till or sender runs, :class:`BackupUnsound`, :class:`RestoreLosesRecords` and
    :class:`RestoreOtherChain` unless ``force``, :class:`JournalUnwritable` when the disk fails, and the errors of a journal.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _both_roles(directory), operating_system.alone(directory / opening.LOCK_NAME):
        exchange.finish(directory)
        try:
            return _restore(directory, file, _Moment(counter, clock, entropy, written), force=force)
        except OSError as error:
            raise JournalUnwritable(what=error.strerror or str(error)) from error
        finally:
            exchange.discard(directory)


@dataclass(frozen=True, slots=True)
class _Moment:
    counter: CounterIdentity
    clock: Clock
    entropy: Entropy
    written: datetime | None


def _restore(directory: Path, file: Path, moment: _Moment, *, force: bool) -> Result:
    secret = key.read(directory)
    here = _look(directory, secret, moment.counter)
    staged = exchange.stage(directory)
    _bring(file, staged, secret)
    with Journal(staged, role="till", clock=moment.clock, entropy=moment.entropy, counter=moment.counter) as journal:
        verified = verify(journal)
        if verified.faults:
            raise BackupUnsound(file=str(file), what=verified.faults[0])
        if not force:
            _refuse_loss(journal, here, verified.count)
        restored = _reopen(journal, here, moment, verified.count, verified.head)
        _erase_again(journal, here)
        # One file without a log: only the database and its anchor move.
        journal.store.forget_log()
    aside = _free_name(directory, here)
    exchange.decide(directory, aside=aside)
    return Result(restored=restored, aside=directory / aside if (directory / aside).exists() else None)


@contextmanager
def _both_roles(directory: Path) -> Iterator[None]:
    with ExitStack() as held:
        for role in _ROLES:
            lock = operating_system.lock(directory / f"{role}.lock")
            if lock is None:
                raise RoleTaken(role=role, role_zh=ROLES_ZH[role])
            held.callback(operating_system.unlock, lock)
        yield


# --- the journal that is here -----------------------------------------------------------------------------


def _look(directory: Path, secret: bytes, counter: CounterIdentity) -> _Here:
    """Learn what can be learned from a journal that may be damaged. Raises :class:`NotThisCounter`."""
    here = _Here()
    here.points, _ = anchor.read(directory / anchor.HEAD_NAME)
    if not (directory / NAME).exists():
        return here
    try:
        with closing(Store(directory, secret, writing=False)) as store:
            opened = opening.of_store(store, directory, counter)
            with store.read() as db:
                here.points.append(_tip(db, opened.genesis))
                here.ids = _ids(db)
                here.erased = [(seq, bytes(link)) for seq, link in db.execute(_ERASED).fetchall()]
            here.epoch = opened.epoch
    except (NotThisCounter, JournalNewer, EngineTooOld):
        raise
    except JournalError:
        # It cannot be read any more: the anchor is all that it still says.
        return here
    return here


def _refuse_loss(journal: Journal, here: _Here, count: int) -> None:
    for point in here.points:
        if point.count > count:
            raise RestoreLosesRecords(known=str(max(one.count for one in here.points)), count=str(count))
    with journal.store.read() as db:
        for point in here.points:
            found = db.execute("SELECT link FROM record WHERE seq = ?", (point.count,)).fetchone()
            if (bytes(found[0]) if found else journal.genesis) != point.head:
                raise RestoreOtherChain(count=str(point.count))


def _free_name(directory: Path, here: _Here) -> str:
    """Return a name for the folder of the old files: by their count, and never one that is taken."""
    count = max((point.count for point in here.points), default=0)
    names = [f"before-restore-{count:08d}", *(f"before-restore-{count:08d}-{number}" for number in range(2, 100))]
    return next(name for name in names if not (directory / name).exists())


# --- the journal that comes back --------------------------------------------------------------------------


def _bring(file: Path, staged: Path, secret: bytes) -> None:
    """Copy the backup, with the key and the anchor that an opening wants to see. Raises :class:`BackupUnsound`."""
    log = file.with_name(f"{file.name}-wal")
    if log.exists():
        raise BackupUnsound(file=str(file), what=f"{log.name}：这是账本的副本，不是备份。 / This is a journal's copy, no backup.")
    try:
        file.open("rb").close()
    except OSError as error:
        raise BackupUnsound(file=str(file), what=f"{error.strerror or error}。 / {error.strerror or error}.") from error
    operating_system.copy_private(file, staged / NAME)
    with closing(Store(staged, secret, writing=False)) as store:
        genesis = opening.of_store(store, staged, None).genesis
        with store.read() as db:
            tip = _tip(db, genesis)
    anchor.lay(staged / anchor.HEAD_NAME, tip.head, tip.count)
    operating_system.copy_private(staged.parent / key.KEY_NAME, staged / key.KEY_NAME)


def _reopen(journal: Journal, here: _Here, moment: _Moment, count: int, head: str) -> Restored:
    """Record the restore, which opens the next epoch, and leave nothing that speaks of a moment before it."""
    last = journal.records_after(count - 1, 1)
    restored = Restored(
        epoch=max(journal.epoch + 1, here.epoch + 1, int(moment.clock.now().strftime(_EPOCH_FORM))),
        count=count,
        head=head,
        last_at=last[0].at if last else "",
        known=max((point.count for point in here.points), default=None),
    )
    journal.commit([Entry(kind="restored", subject=f"epoch/{restored.epoch}", body=asdict(restored))])
    with journal.store.read() as db:
        ids = [*here.ids, *_ids(db)]
    taken = [datetime.fromisoformat(msgid.sent_at(one)) for one in ids]
    moments = [moment.clock.now().replace(tzinfo=None), *taken, *([moment.written.replace(tzinfo=None)] if moment.written else [])]
    journal.notes.skip_msgids(max(moments))
    journal.notes.forget("sender")
    journal.enquiries.erase()
    return restored


def _erase_again(journal: Journal, here: _Here) -> None:
    """Let nobody come back who was erased after the backup was made, as far as the journal here can still be read."""
    sql = "DELETE FROM private WHERE seq = ? AND EXISTS (SELECT 1 FROM record WHERE record.seq = private.seq AND link = ?)"
    with journal.store.write() as db:
        if sum(db.execute(sql, one).rowcount for one in here.erased):
            db.execute("INSERT INTO note VALUES ('erasures', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1")


def _tip(db: Driver, genesis: bytes) -> Anchor:
    found = db.execute(_TIP).fetchone()
    return Anchor(found[0], bytes(found[1])) if found else Anchor(0, genesis)


def _ids(db: Driver) -> list[str]:
    rows = db.execute("SELECT value FROM note WHERE name LIKE 'msgid:%'").fetchall()
    return [json.loads(value)["last"] for (value,) in rows]
