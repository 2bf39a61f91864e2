"""A backup is whole, encrypted, made beside running writers, and never costs the one before it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offline_queue import journal_command, operating_system
from offline_queue.journal import Journal, anchor, backup, key, opening
from offline_queue.journal.care_errors import BackupExists, BackupUnsound, BackupUnwritten
from offline_queue.journal.reading import Readings
from offline_queue.journal.store import Store
from offline_queue.journal.verify import verify
from tests.journal.entries import ONE, PERSON, TWO, answered, offline_sale, opened

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from tests.journal.entries import opened, sale, done

role, directory = sys.argv[1:]
with opened(Path(directory), role) as journal:
    for number in range(100_000):
        subject = f"{role:12}20260302090{number:07d}"[:30]
        print(journal.commit([sale(subject, "allowance"), done(subject)]).seqs[-1], flush=True)
"""
BACKUP = "import sys; from offline_queue.journal_command import main; sys.exit(main(sys.argv[1:]))"
LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); {BACKUP}"


def _read(file: Path, directory: Path) -> Readings:
    """Open a backup with the key in ``directory``."""
    store = Store(file.parent, key.read(directory), writing=False, name=file.name)
    return Readings(opening.of_store(store, directory, None))


def test_a_backup_holds_all_and_stands_alone(journal: Journal, tmp_path: Path) -> None:
    """Everything is in one file, also what still lies in the log, and reading it makes no file beside it."""
    offline_sale(journal, ONE)
    assert (tmp_path / "journal.db-wal").stat().st_size
    kept = tmp_path / "kept"
    kept.mkdir()

    made = backup.write(journal, kept / "one.backup")

    copy = _read(made.path, tmp_path)
    assert (journal.tip(), journal.tip()) == ((made.count, made.head), copy.tip())
    assert () == verify(copy, anchor.read(tmp_path / anchor.HEAD_NAME)[0]).faults
    assert PERSON["certno"] == (copy.records(ONE)[0].private or {})["certno"]
    copy.store.close()
    assert ["one.backup"] == [path.name for path in kept.iterdir()]


def test_nobody_reads_it_without_the_key(journal: Journal, tmp_path: Path) -> None:
    """The file is its owner's alone, holds nothing in clear, and not the key that opens it."""
    offline_sale(journal, ONE)
    made = backup.write(journal, tmp_path / "one.backup")
    content = made.path.read_bytes()
    secret = key.read(tmp_path)

    assert 0o600 == made.path.stat().st_mode & 0o777
    for canary in (PERSON["certno"].encode(), PERSON["psn_name"].encode(), ONE.encode(), b"SQLite format 3", secret, secret.hex().encode()):
        assert canary not in content


def test_it_is_made_while_till_and_sender_write(tmp_path: Path) -> None:
    """Both processes go on committing; each backup is sound and holds at least what was acknowledged before it began."""
    command = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*command, role, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for role in ("till", "sender")
    ]
    try:
        counts = []
        for number in range(3):
            acknowledged = [_last_of(writer) for writer in writers]
            with opened(tmp_path, "reader") as reader:
                made = backup.write(reader, tmp_path / f"{number}.backup")
            counts.append(made.count)
            assert made.count >= max(acknowledged)
            assert all(writer.poll() is None for writer in writers)
        assert sorted(set(counts)) == counts
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()


def _last_of(writer: subprocess.Popen[str]) -> int:
    """Let a writer go on for a while and return the last record that it was told of."""
    assert writer.stdout is not None
    return [int(writer.stdout.readline()) for _ in range(20)][-1]


def test_an_existing_file_is_kept(journal: Journal, tmp_path: Path) -> None:
    """Nothing is overwritten unless it is asked for, and then by a whole backup only."""
    made = backup.write(journal, tmp_path / "one.backup")
    before = made.path.read_bytes()
    offline_sale(journal, ONE)

    with pytest.raises(BackupExists):
        backup.write(journal, made.path)
    assert before == made.path.read_bytes()

    assert 2 == backup.write(journal, made.path, overwrite=True).count
    assert before != made.path.read_bytes()


