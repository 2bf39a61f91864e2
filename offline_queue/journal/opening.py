"""Opening the journal: made when there is none, and for writing only when it is what was left.

Till and sender may start at the same moment, and either may be killed at any step: making is done alone, in an
order in which every beginning can be continued (key, anchor, then the database in one transaction). A restore that
was interrupted is finished first. Before the first write the chain is held against the anchors: selling on over a
journal that lost records would hide the loss. Then a journal of an older release is upgraded.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from config.entropy import Entropy
from offline_queue import operating_system
from offline_queue.journal import anchor, chain, derived, exchange, key, upgrade
from offline_queue.journal.care_errors import JournalNewer, JournalOlder
from offline_queue.journal.errors import AnchorMissing, JournalMissing, NotThisCounter, RecordsLost
from offline_queue.journal.pace import parted
from offline_queue.journal.store import NAME, Driver, Store
from offline_queue.journal.values import CounterIdentity, Restored, Role

LOCK_NAME = "opening.lock"
_UNMADE_NAME = f"{NAME}-journal"
"""SQLite's rollback journal. It lies beside the file only until the file writes ahead, which is before its first record."""
_EPOCH = 1
_SCHEMA = Path(__file__).with_name("schema.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A journal that may be used, and what its own table says of it."""

    store: Store
    identity: CounterIdentity
    schema: int
    """Number of its format: :data:`upgrade.VERSION` unless another release wrote it."""
    first_epoch: int
    restored: Restored | None
    """The last restore; None when it was never restored."""
    owner_key: bytes

    @property
    def genesis(self) -> bytes:
        """The link before the first record."""
        return chain.genesis(self.identity.fixmedins_code, self.identity.till, self.first_epoch)

    @property
    def epoch(self) -> int:
        """The epoch of its receipt numbers: a restore opens the next."""
        return self.restored.epoch if self.restored else self.first_epoch


def for_reading(directory: Path, counter: CounterIdentity | None) -> Opened:
    """Open without writing a byte. Raises :class:`JournalMissing` also while another process is making it."""
    if not (directory / NAME).exists() or (directory / _UNMADE_NAME).exists():
        exchange.refuse_unfinished(directory)
        _refuse_if_anchored(directory)
        raise JournalMissing(directory=str(directory))
    exchange.refuse_unfinished(directory)
    with ExitStack() as on_failure:
        store = Store(directory, key.read(directory), writing=False)
        on_failure.callback(store.close)
        opened = of_store(store, directory, counter)
        if opened.schema < upgrade.VERSION:
            raise JournalOlder(found=str(opened.schema), known=str(upgrade.VERSION))
        on_failure.pop_all()
    return opened


def for_writing(directory: Path, counter: CounterIdentity, entropy: Entropy, role: Role) -> Opened:
    """Open, make what is missing and upgrade what is older.

    Raises :class:`RecordsLost`, :class:`AnchorMissing`, the errors of an upgrade and those of a store.
    """
    with operating_system.alone(directory / LOCK_NAME), ExitStack() as on_failure:
        exchange.finish(directory)
        if not (directory / NAME).exists():
            _refuse_if_anchored(directory)
            key.make(directory)
        elif (directory / _UNMADE_NAME).exists():
            # The power failed while the file was made. Only who may write can take that back, and there is no record yet.
            _refuse_if_anchored(directory)
        else:
            _check_left(directory, counter)
        store = Store(directory, key.read(directory), writing=True)
        on_failure.callback(store.close)
        store.move_log()
        with store.read() as db:
            schema = _schema(db)
        if schema is not None and schema < upgrade.VERSION:
            upgrade.run(store, directory, schema, role)
        _make(store, directory, counter, entropy)
        opened = of_store(store, directory, counter)
        on_failure.pop_all()
        return opened


def _check_left(directory: Path, counter: CounterIdentity) -> None:
    """Look at what was left before anything may write: recovering a damaged log would destroy the evidence."""
    with closing(Store(directory, key.read(directory), writing=False)) as store:
        with store.read() as db:
            made = _made(db)
        if made:
            _check_anchors(of_store(store, directory, counter), directory)
        else:
            _refuse_if_anchored(directory)


def _check_anchors(opened: Opened, directory: Path) -> None:
    # Before the records: what is acknowledged meanwhile only adds to them.
    anchors, _ = anchor.read(directory / anchor.HEAD_NAME)
    if not anchors:
        raise AnchorMissing(file=anchor.HEAD_NAME)
    with opened.store.read() as db:
        (count,) = db.execute("SELECT coalesce(max(seq), 0) FROM record").fetchone()
        for one in anchors:
            found = db.execute("SELECT link FROM record WHERE seq = ?", (one.count,)).fetchone()
            head = opened.genesis if one.count == 0 else found[0] if found else None
            if head != one.head:
                raise RecordsLost(count=str(one.count), found=str(count))


def _refuse_if_anchored(directory: Path) -> None:
    anchors, _ = anchor.read(directory / anchor.HEAD_NAME)
    acknowledged = max((one.count for one in anchors), default=0)
    if acknowledged:
        raise RecordsLost(count=str(acknowledged), found="0")


def _make(store: Store, directory: Path, counter: CounterIdentity, entropy: Entropy) -> None:
    with store.read() as db:
        made = _made(db)
        if made and derived.complete(db):
            return
    if not made:
        anchor.lay(directory / anchor.HEAD_NAME, chain.genesis(counter.fixmedins_code, counter.till, _EPOCH))
    with store.write() as db:
        if not made:
            _create(db, counter, entropy)
        derived.rebuild(db)


def in_memory(store: Store, counter: CounterIdentity, entropy: Entropy) -> Opened:
    """Open a journal that has no directory: nothing of it was left, and nothing is."""
    with store.read() as db:
        made = _made(db)
    if not made:
        with store.write() as db:
            _create(db, counter, entropy)
            derived.rebuild(db)
    return of_store(store, store.path.parent, counter)


def _made(db: Driver) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _create(db: Driver, counter: CounterIdentity, entropy: Entropy) -> None:
    for statement in derived.statements(_SCHEMA.read_text(encoding="utf-8")):
        db.execute(statement)
    rows = {
        "schema": str(upgrade.VERSION),
        "fixmedins_code": counter.fixmedins_code,
        "till": counter.till,
        "epoch": str(_EPOCH),
        "owner_key": entropy.token(32, "owner key").hex(),
    }
    db.executemany("INSERT INTO meta VALUES (?, ?)", list(rows.items()))


def _schema(db: Driver) -> int | None:
    found = db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() if _made(db) else None
    return int(found[0]) if found else None


def of_store(store: Store, directory: Path, counter: CounterIdentity | None) -> Opened:
    """Return what an open database says of itself. Raises :class:`NotThisCounter` and :class:`JournalNewer`."""
    with store.read() as db:
        if not _made(db):
            raise JournalMissing(directory=str(directory))
        meta: dict[str, str] = dict(db.execute("SELECT name, value FROM meta").fetchall())
        if int(meta["schema"]) > upgrade.VERSION:
            raise JournalNewer(found=meta["schema"], known=str(upgrade.VERSION))
        restored = _last_restore(db)
    owner = CounterIdentity(fixmedins_code=meta["fixmedins_code"], till=meta["till"])
    if counter is not None and owner != counter:
        raise NotThisCounter(owner=f"{owner.fixmedins_code}/{owner.till}", here=f"{counter.fixmedins_code}/{counter.till}")
    return Opened(
        store=store,
        identity=owner,
        schema=int(meta["schema"]),
        first_epoch=int(meta["epoch"]),
        restored=restored,
        owner_key=bytes.fromhex(meta["owner_key"]),
    )


def _last_restore(db: Driver) -> Restored | None:
    # From the chain and by its index: derived tables may be missing or of other rules.
    sql = "SELECT body FROM record WHERE subject > 'epoch/' AND subject < 'epoch0' ORDER BY seq DESC LIMIT 1"
    found = db.execute(sql).fetchone()
    return Restored(**parted(found[0])[0]) if found else None
