"""Opening the journal: made when there is none, and for writing only when it is what was left.

Till and sender may start at the same moment, and either may be killed at any step: making is done alone, in an
order in which every beginning can be continued (key, anchor, then the database in one transaction). Before the
first write the chain is held against the anchors: selling on over a journal that lost records would hide the loss.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from config.entropy import Entropy
from offline_queue import operating_system
from offline_queue.journal import anchor, chain, derived, key
from offline_queue.journal.errors import AnchorMissing, JournalMissing, NotThisCounter, RecordsLost
from offline_queue.journal.store import NAME, Driver, Store
from offline_queue.journal.values import CounterIdentity

_LOCK_NAME = "opening.lock"
_EPOCH = 1
_SCHEMA = Path(__file__).with_name("schema.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A journal that may be used, and what its own table says of it."""

    store: Store
    identity: CounterIdentity
    epoch: int
    owner_key: bytes

    @property
    def genesis(self) -> bytes:
        """The link before the first record."""
        return chain.genesis(self.identity.fixmedins_code, self.identity.till, self.epoch)


def for_reading(directory: Path, counter: CounterIdentity | None) -> Opened:
    """Open without writing a byte. Raises :class:`JournalMissing` also while another process is making it."""
    if not (directory / NAME).exists():
        _refuse_if_anchored(directory)
        raise JournalMissing(directory=str(directory))
    with ExitStack() as on_failure:
        store = Store(directory, key.read(directory), writing=False)
        on_failure.callback(store.close)
        opened = _opened(store, directory, counter)
        on_failure.pop_all()
    return opened


def for_writing(directory: Path, counter: CounterIdentity, entropy: Entropy) -> Opened:
    """Open, and make what is missing. Raises :class:`RecordsLost`, :class:`AnchorMissing` and the errors of a store."""
    with operating_system.alone(directory / _LOCK_NAME), ExitStack() as on_failure:
        if not (directory / NAME).exists():
            _refuse_if_anchored(directory)
            key.make(directory)
        else:
            _check_left(directory, counter)
        store = Store(directory, key.read(directory), writing=True)
        on_failure.callback(store.close)
        _make(store, directory, counter, entropy)
        opened = _opened(store, directory, counter)
        on_failure.pop_all()
        return opened


def _check_left(directory: Path, counter: CounterIdentity) -> None:
    """Look at what was left before anything may write: recovering a damaged log would destroy the evidence."""
    with closing(Store(directory, key.read(directory), writing=False)) as store:
        with store.read() as db:
            made = _made(db)
        if made:
            _check_anchors(_opened(store, directory, counter), directory)
        else:
            _refuse_if_anchored(directory)


def _check_anchors(opened: Opened, directory: Path) -> None:
    # Before the records: what is acknowledged meanwhile only adds to them.
    anchors, _ = anchor.read(directory)
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
    anchors, _ = anchor.read(directory)
    acknowledged = max((one.count for one in anchors), default=0)
    if acknowledged:
        raise RecordsLost(count=str(acknowledged), found="0")


def _make(store: Store, directory: Path, counter: CounterIdentity, entropy: Entropy) -> None:
    with store.read() as db:
        made = _made(db)
        if made and derived.complete(db):
            return
    if not made:
        anchor.lay(directory, chain.genesis(counter.fixmedins_code, counter.till, _EPOCH))
    with store.write() as db:
        if not made:
            _create(db, counter, entropy)
        derived.rebuild(db)


def _made(db: Driver) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _create(db: Driver, counter: CounterIdentity, entropy: Entropy) -> None:
    for statement in derived.statements(_SCHEMA.read_text(encoding="utf-8")):
        db.execute(statement)
    rows = {
        "schema": "1",
        "fixmedins_code": counter.fixmedins_code,
        "till": counter.till,
        "epoch": str(_EPOCH),
        "owner_key": entropy.token(32, "owner key").hex(),
    }
    db.executemany("INSERT INTO meta VALUES (?, ?)", list(rows.items()))


def _opened(store: Store, directory: Path, counter: CounterIdentity | None) -> Opened:
    with store.read() as db:
        if not _made(db):
            raise JournalMissing(directory=str(directory))
        meta: dict[str, str] = dict(db.execute("SELECT name, value FROM meta").fetchall())
    owner = CounterIdentity(fixmedins_code=meta["fixmedins_code"], till=meta["till"])
    if counter is not None and owner != counter:
        raise NotThisCounter(owner=f"{owner.fixmedins_code}/{owner.till}", here=f"{counter.fixmedins_code}/{counter.till}")
    return Opened(store=store, identity=owner, epoch=int(meta["epoch"]), owner_key=bytes.fromhex(meta["owner_key"]))