def test_a_medium_without_links(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick formatted for other systems knows no hard links: the backup is made all the same, and none is overwritten."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    made = backup.write(journal, tmp_path / "one.backup")

    assert () == verify(_read(made.path, tmp_path), anchor.read(tmp_path / anchor.HEAD_NAME)[0]).faults
    (tmp_path / "taken.new").touch()
    assert not operating_system.publish(tmp_path / "taken.new", made.path)
    assert made.path.stat().st_size
    assert not (tmp_path / "taken.new").exists()


def test_a_journal_that_lost_records_gives_no_backup(journal: Journal, tmp_path: Path) -> None:
    """What was acknowledged and is not in the copy is found, and the older backup stays what it was."""
    offline_sale(journal, ONE)
    made = backup.write(journal, tmp_path / "one.backup")
    before = made.path.read_bytes()
    (tmp_path / "journal.head").write_bytes(anchor._packed(anchor.Anchor(9, b"x" * 32)) * 4)

    with pytest.raises(BackupUnsound, match="7 acknowledged records are lost"):
        backup.write(journal, made.path, overwrite=True)
    assert before == made.path.read_bytes()
    assert not list(tmp_path.glob("*.new"))


def test_a_changed_record_gives_no_backup(journal: Journal, tmp_path: Path) -> None:
    """Somebody with the key edited a record: the chain says so before the backup has a name."""
    offline_sale(journal, ONE)
    with journal.store.write() as db:
        db.execute("DROP TRIGGER record_is_final")
        db.execute("UPDATE record SET body = replace(body, '2500', '2400') WHERE seq = 1")

    with pytest.raises(BackupUnsound, match="record 1 is not what was chained"):
        backup.write(journal, tmp_path / "one.backup")
    assert not (tmp_path / "one.backup").exists()


def test_a_place_that_cannot_be_written(journal: Journal, tmp_path: Path) -> None:
    """No folder, or a folder under the file's name: said in words, and nothing is left there."""
    (tmp_path / "taken").mkdir()
    for file in (tmp_path / "none" / "one.backup", tmp_path / "taken"):
        with pytest.raises(BackupUnwritten):
            backup.write(journal, file, overwrite=True)

    assert [] == list((tmp_path / "taken").iterdir())
    assert not list(tmp_path.glob("*.new"))


def test_a_medium_that_is_full(journal: Journal, tmp_path: Path) -> None:
    """Half a backup is none: exit code 1, both languages, no file and no half of one."""
    for number in range(60):
        offline_sale(journal, f"P990100000012026030210{number:02d}000100")
    command = [sys.executable, "-c", LIMITED, "backup", str(tmp_path / "one.backup"), "--data-dir", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (1, "") == (done.returncode, done.stdout)
    assert "BACKUP-UNWRITTEN" in done.stderr
    assert not list(tmp_path.glob("one.backup*"))


def test_killed_it_leaves_none_or_a_whole_one(journal: Journal, tmp_path: Path) -> None:
    """Kill -9 at any moment: the file is the one before or the new one, and the next backup goes through."""
    for number in range(60):
        offline_sale(journal, f"P990100000012026030210{number:02d}000100")
    file, half = tmp_path / "one.backup", tmp_path / "one.backup.new"
    backup.write(journal, file)
    offline_sale(journal, ONE)
    struck = 0
    for pause_s in (0.0, 0.002, 0.005, 0.01, 0.02, 0.05):
        for left in tmp_path.glob("*.new*"):
            left.unlink()
        command = [sys.executable, "-c", BACKUP, "backup", str(file), "--force", "--data-dir", str(tmp_path)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while not half.exists() and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(pause_s)
        os.kill(process.pid, signal.SIGKILL)
        struck += process.wait() == -signal.SIGKILL
        copy = _read(file, tmp_path)
        assert copy.tip()[0] in {120, 122}
        assert () == verify(copy, [anchor.Anchor(0, copy.genesis)]).faults
        copy.store.close()

    assert struck
    assert 122 == backup.write(journal, file, overwrite=True).count
    assert not list(tmp_path.glob("*.new*"))


def test_an_erased_person_is_in_no_later_backup(journal: Journal, tmp_path: Path) -> None:
    """A backup holds the personal fields of its moment, and none that were erased before it."""
    offline_sale(journal, ONE)
    journal.commit([answered(ONE, "accepted")])
    first = backup.write(journal, tmp_path / "one.backup")
    journal.erase(PERSON["certno"])
    second = backup.write(journal, tmp_path / "two.backup")

    for made, named in ((first, True), (second, False)):
        copy = _read(made.path, tmp_path)
        assert named is (copy.records(ONE)[0].private is not None)
        assert (journal.tip()[1], named) == (copy.tip()[1], bool(copy.by_owner(PERSON["certno"])))
        copy.store.close()


def test_the_command_names_backups_in_a_folder(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder a backup is named by its count, the newest few are kept, and other files are left alone."""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "other.backup").touch()
    counts = []
    for subject in (ONE, TWO):
        offline_sale(journal, subject)
        for _ in range(2):
            assert 0 == journal_command.main(["backup", str(folder), "--keep", "1", "--json", "--data-dir", str(tmp_path)])
            counts.append(json.loads(capsys.readouterr().out)["count"])

    assert [2, 2, 4, 4] == counts
    assert {"P99010000001-01-1-00000004.backup", "other.backup"} == {path.name for path in folder.iterdir()}


def test_the_command_says_where_the_key_is(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Count, head and the key's place, in both languages; a second time it refuses with exit code 1."""
    offline_sale(journal, ONE)
    arguments = ["backup", str(tmp_path / "one.backup"), "--data-dir", str(tmp_path)]

    assert 0 == journal_command.main(arguments)
    said = capsys.readouterr().out
    assert f"2 条记录 / records, {journal.tip()[1][:16]}" in said
    assert said.count(str(tmp_path / "journal.key")) == 2
    assert 1 == journal_command.main(arguments)
    assert "BACKUP-EXISTS" in capsys.readouterr().err
