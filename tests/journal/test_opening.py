"""Opening: made once whoever is killed meanwhile, refused when it is not what was left, and never at its cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from config.entropy import SeededEntropy
from offline_queue import operating_system
from offline_queue.journal import CounterIdentity, Journal, anchor, chain, key, opening
from offline_queue.journal.errors import (
    AnchorMissing,
    EngineTooOld,
    JournalDamaged,
    JournalMissing,
    KeyExposed,
    NotThisCounter,
    RecordsLost,
    RoleTaken,
    WrongKey,
)
from offline_queue.journal.store import PAGE_BYTES, Store
from offline_queue.journal.verify import verify
from settlement.errors import JournalError
from tests.journal.entries import COUNTER, ONE, PERSON, TWO, Hand, done, offline_sale, opened, sale

ROOT = Path(__file__).parents[2]
GENESIS = chain.genesis(COUNTER.fixmedins_code, COUNTER.till, 1)


def _files(directory: Path) -> dict[str, bytes]:
    """Return what matters of a journal's files."""
    return {path.name: path.read_bytes() for path in directory.glob("journal.*") if not path.name.endswith("-shm")}


def _hot(directory: Path, *, sales: int = 3) -> Path:
    """Return a copy of a journal as a crash leaves it, with everything in the log."""
    with opened(directory / "live") as journal:
        for number in range(sales):
            offline_sale(journal, f"P990100000012026030209{number:02d}000100")
        shutil.copytree(directory / "live", directory / "crashed", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    return directory / "crashed"


def test_second_till_is_refused(journal: Journal, tmp_path: Path) -> None:
    """One till and one sender on a journal, in plain words; readers as many as wanted."""
    with pytest.raises(RoleTaken, match="A till is already running") as refused:
        opened(tmp_path)
    assert "已有一个收银程序在运行" in refused.value.say("zh")
    with opened(tmp_path, "sender") as sender, opened(tmp_path, "reader") as reader, opened(tmp_path, "reader"):
        journal.commit([sale(ONE)])
        with pytest.raises(RoleTaken):
            opened(tmp_path, "sender")

        assert journal.tip() == sender.tip() == reader.tip()


def test_a_role_is_given_back(tmp_path: Path) -> None:
    """After closing, and after an opening that failed, the role is free again."""
    opened(tmp_path).close()
    other = CounterIdentity(fixmedins_code="P99010000001", till="02")
    for _ in range(2):
        with pytest.raises(NotThisCounter):
            Journal(tmp_path, role="till", clock=Hand(), entropy=SeededEntropy("t"), counter=other)

    with opened(tmp_path) as journal:
        assert 0 == journal.tip()[0]


def test_keys_that_do_not_fit(tmp_path: Path) -> None:
    """A key that others can read, a wrong, malformed or missing key: each refused, every file untouched."""
    with opened(tmp_path) as journal:
        journal.commit([sale(ONE)])
    path = tmp_path / "journal.key"
    whole = path.read_bytes()
    path.chmod(0o644)
    with pytest.raises(KeyExposed):
        opened(tmp_path)
    path.chmod(0o600)
    for content in (b"00" * 32, b"00" * 31, b"", b"# only a label\n", "密钥".encode(), b"not hex" * 10):
        path.write_bytes(content)
        before = _files(tmp_path)
        for role in ("till", "reader"):
            with pytest.raises(WrongKey):
                opened(tmp_path, role)
        assert before == _files(tmp_path)
    path.unlink()
    with pytest.raises(WrongKey):
        opened(tmp_path)

    path.write_bytes(whole)
    path.chmod(0o600)
    with opened(tmp_path) as journal:
        assert 1 == journal.tip()[0]


def test_the_key_is_the_owners_alone_and_labelled(journal: Journal, tmp_path: Path) -> None:
    """The key file has mode 0600 and says that it is for development."""
    journal.commit([sale(ONE)])
    path = tmp_path / "journal.key"

    assert 0o600 == path.stat().st_mode & 0o777
    assert b"DEVELOPMENT" in path.read_bytes()


def test_nothing_is_readable_at_rest(journal: Journal, tmp_path: Path) -> None:
    """No file of the journal holds a name, a number or SQLite's own header in clear (invariant 19)."""
    journal.commit([sale(ONE)])
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "journal.key")

    for canary in (PERSON["certno"].encode(), PERSON["psn_name"].encode(), ONE.encode(), b"SQLite format 3"):
        assert canary not in content


