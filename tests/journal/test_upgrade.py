"""A journal of an older release: a copy first, then one transaction; a newer one is not touched."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from offline_queue.journal import Journal, key, upgrade
from offline_queue.journal.care_errors import BackupUnwritten, JournalNewer, JournalOlder, UpgradeBlocked
from offline_queue.journal.store import Store
from offline_queue.journal.values import Role
from offline_queue.journal.verify import verify
from tests.journal.backups import brought_back
from tests.journal.entries import ONE, OTHER, THREE, TWO, done, offline_sale, opened, sale, sending

ROOT = Path(__file__).parents[2]
NEXT = upgrade.VERSION + 1
STEP = "CREATE TABLE extra (name TEXT PRIMARY KEY) STRICT;\nINSERT INTO extra VALUES ('made');\nCREATE INDEX record_at ON record (at);\n"
COPY = f"journal.format-{upgrade.VERSION}.backup"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a journal of this format with doubts open, for a release that has one step more."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        journal.commit([sale(TWO, person=OTHER)])
        journal.commit([sending(TWO)])
    return tmp_path


@pytest.fixture
def next_release(older: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this code a release with one step more than the one that wrote the journal; return the journal."""
    monkeypatch.setattr(upgrade, "STEPS", (*upgrade.STEPS, STEP))
    monkeypatch.setattr(upgrade, "VERSION", NEXT)
    return older


def _format(directory: Path, name: str = "journal.db") -> str:
    store = Store(directory, key.read(directory), writing=False, name=name)
    with store.read() as db:
        (found,) = db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    store.close()
    return str(found)


def _extra(journal: Journal) -> list[tuple[str]]:
    with journal.store.read() as db:
        return db.execute("SELECT name FROM extra").fetchall()


@pytest.mark.usefixtures("next_release")
def test_an_older_journal_is_upgraded_once(older: Path) -> None:
    """Records, doubts and what is owed are as before, the new table is there, and a copy of the old one lies beside it."""
    with opened(older) as journal:
        assert [("made",)] == _extra(journal)
        assert (4, ()) == (journal.tip()[0], verify(journal).faults)
        assert {ONE: "waiting", TWO: "begun"} == {row.msgid: row.state for row in journal.owed()}
        journal.commit([sale(THREE, "allowance")])
        assert ("01-1-000002",) == journal.commit([done(THREE)]).receipts
    copied = (older / COPY).stat().st_mtime_ns
    opened(older).close()

    assert str(NEXT) == _format(older)
    assert (str(NEXT - 1), 0o600) == (_format(older, COPY), (older / COPY).stat().st_mode & 0o777)
    assert copied == (older / COPY).stat().st_mtime_ns


@pytest.mark.usefixtures("next_release")
def test_a_new_journal_has_the_newest_format(tmp_path: Path) -> None:
    """No step is run where there is nothing to upgrade."""
    opened(tmp_path / "new").close()

    assert str(NEXT) == _format(tmp_path / "new")
    assert not (tmp_path / "new" / COPY).exists()


