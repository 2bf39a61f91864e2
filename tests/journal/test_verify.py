"""Verifying finds every flipped byte of the database, and every flip or cut of the WAL that loses a record."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal import Journal
from offline_queue.journal.verify import verify
from offline_queue.operating_system import make_reserve
from settlement.errors import JournalError
from tests.journal.test_journal import PERSON, Hand, _done, _intent, _open

ROOT = Path(__file__).parents[2]
SALES = [f"P990100000012026030209{n:02d}000100" for n in range(5)]
STRIDE_DB, STRIDE_WAL = 499, 3001
"""Primes, so that every kind of byte is met in some page or frame."""


@pytest.fixture(scope="module")
def hot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a journal of ten records as a crash leaves it: everything in the WAL."""
    directory = tmp_path_factory.mktemp("hot")
    with _open(directory, Hand()) as journal:
        _fill(journal)
        yield directory


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same, closed: everything in the database file."""
    directory = tmp_path_factory.mktemp("cold")
    with _open(directory, Hand()) as journal:
        _fill(journal)
    return directory


def _fill(journal: Journal) -> None:
    for sale in SALES:
        journal.commit([_intent(sale, "allowance")])
        journal.commit([_done(sale, offline=True)])


def _copy(source: Path, target: Path) -> Path:
    target.mkdir()
    for path in source.iterdir():
        if path.name not in {"reserve", "journal.db-shm"}:
            shutil.copy(path, target / path.name)
    return target


def _faults(directory: Path) -> tuple[str, ...]:
    try:
        with _open(directory, Hand(), "reader") as journal:
            return verify(journal).faults
    except JournalError as error:
        return (error.code,)


def _missed(source: Path, name: str, stride: int, tmp_path: Path) -> list[int]:
    work = _copy(source, tmp_path / "work")
    whole = (source / name).read_bytes()
    missed = []
    for place in range(0, len(whole), stride):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        (work / name).write_bytes(damaged)
        (work / "journal.db-shm").unlink(missing_ok=True)
        if not _faults(work):
            missed.append(place)
    return missed


def test_whole_journals_have_no_fault(hot: Path, cold: Path, tmp_path: Path) -> None:
    """What was written is found as it was written, after a crash and after a clean end."""
    assert () == _faults(_copy(hot, tmp_path / "hot"))
    assert () == _faults(_copy(cold, tmp_path / "cold"))


def test_every_flip_of_the_database_is_found(cold: Path, tmp_path: Path) -> None:
    """One bit anywhere in the database file: page, header, salt or free space."""
    assert [] == _missed(cold, "journal.db", STRIDE_DB, tmp_path)


def test_every_flip_of_the_wal_is_found(hot: Path, tmp_path: Path) -> None:
    """SQLite drops a damaged frame and all after it without a word; the anchor knows how many records there were."""
    assert [] == _missed(hot, "journal.db-wal", STRIDE_WAL, tmp_path)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.95])
def test_a_cut_wal_is_found(hot: Path, tmp_path: Path, kept: float) -> None:
    """Cutting the log short loses records, and is found."""
    work = _copy(hot, tmp_path / "work")
    wal = (hot / "journal.db-wal").read_bytes()
    (work / "journal.db-wal").write_bytes(wal[: int(len(wal) * kept)])

    assert _faults(work)


def test_a_missing_wal_is_found(hot: Path, tmp_path: Path) -> None:
    """Copying only the database file loses everything in the log; the copy says so."""
    work = _copy(hot, tmp_path / "work")
    (work / "journal.db-wal").unlink()

    assert _faults(work)


def test_every_flip_of_the_anchor_is_found(cold: Path, tmp_path: Path) -> None:
    """Each slot of the anchor has a checksum of its own."""
    assert [] == _missed(cold, "journal.head", 1, tmp_path)


def test_an_edit_with_the_key_is_found(cold: Path, tmp_path: Path) -> None:
    """Somebody who has the key and drops the triggers still cannot make the chain fit."""
    work = _copy(cold, tmp_path / "work")
    with _open(work, Hand()) as journal, journal.store.write() as db:
        db.execute("DROP TRIGGER record_is_final")
        db.execute("UPDATE record SET body = replace(body, '2500', '2400') WHERE seq = 4")

    assert ("record 4 is not what was chained",) == _faults(work)


def test_a_rolled_back_copy_is_found(cold: Path, tmp_path: Path) -> None:
    """Records deleted from the end leave a valid chain; the anchor counts them."""
    work = _copy(cold, tmp_path / "work")
    with _open(work, Hand()) as journal, journal.store.write() as db:
        db.execute("DROP TRIGGER record_stays")
        db.execute("DELETE FROM record WHERE seq > 8")

    assert "2 acknowledged records are lost" in _faults(work)


def test_erasing_a_person_is_no_fault(cold: Path, tmp_path: Path) -> None:
    """The chain runs over commitments."""
    work = _copy(cold, tmp_path / "work")
    with _open(work, Hand()) as journal:
        journal.erase(PERSON["certno"])

    assert () == _faults(work)


def test_verifying_changes_nothing(hot: Path, tmp_path: Path) -> None:
    """A reader neither checkpoints nor recovers into the database file."""
    work = _copy(hot, tmp_path / "work")
    before = {name: (work / name).read_bytes() for name in ("journal.db", "journal.db-wal", "journal.head")}
    _faults(work)

    assert before == {name: (work / name).read_bytes() for name in before}


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from offline_queue.journal.errors import JournalFull
from offline_queue.journal.verify import verify
from tests.journal.test_journal import ONE, TWO, Hand, _done, _intent, _open

disk = Path(sys.argv[1])
with _open(disk / "till", Hand()) as journal:
    journal.commit([_intent(ONE, "allowance")])
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            pass
    refused = 0
    for number in range(200):
        try:
            journal.commit([_intent(f"P99010000001202603021000{number:03d}100", "allowance")])
        except JournalFull:
            refused += 1
    reserve = disk / "till" / "reserve"
    kept = reserve.exists()
    journal.commit([_done(ONE, offline=True)])
    before = journal.tip()[0]
    (disk / "filler").unlink()
    journal.commit([_intent(TWO, "allowance")])
    print(refused > 0, kept, journal.standing(ONE).done, journal.tip()[0] - before, verify(journal).faults)
"""


def test_a_full_disk_refuses_promises_and_books_what_has_moved(tmp_path: Path) -> None:
    """On a disk that is really full a new sale is refused before anything moves; booking what moved goes through."""
    script = tmp_path / "small_disk.py"
    script.write_text(ON_A_SMALL_DISK, encoding="utf-8")
    mounted = f"mount -t tmpfs -o size=8m none {tmp_path}/disk && {sys.executable} {script} {tmp_path}/disk {ROOT}"
    (tmp_path / "disk").mkdir()
    done = subprocess.run([shutil.which("unshare") or "unshare", "-rm", "sh", "-c", mounted], capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mount namespace here: {done.stderr.strip()}")

    assert "True True True 1 ()" == done.stdout.strip(), done.stderr


def test_reserve_is_really_allocated(tmp_path: Path) -> None:
    """The reserve is no hole: its blocks are taken from the disk."""
    make_reserve(tmp_path / "reserve", 1 << 20)

    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 1 << 20
