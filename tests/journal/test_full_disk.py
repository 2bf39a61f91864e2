"""A disk that is full, or that fails: promises are refused, what has moved is booked, and nothing is said that is not known."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offline_queue import operating_system
from offline_queue.journal import Journal
from offline_queue.journal.errors import JournalBusy, JournalFull
from tests.journal.entries import ONE, TWO, done, offline_sale, opened, sale

ROOT = Path(__file__).parents[2]

ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from offline_queue.journal.errors import JournalFull
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, TWO, answered, done, opened, sale, sending

disk = Path(sys.argv[1])
till = opened(disk / "till")
sender = opened(disk / "till", "sender")
till.commit([sale(ONE, "allowance")])
with (disk / "filler").open("wb", buffering=0) as filler:
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        pass
refused = 0
for number in range(200):
    try:
        till.commit([sale(f"P99010000001202603021000{number:03d}100", "allowance")])
    except JournalFull:
        refused += 1
reserve = disk / "till" / "reserve"
kept = reserve.exists()
till.commit([done(ONE, offline=True)])
given = not reserve.exists()
sender.commit([sending(ONE)])
sender.commit([answered(ONE, "accepted")])
before = till.tip()[0]
(disk / "filler").unlink()
till.commit([sale(TWO, "allowance")])
print(refused > 0, kept, given, till.standing(ONE).standing, till.tip()[0] - before, reserve.exists(), verify(till).faults)
"""

BEYOND_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from offline_queue.journal.errors import JournalUnwritable
from offline_queue.journal.verify import verify
from tests.journal.entries import offline_sale, opened

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
directory = Path(sys.argv[1])
journal = opened(directory)
offline_sale(journal, "P99010000001202603020900000001")
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, resource.RLIM_INFINITY))
with (directory / "journal.db-wal").open("r+b") as log:
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.seek(0, 2), resource.RLIM_INFINITY))
codes = []
for number in range(2, 6):
    try:
        offline_sale(journal, f"P99010000001202603020900{number:06d}")
    except JournalUnwritable as error:
        codes.append(error.code)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.close()
with opened(directory) as again:
    count = again.tip()[0]
    offline_sale(again, "P99010000001202603020900000009")
    print(codes, count, verify(again).faults)
"""


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )


def test_a_full_disk_refuses_promises_and_books_what_has_moved(tmp_path: Path) -> None:
    """On a disk that is really full a new sale is refused before anything moves; booking and answering go through."""
    script = tmp_path / "small_disk.py"
    script.write_text(ON_A_SMALL_DISK, encoding="utf-8")
    (tmp_path / "disk").mkdir()
    mounted = f"mount -t tmpfs -o size=8m none {tmp_path}/disk && {sys.executable} {script} {tmp_path}/disk"
    ran = _run([shutil.which("unshare") or "unshare", "-rm", "sh", "-c", mounted])
    if "unshare" in ran.stderr or "mount:" in ran.stderr:
        pytest.skip(f"no mount namespace here: {ran.stderr.strip()}")

    assert "True True True accepted 1 True ()" == ran.stdout.strip(), ran.stderr


def test_a_write_that_failed_stops_the_writer(tmp_path: Path) -> None:
    """After a failed write nothing more is written by this process, although the disk would take it again; the next start goes on."""
    script = tmp_path / "limited.py"
    script.write_text(BEYOND_A_LIMIT, encoding="utf-8")
    ran = _run([sys.executable, str(script), str(tmp_path / "till")])

    assert f"{['JOURNAL-UNWRITABLE'] * 4} 2 ()" == ran.stdout.strip(), ran.stderr


def test_reserve_is_really_allocated(tmp_path: Path) -> None:
    """The reserve is no hole: its blocks are taken from the disk."""
    assert operating_system.make_reserve(tmp_path / "reserve", 1 << 20)

    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 1 << 20
    assert operating_system.release_reserve(tmp_path / "reserve")
    assert not operating_system.release_reserve(tmp_path / "reserve")


def test_a_disk_without_room_for_the_reserve_refuses_promises(journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without its reserve no sale is promised; what was promised is still booked."""
    journal.commit([sale(ONE, "allowance")])
    (tmp_path / "reserve").unlink()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", refuse)
    with pytest.raises(JournalFull):
        journal.commit([sale(TWO, "allowance")])
    journal.commit([done(ONE, offline=True)])

    assert not (tmp_path / "reserve").exists()
    assert [[], True] == [journal.records(TWO), journal.standing(ONE).done]


def test_a_journal_that_another_program_holds_is_said_plainly(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting has an end, and then nothing of the transaction is there."""
    monkeypatch.setattr("offline_queue.journal.store._BUSY_MS", 50)
    with opened(tmp_path, "sender") as sender:
        with journal.store.write() as db:
            db.execute("INSERT INTO note VALUES ('x', '{}')")
            with pytest.raises(JournalBusy):
                sender.commit([sale(ONE)])
        offline_sale(sender, TWO)

        assert [TWO] == journal.subjects()