@pytest.mark.parametrize("role", ["till", "sender", "reader"])
def test_a_newer_journal_is_refused(older: Path, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, by every role, and before a byte of it is written."""
    with monkeypatch.context() as later:
        later.setattr(upgrade, "STEPS", (*upgrade.STEPS, STEP))
        later.setattr(upgrade, "VERSION", NEXT)
        opened(older).close()
    before = (older / "journal.db").read_bytes()

    with pytest.raises(JournalNewer, match=f"format {NEXT}; this program knows up to {NEXT - 1}"):
        opened(older, role)
    assert before == (older / "journal.db").read_bytes()


@pytest.mark.usefixtures("next_release")
def test_a_reader_waits_for_the_upgrade(older: Path) -> None:
    """A reader never writes: it says what to start."""
    with pytest.raises(JournalOlder):
        opened(older, "reader")
    opened(older, "sender").close()

    with opened(older, "reader") as journal:
        assert [("made",)] == _extra(journal)


@pytest.mark.parametrize(("running", "starting"), [("sender", "till"), ("till", "sender")])
def test_the_older_release_must_have_ended(older: Path, running: Role, starting: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process still runs the older release: nothing is upgraded under it."""
    with opened(older, running) as old:
        monkeypatch.setattr(upgrade, "STEPS", (*upgrade.STEPS, STEP))
        monkeypatch.setattr(upgrade, "VERSION", NEXT)
        with pytest.raises(UpgradeBlocked, match=f"a {running} still runs"):
            opened(older, starting)
        assert 4 == old.tip()[0]
    assert str(NEXT - 1) == _format(older)

    opened(older, starting).close()
    assert str(NEXT) == _format(older)


@pytest.mark.usefixtures("next_release")
def test_no_upgrade_without_a_copy(older: Path) -> None:
    """Where the copy cannot be written, nothing is upgraded."""
    (older / COPY).mkdir()
    with pytest.raises(BackupUnwritten):
        opened(older)

    assert str(NEXT - 1) == _format(older)
    assert not list(older.glob("*.new"))


def test_a_step_that_fails_changes_nothing(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps and what is derived are one transaction."""
    monkeypatch.setattr(upgrade, "STEPS", (*upgrade.STEPS, f"{STEP}CREATE TABLE record (seq);\n"))
    monkeypatch.setattr(upgrade, "VERSION", NEXT)
    with pytest.raises(Exception, match="record already exists"):
        opened(older)
    monkeypatch.undo()

    with opened(older) as journal:
        assert (4, ()) == (journal.tip()[0], verify(journal).faults)
        with journal.store.read() as db:
            assert db.execute("SELECT 1 FROM sqlite_master WHERE name = 'extra'").fetchone() is None


@pytest.mark.usefixtures("next_release")
def test_the_copy_can_be_restored(older: Path) -> None:
    """What was copied before the upgrade comes back, is upgraded on the way, and opens the next epoch."""
    with opened(older) as journal:
        journal.commit([sale(THREE)])
    brought_back(older, older / COPY, force=True)

    with opened(older) as journal:
        assert [("made",)] == _extra(journal)
        assert (5, ()) == (journal.tip()[0], verify(journal).faults)


KILLED = """
import os, signal, sys
from pathlib import Path
from offline_queue import operating_system
from offline_queue.journal import derived, upgrade
from offline_queue.journal.store import Store
from tests.journal.entries import opened

directory, last, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
upgrade.STEPS, upgrade.VERSION = (*upgrade.STEPS, step), upgrade.VERSION + 1
steps = 0

def struck(step):
    def taken(*given, **named):
        global steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        done = step(*given, **named)
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return taken

for name in ("make_private", "flush_file", "flush_directory", "move"):
    setattr(operating_system, name, struck(getattr(operating_system, name)))
Store.copy_to = struck(Store.copy_to)
upgrade._step = struck(upgrade._step)
for name in ("make", "rebuild", "complete"):
    setattr(derived, name, struck(getattr(derived, name)))
opened(directory).close()
print(steps)
"""


def _killed(directory: Path, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(directory), str(step), STEP]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_killed_at_any_step_it_is_the_old_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill -9 before and after each step: the format is the old or the new one, all records are there, and the next start goes on."""
    old = tmp_path / "old"
    with opened(old) as journal:
        offline_sale(journal, ONE)
        journal.commit([sale(TWO, person=OTHER)])
        shutil.copytree(old, tmp_path / "hot", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    shutil.copytree(tmp_path / "hot", tmp_path / "whole")
    steps = int(_killed(tmp_path / "whole", 0).stdout)
    monkeypatch.setattr(upgrade, "STEPS", (*upgrade.STEPS, STEP))
    monkeypatch.setattr(upgrade, "VERSION", NEXT)
    formats = []
    for step in range(1, steps + 1):
        directory = tmp_path / str(step)
        shutil.copytree(tmp_path / "hot", directory)
        assert -signal.SIGKILL == _killed(directory, step).returncode
        formats.append(_format(directory))
        with opened(directory) as journal:
            assert [("made",)] == _extra(journal)
            assert (3, ()) == (journal.tip()[0], verify(journal).faults)
            assert {ONE: "waiting", TWO: "waiting"} == {row.msgid: row.state for row in journal.owed()}
        assert str(NEXT - 1) == _format(directory, COPY)
        shutil.rmtree(directory)

    assert [str(NEXT - 1), str(NEXT)] == sorted(set(formats))
    assert formats == sorted(formats)
