"""The power fails at any system call of a day's work: no acknowledged record is lost, and the till starts and sells on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from offline_queue.journal.verify import verify
from tests.checker.stored import wrongs
from tests.crash.power import Disk, images, lay
from tests.crash.recorded import Acknowledged, Flushed, Named, Operation, Write, available, record
from tests.crash.share import of
from tests.journal.entries import offline_sale, opened

SALES = of(28, 40)
SEEDS = of(2, 12)
EVERY = of(2, 1)
SHARDS = of(1, 4)
"""Parts of the log that may run beside each other."""
BY_THE_PRODUCT = 10
"""Each so many images the till itself is started on."""
NEXT = "P99010000001202603022359000000"


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    """Return what a day's work asked of the disk."""
    if why := available():
        pytest.skip(why)
    work = tmp_path_factory.mktemp("recorded")
    return record(work / "journal", work, sales=SALES)


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_acknowledged_record_is_lost(
    operations: list[Operation], shard: int, memory: Path, record_property: Callable[[str, object], None]
) -> None:
    """Every place of the log, with nothing, everything and torn parts of what was not flushed: each different image is looked at."""
    seen: set[bytes] = set()
    found: list[str] = []
    for place, acknowledged, image in images(operations, seeds=SEEDS, every=EVERY):
        digest = hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(image.items()) if name != "reserve"))
        if place // EVERY % SHARDS != shard or digest.digest() in seen:
            continue
        seen.add(digest.digest())
        lay(image, memory)
        if acknowledged:
            found += [f"{place}: {wrong}" for wrong in wrongs(memory, at_least=acknowledged)]
        if not acknowledged or len(seen) % BY_THE_PRODUCT == 0:
            found += [f"{place}: {wrong}" for wrong in _sold_on(memory, acknowledged)]
    record_property("power cuts", len(seen))

    assert [] == found
    assert len(seen) > of(3_000, 30_000 // SHARDS)


def _sold_on(directory: Path, acknowledged: int) -> list[str]:
    """Start the till on an image, sell once more, and return what is wrong."""
    with opened(directory) as till:
        before = till.tip()[0]
        offline_sale(till, NEXT)
        faults = verify(till).faults
    return [*faults, *([] if before >= acknowledged else [f"{before} records of {acknowledged}"])]


def test_the_model_ends_where_the_disk_did(operations: list[Operation], memory: Path) -> None:
    """With everything kept, the last image is a whole journal of all that was acknowledged: the recording misses no call."""
    disk = Disk()
    for operation in operations:
        disk.perform(operation)
    lay(disk.image("everything"), memory)

    assert [] == wrongs(memory, at_least=disk.acknowledged)
    assert disk.acknowledged > 4 * SALES


def _without_flushes(operations: Sequence[Operation]) -> list[Operation]:
    """Return the log of a writer that does not flush its write-ahead log (``synchronous = NORMAL``)."""
    (log,) = (one.file for one in operations if isinstance(one, Named) and one.name == "journal.db-wal" and one.file is not None)
    return [one for one in operations if one != Flushed(log)]


def _told_early(operations: Sequence[Operation]) -> list[Operation]:
    """Return the log of a writer that says yes before it has flushed: each acknowledgement goes before the writes it is of."""
    early: list[Operation] = []
    for one in operations:
        place = len(early)
        while isinstance(one, Acknowledged) and place and isinstance(early[place - 1], Write | Flushed):
            place -= 1
        early.insert(place, one)
    return early


@pytest.mark.parametrize("mistaken", [_without_flushes, _told_early])
def test_a_writer_that_does_not_wait_for_the_disk_is_found(
    operations: list[Operation], mistaken: Callable[[Sequence[Operation]], list[Operation]], memory: Path
) -> None:
    """The two classic mistakes lose acknowledged records in these images: they can tell."""
    lost = 0
    for _, acknowledged, image in images(mistaken(operations), seeds=0, every=29):
        if acknowledged:
            lay(image, memory)
            lost += bool(wrongs(memory, at_least=acknowledged))

    assert lost > 5