def test_a_reader_makes_nothing(tmp_path: Path) -> None:
    """Reading where there is no journal says so and leaves no file behind."""
    with pytest.raises(JournalMissing):
        opened(tmp_path, "reader")

    assert [] == list(tmp_path.iterdir())


def _key_only(directory: Path) -> None:
    key.make(directory)


def _key_half_written(directory: Path) -> None:
    (directory / "journal.key.new").write_bytes(b"# yibao")


def _no_tables(directory: Path) -> None:
    key.make(directory)
    Store(directory, key.read(directory), writing=True).close()


def _empty_file(directory: Path) -> None:
    key.make(directory)
    (directory / "journal.db").touch()


def _power_failed(directory: Path) -> None:
    """Leave the file half made, with the rollback journal of its making beside it, as a power cut does."""
    making = directory / "making"
    making.mkdir()
    key.make(directory)
    db = sqlcipher.connect(making / "journal.db", isolation_level=None)
    db.execute(f"PRAGMA key = \"x'{key.read(directory).hex()}'\"")
    db.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN")
    db.execute("CREATE TABLE x (y)")
    db.execute("INSERT INTO x VALUES (?)", ("x" * 100_000,))
    for name in ("journal.db", "journal.db-journal"):
        shutil.copy(making / name, directory / name)
    db.close()
    shutil.rmtree(making)


def _anchored(directory: Path) -> None:
    _no_tables(directory)
    anchor.lay(directory / anchor.HEAD_NAME, GENESIS)


@pytest.mark.parametrize("beginning", [_key_only, _key_half_written, _no_tables, _empty_file, _power_failed, _anchored])
def test_a_beginning_that_was_killed_is_continued(tmp_path: Path, beginning: Callable[[Path], None]) -> None:
    """Killed at any step of making the journal, the next start makes the rest."""
    beginning(tmp_path)
    if (tmp_path / "journal.db").exists():
        with pytest.raises(JournalMissing):
            opened(tmp_path, "reader")
    with opened(tmp_path) as journal:
        journal.commit([sale(ONE)])

        assert () == verify(journal).faults


def test_both_processes_may_begin_at_once(tmp_path: Path) -> None:
    """Till and sender that start on an empty directory at the same moment make one journal."""
    code = "import sys; from pathlib import Path; from tests.journal.entries import opened; opened(Path(sys.argv[2]), sys.argv[1]).close()"
    for attempt in range(2):
        directory = tmp_path / str(attempt)
        starts = [subprocess.Popen([sys.executable, "-c", code, role, str(directory)], cwd=ROOT) for role in ("till", "sender")]
        assert [0, 0] == [start.wait() for start in starts]
        with opened(directory) as journal:
            assert () == verify(journal).faults


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.6, 0.97])
def test_a_till_does_not_sell_on_over_lost_records(tmp_path: Path, kept: float) -> None:
    """A log that was cut is refused before anything is written: going on would hide the loss and destroy the evidence."""
    crashed = _hot(tmp_path)
    log = crashed / "journal.db-wal"
    log.write_bytes(log.read_bytes()[: int(log.stat().st_size * kept)])
    before = _files(crashed)
    for role in ("till", "sender"):
        with pytest.raises(RecordsLost):
            opened(crashed, role)

    assert before == _files(crashed)


def test_a_deleted_database_is_not_begun_anew(tmp_path: Path) -> None:
    """The anchor knows that there were records: nobody starts an empty journal in their place."""
    opened(tmp_path).close()
    (tmp_path / "journal.db").unlink()
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
    (tmp_path / "journal.db").unlink()

    for role in ("till", "sender", "reader"):
        with pytest.raises(RecordsLost):
            opened(tmp_path, role)
    (tmp_path / "journal.db").touch()
    with pytest.raises(RecordsLost):
        opened(tmp_path)


def test_an_older_copy_is_refused(tmp_path: Path) -> None:
    """A database put back from before, or another one of the same length, is not the one that was acknowledged."""
    with opened(tmp_path / "a") as journal:
        offline_sale(journal, ONE)
    old = (tmp_path / "a" / "journal.db").read_bytes()
    with opened(tmp_path / "a") as journal:
        offline_sale(journal, TWO)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "a" / "journal.db").write_bytes(old)
    (tmp_path / "b" / "journal.db").write_bytes(old)
    (tmp_path / "b" / "journal.head").write_bytes(anchor._packed(anchor.Anchor(2, b"x" * 32)) * 4)

    for directory in (tmp_path / "a", tmp_path / "b"):
        with pytest.raises(RecordsLost):
            opened(directory)


