"""Databases that are flipped, torn at a sector, overwritten or cut short: each one is detected, or it lost nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from offline_queue.journal.verify import verify
from settlement.errors import JournalError
from tests.crash.power import SECTOR
from tests.crash.share import of
from tests.crash.workload import steps
from tests.journal.entries import opened

FILES = ("journal.db", "journal.db-wal", "journal.head", "journal.key")
DAMAGES = of(100, 1000)
Damage = Callable[[bytearray, Random], None]


def _flip(content: bytearray, chance: Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _tear(content: bytearray, chance: Random) -> None:
    """Put what lay somewhere else into a sector, as a write that went astray does."""
    place, other = (chance.randrange(len(content) // SECTOR) * SECTOR for _ in range(2))
    content[place : place + SECTOR] = content[other : other + SECTOR]


def _blank(content: bytearray, chance: Random) -> None:
    place = chance.randrange(len(content) // SECTOR) * SECTOR
    content[place : place + SECTOR] = bytes(SECTOR)


def _cut(content: bytearray, chance: Random) -> None:
    del content[chance.randrange(len(content)) :]


KINDS: tuple[Damage, ...] = (_flip, _tear, _blank, _cut)


@pytest.fixture(scope="module", params=["log", "database"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a journal whose records are all in its write-ahead log, or all in the database; and the file that holds them."""
    directory = tmp_path_factory.mktemp("written")
    with opened(directory) as till, opened(directory, "sender") as sender:
        for who, entries in steps(4):
            (till if who == "till" else sender).commit(entries)
        kept = tmp_path_factory.mktemp("kept")
        for name in FILES if request.param == "log" else ():
            shutil.copy(directory / name, kept / name)
    for name in () if request.param == "log" else ("journal.db", "journal.head", "journal.key"):
        shutil.copy(directory / name, kept / name)
    return kept, "journal.db-wal" if request.param == "log" else "journal.db"


@pytest.mark.timeout(600)
def test_a_damaged_file_is_detected(written: tuple[Path, str], memory: Path, record_property: Callable[[str, object], None]) -> None:
    """One damage each, anywhere in the file that holds the records: none goes unseen."""
    source, name = written
    whole = (source / name).read_bytes()
    for file in source.iterdir():
        shutil.copy(file, memory / file.name)
    unseen, damaged, seed = [], 0, 0
    while damaged < DAMAGES:
        seed += 1
        content = bytearray(whole)
        KINDS[seed % len(KINDS)](content, Random(seed))
        if content == whole:
            continue
        damaged += 1
        (memory / name).write_bytes(content)
        (memory / "journal.db-shm").unlink(missing_ok=True)
        if not _detected(memory):
            unseen.append((KINDS[seed % len(KINDS)].__name__, seed))
    record_property("damaged files", damaged)

    assert [] == unseen


def _detected(directory: Path) -> bool:
    try:
        with opened(directory, "reader") as journal:
            return bool(verify(journal).faults)
    except JournalError:
        return True