@pytest.mark.parametrize("content", [None, b"", b"x" * 288])
def test_a_journal_without_its_anchor_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Without a sound anchor nothing says how many records there must be."""
    with opened(tmp_path) as journal:
        journal.commit([sale(ONE)])
    head = tmp_path / "journal.head"
    if content is None:
        head.unlink()
    else:
        head.write_bytes(content)

    with pytest.raises(AnchorMissing):
        opened(tmp_path)


def test_a_crash_between_transaction_and_anchor_is_no_loss(tmp_path: Path) -> None:
    """An anchor that is behind is a prefix of the chain: the journal opens, and verifying finds nothing."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
    behind = (tmp_path / "journal.head").read_bytes()
    with opened(tmp_path) as journal:
        offline_sale(journal, TWO)
    (tmp_path / "journal.head").write_bytes(behind)

    with opened(tmp_path) as journal:
        assert (4, ()) == (journal.tip()[0], verify(journal).faults)


def test_a_torn_anchor_leaves_the_one_before(tmp_path: Path) -> None:
    """A slot that was half written is found by verifying, does not stop the till, and is written over."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
    head = tmp_path / "journal.head"
    torn = bytearray(head.read_bytes())
    torn[10] ^= 1
    head.write_bytes(torn)
    with opened(tmp_path) as journal:
        assert ["journal.head 有 1 处损坏 / journal.head is damaged in 1 places"] == list(verify(journal).faults)
        journal.commit([sale(TWO, "allowance")])

        assert () == verify(journal).faults


def test_an_anchor_that_cannot_be_written_undoes_nothing(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction stands: reporting a failure would make somebody book it again."""

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", refuse)
    committed = journal.commit([sale(ONE)])
    monkeypatch.undo()

    assert ((1,), ()) == (committed.seqs, verify(journal).faults)


def test_what_was_derived_by_other_rules_is_derived_anew(tmp_path: Path) -> None:
    """A missing derived table, or one of another version, is made from the records when the journal is opened."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
        owed = journal.owed()
        with journal.store.write() as db:
            db.execute("DROP TABLE due")
    with opened(tmp_path) as journal:
        assert owed == journal.owed()
        with journal.store.write() as db:
            db.execute("UPDATE meta SET value = '0' WHERE name = 'derived'")
            db.execute("DELETE FROM due")
    with opened(tmp_path, "sender") as journal:
        assert owed == journal.owed()
        assert () == verify(journal).faults


def test_no_journal_for_nobody(tmp_path: Path) -> None:
    """Writing needs to know whose journal it is."""
    with pytest.raises(JournalMissing):
        Journal(tmp_path, role="till", clock=Hand(), entropy=SeededEntropy("t"), counter=None)


def test_a_damaged_database_is_said_plainly(tmp_path: Path) -> None:
    """A page that was changed stops the till with a code and words, not with the driver's error."""
    with opened(tmp_path) as journal:
        offline_sale(journal, ONE)
    database = tmp_path / "journal.db"
    whole = database.read_bytes()
    codes = set()
    for page in range(len(whole) // PAGE_BYTES):
        damaged = bytearray(whole)
        damaged[page * PAGE_BYTES + 100] ^= 1
        database.write_bytes(damaged)
        try:
            with opened(tmp_path) as journal:
                journal.commit([sale(TWO, "allowance")])
                journal.commit([done(TWO, offline=True)])
        except JournalError as error:
            codes.add(error.code)
        database.write_bytes(whole)
        (tmp_path / "journal.db-wal").unlink(missing_ok=True)

    assert {"JOURNAL-WRONG-KEY", JournalDamaged.phrase.code} <= codes


def test_the_engine_is_what_it_must_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An SQLite with the WAL-reset bug is refused before a file is touched."""
    assert sqlcipher.sqlite_version_info >= (3, 51, 3)
    monkeypatch.setattr(sqlcipher, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(EngineTooOld):
        opened(tmp_path)

    assert not (tmp_path / "journal.db").exists()


def test_opening_waits_for_who_is_making_it(tmp_path: Path) -> None:
    """While another process makes the journal, a writer waits instead of making a second one."""
    begun = tmp_path / opening.LOCK_NAME
    with operating_system.alone(begun):
        assert operating_system.locked(begun)
    assert not operating_system.locked(begun)
    assert not operating_system.locked(tmp_path / "none")
